"""Linking after a change: only what the change may alter is weighed anew, everything else is taken over.

The result is that of a whole run, row by row. What is not handled here raises `Whole`, and a whole run is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.linking import evidence, holders, judged, met, pairs, results, weighed
from tanglaw.linking.counts import accounts_step
from tanglaw.linking.fresh import take
from tanglaw.linking.kept import Kept
from tanglaw.linking.sides import NODE, Rows, Side, grouped, nodes, within
from tanglaw.linking.touched import Limits, Touched, candidates, counted, ordered, touched
from tanglaw.linking.whole import Whole

_ENDS = ("a", "b")
# Above this share of all accounts a whole run is no slower.
_MOST = 0.1
_LEAST = 1_000
_NAMED = (
    "link_pairs", "link_shared", "link_sighted", "link_values", "link_names", "link_born", "link_members",
    "link_statements", "link_same", "link_user_texts",
)  # fmt: skip
_BOTH = Sql(
    "link_both",
    """
    select p.a, p.b, x.type, x.value, x.holders, x.proposes, x.share * y.share as share, x.stated * y.stated as stated,
        x.record_id as record_a, y.record_id as record_b
    from link_pairs p
    join link_shared x on x.account_id = p.a
    join link_shared y on y.account_id = p.b and y.type = x.type and y.value = x.value
    left join link_types t on t.type = x.type
    where x.proposes or t.common_adds
    """,
    keep=True,
)


@dataclass
class Sizes:
    """How many accounts there are, and how many groups of them the second look has."""

    accounts: int
    groups: int


@dataclass
class Update:
    """One run over what changed since the run that `before` was kept by."""

    engine: Engine
    before: Kept
    after: Kept
    limits: Limits
    was: Sizes
    now: Sizes
    bits: dict[int, Rows] = field(default_factory=dict)

    def size(self, look: int) -> None:
        count = self.now.accounts if look == 1 else self.now.groups
        self.put("link_size", pl.DataFrame({"accounts": [accounts_step(count)]}))

    def put(self, name: str, rows: Rows) -> None:
        table = rows.to_arrow()
        kinds = [
            pa.string() if pa.types.is_large_string(f.type) or pa.types.is_string_view(f.type) else f.type
            for f in table.schema
        ]
        self.engine.put(name, table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True)))))

    def rows(self, sql: str) -> Rows:
        return pl.DataFrame(pl.from_arrow(self.engine.rows(sql)))

    def side(self, look: int) -> Side:
        return Side(self.after, look)

    def weigh(self, look: int, wanted: Rows, same: Rows) -> None:
        """Make `link_bits` and `link_strong` of these pairs (a, b)."""
        side = self.side(look)
        ends = nodes(wanted["a"], wanted["b"])
        held = side.held(ends)
        shared = counted(side, side.within_limit(held) if look == 1 else held, self.limits)
        tables = (
            wanted.select("a", "b"), shared, side.sighted(ends), shared.select("type", "value").unique(), side.names(ends),
            side.born(ends), side.members(ends), side.statements(ends),
            same.join(wanted, on=["a", "b"], how="semi"), _user_texts(shared),
        )  # fmt: skip
        for table, rows in zip(_NAMED, tables, strict=True):
            self.put(table, rows)
        for step in holders.SPELLED:
            self.engine.run(step)
        self._rarity()
        self.size(look)
        for step in (*met.SIGHTINGS, *pairs.STATED, _BOTH, *evidence.STEPS, *weighed.STEPS):
            self.engine.run(step)

    def _rarity(self) -> None:
        """How rare user names are is counted among accounts, at both looks."""
        keys = self.rows(
            "select distinct s.key as value from link_stem_texts k join link_skeletons s on s.text = k.key"
        )
        counts = self.side(1).several(keys.select(pl.lit("skeleton").alias("type"), "value"))
        self.put("link_skeleton_holders", counts.select("value", "exact"))
        self.size(1)
        for step in holders.RARITY:
            self.engine.run(step)

    def join(self, look: int, seeds: Rows, same: Rows, apart: Rows) -> Rows:
        """Join what these nodes are tied to, and keep the roots; the nodes of all trees that this concerns."""
        table, tree, flag = f"pairs{look}", f"roots{look}", "core" if look == 1 else "joins"
        inside, frontier, edges = seeds, seeds, self.after.find(table, "a", seeds.rename({NODE: "a"})).head(0)
        while frontier.height:
            found = (
                self.with_end(self.after, table, frontier).filter(pl.col(flag)).join(apart, on=["a", "b"], how="anti")
            )
            edges = pl.concat([edges, found]).unique()
            frontier = nodes(found["a"], found["b"]).join(inside, on=NODE, how="anti")
            inside = pl.concat([inside, frontier])
        side = self.side(look)
        self.put("link_joins", edges.select("a", "b", "milli"))
        self.put("link_names", side.names(inside))
        self.put("link_born", side.born(inside))
        self.put("link_same", same.select("a", "b", "decision"))
        self.put("link_apart", apart)
        for step in evidence.STEPS:
            if step.name in ("link_prior", "link_few_names", "link_few_born"):
                self.engine.run(step)
        judged.join(self.engine)
        self.after.put(tree, self.rows("select node, root from link_roots"), {"node": inside.rename({NODE: "node"})})
        return inside

    @staticmethod
    def with_end(kept: Kept, table: str, ends: Rows) -> Rows:
        """Kept pairs with an end among these."""
        return pl.concat([kept.find(table, end, ends.rename({NODE: end})) for end in _ENDS]).unique()

    def look(self, look: int, of: Touched, same: Rows, apart: Rows) -> Rows:
        """Weigh the pairs of the touched, keep what is strong, and join; the nodes that this concerns."""
        self.weigh(look, candidates(self.side(look), of, same, self.limits), same)
        strong = self.rows("select a, b, milli, shared, probability, joins, core from link_strong")
        if look == 2:
            strong = strong.filter(pl.col("joins"))
        self.bits[look] = self.evidence(strong)
        lost = self.with_end(self.before, f"pairs{look}", of.nodes)
        self.after.put(f"pairs{look}", strong, {end: of.nodes.rename({NODE: end}) for end in _ENDS})
        seeds = nodes(of.nodes[NODE], *(rows[end] for rows in (strong, lost) for end in _ENDS))
        return self.join(look, seeds, same, apart)

    def evidence(self, of: Rows) -> Rows:
        """What was weighed last of these pairs."""
        self.put("asked_links", of.select("a", "b"))
        return self.rows(results.EVIDENCE.format("asked"))

    def same_size(self, look: int) -> None:
        was, now = (size.accounts if look == 1 else size.groups for size in (self.was, self.now))
        if accounts_step(was) != accounts_step(now):
            raise Whole("the number of accounts passed a step")

    def run(self) -> None:
        """Bring the kept tables up to date, and make `links`, `link_evidence` and `actors`."""
        changed = take(self.engine, self.after)
        before = self.before.find("accounts", "account", changed)
        new = self.after.find("accounts", "account", changed).join(before, on=NODE, how="anti")
        self.now.accounts += new.height
        self.same_size(1)
        same, apart = self._judgements()
        first = touched(Side(self.before, 1), self.side(1), changed, nodes(), self.limits)
        if first.nodes.height > max(_LEAST, _MOST * self.now.accounts):
            raise Whole("it concerns too many accounts")
        joined = self.look(1, first, same, apart)
        was, now = (grouped(kept, "roots1", joined) for kept in (self.before, self.after))
        moved = nodes(was.join(now, on=[NODE, "node"], how="anti")[NODE])
        roots = [
            kept.find("roots1", "node", joined.rename({NODE: "node"})).height for kept in (self.before, self.after)
        ]
        self.now.groups += new.height + roots[0] - roots[1]
        self.same_size(2)
        accounts = nodes(changed[NODE], moved[NODE], first.listing[NODE])
        groups = nodes(*(grouped(kept, "roots1", accounts)["node"] for kept in (self.before, self.after)))
        skeletons = first.moved.filter(pl.col("type") == "skeleton")
        second = touched(
            Side(self.before, 2), self.side(2), groups, self.side(2).holders(skeletons).select(NODE), self.limits
        )
        torn = self._grouped_pairs(apart)
        again = self.look(2, second, same.head(0), torn)
        self._results(
            first, second, nodes(joined[NODE], within(self.before, "roots1", groups)[NODE], new[NODE]), again, same
        )

    def _judgements(self) -> tuple[Rows, Rows]:
        """Pairs judged one hand (a, b, decision) and two (a, b), of accounts that are there."""
        now = self.after.all("judgements")
        ends = self.after.find("accounts", "account", nodes(now["a"], now["b"]))
        there = now.join(ends.rename({NODE: "a"}), on="a", how="semi").join(
            ends.rename({NODE: "b"}), on="b", how="semi"
        )
        same = (
            there.filter(pl.col("kind") == "same")
            .group_by("a", "b")
            .agg(pl.col("decision_id").min().cast(pl.String).alias("decision"))
        )
        return same, now.filter(pl.col("kind") == "not-same").select("a", "b").unique()

    def _grouped_pairs(self, apart: Rows) -> Rows:
        of = grouped(self.after, "roots1", nodes(apart["a"], apart["b"]))
        found = apart
        for end in _ENDS:
            found = found.join(of.rename({NODE: end, "node": f"{end}_node"}), on=end)
        return ordered(found.select(pl.col("a_node").alias("a"), pl.col("b_node").alias("b")))

    def actors(self, kept: Kept, accounts: Rows) -> Rows:
        """account_id, actor_id."""
        of = grouped(kept, "roots1", accounts).rename({"node": "group"})
        top = grouped(kept, "roots2", nodes(of["group"])).rename({NODE: "group", "node": "actor_id"})
        return of.join(top, on="group").select(NODE, "actor_id")

    def _results(self, first: Touched, second: Touched, accounts: Rows, again: Rows, same: Rows) -> None:
        """Put together what stays of the last run's tables and what is new."""
        of = nodes(accounts[NODE], *(within(kept, "roots1", again)[NODE] for kept in (self.before, self.after)))
        there = self.after.find("accounts", "account", of)
        known = self.before.find("accounts", "account", of)
        was = self.actors(self.before, known)
        moved = self.actors(self.after, there).join(was, on=[NODE, "actor_id"], how="anti")
        concerned = nodes(first.nodes[NODE], second.nodes[NODE], moved[NODE])
        late = self.with_end(self.after, "pairs2", concerned)
        early = self.with_end(self.after, "pairs1", concerned)
        for look, found, name in ((1, early.join(late, on=["a", "b"], how="anti"), "first"), (2, late, "second")):
            known = self.bits[look].join(found, on=["a", "b"], how="semi")
            rest = found.join(known, on=["a", "b"], how="anti")
            if rest.height:
                self.weigh(look, rest, same if look == 1 else same.head(0))
                known = pl.concat([known, self.evidence(rest)])
            self.put(f"{name}_evidence", known)
        self.put("second_links", late)
        self.put("first_links", early)
        ends = nodes(concerned[NODE], early["a"], early["b"], late["a"], late["b"])
        self.put("actors", self.actors(self.after, self.after.find("accounts", "account", ends)))
        for step in results.TEXTS:
            self.engine.run(step)
        self.put("link_concerned", concerned)
        self.put("link_ends", ends)
        for step in results.JOINED:
            self.engine.run(step)


def _user_texts(shared: Rows) -> Rows:
    """What of these values user names are read from: text, taken."""
    value = pl.col("value")
    handles = shared.filter(
        (pl.col("type") == "handle")
        & value.str.contains(":", literal=True)
        & ~value.str.contains("-invite:", literal=True)
        & ~value.str.contains("-id:", literal=True)
    ).select(value.str.splitn(":", 2).struct.field("field_1").alias("text"), pl.lit(True).alias("taken"))
    taken = shared.filter(pl.col("type") == "user-name").select(value.alias("text"), pl.lit(True).alias("taken"))
    mails = shared.filter((pl.col("type") == "email") & value.str.contains("@", literal=True)).select(
        value.str.splitn("@", 2).struct.field("field_0").alias("text"), pl.lit(False).alias("taken")
    )
    return pl.concat([handles, taken, mails]).unique()
