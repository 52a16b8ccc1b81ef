"""Who bears wrong links, on worlds made for it: the same people, each household in every country and way to the net in turn.

    uv run --all-extras --all-groups python benchmarks/fairness.py --seeds 402 403 --turns 4

Each world is made, run and thrown away. Prints rates by group over all worlds together, and how many times the highest
is the lowest with its 95 % interval. Four turns put each household on each way to the net, twelve in each country as well.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl
from measure import load, process

from tanglaw.evaluate.fairness import Borne, borne, score_fairness
from tanglaw.evaluate.truth import read_accounts, read_actors
from tanglaw.simulate import Plan, simulate
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES


def _borne(home: Path, plan: Plan) -> Borne:
    """Make the world of a plan, run it and tell who bears wrong links."""
    simulate(home / "world", plan)
    folder, truth = home / "workspace", home / "world" / "truth"
    process("-m", "tanglaw", "init", folder)
    process("-m", "tanglaw", "run", home / "world" / "inbox", "--workspace", folder, "--as-of", "2026-06-30T00:00:00Z")
    rows = {
        name: pl.read_parquet(Workspace(folder).files(name)).to_arrow().select(TABLES[name].names)
        for name in ("accounts", "links")
    }
    return borne(rows, read_accounts(truth), read_actors(truth))


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", type=int, nargs="+", default=[402])
    words.add_argument("--turns", type=int, default=4)
    words.add_argument("--reports", type=int, default=1_500)
    words.add_argument("--difficulty", choices=["easy", "middle", "hard"], default="hard")
    given = words.parse_args()
    print(load())
    worlds: list[tuple[str, Borne]] = []
    for seed in given.seeds:
        for turn in range(given.turns):
            plan = Plan(given.reports, 0, 60, 10, seed, difficulty=given.difficulty, turn=turn)
            with tempfile.TemporaryDirectory() as place:
                worlds.append((str(seed), _borne(Path(place), plan)))
        found = score_fairness(worlds)
        print(f"seeds up to {seed}")
        for one in found.burdens:
            print(f"  {one.trait:<8} {one.group:<8} {one.wronged:>5} of {one.accounts:>7,}  {100 * one.rate:.2f} %")
        for trait, ratio in found.ratio.items():
            print(f"  by {trait}: {ratio:.2f} times, {found.low[trait]:.2f} to {found.high[trait]:.2f}", flush=True)


if __name__ == "__main__":
    main()
