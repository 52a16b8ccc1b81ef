"""The whole `run`: 100,000 reports with 1,000,000 messages and 100,000 payments, from files to the queue.

    uv run --all-extras --all-groups python benchmarks/run_whole.py

The made-up world is kept in `--world` between calls. There is no peer that does the same; the published figures to
compare with are in docs/operations.md. Prints seconds by stage, wall clock and peak memory of all processes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from measure import load, process

from tanglaw.simulate import Plan, simulate


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--reports", type=int, default=100_000)
    words.add_argument("--messages", type=int, default=1_000_000)
    words.add_argument("--payments", type=int, default=100_000)
    words.add_argument("--world", type=Path, default=Path(tempfile.gettempdir()) / "tanglaw-benchmark-world")
    words.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    given = words.parse_args()
    if not (given.world / "truth" / "world.json").exists():
        simulate(given.world, Plan(given.reports, given.messages, 5_000, 300, 1, payments=given.payments))
    with tempfile.TemporaryDirectory() as place:
        out, folder = Path(place) / "out.json", Path(place) / "workspace"
        process("-m", "tanglaw", "init", folder)
        before = load()
        measured = process(
            "-m", "tanglaw", "run", given.world / "inbox", "--workspace", folder, "--as-of", "2026-06-30T00:00:00Z",
            "--engine", given.engine, "--json", out=out,
        )  # fmt: skip
        told = json.loads(out.read_text())
        size = sum(path.stat().st_size for path in given.world.joinpath("inbox").rglob("*") if path.is_file())
        print(f"{size / 1e6:,.0f} MB in; {before} before")
        for stage, seconds in told["seconds"].items():
            print(f"{stage:<12} {seconds:8.1f} s")
        print(
            f"wall {measured.wall:.1f} s, processor {measured.cpu:.1f} s, peak {measured.peak_mb:,.0f} MB; {load()} after"
        )
        print({name: count for name, count in told["rows"].items() if count})


if __name__ == "__main__":
    main()
