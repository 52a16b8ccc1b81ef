"""One day end to end: what the flow tests share."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tanglaw.config import Settings
from tanglaw.lookups.tables import export_table
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

AS_OF = "2026-06-30T12:00:00Z"
# Says when and from where files were taken in, which two runs cannot share.
_CLOCK = {"deliveries": ("taken_in_at", "place")}


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """A table's current rows, without what the wall clock or the place of the inbox brings in."""
    out = folder / "spill" / f"{name}.jsonl"
    export_table(Workspace(folder), Settings(), name, "jsonl", out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    out.unlink()
    for row in rows:
        for column in _CLOCK.get(name, ()):
            row.pop(column)
    return rows


def tables_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Every table of a workspace: number of rows and a digest over them, in the order of their keys."""
    found = {}
    for name in TABLES:
        rows = rows_of(folder, name)
        lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
        found[name] = (len(rows), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found
