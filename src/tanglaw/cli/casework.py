"""What verbs share about decisions: the workspace's casework database, and the tables a run takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from tanglaw.casework import database, queries
from tanglaw.config import Settings
from tanglaw.store.workspace import Workspace


def opened(workspace: Workspace, settings: Settings) -> str:
    """The casework database of the workspace, made if it is not there."""
    return database.opened(workspace.folder, settings.casework_database)


def decided(workspace: Workspace, settings: Settings, as_of: datetime | None = None) -> dict[str, pa.Table]:
    """Decisions in force at `as_of` as tables; nothing where nobody ever decided. Makes no database."""
    if not database.exists(workspace.folder, settings.casework_database):
        return {}
    return queries.tables(opened(workspace, settings), as_of)


def records_of(workspace: Workspace, settings: Settings) -> list[dict[str, Any]]:
    """Decisions on alerts as they stand now, in the order of deciding."""
    found = decided(workspace, settings).get("alert_records")
    return [] if found is None else found.to_pylist()
