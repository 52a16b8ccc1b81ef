"""Clusters of made-up transactions from address text: seconds, processor, peak memory, beside plain union-find in Python.

    python benchmarks/chain_clusters.py --transactions 5000000 --folder SCRATCH

The tables hold each output and input with its transaction's number and its address as text, each output also the number of
the transaction that spends it. Measured: the ledger's own steps that number the addresses and tie outputs and inputs to them,
written as Parquet and read from there as in a run; the heuristics with the demo pack, the forests, and `chain_clusters` written.
Not in it: finding previous outputs by their transaction's id. The baseline is a dict-based union-find over the co-spent
addresses of a sample, without any shape or change rule.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from chain_columns import make
from measure import process

from tanglaw.chain import clusters, tags
from tanglaw.chain.ledger import ADDRESSES, TIED
from tanglaw.chain.since import LEDGER
from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.engine.open import open_engine
from tanglaw.engine.steps import Sql
from tanglaw.policy import demo
from tanglaw.tables import TABLES

SAMPLE = 500_000
# The ledger's own steps for addresses; what they read is made, and nothing is there of before.
_GIVEN = (
    Sql("led_tx", "select * from tx"),
    Sql("led_paid_all", "select x.*, 'btc' as network from paid x"),
    Sql("led_spent_all", "select x.*, 'btc' as network from spent x"),
)
_STEPS = (
    *_GIVEN,
    *(replace(step, keep=step.keep and step.name != "led_addr_now") for step in (*ADDRESSES, *TIED)),
    Sql("led_out", "select t, n, value, kind, a, spent_t from led_paid_tied"),
    Sql("led_in", "select t, n, value, kind, a, sequence from led_spent_tied"),
)
_COLUMNS = {
    "led_addr": ("a", "network", "address", "place"),
    "led_out": ("t", "n", "value", "kind", "a", "spent_t"),
    "led_in": ("t", "n", "value", "kind", "a", "sequence"),
}


def cluster(folder: Path, memory: str) -> None:
    """What is measured: a process of its own."""
    engine = open_engine(Settings(engine="duckdb", memory_limit=memory, threads=2), folder / "spill")
    try:
        _cluster(engine, folder)
    finally:
        engine.close()


def _cluster(engine: Engine, folder: Path) -> None:
    for name in ("tx", "paid", "spent"):
        files = sorted(folder.glob(f"{name}-*.parquet"))
        engine.attach(name, files, _home(pq.read_schema(files[0])))
    engine.put("address_tags", TABLES["address_tags"].schema.empty_table())
    for name, rows in demo().tables().items():
        engine.put(name, rows)
    for name in ("was_addr", "all_addr"):
        engine.put(name, LEDGER["addr"].empty_table())
    began = time.monotonic()
    told = {}
    for step in _STEPS:
        engine.run(step)
        if step.name in _COLUMNS:
            # Written down and read from there, as a run does.
            whole = LEDGER[step.name.removeprefix("led_")]
            schema = pa.schema([whole.field(name) for name in _COLUMNS[step.name]])
            engine.attach(step.name, engine.write(step.name, schema, (), folder / step.name), schema)
            engine.drop("led_sighted", "led_number")
            told[step.name] = round(time.monotonic() - began, 1)
    tags.claims(engine)
    clusters.run(engine)
    told["clusters"] = round(time.monotonic() - began, 1)
    table = TABLES["chain_clusters"]
    (file,) = engine.write("chain_clusters", table.schema, (), folder / "made")
    told["written"] = round(time.monotonic() - began, 1)
    told["addresses in clusters"] = pq.read_metadata(file).num_rows
    for name in ("chain_joins", "chain_refused"):
        told[name] = engine.rows(f"select count(*) as n from {name}").to_pylist()[0]["n"]
    print(json.dumps(told))


def _home(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def baseline(folder: Path) -> None:
    """Union-find with a dict over the inputs of the first SAMPLE transactions."""
    rows = pq.read_table(folder / "spent-000.parquet", columns=["t", "address"], filters=[("t", "<=", SAMPLE)])
    pairs = sorted(zip(rows["t"].to_pylist(), rows["address"].to_pylist(), strict=True))
    parent: dict[str, str] = {}
    count = pairs[-1][0]
    began = time.process_time()
    for _, group in groupby(pairs, itemgetter(0)):
        first, *others = (_root(parent, address) for _, address in group)
        for other in others:
            parent[_root(parent, other)] = _root(parent, first)
    roots = {address: _root(parent, address) for address in parent}
    print(json.dumps({"baseline transactions/s": round(count / (time.process_time() - began)), "n": len(roots)}))


def _root(parent: dict[str, str], node: str) -> str:
    while parent.setdefault(node, node) != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def main() -> None:
    """Make the tables, then measure both in processes of their own."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--transactions", type=int, default=5_000_000)
    words.add_argument("--folder", type=Path, default=Path("chain-clusters"))
    words.add_argument("--memory", default="8GB", help="DuckDB's memory_limit")
    words.add_argument("--part", choices=["make", "cluster", "baseline"])
    given = words.parse_args()
    if given.part == "make":
        make(given.folder, given.transactions)
    elif given.part == "cluster":
        cluster(given.folder, given.memory)
    elif given.part == "baseline":
        baseline(given.folder)
    else:
        _all(given.folder, given.transactions, given.memory)


def _all(folder: Path, transactions: int, memory: str) -> None:
    out = folder / "told.json"
    folder.mkdir(parents=True, exist_ok=True)
    own = Path(__file__).resolve()
    try:
        for part in ("make", "cluster", "baseline"):
            words = ("--part", part, "--folder", folder, "--transactions", transactions, "--memory", memory)
            done = process(own, *map(str, words), out=out)
            print(part, f"{done.wall:.0f} s wall, {done.cpu:.0f} s processor, peak {done.peak_mb:,.0f} MB", flush=True)
            if part == "cluster":
                print(f"  {transactions / done.cpu:,.0f} transactions/s of processor")
            print(" ", out.read_text().strip(), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
