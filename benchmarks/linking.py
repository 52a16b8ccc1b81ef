"""Linking alone: reports and selector occurrences made as tables, with realistic hubs, into links, actors, proposals.

    uv run --all-extras --all-groups python benchmarks/linking.py --reports 3000000

Baseline in the same run: union-find over exactly equal e-mail addresses and phone numbers, in the same engine. Prints
seconds, occurrences a second, the number of links written, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from measure import load, process

from tanglaw.config import Settings
from tanglaw.engine import Engine, Given
from tanglaw.engine.components import components
from tanglaw.engine.open import open_engine
from tanglaw.engine.steps import Sql
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.linking import LINKING
from tanglaw.policy import demo
from tanglaw.store import standing
from tanglaw.store.standing import Standing
from tanglaw.tables import TABLES

# Rows of `selectors` by type: rows a report, and how many values of the type a person has.
_MIX = (
    ("email", 1.4, 2), ("phone", 0.5, 1), ("handle", 1.8, 2), ("device", 0.7, 2), ("ipv4", 4.0, 6), ("ipv6", 0.6, 1),
    ("url", 1.0, 20),
)  # fmt: skip
# Share of rows that hold one of few values that very many share, as carriers' addresses and help desks' numbers are.
_HUBS = {"ipv4": 0.1, "ipv6": 0.1}
_OTHER_HUBS = 0.005
# People behind one home address or in one café, and accounts a person.
_NEIGHBOURS, _ACCOUNTS = 3, 1.6
_BATCH = 250_000
_HOUR = 3_600_000_000
_START = 1_780_000_000_000_000
_FORMS = {
    "email": "u{}@mail.example.com", "phone": "+1555{}", "handle": "chat:{}", "device": "d{}", "ipv4": "10.{}",
    "ipv6": "2001:db8:{}::1", "url": "https://p.example.org/{}",
}  # fmt: skip


def _spelled(numbers: pl.Series, kind: str) -> pl.Series:
    """A number as a value of its type: user names are letters, addresses have three parts."""
    if kind == "handle":
        letters = [
            pl.lit("bcdfghklmnprstvz").str.slice((numbers // 16**n % 16).cast(pl.Int64), 1)
            + pl.lit("aeiou").str.slice((numbers // 7**n % 5).cast(pl.Int64), 1) for n in range(6)
        ]  # fmt: skip
        text = pl.concat_str(letters)
    elif kind == "ipv4":
        text = pl.concat_str([numbers // 65_536 % 256, numbers // 256 % 256, numbers % 256], separator=".")
    elif kind == "ipv6":
        text = pl.concat_str([numbers // 10_000, numbers % 10_000], separator=":")
    else:
        text = numbers.cast(pl.String)
    return pl.select(pl.format(_FORMS[kind], text)).to_series()


def _ids(prefix: str, numbers: np.ndarray) -> pl.Series:
    return pl.select(pl.format(prefix + "{}", pl.Series(numbers).cast(pl.String).str.zfill(9))).to_series()


def _values(kind: str, person: np.ndarray, each: int, rng: np.random.Generator) -> pl.Series:
    size = len(person)
    owner = person // _NEIGHBOURS if kind.startswith("ip") else person
    own = 1_000 + owner.astype(np.int64) * each + rng.integers(0, each, size)
    hubs = (rng.pareto(0.9, size) * 3).astype(np.int64) % 900
    numbers = np.where(rng.random(size) < _HUBS.get(kind, _OTHER_HUBS), hubs, own)
    # Numbers are spread, so that neighbours in number are none in spelling.
    return _spelled(pl.Series(numbers * 2_654_435_761 % 16_777_213 if kind in ("handle", "ipv4") else numbers), kind)


def make(folder: Path, reports: int, late: int = 0) -> None:
    """The tables that linking reads, as Parquet files: 0.8 accounts and ten selectors a report.

    A person has 1.6 accounts on average, which share that person's values; home addresses are shared by three people.
    `late` reports more, three quarters on new accounts of the same people, go to files named `fresh_<table>`.
    """
    rng = np.random.default_rng(7)
    accounts = int(reports * 0.8)
    people = int(accounts / _ACCOUNTS)
    holder = rng.integers(0, people, accounts + late)

    def write(table: str, number: int, columns: dict[str, object]) -> None:
        rows = pl.DataFrame(columns).to_arrow()
        arrays = [
            rows.column(f.name).cast(f.type) if f.name in columns else pa.nulls(rows.num_rows, f.type)
            for f in TABLES[table].schema
        ]
        path = folder / f"{'fresh_' * (first >= reports)}{table}-{number}.parquet"
        pq.write_table(pa.table(arrays, schema=TABLES[table].schema), path, compression="zstd", compression_level=1)

    number = 0
    for first in (*range(0, reports, _BATCH), *[reports] * (late > 0)):
        size = min(_BATCH, reports - first) if first < reports else late
        told = np.arange(first, first + size)
        ids = _ids("r", told)
        own = told % accounts if first < reports else accounts + told - reports
        owner = np.where(rng.random(size) < 0.75, own, rng.integers(0, accounts, size))
        owners = _ids("a", owner)
        write("reports", first, {"report_id": ids, "report_number": ids})
        write("accounts", first, {
            "account_id": owners, "report_id": ids, "role": ["reported"] * size, "platform": ["chat"] * size,
        })  # fmt: skip
        which = np.flatnonzero(rng.random(size) < 0.4)
        write("persons", first, {
            "person_id": _ids("p", told[which]), "account_id": owners.gather(which), "report_id": ids.gather(which),
            "role": ["reported"] * len(which),
            "name": [_name(n) for n in (holder[owner[which]] * 7919 % 60_000).tolist()],
        })  # fmt: skip
        for kind, each, owned in _MIX:
            count = int(size * each)
            of = rng.integers(0, size, count)
            network = kind.startswith("ip")
            number += 1
            rows = _ids(f"x{number}-", np.arange(count))
            at = _START + rng.integers(0, 90 * 24 * _HOUR, count) if network else [None] * count
            write("selectors", number, {
                "selector_id": _ids(f"s{number}-", np.arange(count)), "type": [kind] * count,
                "value": _values(kind, holder[owner[of]], owned, rng), "record_id": rows,
                "table_name": ["captures" if network else "contacts"] * count, "field": ["value"] * count,
                "valid": [True] * count, "account_id": owners.gather(of), "report_id": ids.gather(of),
                "role": ["reported"] * count, "at": pl.Series(at, dtype=pl.Int64).cast(pl.Datetime("us", "UTC")),
            })  # fmt: skip
            if network:
                write("captures", number, {"capture_id": rows, "port": rng.integers(1_024, 65_000, count)})


def _name(n: int) -> str:
    first = f"Given{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}"
    return f"{first} Family{'abcdefghij'[n // 100 % 10]}{'uvwxyzabcd'[n // 1000 % 10]}{'efghij'[n // 10000 % 6]}"


def _opened(folder: Path, memory: str, late: bool = False) -> Engine:
    engine = open_engine(Settings(memory_limit=memory), folder / "spill")
    for name in LINKING.reads:
        first, fresh = sorted(folder.glob(f"{name}-*.parquet")), sorted(folder.glob(f"fresh_{name}-*.parquet"))
        engine.attach(name, [*first, *fresh] if late else first, TABLES[name].schema)
        engine.attach(f"fresh_{name}", fresh, TABLES[name].schema)
    for name in LINKING.writes:
        standing.attach(engine, f"last_{name}", _last(folder, name), TABLES[name].schema)
    for name, rows in demo().tables().items():
        engine.put(name, rows)
    return engine


def _last(folder: Path, name: str) -> Standing:
    return Standing(sorted((folder / "last" / name).glob("*.parquet")))


def linking(folder: Path, memory: str, late: bool) -> None:
    """Run the stage over all but the late reports, or over these, and write; what it made goes to standard output."""
    engine = _opened(folder, memory, late)
    notes: dict[str, str] = {}
    given = Given(Ids(DEMO_KEY), room=folder / "indexes", basis=("1", "2") if late else ("", "1"), notes=notes)
    assert LINKING.run is not None
    seconds = {"linking": _timed(lambda: LINKING.run(engine, given))}
    written = folder / ("now" if late else "last")
    seconds["writing its tables"] = _timed(
        lambda: [
            standing.write(engine, TABLES[n], written / n, _last(folder, n), given.changed.get(n))
            for n in LINKING.writes
        ]
    )
    counts = {name: engine.rows(f"select count(*) as n from {name}").to_pylist()[0]["n"] for name in LINKING.writes}
    values = "select count(*) as n from (select distinct type, value from selectors) v"
    counts |= {"selectors": engine.rows("select count(*) as n from selectors").to_pylist()[0]["n"]}
    counts |= {"values": engine.rows(values).to_pylist()[0]["n"]}
    print(json.dumps({"seconds": seconds, "notes": notes, "counts": counts}))
    engine.close()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock and of processor."""
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - wall, time.process_time() - cpu


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
    words.add_argument("kind", nargs="?", choices=["_linking", "_late", "_baseline"])
    words.add_argument("--reports", type=int, default=300_000)
    words.add_argument("--batch", type=int, default=1_000, help="reports that come once all others are linked")
    words.add_argument("--repeat", type=int, default=3, help="how often that batch is linked, from the same state")
    words.add_argument("--memory", default="8GB")
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    if given.kind == "_baseline":
        return baseline(given.folder, given.memory)
    if given.kind:
        return linking(given.folder, given.memory, given.kind == "_late")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, given.reports, given.batch)
        print(f"{given.reports:,} reports; {load()}")
        theirs = process(__file__, "_baseline", "--folder", folder, "--memory", given.memory)
        out, indexes, first = (folder / name for name in ("out.json", "indexes", "indexes-first"))
        for number, kind in enumerate(("_linking", *["_late"] * given.repeat)):
            if number == 1:
                shutil.copytree(indexes, first)
            elif number:
                shutil.rmtree(indexes)
                shutil.copytree(first, indexes)
            ours = process(__file__, kind, "--folder", folder, "--memory", given.memory, out=out)
            told = json.loads(out.read_text())
            print(f"{told['notes']['linking']}: peak {ours.peak_mb:,.0f} MB; {load()}")
            for what, (wall, cpu) in told["seconds"].items():
                print(f"  {what:<20} {wall:8.1f} s, {cpu:8.1f} s of processor")
            print(f"  {told['counts']}")
        kept = sum(path.stat().st_size for path in indexes.rglob("*") if path.is_file())
        print(f"kept for the next run: {kept / 1e6:,.0f} MB")
        print(
            f"baseline (equal e-mail or phone): {theirs.wall:.1f} s, {theirs.cpu:.1f} s of processor, peak {theirs.peak_mb:,.0f} MB"
        )
    return None


if __name__ == "__main__":
    main()
