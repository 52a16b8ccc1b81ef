"""What is set aside now: rows of the newest reading of each file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from tanglaw.lookups.search import masked_within
from tanglaw.lookups.tables import derived
from tanglaw.store.workspace import Workspace


def set_aside(workspace: Workspace) -> list[dict[str, Any]]:
    """Rows of `quarantine` that still stand, by file and place: a later good reading of a file lifts its rows.

    Digits of payment cards in an excerpt are shown as `*`; the table itself keeps it as it came.
    """
    read = derived(workspace, "sources").select(["source_id", "format", "arrival"]).filter(pc.field("format") != "copy")
    newest = read.group_by("source_id").aggregate([("arrival", "max")]).rename_columns(["source_id", "newest"])
    rows = derived(workspace, "quarantine").join(newest, "source_id").filter(pc.field("arrival") == pc.field("newest"))
    found = rows.drop_columns(["newest"]).to_pylist()
    excerpts = masked_within([row["excerpt"] or "" for row in found])
    found = [{**row, "excerpt": shown or None} for row, shown in zip(found, excerpts, strict=True)]
    return sorted(found, key=lambda row: (row["file"], row["locator"] or "", row["quarantine_id"]))


def inboxes(workspace: Workspace) -> tuple[list[Path], list[str]]:
    """Inboxes of earlier runs that may hold files set aside whole, and those that are gone."""
    formats = derived(workspace, "sources").column("format").unique().to_pylist()
    if not {"held", "quarantine"} & set(formats):
        return [], []
    stated: list[str] = []
    for file in sorted((workspace.folder / "runs").glob("*.json")):
        inbox = json.loads(file.read_text(encoding="utf-8")).get("inbox")
        if inbox and inbox not in stated:
            stated.append(inbox)
    return [Path(one) for one in stated if Path(one).exists()], [one for one in stated if not Path(one).exists()]
