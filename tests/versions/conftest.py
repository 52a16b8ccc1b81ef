"""Runs the versions stage over sightings by hand, on either engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES
from tanglaw.versions import SEEN_OFTEN, VERSIONS

Rows = list[dict[str, Any]]


class Versions:
    """Sightings in, current rows out."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, **given: Rows) -> Versions:
        """Tables by name; those seen often are all their sightings. `sources` follows from `arrivals` if given."""
        often = {table.name for table in SEEN_OFTEN}
        for name in VERSIONS.reads:
            schema = TABLES[name].schema
            rows = given.get(name, [])
            assert not {key for row in rows for key in row} - set(schema.names), name
            made = pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)
            self.engine.put(f"all_{name}" if name in often else name, made)
        assert set(given) <= set(VERSIONS.reads)
        assert VERSIONS.run is not None
        VERSIONS.run(self.engine, Given(Ids(DEMO_KEY)))
        return self

    def __getitem__(self, name: str) -> Rows:
        """Current rows of a table, in the order of its key."""
        table = TABLES[name]
        order = [*table.key, *(column for column in table.names if column not in table.key)]
        by = ", ".join(f'"{column}" nulls first' for column in order)
        columns = ", ".join(f'"{column}"' for column in table.names)
        return self.engine.rows(f"select {columns} from {name} order by {by}").to_pylist()


@pytest.fixture
def versions(duck: Engine) -> Versions:
    """The stage on DuckDB."""
    return Versions(duck)


@pytest.fixture
def spark_versions(spark: Engine) -> Versions:
    """The stage on Spark."""
    return Versions(spark)


@pytest.fixture
def read() -> Callable[..., dict[str, Any]]:
    """read("s1", 3): the row of `sources` of a file that was read third."""

    def row(source: str, arrival: int, format_: str = "cybertip-json", **more: Any) -> dict[str, Any]:
        usual = {"delivery_id": "d", "path": f"{source}-{arrival}", "format": format_}
        return {"source_id": source, "arrival": arrival} | usual | more

    return row
