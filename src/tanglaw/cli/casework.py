"""What verbs share about decisions: the workspace's casework database, and the tables a run takes over."""

from __future__ import annotations

from datetime import datetime

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
