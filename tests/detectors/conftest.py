"""Runs one detector over rows by hand: on DuckDB, or on both engines with rows shown equal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tanglaw import known
from tanglaw.detectors import Detector
from tanglaw.detectors.base import FOUND
from tanglaw.engine.base import Engine
from tanglaw.policy import CRITERIA, demo
from tanglaw.tables import TABLES
from tanglaw.testing.engines import Both, assert_equal

Rows = list[dict[str, Any]]
Find = Callable[..., Rows]
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
# What a row of each table says unless a test says otherwise.
USUAL: dict[str, dict[str, Any]] = {
    "accounts": {"role": "reported", "identifier_kind": "esp-id"},
    "captures": {"role": "reported"},
    "contacts": {"role": "reported"},
    "file_hashes": {"valid": True},
    "hash_entries": {"withdrawn": False},
    "payments": {"counted": True},
    "selectors": {"valid": True},
}
_ORDER = ("report_id", "account_id", "subject", "outcome", "reason")


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows as the table of that name, columns left out empty."""
    usual = USUAL.get(name, {})
    schema = TABLES[name].schema
    unknown = {key for row in rows for key in row} - set(schema.names)
    assert not unknown, f"{name} has no column {sorted(unknown)}"
    return pa.table([pa.array([(usual | row).get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def _prepared(put: Callable[[str, pa.Table], None], detector: Detector, given: dict[str, Any]) -> None:
    numbers = given.pop("numbers", {})
    as_of = given.pop("as_of", AS_OF)
    put("run_facts", pa.table({"as_of": pa.array([as_of], pa.timestamp("us", tz="UTC"))}))
    tables = demo().tables()
    for name in ("policy_retention", "policy_numbers"):
        rows = tables[name].to_pylist()
        for row in rows:
            row["number"] = numbers.get(row.get("name"), row.get("number"))
        put(name, pa.Table.from_pylist(rows, schema=tables[name].schema))
    assert set(given) <= set(detector.reads), f"{detector.name} reads {detector.reads}"
    for name in {*detector.reads, *known.BEHIND}:
        put(name, table_of(name, given.get(name, [])))


def _kept_to_contract(detector: Detector, given: dict[str, Any], found: Rows) -> Rows:
    """The findings, once each keeps to what every finding must: evidence that is there, an outcome of the docstring's
    list, a criterion of the method, a sentence of one line, a subject that tells it from the others."""
    words = outcomes(detector)
    evidence = {value for rows in given.values() if isinstance(rows, list) for row in rows for value in row.values()}
    for one in found:
        parts = one["evidence"].split("; ")
        assert set(parts) <= evidence, f"{detector.name}: evidence that no row has: {one['evidence']}"
        model_and_category = "model:category" in words and re.fullmatch(r"[^:]+:.+", one["outcome"])
        assert one["outcome"] in words or model_and_category, f"{detector.name}: outcome {one['outcome']}"
        assert one["criterion"] in (None, "category") or one["criterion"].split(".")[0] in CRITERIA
        assert one["lane"] in (None, "safeguarding", "generated")
        assert one["reason"].strip() and "\n" not in one["reason"]
    assert len({(one["report_id"], one["subject"], one["outcome"]) for one in found}) == len(found)
    return found


def outcomes(detector: Detector) -> set[str]:
    """The words of the docstring's part that begins with `Outcome:`."""
    _, _, part = detector.sentence.partition("Outcome: ")
    return set(re.findall(r"[A-Za-z][A-Za-z0-9:-]*[A-Za-z0-9]", part))


def _found(detector: Detector) -> str:
    order = ", ".join(f"{name} nulls first" for name in _ORDER)
    return f"select {', '.join(FOUND)} from found_{detector.name} order by {order}"


@pytest.fixture
def find(duck: Engine) -> Find:
    """find(detector, numbers={...}, as_of=..., table=[row, ...]) -> findings, on DuckDB."""

    def run(detector: Detector, **given: Any) -> Rows:
        _prepared(duck.put, detector, given)
        for step in (*known.VIEWS, *detector.steps):
            duck.run(step)
        return _kept_to_contract(detector, given, duck.rows(_found(detector)).to_pylist())

    return run


@pytest.fixture
def find_on_both(both: Both) -> Find:
    """As `find`, on both engines, once every finding is shown equal."""

    def run(detector: Detector, **given: Any) -> Rows:
        _prepared(both.put, detector, given)
        both.run(*known.VIEWS, *detector.steps)
        sql = _found(detector)
        found = both.duck.rows(sql)
        assert_equal(found, both.spark.rows(sql), detector.name)
        return _kept_to_contract(detector, given, found.to_pylist())

    return run


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """An instant of 2026 in UTC: at("06-20T10:00:00")."""
    return lambda text: datetime.fromisoformat(f"2026-{text}+00:00")


@pytest.fixture
def short() -> Callable[..., list[tuple[Any, ...]]]:
    """short(findings) -> (report, criterion, outcome, evidence) of each."""
    return lambda found: [(f["report_id"], f["criterion"], f["outcome"], f["evidence"]) for f in found]
