"""A small workspace for linking: rows by hand in, the stage's tables out, on each engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.linking import LINKING
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]
NUMBERS = {"linking.propose_holders_max": 20.0, "linking.min_probability": 0.02, "linking.join_probability": 0.9}


class Linker:
    """Runs the stage over rows by hand and gives its tables as lists of rows, sorted by key."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def put(self, numbers: dict[str, float] | None = None, **given: Rows | pa.Table) -> None:
        """Make the tables that linking reads, those not given empty."""
        for name in LINKING.reads:
            if name in TABLES:
                self.engine.put(name, _table(name, given.get(name, [])))
        policy = NUMBERS | (numbers or {})
        self.engine.put("policy_numbers", pa.table({"name": list(policy), "number": list(policy.values())}))

    def __call__(self, numbers: dict[str, float] | None = None, **given: Rows | pa.Table) -> dict[str, Rows]:
        self.put(numbers, **given)
        self.run()
        return {name: self.rows(name) for name in LINKING.writes}

    def run(self) -> None:
        assert LINKING.run is not None
        LINKING.run(self.engine, Given(Ids(DEMO_KEY)))

    def rows(self, name: str) -> Rows:
        table = TABLES[name]
        order = ", ".join(f"{column} nulls first" for column in table.key)
        return self.engine.rows(f"select {', '.join(table.names)} from {name} order by {order}").to_pylist()

    def count(self, name: str) -> int:
        return int(self.engine.rows(f"select count(*) as n from {name}").to_pylist()[0]["n"])


def _table(name: str, rows: Rows | pa.Table) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows
    schema = TABLES[name].schema
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


@pytest.fixture
def linker(duck: Engine) -> Linker:
    """The stage on DuckDB."""
    return Linker(duck)


@pytest.fixture
def spark_linker(spark: Engine) -> Linker:
    """The stage on Spark."""
    return Linker(spark)


@pytest.fixture
def person() -> Callable[..., dict[str, Any]]:
    """A row of `persons`: what a document states of the holder of an account."""

    def row(account: str, name: str | None = None, born: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "person_id": f"person-{account}-{name}-{born}",
            "account_id": account,
            "name": name,
            "date_of_birth": born,
            "role": "reported",
        } | more

    return row


@pytest.fixture
def judged() -> Callable[[int, str, str, str], dict[str, Any]]:
    """A row of `judgements`: decision number, same or not-same, two accounts in any order."""

    def row(number: int, kind: str, one: str, other: str) -> dict[str, Any]:
        return {"decision_id": number, "kind": kind, "a": min(one, other), "b": max(one, other)}

    return row


@pytest.fixture
def held() -> Callable[..., dict[str, Any]]:
    """A row of `selectors`: an account states a value in a field, unless told otherwise."""
    made = iter(range(10**9))

    def row(account: str, type_: str, value: str, **more: Any) -> dict[str, Any]:
        number = next(made)
        return {
            "selector_id": f"s{number:06d}",
            "type": type_,
            "value": value,
            "record_id": f"rec-{account}-{value}",
            "table_name": "contacts",
            "field": "value",
            "valid": True,
            "account_id": account,
            "role": "reported",
        } | more

    return row
