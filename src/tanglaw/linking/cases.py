"""Case proposals after a change: those that the change may alter are made anew, everything else is taken over.

A proposal hangs on the reports, actors and ties that hang together with it, and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tanglaw.engine.base import Changed
from tanglaw.engine.steps import Sql
from tanglaw.linking import proposals, results, ties
from tanglaw.linking.fresh import MEMBERS
from tanglaw.linking.kept import Kept, empty
from tanglaw.linking.sides import NODE, Rows, nodes, within
from tanglaw.linking.update import Update
from tanglaw.linking.whole import Whole

# Above this share of all accounts proposals are made of everything.
_MOST, _LEAST = 0.02, 5_000
_GOES_BY = {"proposals": ("report_id",), "proposal_ties": ("proposal_id",)}


def update(of: Update) -> dict[str, Changed]:
    """Bring what is kept of proposals up to date, and make `proposals` and `proposal_ties`; how these changed."""
    stirred = _took_in(of)
    try:
        around = _around(of, stirred)
    except Whole:
        return _all(of)
    reports = _reports(of.rows("select report_id from fresh_reports"), around.named)
    there = of.after.find("reports", "report", reports)
    was = of.before.find("proposed", "report", reports)
    for name, rows in around.tables(of, there).items():
        of.put(name, rows)
    proposals.propose(of.engine)
    for name in _GOES_BY:
        of.engine.run(Sql(f"new_{name}", f"select * from {name}", keep=True))
    of.put("gone_proposals", was.select("report_id"))
    of.put("gone_proposal_ties", was.select("proposal_id").unique())
    of.after.put("proposed", of.rows("select report_id, proposal_id from new_proposals"), {"report": there})
    ties_lost = (
        "select count(*) as n from last_proposal_ties l join gone_proposal_ties g on g.proposal_id = l.proposal_id"
    )
    lost = {"proposals": was.height, "proposal_ties": int(of.rows(ties_lost)["n"][0])}
    for name, key in _GOES_BY.items():
        of.engine.run(results.taken_over(name, key))
    return {name: Changed(key, lost[name]) for name, key in _GOES_BY.items()}


def _all(of: Update) -> dict[str, Changed]:
    proposals.run(of.engine)
    made = of.rows("select report_id, proposal_id from proposals")
    of.after.put("proposed", made, {"report": made})
    return {}


def _took_in(of: Update) -> Rows:
    """Keep the new rows; accounts (account_id) that have to do with a change of any kind."""
    kept = of.after
    reports = of.rows("select report_id from fresh_reports")
    known = kept.find("reports", "report", reports)
    kept.put("reports", reports.join(known, on="report_id", how="anti").unique())
    named = of.rows(proposals.NAMED.format("fresh_"))
    known = kept.find("named", "account", named)
    kept.put("named", named.join(known, on=named.columns, how="anti"))
    paid = of.rows(ties.PAID.format("fresh_"))
    kept.put("paid", paid)
    gone = of.rows("select a as one, b as other from link_gone")
    shared, were = of.rows(ties.SHARED.format("new_")), of.before.find("shared", "pair", gone)
    kept.put("shared", shared, {"pair": gone})
    turned = [one.join(other, on=one.columns, how="anti") for one, other in ((shared, were), (were, shared))]
    ends = [rows[end] for rows in (paid, *turned) for end in ("one", "other")]
    members = of.rows(MEMBERS.format("fresh_")).select("conversation_id").unique()
    rooms = of.before.find("members", "conversation", members)
    # Who was together in a room that has become a public one.
    few = rooms.filter(pl.len().over("conversation_id") <= ties.ROOM)
    again = kept.find("named", "report", reports)
    return nodes(of.stirred[NODE], named[NODE], again[NODE], few[NODE], *ends)


@dataclass
class Around:
    """Accounts (account_id) that hang together, with their actors and the rows that tie them to reports and each other."""

    actors: Rows
    named: Rows
    talks: Rows
    paid: Rows
    shared: Rows

    def tables(self, of: Update, reports: Rows) -> dict[str, Rows]:
        """By name the tables that proposals are made of."""
        there = self.actors.join(of.after.find("accounts", "account", self.actors), on=NODE, how="semi")
        return {
            "case_reports": reports, "case_named": self.named.select("report_id", NODE), "case_actors": there,
            "case_talks": self.talks.select("conversation_id", NODE), "case_paid": self.paid, "case_shared": self.shared,
        }  # fmt: skip


def _around(of: Update, accounts: Rows) -> Around:
    """All that hangs together with these accounts. Raises Whole if that is much."""
    kept, most = of.after, max(_LEAST, _MOST * of.now.accounts)
    seen, frontier = accounts.head(0), accounts
    tables = {"named": "named", "talks": "members", "paid": "paid", "shared": "shared"}
    found = {name: [empty(table)] for name, table in tables.items()} | {"actors": [of.actors(kept, seen)]}
    while frontier.height:
        actors = of.actors(kept, frontier)
        hand = _hand(kept, actors["actor_id"])
        frontier = nodes(frontier[NODE], hand[NODE]).join(seen, on=NODE, how="anti")
        seen = pl.concat([seen, frontier])
        if seen.height > most:
            raise Whole("it concerns too many reports")
        found["actors"].append(of.actors(kept, frontier))
        named = kept.find("named", "report", kept.find("named", "account", frontier))
        talks = _talks(kept, frontier)
        both = [_tied(kept, table, frontier) for table in ("paid", "shared")]
        for name, rows in zip(("named", "talks", "paid", "shared"), (named, talks, *both), strict=True):
            found[name].append(rows)
        ends = [rows[end] for rows in both for end in ("one", "other")]
        frontier = nodes(named[NODE], talks[NODE], *ends).join(seen, on=NODE, how="anti")
    # A row between two is found once from each of its ends.
    one = {name: pl.concat(rows).unique() for name, rows in found.items() if name != "talks"}
    return Around(talks=_rooms(found["talks"]), **one)


def _hand(kept: Kept, actors: pl.Series) -> Rows:
    """account_id: all accounts of these actors."""
    groups = within(kept, "roots2", nodes(actors))
    return within(kept, "roots1", nodes(groups[NODE])).select(NODE)


def _talks(kept: Kept, accounts: Rows) -> Rows:
    """account_id, conversation_id: everybody in the conversations of few people that these accounts are in, row by row."""
    rooms = kept.find("members", "account", accounts).select("conversation_id").unique()
    everybody = kept.find("members", "conversation", rooms)
    return everybody.filter(pl.len().over("conversation_id") <= ties.ROOM)


def _rooms(found: list[Rows]) -> Rows:
    """Each conversation as it was found first: it has its rows as often as they are there."""
    seen = found[0]
    for rows in found[1:]:
        seen = pl.concat([seen, rows.join(seen, on="conversation_id", how="anti")])
    return seen


def _tied(kept: Kept, table: str, accounts: Rows) -> Rows:
    ends = (kept.find(table, end, accounts.select(pl.col(NODE).alias(end))) for end in ("one", "other"))
    return pl.concat(ends)


def _reports(new: Rows, named: Rows) -> Rows:
    return pl.concat([new.select("report_id"), named.select("report_id")]).unique()
