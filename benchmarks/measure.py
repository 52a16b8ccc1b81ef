"""Timing of whole processes: wall clock, processor time and peak memory of a process and all its children."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One finished process: seconds of wall clock and processor, and peak memory of its tree in MB."""

    wall: float
    cpu: float
    peak_mb: float


def process(*words: str | Path, env: dict[str, str] | None = None, out: Path | None = None) -> Measured:
    """Run a Python script or module (`words` follow the interpreter) and measure it. Raises if it fails."""
    began, before = time.monotonic(), os.times()
    with (out or Path(os.devnull)).open("wb") as stream:
        # Modules stay compiled between runs, as they do where Tanglaw is installed.
        around = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(env or {})}
        running = subprocess.Popen([sys.executable, *map(str, words)], stdout=stream, env=around)
        peak = [0.0, 0.0]
        watcher = threading.Thread(target=_watch, args=(running, peak))
        watcher.start()
        code = running.wait()
        watcher.join()
    after = os.times()
    if code:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {code}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    # Workers that a helper process started are nobody's waited-for children: the watcher saw what they used.
    return Measured(time.monotonic() - began, max(cpu, peak[1]), peak[0])


def _watch(running: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Keep the highest memory in MB and the processor seconds of the process and its descendants."""
    while running.poll() is None:
        family = _tree(running.pid)
        peak[0] = max(peak[0], sum(map(_memory_mb, family)))
        peak[1] = max(peak[1], sum(map(_processor, family)))
        time.sleep(0.1)


def _tree(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (facts := _stat(int(entry.name))):
            parents[int(entry.name)] = int(facts[1])
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return family


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def _processor(pid: int) -> float:
    """Processor seconds of a process and of its children that ended."""
    return sum(map(int, _stat(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    """Proportional memory of a process: shared pages count once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def median(values: list[float]) -> float:
    """The median, which noise moves least."""
    return statistics.median(values)


def load() -> str:
    """Load average and processors, to judge how quiet the machine was."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
