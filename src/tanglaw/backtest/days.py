"""The queue as it would have stood at an instant: only what had been received by then, ranked by the stages as they are."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.decided import handed
from tanglaw.engine import Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.pipeline import FLOW
from tanglaw.policy import Policy
from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES

# When a row that belongs to no report came to be known at the earliest, by table.
_OWN_TIME = {
    "captures": "t.at",
    "devices": "t.at",
    "messages": "t.sent_at",
    "calls": "t.started_at",
    "payments": "t.paid_at",
    "hash_entries": "t.listed_at",
}
# States no time of entry, and may have been made because of an outcome: left out whole.
_HINDSIGHT = ("watch_entries",)

_KNOWN = (
    Sql(
        # When each document of a report was received; where it does not say, when the report was.
        "document_times",
        """
        select d.report_id, d.source_id, coalesce(d.received_at, k.received_at) as known_at
        from before_report_documents d
        left join known_reports k on k.report_id = d.report_id
        """,
        keep=True,
    ),
    Sql(
        "later_documents",
        """
        select distinct d.report_id, d.source_id from document_times d cross join run_facts f
        where d.known_at is null or d.known_at > f.as_of
        """,
        keep=True,
    ),
    Sql(
        "later_reports",
        """
        select k.report_id
        from known_reports k
        cross join run_facts f
        left join (select report_id, min(known_at) as known_at from document_times group by report_id) d
            on d.report_id = k.report_id
        where coalesce(d.known_at, k.received_at) is null or coalesce(d.known_at, k.received_at) > f.as_of
        """,
        keep=True,
    ),
)


def ranked_at(
    workspace: Workspace, settings: Settings, policy: Policy, at: datetime, decided: Mapping[str, pa.Table]
) -> pa.Table:
    """report_id, report_number, rank, received_at of every report received by `at`, ranked as of that instant.

    Later reports and documents, rows without a report that carry a later time of their own, and watch lists are not there;
    rows that state no time are. Nothing is written to the workspace's tables.
    """
    (workspace.folder / "spill").mkdir(exist_ok=True)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="backtest-", dir=workspace.folder / "spill"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        taken = handed(decided)
        engine = stack.enter_context(attached(workspace, settings, derived=False, left_out=taken["left_out"]))
        engine.attach("known_reports", workspace.files("reports"), TABLES["reports"].schema)
        engine.put("run_facts", pa.table({"as_of": pa.array([at], pa.timestamp("us", tz="UTC"))}))
        engine.put("policy_facts", pa.table({"title": pa.array([policy.title], pa.string())}))
        for name, rows in (policy.tables() | taken).items():
            engine.put(name, rows)
        _restrict(engine, workspace)
        given = Given(workspace.ids, settings.default_country)
        for stage in FLOW[1:]:
            if stage.run is not None:
                stage.run(engine, given)
            for name in stage.writes:
                table = TABLES[name]
                engine.attach(name, engine.write(name, table.schema, table.key, folder / name), table.schema)
        return engine.rows(
            """
            select p.report_id, p.report_number, p.rank, r.received_at
            from priorities p join reports r on r.report_id = p.report_id
            order by p.rank nulls last
            """
        )


def _restrict(engine: Engine, workspace: Workspace) -> None:
    """Let every received table show only what was known at the instant in `run_facts`."""
    cut = [name for name in RECEIVED if TABLES[name].group != "CUSTODY" and _cut(name)]
    # Behind names of their own, since a view cannot read the one that it replaces.
    for name in {"report_documents", *cut}:
        engine.attach(f"before_{name}", workspace.files(name), TABLES[name].schema)
    for step in _KNOWN:
        engine.run(step)
    for name in cut:
        shown = f"all_{name}" if TABLES[name].seen_often else name
        columns = ", ".join(f't."{column}"' for column in TABLES[name].names)
        engine.run(
            Sql(
                shown,
                f"select {columns} from before_{name} t cross join run_facts f {_JOINS if _of_report(name) else ''}"
                f" left join left_out o on o.source_id = t.source_id where o.source_id is null and {_cut(name)}",
            )
        )


_JOINS = """
    left join later_reports l on l.report_id = t.report_id
    left join later_documents m on m.report_id = t.report_id and m.source_id = t.source_id
"""


def _of_report(name: str) -> bool:
    return "report_id" in TABLES[name].names


def _cut(name: str) -> str:
    """The condition under which a row of the table was known; empty if all rows are."""
    if name in _HINDSIGHT:
        return "f.as_of is null"
    tests = ["l.report_id is null and m.report_id is null"] if _of_report(name) else []
    if own := _OWN_TIME.get(name):
        tests.append(f"({'t.report_id is not null or ' if _of_report(name) else ''}{own} is null or {own} <= f.as_of)")
    return " and ".join(tests)
