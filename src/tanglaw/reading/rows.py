"""Rows on their way from a reader into Parquet: collected by table, checked, scrubbed of media, flushed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.config import Settings
from tanglaw.ids import Ids
from tanglaw.reading.media import MARK_FROM, scrub
from tanglaw.tables import TABLES

Row = dict[str, Any]
Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any] | Sequence[Any]"


class Sink(Protocol):
    """Where finished tables go. `mark` and `undo` let a half-read file leave nothing behind."""

    def write(self, table: str, rows: pa.Table) -> None: ...

    def mark(self) -> int: ...

    def undo(self, mark: int) -> None: ...


class Rows:
    """Collects the rows of one file after another.

    `begin` starts a file, `done` ends it, `undo` drops all it gave. `source_id` is filled in here, so a row
    without provenance cannot be made.
    """

    def __init__(self, ids: Ids, settings: Settings, sink: Sink) -> None:
        self.ids = ids
        self.settings = settings
        self._sink = sink
        self._rows: dict[str, list[Row]] = {}
        self._ready: dict[str, list[pa.Table]] = {}
        self._pending = 0
        self._issues = 0
        self.given = 0
        self.source_id = ""
        self.path = ""
        self.delivery_id = ""
        self.arrival = 0
        self._file_sha256 = ""
        self._file_size = 0
        self._mark: tuple[dict[str, int], dict[str, int], int, int] = ({}, {}, 0, 0)

    def begin(self, path: str, sha256: str, size: int, delivery_id: str = "", arrival: int = 0) -> None:
        """Start the file with this digest; what follows belongs to it until the next `begin`."""
        self.path, self.delivery_id, self.arrival = path, delivery_id, arrival
        self._file_sha256, self._file_size = sha256, size
        self.source_id = self.ids.of("source", sha256)
        self.given = 0
        self._issues = 0
        self._mark = (
            {name: len(rows) for name, rows in self._rows.items()},
            {name: len(tables) for name, tables in self._ready.items()},
            self._sink.mark(),
            self._pending,
        )

    def undo(self) -> None:
        """Drop every row of the current file, also those already written out."""
        rows, ready, mark, pending = self._mark
        self._sink.undo(mark)
        for name in self._rows:
            del self._rows[name][rows.get(name, 0) :]
        for name in self._ready:
            del self._ready[name][ready.get(name, 0) :]
        self._pending = pending
        self.given = 0

    def add(self, table: str, row: Row) -> None:
        """One row; columns left out are empty. The row must carry `locator` where the table has one."""
        row["source_id"] = self.source_id
        rows = self._rows.get(table)
        if rows is None:
            rows = self._rows[table] = []
        rows.append(row)
        self.given += 1
        self._pending += 1
        if self._pending >= self.settings.flush_rows:
            self._spill()

    def add_columns(self, table: str, columns: Mapping[str, Column]) -> None:
        """Many rows at once, column by column, all of the same length: the fast way for tabular input."""
        length = len(next(iter(columns.values())))
        if not length:
            return
        arrays: list[Any] = []
        for field in TABLES[table].schema:
            if field.name == "source_id":
                arrays.append(pa.repeat(pa.scalar(self.source_id, field.type), length))
            elif field.name in columns:
                values = columns[field.name]
                if isinstance(values, pa.Array | pa.ChunkedArray):
                    arrays.append(values.cast(field.type))
                else:
                    arrays.append(_array(values, field.type))
            else:
                arrays.append(pa.nulls(length, field.type))
        self._ready.setdefault(table, []).append(pa.table(arrays, schema=TABLES[table].schema))
        self.given += length
        self._pending += length
        if self._pending >= self.settings.flush_rows:
            self._spill()

    def issue(self, code: str, reason: str, locator: str = "") -> None:
        """Note something that did not stop the reader. Beyond the limit per file, one last row says so."""
        self._issues += 1
        limit = self.settings.max_issues_per_file
        if self._issues > limit:
            if self._issues > limit + 1:
                return
            code, reason, locator = "more-issues", f"more than {limit} issues in this file; the rest is not listed", ""
        self.add("issues", {"file": self.path, "locator": locator, "code": code, "reason": reason})
        self.given -= 1

    def quarantine(self, code: str, reason: str, locator: str = "", excerpt: bytes | str = b"") -> None:
        """Set one bad record aside: digest of its bytes, a bounded excerpt if it is text, never media."""
        raw = excerpt.encode("utf-8", "surrogatepass") if isinstance(excerpt, str) else bytes(excerpt)
        digest = hashlib.sha256(raw).hexdigest() if raw else self._file_sha256
        self.add(
            "quarantine",
            {
                "quarantine_id": self.ids.of("quarantine", self._file_sha256, self.path, locator, digest),
                "file": self.path,
                "locator": locator,
                "code": code,
                "reason": reason,
                "sha256": digest,
                "size": len(raw) or self._file_size,
                "excerpt": excerpt_of(raw, self.settings.max_excerpt),
                "delivery_id": self.delivery_id,
                "arrival": self.arrival,
            },
        )
        self.given -= 1

    def flush(self) -> None:
        """Hand everything collected so far to the sink."""
        self._spill()

    def _spill(self) -> None:
        """Write out what earlier files gave, then what the current one gave, so that the latter can be undone."""
        kept_rows, kept_ready, _, _ = self._mark
        self._write(
            {n: r[: kept_rows.get(n, 0)] for n, r in self._rows.items()},
            {n: t[: kept_ready.get(n, 0)] for n, t in self._ready.items()},
        )
        mark = self._sink.mark()
        self._write(
            {n: r[kept_rows.get(n, 0) :] for n, r in self._rows.items()},
            {n: t[kept_ready.get(n, 0) :] for n, t in self._ready.items()},
        )
        self._rows, self._ready, self._pending = {}, {}, 0
        self._mark = ({}, {}, mark, 0)

    def _write(self, rows: dict[str, list[Row]], ready: dict[str, list[pa.Table]]) -> None:
        for name in sorted({*rows, *ready}):
            tables = list(ready.get(name, ()))
            if rows.get(name):
                tables.append(_table(name, rows[name]))
            if tables:
                self._sink.write(name, _scrubbed(pa.concat_tables(tables)))


def excerpt_of(raw: bytes, limit: int) -> str:
    """Start of a bad record as text: empty for anything that is not text, media replaced by its digest."""
    head = raw[: limit * 8]
    if b"\x00" in head.replace(b"\x00\x00\x00", b"") and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return ""
        text = head[: error.start].decode("utf-8")
    return scrub(text, strict=True)[:limit]


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = TABLES[name].schema
    return pa.table([_array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array[Any]:
    try:
        return pa.array(values, kind)
    except (UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_fitting(value, kind) for value in values], kind)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """The value as the column can hold it: lone surrogates replaced, numbers out of range left empty."""
    if isinstance(value, str):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    try:
        pa.scalar(value, kind)
    except (UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
    return value


def _scrubbed(table: pa.Table) -> pa.Table:
    """No base64 media in any text column: long values are checked, media become a mark with their digest."""
    for index, field in enumerate(table.schema):
        if field.type != pa.string():
            continue
        longest = pc.max(pc.binary_length(table.column(index))).as_py()
        if longest is None or longest < MARK_FROM:
            continue
        clean: Callable[[str | None], str | None] = lambda text: text and scrub(text)  # noqa: E731
        values = [clean(text) for text in table.column(index).to_pylist()]
        table = table.set_column(index, field, pa.array(values, field.type))
    return table
