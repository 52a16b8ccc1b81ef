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
        running = subprocess.Popen([sys.executable, *map(str, words)], stdout=stream, env={**os.environ, **(env or {})})
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(running, peak))
        watcher.start()
        code = running.wait()
        watcher.join()
    after = os.times()
    if code:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {code}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.monotonic() - began, cpu, peak[0])


def _watch(running: subprocess.Popen[bytes], peak: list[float]) -> None:
    while running.poll() is None:
        peak[0] = max(peak[0], _tree_mb(running.pid))
        time.sleep(0.1)


def _tree_mb(root: int) -> float:
    """Proportional memory of a process and its descendants: shared pages count once."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, IndexError):
            continue
    return total / 1024


def median(values: list[float]) -> float:
    """The median, which noise moves least."""
    return statistics.median(values)


def load() -> str:
    """Load average and processors, to judge how quiet the machine was."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
