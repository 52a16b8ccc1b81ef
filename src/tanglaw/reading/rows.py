"""Rows on their way from a reader into Parquet: collected by table, checked, scrubbed of media, flushed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
        # What files before the current one gave, and what the current one gave so far.
        self._earlier = _Held()
        self._held = _Held()
        self._mark = 0
        self._flushed = ""
        self._issues = 0
        self.given = 0
        self.source_id = ""
        self.path = ""
        self.delivery_id = ""
        self.arrival = 0
        self._file_sha256 = ""
        self._file_size = 0

    def begin(self, path: str, sha256: str, size: int, delivery_id: str = "", arrival: int = 0) -> None:
        """Start the file with this digest; what follows belongs to it until the next `begin`."""
        self.path, self.delivery_id, self.arrival = path, delivery_id, arrival
        self._file_sha256, self._file_size = sha256, size
        self.source_id = self.ids.of("source", sha256)
        self.given = 0
        self._issues = 0
        self._earlier.take(self._held)
        if self._earlier.count >= self.settings.flush_rows:
            self.flush()
        self._mark, self._flushed = self._sink.mark(), ""

    def undo(self) -> None:
        """Drop every row of the current file, also those already written out."""
        self._sink.undo(self._mark)
        self._held = _Held()
        self.given = 0

    def add(self, table: str, row: Row) -> None:
        """One row; columns left out are empty. The row must carry `locator` where the table has one."""
        row["source_id"] = self.source_id
        held = self._held
        rows = held.rows.get(table)
        if rows is None:
            held.rows[table] = [row]
        else:
            rows.append(row)
        held.count += 1
        self.given += 1
        if held.count >= self.settings.flush_rows:
            self.flush()

    def add_columns(self, table: str, columns: Mapping[str, Column]) -> None:
        """Many rows at once, column by column, all of the same length: the fast way for tabular input."""
        length = len(next(iter(columns.values())))
        if not length:
            return
        arrays: list[Any] = []
        for wanted in TABLES[table].schema:
            if wanted.name == "source_id":
                arrays.append(_array([self.source_id] * length, wanted.type))
            elif wanted.name in columns:
                values = columns[wanted.name]
                if isinstance(values, pa.Array | pa.ChunkedArray):
                    arrays.append(values.cast(wanted.type))
                else:
                    arrays.append(_array(values, wanted.type))
            else:
                arrays.append(pa.nulls(length, wanted.type))
        self._held.ready.setdefault(table, []).append(pa.table(arrays, schema=TABLES[table].schema))
        self._held.count += length
        self.given += length
        if self._held.count >= self.settings.flush_rows:
            self.flush()

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

    def quarantine(
        self, code: str, reason: str, locator: str = "", excerpt: bytes | str = b"", whole: bool = False
    ) -> None:
        """Set one bad record aside: digest of its bytes (`whole`: of the file), a bounded excerpt if it is text,
        never media."""
        raw = excerpt.encode("utf-8", "surrogatepass") if isinstance(excerpt, str) else bytes(excerpt)
        whole = whole or not raw
        digest = self._file_sha256 if whole else hashlib.sha256(raw).hexdigest()
        self.add(
            "quarantine",
            {
                "quarantine_id": self.ids.of("quarantine", self._file_sha256, self.path, locator, digest),
                "file": self.path,
                "locator": locator,
                "code": code,
                "reason": reason,
                "sha256": digest,
                "size": self._file_size if whole else len(raw),
                "excerpt": excerpt_of(raw, self.settings.max_excerpt),
                "delivery_id": self.delivery_id,
                "arrival": self.arrival,
            },
        )
        self.given -= 1

    def flush(self) -> None:
        """Write out what earlier files gave, then what the current one gave, so that the latter can be undone."""
        self._write(self._earlier)
        self._earlier = _Held()
        if self._held.count:
            mark = self._sink.mark()
            self._write(self._held)
            if self._flushed != self.source_id:
                self._mark, self._flushed = mark, self.source_id
            self._held = _Held()

    def _write(self, held: _Held) -> None:
        for name in sorted({*held.rows, *held.ready}):
            tables = [*held.ready.get(name, ()), *_tables(name, held.rows.get(name, []))]
            self._sink.write(name, _scrubbed(pa.concat_tables(tables)))


@dataclass(slots=True)
class _Held:
    """Rows not written yet, by table: single rows, and tables made of columns."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    ready: dict[str, list[pa.Table]] = field(default_factory=dict)
    count: int = 0

    def take(self, other: _Held) -> None:
        """Move all of another's rows here."""
        for name, rows in other.rows.items():
            known = self.rows.get(name)
            if known is None:
                self.rows[name] = rows
            else:
                known.extend(rows)
        for name, tables in other.ready.items():
            self.ready.setdefault(name, []).extend(tables)
        self.count += other.count
        other.rows, other.ready, other.count = {}, {}, 0


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


def _tables(name: str, rows: list[Row]) -> list[pa.Table]:
    """The rows as tables, one for each set of columns they come with: transposed without a look-up per value."""
    shapes: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        shapes.setdefault(tuple(row), []).append(row)
    schema = TABLES[name].schema
    made = []
    for shape, alike in shapes.items():
        unknown = set(shape) - set(schema.names)
        if unknown:
            raise KeyError(f"{name} has no column {sorted(unknown)[0]}")
        columns = dict(zip(shape, zip(*map(dict.values, alike), strict=True), strict=True))
        arrays = [
            _array(columns[f.name], f.type) if f.name in columns else pa.nulls(len(alike), f.type) for f in schema
        ]
        made.append(pa.table(arrays, schema=schema))
    return made


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
    for index, column in enumerate(table.schema):
        if column.type != pa.string():
            continue
        longest = pc.max(pc.binary_length(table.column(index))).as_py()
        if longest is None or longest < MARK_FROM:
            continue
        clean: Callable[[str | None], str | None] = lambda text: text and scrub(text)  # noqa: E731
        values = [clean(text) for text in table.column(index).to_pylist()]
        table = table.set_column(index, column, pa.array(values, column.type))
    return table
