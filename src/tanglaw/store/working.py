"""Where the worker stands: one worker a workspace, held by a lock, and the progress of its run in a small file."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tanglaw.errors import WaitForOtherRun
from tanglaw.store.chain import replace

LOCK, PROGRESS = "worker.lock", "progress.json"
_EVERY = 0.5


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: its order, the stage, done of whole, since when (seconds since 1970) and when it was written."""

    order: int
    stage: str
    done: int
    whole: int
    began: float
    at: float


class Teller:
    """Writes progress of one order, twice a second at most."""

    def __init__(self, folder: Path, order: int) -> None:
        self._path, self._order, self._began, self._last = folder / PROGRESS, order, time.time(), 0.0
        self._stage = ""

    def __call__(self, stage: str, done: int, whole: int, _what: str = "") -> None:
        """As `pipeline.run` calls it. What is being read stays untold: names of files are evidence."""
        now = time.monotonic()
        if stage != self._stage or now - self._last >= _EVERY:
            self._stage, self._last = stage, now
            told = Progress(self._order, stage, done, whole, self._began, time.time())
            replace(self._path, msgspec.json.encode(told))


def told(folder: Path) -> Progress | None:
    """The progress that was written last; None if there is none."""
    try:
        return msgspec.json.decode((folder / PROGRESS).read_bytes(), type=Progress)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


@contextmanager
def alone(folder: Path, wait: bool = False) -> Iterator[None]:
    """Hold the only right to work off orders. Raises WaitForOtherRun if another worker holds it, unless it waits."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            raise WaitForOtherRun(f"another worker serves {folder}") from error
        yield


def working(folder: Path) -> bool:
    """Whether a worker is there."""
    try:
        with alone(folder):
            return False
    except WaitForOtherRun:
        return True
