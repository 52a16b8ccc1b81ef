"""Processes that work beside this one: equal results whatever happens to them, and a clean end."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from tanglaw.crew import Crew, Packed


def test_what_a_worker_raises_the_caller_raises() -> None:
    """An error in a worker is the caller's, and the worker goes on; killed ones, idle or at work, are missed by nobody."""
    with Crew((math.sqrt, time.sleep), 2) as crew, ThreadPoolExecutor(2) as threads:
        crew.start(wait=True)
        pids = crew.pids()
        with pytest.raises(ValueError, match="domain"):
            crew.call(math.sqrt, -1)
        assert [crew.call(math.sqrt, number) for number in (4, 9)] == [2, 3]
        assert crew.pids() == pids
        os.kill(pids[0], signal.SIGKILL)
        assert [crew.call(math.sqrt, number) for number in (1, 4, 9, 16)] == [1, 2, 3, 4]
        sleeping = [threads.submit(crew.call, time.sleep, 0.5) for _ in range(2)]
        os.kill(pids[1], signal.SIGKILL)
        assert [one.result() for one in sleeping] == [None, None]
        assert [crew.call(math.sqrt, number) for number in (4, 9)] == [2, 3]
        assert crew.pids() == []


def test_little_work_starts_no_process_and_much_does() -> None:
    """Workers start by themselves once a crew's patience is over; before that, and with one worker, all is done here."""
    with Crew((math.sqrt,), 2) as patient, Crew((math.sqrt,), 2, patience=0) as hasty, Crew((math.sqrt,), 1) as alone:
        assert [crew.call(math.sqrt, 4) for crew in (patient, hasty, alone)] == [2, 2, 2]
        alone.start(wait=True)
        hasty.start(wait=True)
        assert [len(crew.pids()) for crew in (patient, hasty, alone)] == [0, 2, 0]


def test_a_crew_that_cannot_be_sent_works_here() -> None:
    """A function that no other process can be given is called in this one."""
    double = lambda number: 2 * number  # noqa: E731 a function without a name cannot be sent
    with Crew((double,), 2) as crew:
        crew.start(wait=True)
        assert (crew.call(double, 4), crew.pids()) == (8, [])


# Who starts tests in the background has them ignore Ctrl-C.
SCRIPT = """
import signal, time
from tanglaw.crew import Crew
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Crew((time.sleep,), 2) as crew:
        crew.start(wait=True)
        print(*crew.pids(), flush=True)
        crew.call(time.sleep, 60)
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(sign: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C, which the whole group hears, and a killed parent leave no idle process behind."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(script)], **pipes, start_new_session=True) as started:  # type: ignore[call-overload]
        pids = [int(one) for one in started.stdout.readline().split()]
        assert len(pids) == 2
        (os.killpg if sign is signal.SIGINT else os.kill)(started.pid, sign)
        _, told = started.communicate()
    assert b"KeyboardInterrupt" in told if sign is signal.SIGINT else started.returncode == -sign
    for pid in pids:
        while runs(pid):
            time.sleep(0.05)


def runs(pid: int) -> bool:
    """True unless the process has ended, whether or not somebody asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_of_a_slice_only_the_slice_is_sent() -> None:
    """Ten rows out of ten thousand are sent as ten, with empty texts and columns as they are."""
    texts = pa.array(["see you at noon by the river", None] * 5_000)
    some = pa.record_batch({"text": texts, "number": pa.array(range(10_000))}).slice(4_000, 10)
    sent = pickle.dumps(Packed(some), protocol=5)
    assert len(sent) < 5_000 < len(pickle.dumps(some))
    assert pickle.loads(sent).batch().equals(some)
