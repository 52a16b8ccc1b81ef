"""New blocks on an earlier ledger: processor seconds of extending ledger and clusters, beside making all anew.

    uv run python benchmarks/chain_blocks.py [--transactions 1000000] [--new 20000] [--memory 4GB]

The tables are those of `chain_ledger.py`: blocks of 2,000 transactions with 2 outputs and 2 inputs. The last `--new` come in a
delivery of their own. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

import duckdb
from chain_ledger import tables

from tanglaw.chain import clusters, kept, ledger, tags
from tanglaw.engine.base import Given
from tanglaw.engine.duckdb import DuckDB
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import demo
from tanglaw.tables import TABLES
from tanglaw.tables.chain import CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED


def make(count: int, new: int, folder: Path) -> None:
    """Each table in two files: what was there, and what comes."""
    folder.mkdir()
    with duckdb.connect(config={"threads": 2}) as con:
        for name, text in tables(count).items():
            con.execute(f"create table {name} as {text}")
            for part, side in (("0", "<"), ("1", ">=")):
                cut = f"(select cast({count - new} as bigint))"
                which = {
                    "chain_blocks": f"height * 2000 {side} {cut}",
                    "chain_transactions": f"cast(substr(locator, 6) as bigint) {side} {cut}",
                }.get(
                    name,
                    f"block_hash {'not' if part == '0' else ''} in (select block_hash from chain_blocks "
                    f"where height * 2000 >= {cut})",
                )
                con.execute(
                    f"copy (select * from {name} where {which}) to '{folder}/{part}-{name}.parquet' (format parquet)"
                )


def run(folder: Path, parts: tuple[str, ...], room: str, memory: str) -> tuple[float, bool, list[object]]:
    """Processor seconds of a run over these files, whether it extended an earlier one, and what the tables add up to."""
    files = {name: [f"{part}-{name}.parquet" for part in parts] for name in tables(2_000)}
    given = Given(Ids(DEMO_KEY), room=folder / room, parts=files, tables=folder / "tables")
    with DuckDB(memory, 2, folder / "spill", folder / "scratch") as engine:
        for name, some in files.items():
            engine.attach(name, [folder / "tables" / file for file in some], TABLES[name].schema)
        engine.put("address_tags", TABLES["address_tags"].schema.empty_table())
        for name, rows in demo().tables().items():
            engine.put(name, rows)
        before = os.times()
        tags.claims(engine)
        earlier = kept.Kept(engine, given)
        extended = ledger.run(engine, earlier.ledger, earlier.begun())
        earlier.lay(engine)
        clusters.run(engine, earlier.decided if extended else None)
        earlier.keep(engine)
        after = os.times()
        sums = []
        for table in (CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED):
            words = " || ' ' || ".join(f"coalesce(cast({c} as text), '')" for c in table.names if c != "at")
            rows = engine.rows(f"select {words} as w from {table.name} order by w nulls first")
            sums.append((rows.num_rows, hash(tuple(rows.column("w").to_pylist()))))
    return after.user + after.system - before.user - before.system, extended, sums


def main() -> None:
    """Make the tables, run over the first part, then over both, then over both from the start."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--transactions", type=int, default=1_000_000)
    words.add_argument("--new", type=int, default=20_000)
    words.add_argument("--memory", default="4GB")
    asked = words.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        make(asked.transactions, asked.new, folder / "tables")
        run(folder, ("0",), "kept", asked.memory)
        some, extended, made = run(folder, ("0", "1"), "kept", asked.memory)
        whole, _, wanted = run(folder, ("0", "1"), "whole", asked.memory)
        found = {"transactions": asked.transactions, "new": asked.new, "extended": extended, "equal": made == wanted}
        found |= {"processor_seconds_extended": round(some, 1), "processor_seconds_anew": round(whole, 1)}
        found |= {"load": [round(value, 2) for value in os.getloadavg()]}
        print(json.dumps(found))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
