"""Fixtures that run the same steps on DuckDB and Spark and hold them to equal rows.

`pytest_plugins = ["tanglaw.testing.engines"]` makes the fixtures `duck`, `spark` and `both` known. Spark starts
once per test session; names stay known in it from test to test, so a test makes every table that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.config import Settings
from tanglaw.engine import Engine, Given, Stage, Step
from tanglaw.engine.open import open_engine
from tanglaw.errors import InstallExtra
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES

MEMORY = "1GB"


@dataclass(frozen=True)
class Both:
    """Two engines that are told the same; `scratch` is an empty folder of the test."""

    duck: Engine
    spark: Engine
    scratch: Path

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a small table readable on both."""
        for engine in (self.duck, self.spark):
            engine.put(name, rows)

    def run(self, *steps: Step) -> None:
        """Run the steps, one engine after the other."""
        for engine in (self.duck, self.spark):
            for step in steps:
                engine.run(step)

    def rows(self, sql: str) -> pa.Table:
        """The result, once it is shown equal on both: types, values and their order."""
        duck, spark = self.duck.rows(sql), self.spark.rows(sql)
        assert_equal(duck, spark, sql)
        return duck

    def equal(self, name: str, order: Sequence[str]) -> pa.Table:
        """Table `name` in `order`, once every row of it is shown equal on both."""
        return assert_equal_rows(self.duck, self.spark, name, order)

    def stage(self, stage: Stage, given: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """What the stage writes from the tables given (those of the vocabulary it reads beside them are empty),
        written down and read back on both engines and shown equal."""
        empty = {name: TABLES[name].schema.empty_table() for name in stage.reads if name in TABLES}
        for name, rows in (empty | dict(given)).items():
            self.put(name, rows)
        assert stage.run is not None, f"{stage.name} needs no engine"
        for engine in (self.duck, self.spark):
            stage.run(engine, Given(Ids(DEMO_KEY)))
        return {name: self._written(name) for name in stage.writes}

    def _written(self, name: str) -> pa.Table:
        table = TABLES[name]
        order = [*table.key, *(column for column in table.names if column not in table.key)]
        duck, spark = (
            read_back(engine.write(name, table.schema, order, self.scratch / engine.name / name))
            for engine in (self.duck, self.spark)
        )
        assert duck.schema.equals(table.schema), f"{name}: {duck.schema}"
        assert_equal(duck, spark, name)
        return duck


def read_back(files: Sequence[Path]) -> pa.Table:
    """The rows of the files, in order."""
    return pa.concat_tables([pq.read_table(file) for file in files]).replace_schema_metadata(None)


def assert_equal_rows(duck: Engine, spark: Engine, name: str, order: Sequence[str]) -> pa.Table:
    """Table `name` of both engines, every column, in `order` (which leaves no ties); fails where they differ."""
    by = ", ".join(f'"{column}" NULLS FIRST' for column in order)
    sql = f"SELECT * FROM {name} ORDER BY {by}"
    left = duck.rows(sql)
    assert_equal(left, spark.rows(sql), name)
    return left


def assert_equal(left: pa.Table, right: pa.Table, what: str) -> None:
    """Fails with the first differing row, if types, column order or any value differ."""
    assert left.schema.equals(right.schema), f"{what}: types differ\n{left.schema}\n---\n{right.schema}"
    a, b = left.to_pylist(), right.to_pylist()
    assert len(a) == len(b), f"{what}: {len(a)} rows on one engine, {len(b)} on the other"
    for index, (one, other) in enumerate(zip(a, b, strict=True)):
        assert repr(one) == repr(other), f"{what}: row {index} differs\n{one}\n---\n{other}"


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Engine]:
    """DuckDB on two threads."""
    engine = open_engine(Settings(engine="duckdb", memory_limit=MEMORY, threads=2), tmp_path / "duckdb-scratch")
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Spark on two cores, one for the whole session; skips where the extra is not installed."""
    settings = Settings(engine="spark", memory_limit=MEMORY, threads=2)
    try:
        engine = open_engine(settings, tmp_path_factory.mktemp("spark-scratch"))
    except InstallExtra as error:
        pytest.skip(str(error))
    yield engine
    engine.close()


@pytest.fixture
def both(duck: Engine, spark: Engine, tmp_path: Path) -> Both:
    """Both engines."""
    return Both(duck, spark, tmp_path / "both")
