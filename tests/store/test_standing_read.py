"""A table that stands as parts less some rows and more others reads the same by the engine and without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.engine.open import open_engine
from tanglaw.store import standing
from tanglaw.store.standing import Standing

SCHEMA = pa.schema([("one", pa.string()), ("other", pa.string()), ("bits", pa.int64())])
Key = tuple[str, str]
_names = some.sampled_from("abcd")
_rows = some.dictionaries(some.tuples(_names, _names), some.integers(0, 9), max_size=12)


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all examples."""
    engine = open_engine(Settings(threads=1), tmp_path_factory.mktemp("scratch"))
    yield engine
    engine.close()


def stands(folder: Path, base: dict[Key, int], gone: set[Key], more: dict[Key, int]) -> Standing:
    """Files of rows by their key (one, other)."""
    made = {
        "base": pa.table([[k[0] for k in base], [k[1] for k in base], list(base.values())], SCHEMA),
        "more": pa.table([[k[0] for k in more], [k[1] for k in more], list(more.values())], SCHEMA),
        "gone": pa.table(
            {"one": pa.array([k[0] for k in gone], pa.string()), "other": pa.array([k[1] for k in gone], pa.string())}
        ),
    }
    files = {name: folder / f"{name}.parquet" for name in made}
    for name, rows in made.items():
        pq.write_table(rows, files[name])
    return Standing([files["base"]], [files["more"]], [files["gone"]])


@given(_rows, some.sets(some.tuples(_names, _names), max_size=6), _rows)
def test_rows_less_and_more(
    duck: Engine, tmp_path_factory: pytest.TempPathFactory, base: dict[Key, int], gone: set[Key], more: dict[Key, int]
) -> None:
    """What is left is the base without the keys that go, and what came; a filter is put on both."""
    folder = tmp_path_factory.mktemp("standing")
    of = stands(folder, base, gone, more)
    wanted = sorted([(*k, v) for k, v in base.items() if k not in gone] + [(*k, v) for k, v in more.items()])
    read = standing.read(of, SCHEMA)
    assert read.schema == SCHEMA
    assert sorted(tuple(row.values()) for row in read.to_pylist()) == wanted
    standing.attach(duck, "seen", of, SCHEMA)
    assert sorted(tuple(row.values()) for row in duck.rows("select * from seen").to_pylist()) == wanted
    few = standing.read(of, SCHEMA, pc.field("one") == "a").to_pylist()
    assert sorted(tuple(row.values()) for row in few) == [row for row in wanted if row[0] == "a"]
