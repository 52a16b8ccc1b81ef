"""The ledger's steps over made-up tables of growing size: seconds of processor, peak memory, spilled bytes.

    uv run python benchmarks/chain_ledger.py [--transactions 1000000 4000000] [--memory 8GB] [--threads 2]

Blocks of 2,000 transactions with 2 outputs and 2 inputs each; an input spends an output of one of the last million
transactions; two outputs in five go to an address seen before. The tables are made by the database as text, as readers
write them, into a scratch folder. Prints one JSON object a size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tanglaw.chain import ledger
from tanglaw.engine.duckdb import DuckDB
from tanglaw.tables import TABLES

BLOCK = 2_000
_HASH = "md5(cast({0} as varchar)) || md5(cast(-1 - {0} as varchar))"
_ADDRESS = "'bc1q' || substr(md5(cast({0} as varchar)) || md5(cast(-1 - {0} as varchar)), 1, 38)"


def tables(count: int) -> dict[str, str]:
    """The statement that makes each table."""
    tx, block = _HASH.format("(i + 1)"), _HASH.format("(-5 - i // 2000)")
    place = f"'btc' as network, {block} as block_hash"
    older = "(i - 1 - cast(hash(i, n) % least(greatest(i, 1), 1000000) as bigint))"
    who = "case when hash(i, n, 1) % 5 < 2 then cast(hash(i, n, 2) % greatest(i, 1) as bigint) * 2 else i * 2 + n end"
    return {
        "chain_blocks": f"""select 'btc' as network, {_HASH.format("(-5 - b)")} as block_hash,
            {_HASH.format("(-4 - b)")} as previous_hash, b as height, make_timestamptz(b * 600000000) as "at",
            cast(null as varchar) as at_original, cast(null as varchar) as at_assumed, {BLOCK} as transactions,
            '1000' as work, true as merkle_valid, true as work_valid, 's' as source_id, 'x' as locator
            from (select unnest(range({count // BLOCK})) as b)""",
        "chain_transactions": f"""select {place}, {tx} as txid, i % {BLOCK} as position,
            make_timestamptz((i // {BLOCK}) * 600000000) as "at", i % {BLOCK} = 0 as coinbase, 2 as version, 0 as lock_time,
            2 as inputs, 2 as outputs, 's' as source_id, 'byte ' || i as locator
            from (select unnest(range({count})) as i)""",
        "chain_outputs": f"""select {place}, {tx} as txid, n, i % {BLOCK} as position, 1000 + i % 977 as "value",
            'p2wpkh' as kind, {_ADDRESS.format(f"({who})")} as address, 's' as source_id
            from (select unnest(range({count})) as i) cross join (select unnest(range(2)) as n)""",
        "chain_inputs": f"""select {place}, {tx} as txid, n, i % {BLOCK} as position,
            {_HASH.format(f"({older} + 1)")} as previous_txid, cast(hash(i, n, 3) % 2 as bigint) as previous_n,
            4294967293 as sequence, cast(null as bigint) as "value", cast(null as varchar) as kind,
            cast(null as varchar) as address, cast(null as varchar) as told_by, 's' as source_id
            from (select unnest(range(1, {count})) as i) cross join (select unnest(range(2)) as n)""",
    }


def make(count: int, folder: Path) -> float:
    """Write the tables; their megabytes."""
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": "false"}) as con:
        for name, text in tables(count).items():
            con.execute(f"copy ({text}) to '{folder / name}.parquet' (format parquet, compression zstd)")
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def measure(count: int, memory: str, threads: int) -> None:
    """One size, in this process."""
    folder = Path(tempfile.mkdtemp())
    try:
        size = make(count, folder)
        with DuckDB(memory, threads, folder / "spill", folder / "scratch") as engine:
            for name in tables(1):
                engine.attach(name, [folder / f"{name}.parquet"], TABLES[name].schema)
            began, before = time.monotonic(), os.times()
            ledger.run(engine)
            after, wall = os.times(), time.monotonic() - began
            facts = engine.rows(
                "select count(*) as n, count(spent_t) as spent, count(distinct a) as addresses from led_out"
            )
        cpu = after.user + after.system - before.user - before.system
        found = {
            "transactions": count,
            "parquet_mb": round(size, 1),
            "wall_seconds": round(wall, 1),
            "processor_seconds": round(cpu, 1),
            "processor_seconds_a_million": round(cpu / count * 1e6, 2),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
            **facts.to_pylist()[0],
            "load": [round(value, 2) for value in os.getloadavg()],
        }
        print(json.dumps(found), flush=True)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, nargs="+", default=[1_000_000, 4_000_000])
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    if len(given.transactions) == 1:
        measure(given.transactions[0], given.memory, given.threads)
        return
    for count in given.transactions:
        # A process of its own, so that its peak is its own.
        words = ["--transactions", str(count), "--memory", given.memory, "--threads", str(given.threads)]
        subprocess.run([sys.executable, __file__, *words], check=True)


if __name__ == "__main__":
    main()
