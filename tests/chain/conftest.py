"""Rows by hand for the chain's modules: columns left out are empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.tables import TABLES

Put = Callable[..., None]


def rows_of(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of that table; a column that it does not have fails."""
    schema = TABLES[name].schema
    assert not {key for row in rows for key in row} - set(schema.names)
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.fixture
def put_rows() -> Put:
    """put_rows(engine_or_both, table=[row, ...], ...)."""

    def put(to: Any, **tables: list[dict[str, Any]]) -> None:
        for name, rows in tables.items():
            to.put(name, rows_of(name, rows))

    return put
