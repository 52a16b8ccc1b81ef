"""Opens an engine over a workspace's tables as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.engine.open import open_engine
from tanglaw.store.workspace import Workspace
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.versions import current_views


@contextmanager
def attached(workspace: Workspace, settings: Settings, derived: bool = True) -> Iterator[Engine]:
    """An engine with the workspace's tables; `derived` also those of the last run, as current rows.

    Without `derived`, tables seen often are readable as all their sightings only, named `all_<table>`.
    """
    engine = open_engine(settings, workspace.folder / "spill")
    try:
        for name, table in TABLES.items():
            if name in RECEIVED or derived:
                engine.attach(f"all_{name}" if table.seen_often else name, workspace.files(name), table.schema)
        if derived:
            current_views(engine)
        yield engine
    finally:
        engine.close()
