"""The queue as it stands, with the reasons of each report apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.lookups.tables import chosen, derived
from tanglaw.lookups.viral import collapsed, groups_of
from tanglaw.store.workspace import Workspace

LANES = ("triage", "safeguarding", "generated")
# Values whose reasons say why a report stands where it stands.
_SAYS_WHY = ("danger", "lane", "order")
_SHORT = ("value", "criterion", "weight", "text")


@dataclass
class Queue:
    """The asked part of the queue. `rows` are rows of `priorities`, each with `why`: its reasons for danger, lane and
    order, heaviest first, `like`: numbers of the reports that the row stands for too, and `group`: the viral group as
    `groups_of` tells it, None outside of any. `whole` counts all reports, `as_of` is the instant the clocks were read at
    (ISO 8601)."""

    rows: list[dict[str, Any]]
    whole: int
    as_of: str = ""
    policy: str = ""


def queue(workspace: Workspace, top: int = 0, lane: str = "", each: bool = False) -> Queue:
    """The first `top` rows (0: all) of the last run, of one lane if it is named; `each` gives every report its own."""
    rows = every = derived(workspace, "priorities").sort_by("rank")
    found = Queue([], rows.num_rows, as_of(workspace))
    like: dict[str, list[str]] = {}
    if lane:
        rows = rows.filter(pc.field("lane") == lane)
    if not each:
        rows, like = collapsed(rows)
    found.rows = (rows.slice(0, top) if top else rows).to_pylist()
    found.policy = str(found.rows[0]["policy"]) if found.rows else ""
    why = _why(workspace, [str(row["report_id"]) for row in found.rows])
    groups = groups_of(workspace, every, found.rows)
    for row in found.rows:
        row["why"] = why.get(str(row["report_id"]), [])
        row["like"] = like.get(str(row["report_id"]), [])
        row["group"] = groups.get(str(row["group_id"]))
    return found


def as_of(workspace: Workspace) -> str:
    """The as-of of the run whose tables stand, ISO 8601 in UTC; empty if there was none."""
    return str(workspace.run_record().get("as_of", ""))


def _why(workspace: Workspace, reports: list[str]) -> dict[str, list[dict[str, Any]]]:
    wanted = pa.array(reports, pa.string())
    keep = pc.field("report_id").isin(wanted) & pc.field("value").isin(list(_SAYS_WHY))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in chosen(workspace, "reasons", keep).to_pylist():
        found.setdefault(row["report_id"], []).append({name: row[name] for name in _SHORT})
    for rows in found.values():
        rows.sort(key=lambda row: (-(row["weight"] or 0), row["criterion"] or "", row["text"] or ""))
    return found
