"""Fuzzes every selector and every reader for a stated time of processor, with a new seed each round.

    uv run --all-extras --all-groups python benchmarks/fuzz.py --minutes 24

A round runs the properties of `tests/fuzz` (any text into every selector) and those of `tests/contracts/test_damage.py`
that change bytes of a good file of each registered reader. It ends at the first failure and names round and seed: the
shrunk case belongs into `tests/fuzz/corpus` or beside the reader's examples, where it runs in every test run.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = {
    "selectors": ("tests/fuzz",),
    "readers": ("tests/contracts/test_damage.py", "-k", "flipped or repeated"),
}


def spent() -> float:
    """Processor minutes of all rounds so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) / 60


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--minutes", type=float, default=24.0, help="processor minutes, shared by selectors and readers")
    words.add_argument("--examples", type=int, default=600, help="examples of a property in a round")
    words.add_argument("--seed", type=int, default=1, help="seed of the first round")
    given = words.parse_args()
    taken, number = dict.fromkeys(PARTS, 0.0), given.seed
    while sum(taken.values()) < given.minutes:
        part = min(taken, key=lambda name: taken[name])
        before = spent()
        call = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            f"--hypothesis-seed={number}",
        ]
        said = {**os.environ, "TANGLAW_FUZZ_EXAMPLES": str(given.examples)}
        done = subprocess.run([*call, *PARTS[part]], cwd=ROOT, env=said, capture_output=True, text=True, check=False)
        taken[part] += spent() - before
        last = done.stdout.strip().splitlines()[-1:] or [""]
        print(f"{part}, seed {number}: {taken[part]:.1f} processor minutes; {last[0]}", flush=True)
        if done.returncode:
            sys.exit(f"{done.stdout[-5000:]}\n{done.stderr[-5000:]}\nexit code {done.returncode}")
        number += 1


if __name__ == "__main__":
    main()
