"""Who bears wrong links, on worlds made for it: the same people, each household in every country and way to the net in turn.

    PYTHONPATH=. uv run --all-extras --all-groups python benchmarks/fairness.py --seeds 601 602 603 604

Prints rates by group over all worlds so far together, of links and of accounts, and how many times the highest is the lowest
with its 95 % interval.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

from measure import load
from tests.evaluate.dealt import dealt

from tanglaw.evaluate.fairness import Borne, Fairness, score_fairness
from tanglaw.simulate import Plan

TURNS = 4


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", type=int, nargs="+", default=[501])
    words.add_argument("--reports", type=int, default=12_000)
    words.add_argument("--difficulty", choices=["easy", "middle", "hard"], default="hard")
    words.add_argument("--processes", type=int, default=2)
    given = words.parse_args()
    print(load(), flush=True)
    plans = [
        Plan(given.reports, 0, 60, 10, seed, difficulty=given.difficulty, turn=turn)
        for seed in given.seeds
        for turn in range(TURNS)
    ]
    worlds: list[tuple[str, Borne]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for plan, one in zip(plans, pool.map(dealt, plans), strict=True):
            worlds.append((str(plan.seed), one))
            if plan.turn == TURNS - 1:
                tell(plan.seed, score_fairness(worlds))


def tell(seed: int, found: Fairness) -> None:
    """Print what all worlds up to this seed show together."""
    print(f"seeds up to {seed}")
    for spread in found.spreads:
        for one in found.burdens:
            if (one.measure, one.trait) == (spread.measure, spread.trait):
                print(
                    f"  {one.trait:<8} {one.group:<8} {one.wrong:>5} of {one.count:>9,} {one.measure}  {100 * one.rate:.3f} %"
                )
        print(
            f"  {spread.measure} by {spread.trait}: {spread.ratio:.2f} times, {spread.low:.2f} to {spread.high:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
