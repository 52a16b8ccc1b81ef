"""Batches of texts for selector tests."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.selectors.scan import Scanner

IDS = Ids(DEMO_KEY)
SCANNER = Scanner(IDS)
_TIME = pa.timestamp("us", tz="UTC")


def batch(texts: Sequence[str | None], country: str = "", types: Sequence[str] | None = None) -> pa.RecordBatch:
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


def scan(text: str, country: str = "") -> list[dict[str, object]]:
    """Rows found in one text."""
    return SCANNER(batch([text], country)).to_pylist()


def found(text: str, kind: str, country: str = "", valid: bool = True) -> list[tuple[str, str]]:
    """Original and value of each reading of one type."""
    rows = scan(text, country)
    return [(str(row["original"]), str(row["value"])) for row in rows if row["type"] == kind and row["valid"] is valid]
