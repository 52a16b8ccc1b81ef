"""Reading tables of a workspace as they stand, and writing one out as CSV, JSON lines or Parquet."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.engine import Engine
from tanglaw.errors import CheckUsage
from tanglaw.store import standing
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

FORMATS = ("csv", "jsonl", "parquet")
_PAGE = 100_000
# A cell that starts like this would run as a formula in a spreadsheet; the wide signs count there too.
_FORMULA = "^([=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"


def derived(workspace: Workspace, name: str) -> pa.Table:
    """A table written by the last run, small enough to hold; empty if there was no run."""
    return chosen(workspace, name)


def chosen(workspace: Workspace, name: str, keep: pc.Expression | None = None) -> pa.Table:
    """Rows of a table, all sightings, that `keep` lets through; files are read no further than needed, and what the
    workspace's gate withholds is not there."""
    return workspace.gate.table(standing.read(workspace.standing(name), TABLES[name].schema, keep))


def ask(engine: Engine, sql: str, **given: str) -> list[dict[str, Any]]:
    """Rows of a query; `given` values are readable as columns of the one-row table `asked`."""
    engine.put("asked", pa.table({name: pa.array([value], pa.string()) for name, value in given.items()}))
    return [dict(row) for row in engine.rows(sql).to_pylist()]


def export_table(workspace: Workspace, settings: Settings, name: str, form: str, out: Path) -> int:
    """Write a table's current rows, in the order of its key, to `out`; returns how many.

    The file appears whole or not at all. CSV escapes cells that a spreadsheet would run as a formula by a leading
    apostrophe; JSON lines (amounts as exact text) and Parquet are exact. Raises CheckUsage for an unknown table or
    format, or if `out` is a folder.
    """
    if name not in TABLES:
        raise CheckUsage(f"no table {name!r}; `tanglaw table` lists them")
    if form not in FORMATS:
        raise CheckUsage(f"format is one of {', '.join(FORMATS)}, not {form!r}")
    if out.is_dir():
        raise CheckUsage(f"{out} is a folder: name a file")
    if out.parent.exists() and not out.parent.is_dir():
        raise CheckUsage(f"{out.parent} is not a folder")
    (workspace.folder / "spill").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=workspace.folder / "spill"))
    try:
        with attached(workspace, settings, alone=name) as engine:
            order = tuple(dict.fromkeys((*TABLES[name].key, *TABLES[name].names)))
            return _convert(engine.write(name, TABLES[name].schema, order, folder), form, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _convert(files: list[Path], form: str, out: Path) -> int:
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists() and not out.is_file():
        # A device or a pipe takes what comes.
        return _FORMS[form](files, out)
    partial = out.with_name(f".{out.name}.partial")
    try:
        rows = _FORMS[form](files, partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _parquet(files: list[Path], out: Path) -> int:
    rows = 0
    with pq.ParquetWriter(out, pq.read_schema(files[0]), compression="zstd") as writer:
        for batch in _batches(files):
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _csv(files: list[Path], out: Path) -> int:
    with out.open("wb") as stream:
        stream.write((",".join(pq.read_schema(files[0]).names) + "\n").encode())
        plainly = (_instants(), _amounts(), _harmless())
        return _written(files, plainly, lambda frame: frame.write_csv(_bytes(stream), include_header=False))


def _jsonl(files: list[Path], out: Path) -> int:
    with out.open("wb") as stream:
        return _written(files, (_instants(), _amounts()), lambda frame: frame.write_ndjson(_bytes(stream)))


_FORMS: dict[str, Callable[[list[Path], Path], int]] = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}


def _written(files: list[Path], plainly: Iterable[pl.Expr], write: Callable[[pl.DataFrame], None]) -> int:
    rows = 0
    for batch in _batches(files):
        # All at once: what was text is told from amounts that have become text.
        write(cast(pl.DataFrame, pl.from_arrow(batch)).with_columns(*plainly))
        rows += batch.num_rows
    return rows


def _batches(files: list[Path]) -> Iterator[pa.RecordBatch]:
    for file in files:
        yield from pq.ParquetFile(file).iter_batches(_PAGE)


def _bytes(stream: IO[bytes]) -> Any:
    return stream


def _instants() -> pl.Expr:
    """Instants as ISO 8601 with Z, microseconds only where there are any."""
    at = pl.selectors.datetime()
    second = at.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return pl.when(at.dt.microsecond() == 0).then(second).otherwise(at.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")) + "Z"


def _amounts() -> pl.Expr:
    """Exact amounts as text without zeros at their end."""
    return pl.selectors.decimal().cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def _harmless() -> pl.Expr:
    """Texts with an apostrophe in front of what a spreadsheet would take for a formula."""
    return pl.selectors.string().str.replace(_FORMULA, "'$1")


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
