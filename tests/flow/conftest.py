"""One day end to end: what the flow tests share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.lookups.tables import plain
from tanglaw.simulate import Plan, simulate
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES
from tests.cli.conftest import Ended, tanglaw

AS_OF = "2026-06-30T12:00:00Z"
# Says when and from where files were taken in, which two runs cannot share.
_CLOCK = {"deliveries": ("taken_in_at", "place")}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """A workspace and an inbox beside it."""

    folder: Path
    inbox: Path

    def put(self, name: str, data: bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def run(self, *words: str | Path, inbox: Path | None = None, **environment: str) -> Ended:
        """`tanglaw run` on the inbox; it must end with 0."""
        told = tanglaw("run", inbox or self.inbox, "--workspace", self.folder, "--as-of", AS_OF, *words, **environment)
        assert told.code == 0, told.err
        return told

    def rows(self, name: str) -> Rows:
        return rows_of(self.folder, name)

    def set_aside(self) -> Rows:
        """What is set aside now."""
        found: Rows = tanglaw("quarantine", "list", "--json", "--workspace", self.folder).json
        return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty workspace with a known key, and an empty inbox."""
    return new_place(tmp_path)


def new_place(home: Path, key: bytes = b"test key") -> Place:
    """A workspace and an empty inbox in `home`."""
    (home / "inbox").mkdir(parents=True, exist_ok=True)
    Workspace.create(home / "workspace", key=key)
    return Place(home / "workspace", home / "inbox")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inbox of a small simulated world."""
    home = tmp_path_factory.mktemp("world")
    simulate(home, Plan(60, 300, 8, 3, 7))
    return home / "inbox"


@pytest.fixture(scope="session")
def taken(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace that has taken the world in, once. Not to be written to."""
    place = Place(new_place(tmp_path_factory.mktemp("taken")).folder, world)
    place.run()
    return place


def _rows(engine: Engine, name: str) -> Rows:
    columns = ", ".join(f't."{column}"' for column in TABLES[name].names if column not in _CLOCK.get(name, ()))
    found = engine.rows(f"select {columns} from {name} t").to_pylist()
    lines = sorted(json.dumps({column: plain(value) for column, value in row.items()}) for row in found)
    return [json.loads(line) for line in lines]


def rows_of(folder: Path, name: str) -> Rows:
    """A table's current rows in a fixed order, without what the wall clock or the place of the inbox brings in."""
    with attached(Workspace(folder), Settings(), alone=name) as engine:
        return _rows(engine, name)


def tables_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Every table of a workspace: number of rows and a digest over them."""
    found = {}
    with attached(Workspace(folder), Settings()) as engine:
        for name in TABLES:
            rows = _rows(engine, name)
            found[name] = (len(rows), hashlib.sha256(json.dumps(rows).encode()).hexdigest())
    return found
