"""Workers get what the walk saw, and none outlives the run that started it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.intake.places import InMemory
from tanglaw.intake.tar import Tape
from tanglaw.intake.tasks import Piece, Task
from tanglaw.store.workspace import Workspace

TEXT = st.text(max_size=12)
PIECES = st.builds(
    Piece,
    path=TEXT,
    arrival=st.integers(0),
    delivery_id=TEXT,
    sha256=TEXT,
    source_id=TEXT,
    size=st.integers(0),
    data=st.none() | st.binary(max_size=9),
    place=st.none() | st.builds(InMemory, st.binary(max_size=9)),
    again=st.booleans(),
    tape=st.none() | st.builds(Tape, TEXT, st.tuples(st.integers(0), st.integers(0))),
)


@settings(max_examples=100, deadline=None)
@given(groups=st.lists(st.lists(PIECES, max_size=4).map(tuple), max_size=5).map(tuple))
def test_a_task_arrives_as_it_was_sent(groups: tuple[tuple[Piece, ...], ...]) -> None:
    """Groups of any size, empty ones too, reach a worker with every piece in its place."""
    task = Task(7, groups)
    arrived = pickle.loads(pickle.dumps(task))
    assert arrived == task
    assert all(isinstance(piece, Piece) for group in arrived.groups for piece in group)


def session(leader: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, own = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:4]
            except (OSError, ValueError):
                continue
            if int(own) == leader and state != "Z":
                found.append(int(entry.name))
    return found


def waited(leader: int, at_least: int, at_most: int) -> bool:
    """True as soon as the session has so many processes; False if it has not for long."""
    until = time.monotonic() + 120
    while not at_least <= len(session(leader)) <= at_most:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_a_killed_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    """After `kill -9` of a run with several workers, they and what started them end too."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(12):
        lines = b"".join(b"%032x\n" % (number << 32 | n) for n in range(120_000))
        (inbox / f"list-{number}.txt").write_bytes(lines)
    Workspace.create(tmp_path / "workspace", key=b"test key")
    running = subprocess.Popen(
        [sys.executable, "-m", "tanglaw", "run", str(inbox), "--workspace", str(tmp_path / "workspace")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TANGLAW_WORKERS": "3"},
        start_new_session=True,
    )
    try:
        assert waited(running.pid, 4, 99)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert waited(running.pid, 0, 0)
