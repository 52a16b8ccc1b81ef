"""Sites that take coins, as the last run left them."""

from __future__ import annotations

from typing import Any

from tanglaw.lookups.subjects import rows_of
from tanglaw.lookups.tables import derived
from tanglaw.store.workspace import Workspace


def sites(workspace: Workspace, top: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Sites in most reports first; and how many there are."""
    rows = derived(workspace, "sites").to_pylist()
    rows.sort(key=lambda row: (-row["reports"], -row["host_count"], row["site_id"]))
    return rows[:top] if top else rows, len(rows)


def evidence(workspace: Workspace, site_id: str) -> list[dict[str, Any]]:
    """Where reports name the site and its addresses, in order of time."""
    rows = rows_of(workspace, "site_evidence", "site_id", [site_id])
    early = [row for row in rows if row["seen_at"] is None]
    late = sorted((row for row in rows if row["seen_at"] is not None), key=lambda row: row["seen_at"])
    return early + late
