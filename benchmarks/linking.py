"""Linking alone: reports and selector occurrences made as tables, with realistic hubs, into links, actors, proposals.

    uv run --all-extras --all-groups python benchmarks/linking.py --reports 3000000

Baseline in the same run: union-find over exactly equal e-mail addresses and phone numbers, in the same engine. Prints
seconds, occurrences a second, the number of links written, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import load, process

from tanglaw.config import Settings
from tanglaw.engine import Engine, Given
from tanglaw.engine.open import open_engine
from tanglaw.engine.steps import Sql
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.linking import LINKING
from tanglaw.linking.components import components
from tanglaw.policy import demo
from tanglaw.tables import TABLES

# Rows of `selectors` for each report, by type: share of reports with one more, and how many distinct values there are.
_MIX = (
    ("email", 1.0, 0.85), ("phone", 0.5, 0.85), ("handle", 1.0, 0.9), ("device", 0.7, 0.85), ("ipv4", 4.0, 0.12),
    ("ipv6", 0.6, 0.9), ("email", 0.4, 0.9), ("handle", 0.8, 0.95), ("url", 1.0, 0.5),
)  # fmt: skip
_BATCH = 250_000
_DAY = 86_400_000_000
_START = 1_780_000_000_000_000


def _value(kind: str, numbers: np.ndarray) -> list[str]:
    if kind == "ipv4":
        return [f"{240 + (n >> 24) % 15}.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in numbers.tolist()]
    if kind == "ipv6":
        return [f"2001:db8:{n >> 16 & 65535:x}:{n & 65535:x}::1" for n in numbers.tolist()]
    form = {
        "email": "u{}@mail.example.com",
        "phone": "+1555{:09d}",
        "handle": "chat:name{}",
        "url": "https://p.example.org/{}",
    }
    return [form.get(kind, "{:016x}").format(n) for n in numbers.tolist()]


def _name(n: int) -> str:
    first = f"Given{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}"
    return f"{first} Family{'abcdefghij'[n // 100 % 10]}{'uvwxyzabcd'[n // 1000 % 10]}{'efghij'[n // 10000 % 6]}"


def _numbers(kind: str, rng: np.random.Generator, size: int, distinct: int) -> np.ndarray:
    """Mostly rare values; one in a hundred is drawn from few that very many share, as carriers' addresses are."""
    rare = rng.integers(1_000, 1_000 + max(distinct, 1), size)
    hubs = (rng.pareto(0.9, size) * 3).astype(np.int64) % 900
    return np.where(rng.random(size) < (0.1 if kind.startswith("ip") else 0.005), hubs, rare)


def make(folder: Path, reports: int) -> dict[str, list[Path]]:
    """The tables that linking reads, as Parquet files: accounts 0.8 times the reports, ten selectors a report."""
    rng = np.random.default_rng(7)
    found: dict[str, list[Path]] = {}
    accounts = int(reports * 0.8)

    def write(table: str, number: int, columns: dict[str, object]) -> None:
        schema = TABLES[table].schema
        size = len(next(iter(columns.values())))  # type: ignore[arg-type]
        arrays = [pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(size, f.type) for f in schema]
        path = folder / f"{table}-{number}.parquet"
        pq.write_table(pa.table(arrays, schema=schema), path, compression="zstd", compression_level=1)
        found.setdefault(table, []).append(path)

    number = 0
    for first in range(0, reports, _BATCH):
        size = min(_BATCH, reports - first)
        ids = [f"r{n:09d}" for n in range(first, first + size)]
        owner = np.where(
            rng.random(size) < 0.75, np.arange(first, first + size) % accounts, rng.integers(0, accounts, size)
        )
        owners = [f"a{n:09d}" for n in owner.tolist()]
        write("reports", first, {"report_id": ids, "report_number": ids})
        write("accounts", first, {
            "account_id": owners, "report_id": ids, "role": ["reported"] * size, "platform": ["chat"] * size,
        })  # fmt: skip
        named = rng.random(size) < 0.4
        which = np.flatnonzero(named)
        write("persons", first, {
            "person_id": [f"p{first + i:09d}" for i in which.tolist()],
            "account_id": [owners[i] for i in which.tolist()],
            "report_id": [ids[i] for i in which.tolist()],
            "role": ["reported"] * len(which),
            "name": [_name(n) for n in rng.integers(0, 60_000, len(which)).tolist()],
        })  # fmt: skip
        for kind, each, distinct in _MIX:
            count = int(size * each)
            of = rng.integers(0, size, count)
            values = _value(kind, _numbers(kind, rng, count, int(reports * each * distinct)))
            network = kind.startswith("ip")
            at = _START + rng.integers(0, 90 * _DAY, count) if network else np.zeros(count, dtype=np.int64)
            number += 1
            write("selectors", number, {
                "selector_id": [f"s{number}-{n}" for n in range(count)], "type": [kind] * count, "value": values,
                "record_id": [f"x{number}-{n}" for n in range(count)],
                "table_name": ["captures" if network else "contacts"] * count, "field": ["value"] * count,
                "valid": [True] * count, "account_id": [owners[i] for i in of.tolist()],
                "report_id": [ids[i] for i in of.tolist()], "role": ["reported"] * count,
                "at": pa.array(at, pa.timestamp("us", tz="UTC"), mask=None if network else np.ones(count, dtype=bool)),
            })  # fmt: skip
            if network:
                write("captures", number, {
                    "capture_id": [f"x{number}-{n}" for n in range(count)], "port": rng.integers(1_024, 65_000, count),
                })  # fmt: skip
    return found


