"""The workspace that is served, and the shelf of its last run; a new run is taken up while pages go on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tanglaw.config import Settings
from tanglaw.engine.shelf import Shelf
from tanglaw.ids import DEMO_KEY
from tanglaw.lookups.desk.layout import shelf_file, shelf_of
from tanglaw.store.workspace import Workspace

USING = "default"
_LOOK_EVERY = 2.0


@dataclass(frozen=True)
class Run:
    """One run as pages show it: its shelf, its id, the instant that its clocks were read at, and whether it is the demo's,
    whose clocks stand still."""

    shelf: Shelf
    run_id: str
    as_of: datetime
    demo: bool

    @property
    def now(self) -> datetime:
        """The instant that clocks count down to: in the demo its as-of, for its world has ended."""
        return self.as_of if self.demo else datetime.now(UTC)


class Desk:
    """Holds the workspace and its run."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.folder = workspace.folder
        self.settings = settings
        self.workspace = workspace
        self.demo = (workspace.folder / "key").read_bytes() == DEMO_KEY
        self._run = self._opened(workspace)
        self._looked = time.monotonic()
        self._lock = threading.Lock()

    @property
    def run(self) -> Run:
        """The run whose tables stand; a newer one is laid out in the background and stands from the next page on."""
        if time.monotonic() - self._looked > _LOOK_EVERY and self._lock.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._renew, daemon=True).start()
        return self._run

    def _renew(self) -> None:
        try:
            workspace = Workspace(self.folder)
            # An erasure drops the shelf: pages must not go on showing what it held.
            if workspace.state.derived != self._run.run_id or not shelf_file(workspace).is_file():
                self._run = self._opened(workspace)
                self.workspace = workspace
        finally:
            self._looked = time.monotonic()
            self._lock.release()

    def _opened(self, workspace: Workspace) -> Run:
        stated = str(workspace.run_record().get("as_of", ""))
        as_of = datetime.fromisoformat(stated) if stated else datetime.now(UTC)
        return Run(shelf_of(workspace, self.settings), workspace.state.derived, as_of, self.demo)


_SERVED: list[Desk] = []


def serve_from(desk: Desk) -> None:
    """Make this the desk that pages show."""
    _SERVED[:] = [desk]


def desk() -> Desk:
    """The desk that is served."""
    return _SERVED[0]
