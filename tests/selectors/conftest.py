"""What selector tests share: batches of texts, and scanning one text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.selectors.scan import Scanner

IDS = Ids(DEMO_KEY)
SCANNER = Scanner(IDS)
_TIME = pa.timestamp("us", tz="UTC")


def make_batch(texts: Sequence[str | None], country: str = "", types: Sequence[str] | None = None) -> pa.RecordBatch:
    """A batch with one row a text; `types` adds the column that `Fields` reads."""
    count = len(texts)
    columns = {
        "record_id": pa.array([f"r{row}" for row in range(count)], pa.string()),
        "table_name": pa.array(["messages"] * count, pa.string()),
        "field": pa.array(["text"] * count, pa.string()),
        "report_id": pa.array([""] * count, pa.string()),
        "account_id": pa.array([f"a{row % 3}" for row in range(count)], pa.string()),
        "role": pa.array([None] * count, pa.string()),
        "at": pa.array([row * 1_000_000 for row in range(count)], _TIME),
        "country": pa.array([country] * count, pa.string()),
        "text": pa.array(texts, pa.string()),
    }
    if types is not None:
        columns["type"] = pa.array(types, pa.string())
    return pa.RecordBatch.from_pydict(columns)


Row = dict[str, Any]


@pytest.fixture(scope="session")
def batch() -> Callable[..., pa.RecordBatch]:
    """Makes a batch: (texts, country, types)."""
    return make_batch


@pytest.fixture(scope="session")
def scan() -> Callable[..., list[Row]]:
    """Scans one text: (text, country) -> rows of `selectors`."""
    return lambda text, country="": SCANNER(make_batch([text], country)).to_pylist()


@pytest.fixture(scope="session")
def found(scan: Callable[..., list[Row]]) -> Callable[..., list[tuple[str, str]]]:
    """Scans one text for one type: (text, type, country, valid) -> (original, value) pairs."""

    def pairs(text: str, kind: str, country: str = "", valid: bool = True) -> list[tuple[str, str]]:
        rows = scan(text, country)
        return [(row["original"], row["value"]) for row in rows if row["type"] == kind and row["valid"] is valid]

    return pairs


@pytest.fixture(scope="session")
def ids() -> Ids:
    """Ids by the demo key."""
    return IDS
