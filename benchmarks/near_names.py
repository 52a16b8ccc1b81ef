"""How long names with a slip take to find among many: processor time to lay the index out, its size, and time a question.

    python benchmarks/near_names.py [--names 1000000] [--questions 60]

Names are two of the words that made-up worlds have, with a sign between and a number behind, and one in ten is `user_` with a
number: denser than names of people are. Each question is a name of the index with one sign changed. Nothing is kept.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa

from tanglaw.engine.shelf import Laid, Shelf, lay
from tanglaw.lookups.desk.laid import ABOUT_ACCOUNTS
from tanglaw.lookups.desk.near import near
from tanglaw.simulate.words import HANDLE_WORDS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=60)
    asked = parser.parse_args()
    dice = random.Random(1)
    names = [_name(dice) for _ in range(asked.names)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "near.duckdb"
        con = duckdb.connect()
        con.execute("SET threads = 2")
        con.register("given", pa.table({"value": [f"x:{name}" for name in names]}))
        occurrences = "select 'handle' as type, value, row_number() over () as rank from given"
        terms = "select distinct substr(value, 3) as term, 'name' as kind, type, value from shelf.occurrences"
        index = next(table for table in ABOUT_ACCOUNTS if table.name == "near")
        before = [Laid("occurrences", occurrences, ("value",)), Laid("terms", terms, ("term",))]
        lay(con, file, before)
        without, began = file.stat().st_size, _used()
        lay(con, file, before)
        began, both = _used(), _used() - began
        lay(con, file, [*before, index])
        print(
            f"{asked.names:,} names: index {_used() - began - both:.1f} s, {(file.stat().st_size - without) >> 20} MB"
        )
        shelf = Shelf(file)
        took, found = [], 0
        for _ in range(asked.questions):
            name = dice.choice(names)
            at = dice.randrange(1, len(name) - 1)
            typed = f"{name[:at]}q{name[at + 1 :]}"
            began = _used()
            rows = near(shelf, typed)
            took.append(_used() - began)
            found += any(row["name"] == name for row in rows)
        shelf.close()
    took.sort()
    middle, late = took[len(took) // 2], took[int(len(took) * 0.95)]
    print(f"{found} of {asked.questions} found; processor p50 {1000 * middle:.0f} ms, p95 {1000 * late:.0f} ms")


def _name(dice: random.Random) -> str:
    if dice.random() < 0.1:
        return f"user_{dice.randrange(10**7)}"
    one, other = dice.choice(HANDLE_WORDS), dice.choice(HANDLE_WORDS)
    return f"{one}{dice.choice(('', '_', '.'))}{other}{dice.choice(('', dice.randrange(100), dice.randrange(100_000)))}"


def _used() -> float:
    found = resource.getrusage(resource.RUSAGE_SELF)
    return found.ru_utime + found.ru_stime


if __name__ == "__main__":
    main()
