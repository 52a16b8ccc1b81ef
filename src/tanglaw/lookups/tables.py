"""Reading tables of a workspace as they stand, and writing one out as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.pipeline import attached
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

FORMATS = ("csv", "jsonl", "parquet")
_PAGE = 100_000
# A cell that starts like this would run as a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def derived(workspace: Workspace, name: str) -> pa.Table:
    """A table written by the last run, small enough to hold; empty if there was no run."""
    files = workspace.files(name)
    if not files:
        return TABLES[name].schema.empty_table()
    return pa.concat_tables([pq.read_table(file, schema=TABLES[name].schema) for file in files])


def ask(engine: Engine, sql: str, **given: str) -> list[dict[str, Any]]:
    """Rows of a query; `given` values are readable as columns of the one-row table `asked`."""
    engine.put("asked", pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    return [dict(row) for row in engine.rows(sql).to_pylist()]


def export_table(workspace: Workspace, settings: Settings, name: str, form: str, out: Path) -> int:
    """Write a table's current rows, in the order of its key, to `out`; returns how many.

    CSV escapes cells that a spreadsheet would run as a formula by a leading apostrophe. Raises CheckUsage for
    an unknown table or format.
    """
    if name not in TABLES:
        raise CheckUsage(f"no table {name!r}; there are: {', '.join(sorted(TABLES))}")
    if form not in FORMATS:
        raise CheckUsage(f"format is one of {', '.join(FORMATS)}, not {form!r}")
    folder = workspace.folder / "spill" / f"export-{name}"
    with attached(workspace, settings) as engine:
        order = tuple(dict.fromkeys((*TABLES[name].key, *TABLES[name].names)))
        files = engine.write(name, TABLES[name].schema, order, folder)
        try:
            return _convert(files, form, out)
        finally:
            for file in files:
                file.unlink(missing_ok=True)
            folder.rmdir()


def _convert(files: list[Path], form: str, out: Path) -> int:
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    if form == "parquet":
        schema = pq.read_schema(files[0])
        with pq.ParquetWriter(out, schema, compression="zstd") as writer:
            for batch in _batches(files):
                writer.write_batch(batch)
                rows += batch.num_rows
        return rows
    with out.open("w", encoding="utf-8", newline="") as stream:
        names = pq.read_schema(files[0]).names
        sheet = csv.writer(stream, lineterminator="\n")
        if form == "csv":
            sheet.writerow(names)
        for batch in _batches(files):
            for row in batch.to_pylist():
                if form == "csv":
                    sheet.writerow([_cell(row[name]) for name in names])
                else:
                    stream.write(json.dumps({name: plain(row[name]) for name in names}, ensure_ascii=False) + "\n")
            rows += batch.num_rows
    return rows


def _batches(files: list[Path]) -> Iterator[pa.RecordBatch]:
    for file in files:
        yield from pq.ParquetFile(file).iter_batches(_PAGE)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: instants as ISO 8601 with Z, amounts as exact text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return exact(value)
    return value


def exact(value: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = str(plain(value)) if not isinstance(value, bool) else str(value).lower()
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text
