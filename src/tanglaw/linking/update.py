"""Linking after a change: only what the change may alter is weighed anew, everything else is taken over.

The result is that of a whole run, row by row. What is not handled here raises `Whole`, and a whole run is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from tanglaw.engine.base import Changed, Engine
from tanglaw.engine.steps import Sql
from tanglaw.linking import evidence, holders, judged, met, pairs, results, weighed
from tanglaw.linking.counts import accounts_step
from tanglaw.linking.fresh import take
from tanglaw.linking.kept import Kept
from tanglaw.linking.sides import NODE, VALUE, Rows, Side, grouped, nodes, within
from tanglaw.linking.touched import Limits, Touched, candidates, counted, ordered, touched
from tanglaw.linking.whole import Whole

_ENDS = ["a", "b"]
# Above this share of all accounts a whole run is no slower.
_MOST = 0.1
_LEAST = 1_000
_NAMED = (
    "link_pairs", "link_shared", "link_sighted", "link_values", "link_names", "link_born", "link_members",
    "link_statements", "link_same", "link_user_texts",
)  # fmt: skip
_NO_VALUES = pl.DataFrame(schema=dict.fromkeys(VALUE, pl.String))
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
    # By look: evidence of the strong pairs that were weighed, and all that were weighed and are or were strong (a, b).
    bits: dict[int, Rows] = field(default_factory=dict)
    made: dict[int, Rows] = field(default_factory=dict)
    # Tables as they changed, and the accounts and actors (account_id) of whom something stands otherwise now.
    changed: dict[str, Changed] = field(default_factory=dict)
    stirred: Rows = field(default_factory=nodes)

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
            same.join(wanted, on=_ENDS, how="semi"), _user_texts(shared),
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
            found = self.with_end(self.after, table, frontier).filter(pl.col(flag)).join(apart, on=_ENDS, how="anti")
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
        return pl.concat([kept.find(table, end, ends.select(pl.col(NODE).alias(end))) for end in _ENDS]).unique()

    def look(self, look: int, changed: Rows, of: Touched, same: Rows, apart: Rows) -> Rows:
        """Weigh the pairs of the touched, keep what is strong, and join; the nodes that this concerns."""
        self.weigh(look, candidates(self.side(look), of, same, self.limits), same)
        strong = self.rows("select a, b, milli, shared, probability, joins, core from link_strong")
        if look == 2:
            strong = strong.filter(pl.col("joins"))
        self.bits[look] = self.evidence(strong)
        table, flag = f"pairs{look}", "core" if look == 1 else "joins"
        was = pl.concat([
            self.with_end(self.before, table, of.nodes), self.before.find(table, "pair", of.pairs)
        ])  # fmt: skip
        self.after.put(table, strong, {"pair": was.select(_ENDS)})
        self.made[look] = pl.concat([strong.select(_ENDS), was.select(_ENDS)]).unique()
        # What joins by other bits than before, or no more.
        now, then = (rows.filter(flag).select(*_ENDS, "milli") for rows in (strong, was))
        turned = pl.concat([now.join(then, on=now.columns, how="anti"), then.join(now, on=now.columns, how="anti")])
        return self.join(look, nodes(changed[NODE], turned["a"], turned["b"]), same, apart)

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
        first = touched(Side(self.before, 1), self.side(1), changed, _NO_VALUES, self.limits)
        if first.nodes.height > max(_LEAST, _MOST * self.now.accounts):
            raise Whole("it concerns too many accounts")
        joined = self.look(1, changed, first, same, apart)
        was, now = (grouped(kept, "roots1", joined) for kept in (self.before, self.after))
        moved = nodes(was.join(now, on=[NODE, "node"], how="anti")[NODE])
        roots = [
            kept.find("roots1", "node", joined.rename({NODE: "node"})).height for kept in (self.before, self.after)
        ]
        self.now.groups += new.height + roots[0] - roots[1]
        self.same_size(2)
        accounts = nodes(changed[NODE], moved[NODE], first.listing[NODE])
        groups = nodes(*(grouped(kept, "roots1", accounts)["node"] for kept in (self.before, self.after)))
        second = touched(Side(self.before, 2), self.side(2), groups, first.skeletons, self.limits)
        torn = self._grouped_pairs(apart)
        again = self.look(2, groups, second, same.head(0), torn)
        self.stirred = changed
        self._results(nodes(joined[NODE], within(self.before, "roots1", groups)[NODE], new[NODE]), again, same)

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

    def _results(self, accounts: Rows, again: Rows, same: Rows) -> None:
        """Put together what stays of the last run's tables and what is new."""
        of = nodes(accounts[NODE], *(within(kept, "roots1", again)[NODE] for kept in (self.before, self.after)))
        there = self.after.find("accounts", "account", of)
        was = self.actors(self.before, self.before.find("accounts", "account", of))
        moved = self.actors(self.after, there).join(was, on=[NODE, "actor_id"], how="anti")
        turned = self._turned(moved)
        made = pl.concat([self.made[1], self.made[2], turned]).unique()
        # What two groups hold together stands as it stood, whatever their smallest accounts do.
        seen = pl.concat([self.made[2], turned])
        stays = self.after.find("pairs2", "pair", made).join(seen, on=_ENDS, how="anti")
        made = made.join(stays, on=_ENDS, how="anti")
        late = self.after.find("pairs2", "pair", made)
        early = self.after.find("pairs1", "pair", made)
        for look, found, name in ((1, early.join(late, on=_ENDS, how="anti"), "first"), (2, late, "second")):
            known = self.bits[look].join(found, on=_ENDS, how="semi")
            rest = found.join(known, on=_ENDS, how="anti")
            if rest.height:
                self.weigh(look, rest, same if look == 1 else same.head(0))
                known = pl.concat([known, self.evidence(rest)])
            self.put(f"{name}_evidence", known)
        self.put("second_links", late)
        self.put("first_links", early)
        self.put("actors", self.actors(self.after, nodes(*(rows[end] for rows in (early, late) for end in _ENDS))))
        for step in results.TEXTS:
            self.engine.run(step)
        self.put("link_gone", made)
        self.put("gone_actors", moved.select(NODE))
        self.put("new_actors", moved)
        for step in results.JOINED:
            self.engine.run(step)
        links = self._linked(made)
        lost = (links.height, int(links["shared"].sum()), was.join(moved, on=NODE, how="semi").height)
        self.changed = {
            table: Changed(key, rows) for (table, key), rows in zip(results.GOES_BY.items(), lost, strict=True)
        }
        both = was.join(moved, on=NODE, how="semi")
        self.stirred = nodes(self.stirred[NODE], moved[NODE], both["actor_id"], moved["actor_id"])

    def _linked(self, pairs: Rows) -> Rows:
        """Those of these pairs that were linked: as rows of `pairs2`, or else of `pairs1`."""
        late, early = (self.before.find(table, "pair", pairs) for table in ("pairs2", "pairs1"))
        return pl.concat([late, early.join(late, on=_ENDS, how="anti")])

    def _turned(self, moved: Rows) -> Rows:
        """a, b: strong pairs that came under one actor, or are so no more; one end is among `moved`."""
        tables = ("pairs1", "pairs2")
        pairs = pl.concat([self.with_end(self.after, table, moved).select(_ENDS) for table in tables]).unique()
        was, now = (self._together(kept, pairs) for kept in (self.before, self.after))
        return pl.concat([was.join(now, on=_ENDS, how="anti"), now.join(was, on=_ENDS, how="anti")])

    def _together(self, kept: Kept, pairs: Rows) -> Rows:
        of = self.actors(kept, nodes(pairs["a"], pairs["b"]))
        one, other = (of.select(pl.col(NODE).alias(end), "actor_id") for end in _ENDS)
        return pairs.join(one, on="a").join(other, on=["b", "actor_id"]).select(_ENDS)


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
