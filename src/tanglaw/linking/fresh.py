"""What is new since the last run, read by the same steps as everything, and put beside what is kept."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.linking import holders
from tanglaw.linking.kept import Kept
from tanglaw.linking.sides import NODE, Rows, merged, nodes
from tanglaw.linking.whole import Whole

# Where a report is named by rows that may find their account through it.
MENTIONS = """
    select report_id from {0}files
    union select report_id from {0}file_hashes
    union select report_id from {0}associations
    union select other_report_id from {0}associations
"""
REPORTED = """
    select distinct report_id, account_id from {0}accounts
    where role = 'reported' and report_id is not null and account_id is not null
"""
# Each row of the table, since rooms are counted by them.
MEMBERS = "select account_id, conversation_id from {}participants"
# Kept tables that only grow, by the step that gives their rows.
GROWING = {
    "sighted": "link_sighted", "names": "link_names", "born": "link_born", "statements": "link_statements",
}  # fmt: skip


def take(engine: Engine, kept: Kept) -> Rows:
    """Read the tables `fresh_<name>` and `judgements`, put what they say into `kept`; the accounts that changed.

    Raises Whole where a new row changes what an earlier one meant.
    """
    holders.read(engine, "fresh_", _reported(engine, kept).to_arrow().cast(pa.schema(
        [("report_id", pa.string()), ("account_id", pa.string())]
    )))  # fmt: skip
    held = _rows(engine, "select account_id, type, value, share, stated, record_id from link_held")
    concerned = nodes(held[NODE])
    before = kept.find("held", "account", concerned)
    kept.put("held", merged(pl.concat([before, held.cast(before.schema)])), {"account": concerned})
    changed = [held[NODE]]
    for table, step in GROWING.items():
        found = _rows(engine, f"select * from {step}")
        kept.put(table, found)
        changed += [found[column] for column in ("one", "other", NODE) if column in found.columns]
    members = _rows(engine, MEMBERS.format("fresh_"))
    kept.put("members", members)
    changed.append(members[NODE])
    named = _rows(engine, "select account_id from link_accounts")
    there = kept.find("accounts", "account", named)
    kept.put("accounts", named.join(there, on=NODE, how="anti"))
    return nodes(*changed, named[NODE], *_judged(engine, kept))


def _rows(engine: Engine, sql: str) -> Rows:
    return pl.DataFrame(pl.from_arrow(engine.rows(sql)))


def _reported(engine: Engine, kept: Kept) -> Rows:
    """The reported accounts of every report that the new rows mention."""
    mentioned = _rows(engine, f"select report_id from ({MENTIONS.format('fresh_')}) m where report_id is not null")
    told = _rows(engine, REPORTED.format("fresh_"))
    known = kept.find("reported", "report", mentioned)
    both = pl.concat([known.drop_nulls(), told]).unique()
    # A report that was mentioned before, and now has another sole account, or for the first time one or several.
    before = _sole(known.drop_nulls())
    after = _sole(both)
    old = known.select("report_id").unique()
    if not (
        after.join(old, on="report_id", how="semi").join(before, on=["report_id", NODE], how="anti").is_empty()
        and before.join(after, on=["report_id", NODE], how="anti").is_empty()
    ):
        raise Whole("a report known before names other accounts now")
    mentions = mentioned.join(old, on="report_id", how="anti").with_columns(pl.lit(None, pl.String).alias(NODE))
    kept.put("reported", pl.concat([told.join(known, on=["report_id", NODE], how="anti"), mentions]))
    return both


def _sole(reported: Rows) -> Rows:
    return reported.unique().filter(pl.len().over("report_id") == 1)


def _judged(engine: Engine, kept: Kept) -> list[pl.Series]:
    """Accounts about which a judgement came or went; the judgements that hold are kept."""
    before = kept.all("judgements")
    now = _rows(engine, "select decision_id, kind, a, b from judgements").cast(before.schema)
    kept.put("judgements", now, {"a": before.select("a")})
    moved = pl.concat([now.join(before, on=now.columns, how="anti"), before.join(now, on=now.columns, how="anti")])
    return [moved["a"], moved["b"]]
