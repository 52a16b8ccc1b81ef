"""Traces 1,000 seeds over 10 hops of a made-up ledger, beside a plain walk over Python dictionaries in the same run.

    uv run python benchmarks/chain_trace.py [--transactions 5000000] [--seeds 1000] [--hops 10]

The ledger is random: each coin is spent once, some time later, in a transaction with others that are spent then; one
address in fifty belongs to a service. Both count what reaches services in proportion. The dictionaries walk forward
alone and for one seed in ten; what is printed is time per seed.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow as pa

from tanglaw.chain import coins
from tanglaw.config import Settings
from tanglaw.engine.base import Engine
from tanglaw.engine.open import open_engine
from tanglaw.policy_parts import Tracing
from tanglaw.tables import TABLES

SERVICES = 50
Array = Any


@numba.njit
def _values(first: Array, order: Array, outputs: int, coins_of: Array, shares: Array) -> Array:
    """Values of outputs, transaction by transaction: what comes in less a small fee, parted by `shares`."""
    values = np.zeros(len(shares), np.int64)
    for t in range(len(first) - 1):
        total = 0
        for place in range(first[t], first[t + 1]):
            total += values[order[place]]
        if first[t] == first[t + 1]:
            total = coins_of[t]
        else:
            total -= min(total // 100, 500)
        left = total
        for n in range(outputs - 1):
            part = int(total * shares[t * outputs + n])
            values[t * outputs + n] = part
            left -= part
        values[t * outputs + outputs - 1] = left
    return values


def ledger(transactions: int, rng: np.random.Generator) -> dict[str, pa.Table]:
    """The tables of whole numbers that a trace reads, two outputs a transaction."""
    outputs = 2
    made = np.repeat(np.arange(transactions), outputs)
    spent = made + 1 + rng.geometric(1 / 20_000, len(made))
    spent = np.where((spent < transactions) & (rng.random(len(made)) < 0.85), spent, -1)
    used = np.flatnonzero(spent >= 0)
    order = used[np.argsort(spent[used], kind="stable")]
    by = spent[order]
    first = np.searchsorted(by, np.arange(transactions + 1))
    values = _values(first, order, outputs, rng.integers(10**8, 50 * 10**8, transactions), rng.random(len(made)))
    spent_n = np.full(len(made), -1)
    spent_n[order] = np.arange(len(order)) - first[by]
    address = np.where(
        rng.random(len(made)) < 0.02, rng.integers(0, SERVICES * 200, len(made)), SERVICES * 200 + np.arange(len(made))
    )
    ins = np.diff(first)
    none = spent < 0
    return {
        "led_tx": pa.table(
            {
                "t": np.arange(transactions),
                "network": pa.array(["btc"]).take(pa.array(np.zeros(transactions, np.int64))),
                "txid": pa.array(np.arange(transactions)).cast(pa.string()),
                "at": pa.array(
                    1_400_000_000_000_000 + np.arange(transactions) * 10_000_000, pa.timestamp("us", tz="UTC")
                ),
                "coinbase": ins == 0,
                "inputs": ins,
                "outputs": np.full(transactions, outputs),
                "version": np.full(transactions, 2),
                "lock_time": np.zeros(transactions, np.int64),
            }
        ),
        "led_out": pa.table(
            {
                "t": made,
                "n": np.tile(np.arange(outputs), transactions),
                "value": values,
                "a": address,
                "kind": _kinds(address),
                "spent_t": pa.array(spent, mask=none),
                "spent_n": pa.array(spent_n, mask=none),
            }
        ),
        "led_in": pa.table(
            {
                "t": by,
                "n": np.arange(len(order)) - first[by],
                "prev_t": made[order],
                "prev_n": order % outputs,
                "value": values[order],
                "a": address[order],
                "kind": _kinds(address[order]),
                "sequence": np.full(len(order), 0xFFFFFFFD),
            }
        ),
    }


def _kinds(addresses: Array) -> pa.Array:
    """Two kinds of script, dealt out by address."""
    return pa.array(["p2pkh", "p2wpkh"]).take(pa.array(addresses % 2))


def traced(engine: Engine, tables: dict[str, pa.Table], seeds: Array, hops: int) -> tuple[float, float, int, int]:
    """Seconds of wall and of processor, nodes visited, and what reached services forward, in proportion."""
    for name, rows in tables.items():
        engine.put(name, rows)
    stops = np.arange(SERVICES * 200)
    engine.put(
        "led_addr",
        pa.table(
            {
                "a": pa.array(np.append(stops, seeds)),
                "network": ["btc"] * (len(stops) + len(seeds)),
                "address": [str(a) for a in [*stops, *seeds]],
            }
        ),
    )
    for name in ("chain_refused", "chain_clusters"):
        engine.put(name, TABLES[name].schema.empty_table())
    engine.put(
        "trace_stops",
        pa.table(
            {
                "network": ["btc"] * len(stops),
                "address": [str(a) for a in stops],
                "kind": ["service"] * len(stops),
                "level": ["cluster"] * len(stops),
            }
        ),
    )
    none = [None] * len(seeds)
    engine.put(
        "trace_seeds",
        pa.table(
            {
                "network": ["btc"] * len(seeds),
                "address": [str(a) for a in seeds],
                "report_id": pa.array(none, pa.string()),
                "since": pa.array(none, pa.timestamp("us", tz="UTC")),
                "until": pa.array(none, pa.timestamp("us", tz="UTC")),
                "least": pa.array(none, pa.decimal128(38, 18)),
            }
        ),
    )
    began, used = time.perf_counter(), processor()
    coins.run(engine, limits(hops))
    found = engine.rows(
        "select count(*) as n, sum(case when forward and end_kind = 'service' then haircut else 0 end) as w from coin_nodes"
    )
    row = found.to_pylist()[0]
    return time.perf_counter() - began, processor() - used, row["n"], row["w"]


def limits(hops: int) -> Tracing:
    """Illustrative limits."""
    return Tracing(hops, 20, 200, 5_000, 5_000, 3_650, 0.001, 10, hops, hops)


def walked(tables: dict[str, pa.Table], seeds: Array, hops: int) -> tuple[float, float, int, float]:
    """The same forward, in proportion, over dictionaries: seconds to build them, to walk, nodes, and what reached services."""
    began = time.perf_counter()
    out, total = tables["led_out"], defaultdict(int)
    coins_of: dict[int, list[tuple[int, int, int | None]]] = defaultdict(list)
    for t, value, a, spent in zip(
        *(out.column(name).to_pylist() for name in ("t", "value", "a", "spent_t")), strict=True
    ):
        coins_of[t].append((value, a, spent))
        if spent is not None:
            total[spent] += value
    wanted = set(seeds.tolist())
    starts = defaultdict(list)
    for value, a, spent in zip(*(out.column(name).to_pylist() for name in ("value", "a", "spent_t")), strict=True):
        if a in wanted:
            starts[a].append((value, a, spent))
    built = time.perf_counter() - began
    began, nodes, reached = time.perf_counter(), 0, 0.0
    for seed in wanted:
        here = {}
        for value, _, spent in starts[seed]:
            here[spent] = here.get(spent, 0) + value
        least = sum(here.values()) * 0.001
        for _ in range(hops):
            following: dict[int, float] = {}
            for x, amount in here.items():
                if x is None:
                    continue
                for value, a, spent in coins_of[x]:
                    part = amount * value / total[x]
                    nodes += 1
                    if a < SERVICES * 200:
                        reached += part
                    elif part >= least and a != seed and spent is not None:
                        following[spent] = following.get(spent, 0) + part
            here = following
    return built, time.perf_counter() - began, nodes, reached


def processor() -> float:
    """Seconds of processor time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print both, per seed and together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=5_000_000)
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--hops", type=int, default=10)
    parser.add_argument("--memory", default="4GB")
    asked = parser.parse_args()
    rng = np.random.default_rng(7)
    tables = ledger(asked.transactions, rng)
    ordinary = tables["led_out"].column("a").to_numpy()
    seeds = rng.choice(
        np.unique(ordinary[ordinary >= SERVICES * 200][: len(ordinary) // 2]), asked.seeds, replace=False
    )
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Settings(memory_limit=asked.memory, threads=2), Path(folder))
        wall, used, nodes, whole = traced(engine, tables, seeds, asked.hops)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        engine.close()
    print(f"{asked.transactions:,} transactions, {asked.seeds:,} seeds, {asked.hops} hops, forward and backward")
    print(
        f"SQL      {wall:6.2f} s, processor {used:6.2f} s, {nodes:,} nodes, to services {whole / 1e8:.2f}; peak {memory:.2f} GB"
    )
    few = seeds[:: max(1, asked.seeds // 100)]
    built, walk, walked_nodes, _ = walked(tables, few, asked.hops)
    print(
        f"dicts    {walk:6.2f} s for {len(few)} seeds forward, {walked_nodes:,} nodes, after {built:.1f} s to build them"
    )
    per = (built + walk / len(few) * asked.seeds) / wall
    print(
        f"ratio    {per:.1f} (dictionaries, built and walked for as many seeds, to SQL both ways); load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
