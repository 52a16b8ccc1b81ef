"""`kill -9` at any moment leaves whole batches or nothing; the next run goes on to the same tables."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tanglaw.simulate import simulate
from tanglaw.store.verify import verify
from tanglaw.store.workspace import Workspace
from tests.flow.conftest import AS_OF, tables_of

KILLS = 20


def run(inbox: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tanglaw", "run", str(inbox), "--workspace", str(folder), "--as-of", AS_OF],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "TANGLAW_BATCH_BYTES": "40000", "TANGLAW_WORKERS": "1"},
        start_new_session=True,
    )


@pytest.mark.slow
def test_killed_twenty_times_and_still_equal(tmp_path: Path) -> None:
    """Interrupted 20 times at random points, the finished tables equal those of a run left alone."""
    simulate(tmp_path / "world", 150, 600, 12, 4, 7)
    inbox = tmp_path / "world" / "inbox"
    for name in ("whole", "killed"):
        Workspace.create(tmp_path / name, key=b"test key")
    began = time.monotonic()
    assert run(inbox, tmp_path / "whole").wait() == 0
    length = time.monotonic() - began
    dice = random.Random(11)
    killed = 0
    for _ in range(KILLS):
        process = run(inbox, tmp_path / "killed")
        try:
            process.wait(dice.uniform(0.3, max(1.0, 0.9 * length)))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
        Workspace(tmp_path / "killed").log.state()
    assert killed >= KILLS // 2
    assert run(inbox, tmp_path / "killed").wait() == 0
    assert tables_of(tmp_path / "killed") == tables_of(tmp_path / "whole")
    assert verify(tmp_path / "killed")[0] == []