def _opened(folder: Path, memory: str) -> Engine:
    engine = open_engine(Settings(memory_limit=memory), folder / "spill")
    for name in LINKING.reads:
        engine.attach(name, sorted(folder.glob(f"{name}-*.parquet")), TABLES[name].schema)
    for name, rows in demo().tables().items():
        engine.put(name, rows)
    return engine


def linking(folder: Path, memory: str) -> None:
    """Run the stage; what it made goes to standard output."""
    engine = _opened(folder, memory)
    began = time.monotonic()
    assert LINKING.run is not None
    LINKING.run(engine, Given(Ids(DEMO_KEY)))
    seconds = time.monotonic() - began
    counts = {name: engine.rows(f"select count(*) as n from {name}").to_pylist()[0]["n"] for name in LINKING.writes}
    counts["selectors"] = engine.rows("select count(*) as n from selectors").to_pylist()[0]["n"]
    print(json.dumps({"seconds": seconds, **counts}))
    engine.close()


def baseline(folder: Path, memory: str) -> None:
    """Components of equal e-mail addresses and phone numbers, nothing weighed."""
    engine = _opened(folder, memory)
    engine.run(
        Sql(
            "equal_edges",
            """
            select distinct s.account_id as a, f.first as b
            from selectors s
            join (select type, value, min(account_id) as first from selectors where type in ('email', 'phone')
                group by type, value) f on f.type = s.type and f.value = s.value
            where s.account_id <> f.first
            """,
            keep=True,
        )
    )
    components(engine, "equal_roots", "equal_edges")
    engine.close()


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("kind", nargs="?", choices=["_linking", "_baseline"])
    words.add_argument("--reports", type=int, default=300_000)
    words.add_argument("--memory", default="8GB")
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    if given.kind == "_linking":
        return linking(given.folder, given.memory)
    if given.kind == "_baseline":
        return baseline(given.folder, given.memory)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, given.reports)
        before, out = load(), folder / "out.json"
        theirs = process(__file__, "_baseline", "--folder", folder, "--memory", given.memory)
        ours = process(__file__, "_linking", "--folder", folder, "--memory", given.memory, out=out)
        told = json.loads(out.read_text())
        print(f"{given.reports:,} reports, {told['selectors']:,} selector occurrences; {before}")
        rate = told["selectors"] / told["seconds"]
        print(f"linking    {told['seconds']:8.1f} s, {rate:10,.0f} occurrences/s, peak {ours.peak_mb:,.0f} MB")
        print(f"baseline   {theirs.wall:8.1f} s (equal e-mail or phone), peak {theirs.peak_mb:,.0f} MB")
        print(f"ratio      {ours.wall / theirs.wall:8.1f} times the baseline's time; {load()}")
        print({name: told[name] for name in LINKING.writes})
    return None


if __name__ == "__main__":
    main()
