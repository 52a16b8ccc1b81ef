"""`tanglaw worker`: works off the runs that administrators ask for on the administration page."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from tanglaw.casework import runs, services_runs
from tanglaw.cli.casework import opened
from tanglaw.cli.shared import OTHER_RUN, end_with_input, examples, settings_of, workspace_option
from tanglaw.cli.showing import say
from tanglaw.errors import CheckWorkspace
from tanglaw.store.working import alone
from tanglaw.store.workspace import Workspace

_LOOK = 0.5
# After this a run that was asked to end is ended; what it committed stays in both cases.
_GRACE = 30.0


@click.command("worker", epilog=examples("tanglaw worker --workspace cases"))
@workspace_option
@click.option("--wait", is_flag=True, help="Wait while another worker serves this workspace, instead of ending.")
@click.option("--until-closed", is_flag=True, help="End when standard input does, so with who started it.")
def command(folder: Path, wait: bool, until_closed: bool) -> None:
    """Work off the runs that administrators ask for in the workbench, until Ctrl-C.

    `tanglaw serve` starts one by itself. Each run is a process of its own: its end, even a crash, ends neither pages nor worker.
    A run that a crash interrupted is taken up again; files that were read stay read, and nothing is read twice.
    """
    signal.signal(signal.SIGTERM, _ended)
    if until_closed:
        end_with_input()
    with alone(folder, wait):
        workspace = Workspace(folder)
        using = opened(workspace, settings_of(workspace))
        say(f"working off runs of {folder} (Ctrl-C ends it)")
        while True:
            if not _worked(folder, using):
                time.sleep(_LOOK)


def _worked(folder: Path, using: str) -> bool:
    """Work the next order off; False if there is none, or if the database does not answer."""
    try:
        order = services_runs.take(using)
        if order is None:
            return False
        kind, told = _run(folder, using, order.number)
    except CheckWorkspace:
        return False
    while True:
        try:
            services_runs.end(using, order.number, kind, told)
            return True
        except CheckWorkspace:
            time.sleep(_LOOK)


def _run(folder: Path, using: str, number: int) -> tuple[str, str]:
    """Run one order in a process of its own; how it ended, and what it told. Waits while another run writes."""
    words = [sys.executable, "-m", "tanglaw", "ordered", str(number), "--workspace", str(folder)]
    while True:
        with subprocess.Popen(  # noqa: S603 - our own words
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            try:
                stopped = _watched(run, using, number)
            except BaseException:
                _stopped(run)
                raise
            out, err = (stream.read() if stream else "" for stream in (run.stdout, run.stderr))
        if run.returncode == 0:
            return runs.DONE, out.strip()
        if stopped:
            return runs.STOPPED, "what was committed stays"
        if run.returncode != OTHER_RUN:
            ended = f"it was ended by signal {-run.returncode}" if run.returncode < 0 else f"exit {run.returncode}"
            return runs.FAILED, err.strip().rpartition("\n")[2] or ended
        time.sleep(_LOOK)


def _watched(run: subprocess.Popen[str], using: str, number: int) -> bool:
    """Wait for the end of the run; True if somebody wanted it stopped, and it was."""
    while run.poll() is None:
        time.sleep(_LOOK)
        try:
            wanted = services_runs.wanted(using, number)
        except CheckWorkspace:
            continue
        if not wanted and run.poll() is None:
            _stopped(run)
            return True
    return False


def _stopped(run: subprocess.Popen[str]) -> None:
    """Close the run's input, which ends it; end it by force if it does not."""
    if run.stdin is not None:
        run.stdin.close()
    try:
        run.wait(_GRACE)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()


def _ended(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
