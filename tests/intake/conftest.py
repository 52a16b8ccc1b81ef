"""Workspaces and archives for the intake's tests."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.config import Settings
from tanglaw.intake.run import Intake, take_in
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]


class Bench:
    """A workspace with an inbox beside it."""

    def __init__(self, folder: Path) -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir(exist_ok=True)
        self.workspace = Workspace.create(folder / "workspace", key=b"test key")
        self.runs = 0

    def put(self, name: str, data: bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def take_in(self, retry: bool = False, **settings: Any) -> Intake:
        self.runs += 1
        with self.workspace.writing():
            return take_in(self.workspace, self.inbox, Settings(**settings), f"run-{self.runs}", retry=retry)

    def rows(self, table: str) -> Rows:
        files = self.workspace.files(table)
        if not files:
            return []
        schema = TABLES[table].schema
        return pa.concat_tables([pq.read_table(file, schema=schema) for file in files]).to_pylist()

    def everything(self) -> bytes:
        """Every byte of every file in the workspace."""
        return b"".join(path.read_bytes() for path in sorted(self.workspace.folder.rglob("*")) if path.is_file())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def zip_of(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture(params=["zip", "tar", "tar.gz", "tar.xz", "folder"])
def pack(request: pytest.FixtureRequest, bench: Bench) -> Callable[[Mapping[str, bytes]], None]:
    """Delivers members as an archive of each kind, or loose."""

    def deliver(members: Mapping[str, bytes]) -> None:
        kind = request.param
        if kind == "folder":
            for name, data in members.items():
                bench.put(name, data)
        elif kind == "zip":
            bench.put("delivery.zip", zip_of(members))
        else:
            mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}[kind]
            bench.put(f"delivery.{kind}", tar_of(members, mode))

    return deliver
