"""The stage over rows by hand: its tables as lists of rows, on DuckDB or on both engines shown equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.hashes import HASHES
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES
from tanglaw.testing.engines import Both

Rows = list[dict[str, Any]]
Staged = Callable[..., dict[str, Rows]]
USUAL = {"file_hashes": {"valid": True}, "hash_entries": {"withdrawn": False}, "accounts": {"role": "reported"}}


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows as the table of that name; columns left out have their usual value or none."""
    schema = TABLES[name].schema
    full = [USUAL.get(name, {}) | row for row in rows]
    assert {key for row in full for key in row} <= set(schema.names)
    return pa.table([pa.array([row.get(f.name) for row in full], f.type) for f in schema], schema=schema)


@pytest.fixture
def staged(duck: Engine) -> Staged:
    """staged(table=[row, ...]) -> the stage's tables, on DuckDB; `given` is what the run gives beside tables."""

    def run(given: Given | None = None, **tables: Rows) -> dict[str, Rows]:
        assert HASHES.run is not None
        for name in HASHES.reads:
            duck.put(name, table_of(name, tables.get(name, [])))
        HASHES.run(duck, given or Given(Ids(DEMO_KEY)))
        return {name: _rows(duck, name) for name in HASHES.writes}

    return run


@pytest.fixture
def staged_on_both(both: Both) -> Staged:
    """As `staged`, once every table is shown equal on both engines."""

    def run(**tables: Rows) -> dict[str, Rows]:
        given = {name: table_of(name, rows) for name, rows in tables.items()}
        return {name: rows.to_pylist() for name, rows in both.stage(HASHES, given).items()}

    return run


def _rows(engine: Engine, name: str) -> Rows:
    table = TABLES[name]
    order = ", ".join(f"{column} nulls first" for column in table.key)
    return engine.rows(f"select {', '.join(table.names)} from {name} order by {order}").to_pylist()
