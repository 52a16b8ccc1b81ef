"""What is set aside now: rows of the newest reading of each file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tanglaw.lookups.tables import derived
from tanglaw.store.workspace import Workspace


def set_aside(workspace: Workspace) -> list[dict[str, Any]]:
    """Rows of `quarantine` that still stand, by file and place: a later good reading of a file lifts its rows."""
    latest: dict[str, int] = {}
    for row in derived(workspace, "sources").select(["source_id", "format", "arrival"]).to_pylist():
        if row["format"] != "copy":
            latest[row["source_id"]] = max(latest.get(row["source_id"], 0), row["arrival"])
    rows = [row for row in derived(workspace, "quarantine").to_pylist() if row["arrival"] == latest[row["source_id"]]]
    return sorted(rows, key=lambda row: (row["file"], row["locator"] or "", row["quarantine_id"]))


def inboxes(workspace: Workspace) -> tuple[list[Path], list[str]]:
    """Inboxes of earlier runs that hold files set aside whole, and those that are gone."""
    if not any(row["format"] in ("held", "quarantine") for row in derived(workspace, "sources").to_pylist()):
        return [], []
    stated = []
    for file in sorted((workspace.folder / "runs").glob("*.json")):
        inbox = json.loads(file.read_text(encoding="utf-8")).get("inbox")
        if inbox and inbox not in stated:
            stated.append(inbox)
    return [Path(one) for one in stated if Path(one).exists()], [one for one in stated if not Path(one).exists()]
