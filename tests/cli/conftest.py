"""The command line, called as its users call it, over the demo's workspace and small ones of a test's own."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanglaw.cli import main

AS_OF = "2026-06-30T12:00:00Z"


@dataclass(frozen=True)
class Ended:
    """How a call ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def tanglaw(*words: str | Path, width: int = 120, **environment: str) -> Ended:
    """Call `tanglaw WORDS` in this process, without what the caller's own environment says."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    given = {"COLUMNS": str(width), **environment}
    with _surroundings(given), _words("tanglaw", *map(str, words)), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


@contextmanager
def _words(*words: str) -> Iterator[None]:
    kept, sys.argv = sys.argv, list(words)
    try:
        yield
    finally:
        sys.argv = kept


@contextmanager
def _surroundings(given: dict[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("TANGLAW_") or name in ("FORCE_COLOR", "COLUMNS")]:
        del os.environ[name]
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


@dataclass(frozen=True)
class Demo:
    """The demo's workspace, what its first run printed, and what its second printed as JSON."""

    folder: Path
    first: Ended
    second: Ended


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, run twice in a row in an empty folder, without naming a workspace."""
    home = tmp_path_factory.mktemp("demo")
    before = Path.cwd()
    os.chdir(home)
    try:
        first = tanglaw("demo", "--no-serve")
        second = tanglaw("demo", "--json")
    finally:
        os.chdir(before)
    return Demo(home / "tanglaw-workspace", first, second)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty workspace."""
    assert tanglaw("init", tmp_path / "workspace").code == 0
    return tmp_path / "workspace"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An empty inbox."""
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"
