"""The table of contents: FLOW lists the stages in order, `run` runs them.

Stages meet in tables only. Every table has one writer, checked when this module is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tanglaw import __version__
from tanglaw.attach import Since, attached, written
from tanglaw.chain import CHAIN
from tanglaw.config import Settings
from tanglaw.decided import DECIDED, facts, handed
from tanglaw.detectors import DETECTION
from tanglaw.engine import Engine, Given, Stage
from tanglaw.extraction import EXTRACTION
from tanglaw.hashes import HASHES
from tanglaw.intake.run import Intake, take_in
from tanglaw.linking import LINKING
from tanglaw.policy import Policy
from tanglaw.sessions import SESSION_STAGE
from tanglaw.store.commits import DERIVE, Part
from tanglaw.store.workspace import Batch, Workspace, now
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.triage import TRIAGE
from tanglaw.versions import VERSIONS

INTAKE = Stage("intake", "Reads every delivered file once, by its content, into tables.", (), RECEIVED, None)

_READ = (INTAKE, DECIDED, VERSIONS, EXTRACTION)
FLOW: tuple[Stage, ...] = (*_READ, CHAIN, LINKING, SESSION_STAGE, HASHES, DETECTION, TRIAGE)

WRITER = {table: stage.name for stage in FLOW for table in stage.writes}
if sorted(WRITER) != sorted(TABLES) or len(WRITER) != sum(len(stage.writes) for stage in FLOW):
    raise AssertionError("each table needs exactly one stage that writes it")

Progress = Callable[[str, int, int, str], None]


@dataclass
class Ran:
    """What a run did."""

    run_id: str
    as_of: str
    intake: Intake
    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def run(
    workspace: Workspace,
    inbox: Path | None,
    settings: Settings,
    policy: Policy,
    as_of: datetime,
    progress: Progress | None = None,
    again: Collection[str] = (),
    decided: Mapping[str, pa.Table] | None = None,
) -> Ran:
    """Take the inbox in (if one is given), rebuild every derived table and commit them together.

    `as_of` (UTC) is the instant that clocks are read at, `decided` the decisions in force. `again` may name
    "files" (read what was set aside again) and "links" (link everything). Raises WaitForOtherRun if another process writes.
    """
    if workspace.facts.operational:
        policy.refuse_if_illustrative()
    with workspace.writing():
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        ran = Ran(run_id, as_of.isoformat(), Intake())
        record = {**_record(ran, settings, policy, inbox), "decisions": facts(decided)}
        workspace.record_run(run_id, {**record, "state": "started"})
        workspace.keep_policy(policy.digest(), policy.as_bytes())
        if inbox is not None:
            began = time.monotonic()
            told = (lambda done, all_, what: progress("intake", done, all_, what)) if progress else None
            ran.intake = take_in(workspace, inbox, settings, run_id, told, "files" in again)
            ran.seconds["intake"] = round(time.monotonic() - began, 3)
        taken = handed(decided)
        with attached(workspace, settings, derived=False, left_out=taken["left_out"]) as engine:
            engine.put("run_facts", pa.table({"as_of": pa.array([as_of], pa.timestamp("us", tz="UTC"))}))
            engine.put("policy_facts", pa.table({"title": pa.array([policy.title], pa.string())}))
            for name, rows in (policy.tables() | taken).items():
                engine.put(name, rows)
            since = Since(workspace, settings, taken, run_id)
            given = since.first(workspace, settings, "links" in again)
            staged, stays = _derive(engine, workspace, given, since, ran, progress)
        replaced = [table for stage in FLOW[1:] for table in stage.writes]
        workspace.commit(run_id, Batch(DERIVE, staged, replaced, stays))
        since.keep()
        record |= {"state": "done", "ended_at": now(), "files": dict(ran.intake.formats), "rows": ran.rows}
        record |= {"seconds": ran.seconds, "notes": ran.notes, "commits": workspace.state.commits}
        record["head"] = workspace.state.head
        workspace.record_run(run_id, record)
    return ran


def _derive(
    engine: Engine, workspace: Workspace, given: Given, since: Since, ran: Ran, progress: Progress | None
) -> tuple[list[tuple[Path, Part]], list[Part]]:
    """Run every stage after the intake and write its tables into staging; what was written, and which parts stay."""
    staged: list[tuple[Path, Part]] = []
    stays: list[Part] = []
    for number, stage in enumerate(FLOW[1:], 1):
        if progress:
            progress(stage.name, number - 1, len(FLOW) - 1, stage.meaning)
        began = time.monotonic()
        if stage is LINKING:
            given = since.given(engine, given, stage, [part for _, part in staged])
        if stage.run is not None:
            stage.run(engine, given)
        for name in stage.writes:
            parts, kept, ran.rows[name] = written(engine, workspace, ran.run_id, TABLES[name], given.changed.get(name))
            staged.extend(parts)
            stays.extend(kept)
        engine.forget()
        ran.seconds[stage.name] = round(time.monotonic() - began, 3)
    ran.notes |= given.notes
    if progress:
        progress("done", len(FLOW) - 1, len(FLOW) - 1, "")
    return staged, stays


def _record(ran: Ran, settings: Settings, policy: Policy, inbox: Path | None) -> dict[str, Any]:
    return {
        "run_id": ran.run_id,
        "started_at": now(),
        "as_of": ran.as_of,
        "version": __version__,
        "engine": settings.engine,
        "settings": settings.digest(),
        "policy": {"name": policy.name, "version": policy.version, "digest": policy.digest()},
        "inbox": str(inbox.resolve()) if inbox else None,
    }
