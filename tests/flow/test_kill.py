"""`kill -9` at any moment leaves whole batches or nothing; the next run goes on to the same tables."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tanglaw.simulate import Plan, simulate
from tanglaw.store.verify import verify
from tanglaw.store.workspace import Workspace
from tests.flow.conftest import AS_OF, new_place, tables_of

# On two workspaces side by side, so that early moments, when most is still to be read, are hit more often.
WORKSPACES, KILLS_EACH = 2, 10


def run(inbox: Path, folder: Path) -> subprocess.Popen[bytes]:
    """`tanglaw run` in a process of its own, in many small batches."""
    small = {"TANGLAW_BATCH_BYTES": "40000", "TANGLAW_WORKERS": "1", "TANGLAW_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "tanglaw", "run", str(inbox), "--workspace", str(folder), "--as-of", AS_OF],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")} | small,
        start_new_session=True,
    )


def kill_often(inbox: Path, folder: Path, length: float, seed: int) -> tuple[int, set[int]]:
    """Interrupt that many runs, each at a random moment of its length, then let one end. Returns how many runs were
    interrupted before they ended, and after how many commits."""
    dice, killed, commits = random.Random(seed), 0, set()
    began_work = 0.25 * length
    for _ in range(KILLS_EACH):
        process = run(inbox, folder)
        try:
            process.wait(dice.uniform(began_work, length))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        commits.add(Workspace(folder).log.state().commits)
    assert run(inbox, folder).wait() == 0
    return killed, commits


@pytest.mark.slow
def test_killed_twenty_times_and_still_equal(tmp_path: Path) -> None:
    """Interrupted 20 times at random moments, the finished tables equal those of a run left alone."""
    simulate(tmp_path / "world", Plan(80, 300, 8, 3, 7))
    inbox = tmp_path / "world" / "inbox"
    whole, *killed = (new_place(tmp_path / str(number)).folder for number in range(1 + WORKSPACES))
    began = time.monotonic()
    assert run(inbox, whole).wait() == 0
    length = time.monotonic() - began
    with ThreadPoolExecutor(WORKSPACES) as pool:
        ended = list(pool.map(lambda one: kill_often(inbox, one[1], length, one[0]), enumerate(killed, 11)))
    assert sum(count for count, _ in ended) >= WORKSPACES * KILLS_EACH // 2
    assert max(len(commits) for _, commits in ended) > 1
    expected = tables_of(whole)
    for folder in killed:
        assert tables_of(folder) == expected
        assert verify(folder)[0] == []
