"""Rows on their way from a reader into Parquet: collected by table, checked, scrubbed of media, flushed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.config import Settings
from tanglaw.ids import Ids
from tanglaw.reading.media import MARK_FROM, scrub
from tanglaw.tables import TABLES

Row = dict[str, Any]
Held: TypeAlias = "defaultdict[Columns, list[tuple[Any, ...]]]"
Ready: TypeAlias = "defaultdict[str, list[pa.Table]]"

# Rows of this number are turned into columns together: about as much as a processor's cache holds.
_CHUNK = 40_000
Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any] | Sequence[Any]"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of a table that rows come with value by value: cheaper than a mapping a row, for rows of which
    there are many."""

    table: str
    names: tuple[str, ...]
    known: frozenset[str]


def columns(table: str, names: str) -> Columns:
    """Columns by their names parted by blanks. Raises KeyError for one that the table does not have."""
    chosen = (*names.split(), "source_id")
    unknown = set(chosen) - set(TABLES[table].names)
    if unknown:
        raise KeyError(f"{table} has no column {sorted(unknown)[0]}")
    return Columns(table, chosen, frozenset(chosen))


_WHOLE = {name: Columns(name, table.names, frozenset(table.names)) for name, table in TABLES.items()}


class Issue(NamedTuple):
    """What `Rows.issue` takes."""

    code: str
    reason: str
    locator: str
    once: str | None


class Sink(Protocol):
    """Where finished tables go. `mark` and `undo` let a half-read file leave nothing behind."""

    def write(self, table: str, rows: pa.Table) -> None: ...

    def mark(self) -> int: ...

    def undo(self, mark: int) -> None: ...


class Rows:
    """Collects the rows of one file after another.

    `begin` starts a file, `undo` drops all it gave. `source_id` is filled in here, so a row without provenance
    cannot be made.
    """

    def __init__(self, ids: Ids, settings: Settings, sink: Sink) -> None:
        self.ids = ids
        self.settings = settings
        self._sink = sink
        # Rows by table, those of the current file last, and the tables of the latter in order.
        self._held: Held = defaultdict(list)
        self._log: list[Columns] = []
        # The same as columns: of earlier files, and of the current one.
        self._ready: Ready = defaultdict(list)
        self._mine: Ready = defaultdict(list)
        self._chunk = min(_CHUNK, settings.flush_rows)
        self._waiting = 0
        # Rows of earlier files in `_held`; rows of the current one that `_log` does not count.
        self._earlier = 0
        self._packed = 0
        self._mark = 0
        self._flushed = False
        self._issues = 0
        self._told: set[tuple[str, str]] = set()
        self._noted: list[Issue] | None = None
        self.source_id = ""
        self.path = ""
        self.delivery_id = ""
        self.arrival = 0
        self._file_sha256 = ""
        self._file_size = 0

    def begin(
        self, path: str, sha256: str, size: int, delivery_id: str = "", arrival: int = 0, source_id: str = ""
    ) -> None:
        """Start the file with this digest; what follows belongs to it until the next `begin`.

        `source_id` is the id of the digest, for callers that have it.
        """
        self.path, self.delivery_id, self.arrival = path, delivery_id, arrival
        self._file_sha256, self._file_size = sha256, size
        self.source_id = source_id or self.ids.of("source", sha256)
        self._earlier += len(self._log)
        self._log.clear()
        self._issues = self._packed = 0
        self._told.clear()
        self._noted = None
        if self._mine:
            _move(self._mine, self._ready)
        if self._earlier >= self._chunk:
            self._pack()
        self._mark, self._flushed = self._sink.mark(), False

    @property
    def given(self) -> int:
        """Rows that the current file gave, issues and quarantine not counted."""
        return self._packed + len(self._log)

    def undo(self) -> None:
        """Drop every row of the current file, also those already written out."""
        self._sink.undo(self._mark)
        self._taken_back()
        self._mine.clear()
        self._packed = 0

    def add(self, table: str, row: Row) -> None:
        """One row; columns left out are empty. The row must carry `locator` where the table has one."""
        whole = _WHOLE[table]
        row["source_id"] = self.source_id
        if not row.keys() <= whole.known:
            raise KeyError(f"{table} has no column {sorted(row.keys() - whole.known)[0]}")
        self._held[whole].append(tuple(map(row.get, whole.names)))
        self._log.append(whole)
        if len(self._log) >= self._chunk:
            self._pack()

    def put(self, known: Columns, values: tuple[Any, ...]) -> None:
        """One row as the values of these columns in their order, without `source_id`."""
        self._held[known].append((*values, self.source_id))
        self._log.append(known)
        if len(self._log) >= self._chunk:
            self._pack()

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
        self._mine[table].append(pa.table(arrays, schema=TABLES[table].schema))
        self._packed += length
        self._waiting += length
        if self._waiting >= self.settings.flush_rows:
            self._pack()

    def add_tables(self, tables: Iterable[tuple[str, pa.Table]], mine: bool = False) -> None:
        """Whole tables, each row with its `source_id`: of files that are read already, or (`mine`) of the current one."""
        for name, table in tables:
            if table.num_rows:
                (self._mine if mine else self._ready)[name].append(table)
                self._packed += table.num_rows if mine else 0
                self._waiting += table.num_rows
        if self._waiting >= self.settings.flush_rows:
            self._pack()

    def noting(self) -> list[Issue]:
        """From here on, keep the current file's issues in the list returned instead of writing them: of a file that
        is read in stretches only all of them together tell which ones are written."""
        noted: list[Issue] = []
        self._noted = noted
        return noted

    def issue(self, code: str, reason: str, locator: str = "", once: str | None = None) -> None:
        """Note something that did not stop the reader. Beyond the limit per file, one last row says so.

        An issue with `once` is told once a file for the same reason and `once`.
        """
        if once is not None:
            if (reason, once) in self._told:
                return
            self._told.add((reason, once))
        limit = self.settings.max_issues_per_file
        if self._noted is not None:
            # What follows more than `limit` that stand for themselves is beyond the limit in any case.
            if self._issues <= limit:
                self._noted.append(Issue(code, reason, locator, once))
                self._issues += once is None
            return
        self._issues += 1
        if self._issues > limit:
            if self._issues > limit + 1:
                return
            code, reason, locator = "more-issues", f"more than {limit} issues in this file; the rest is not listed", ""
        self.add("issues", {"file": self.path, "locator": locator, "code": code, "reason": reason})
        self._packed -= 1

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
        self._packed -= 1

    def flush(self) -> None:
        """Write out what earlier files gave, then what the current one gave, so that the latter can be undone."""
        self._pack(least=0)

    def _pack(self, least: int | None = None) -> None:
        """Turn rows into columns while the processor's cache still holds them; write them if there are enough."""
        given = self.given
        mine = self._taken_back()
        self._waiting += _columns_of(self._held, self._ready) + _columns_of(mine, self._mine)
        self._packed, self._earlier = given, 0
        if self._waiting < (self.settings.flush_rows if least is None else least):
            return
        self._write(self._ready)
        if self._mine:
            mark = self._sink.mark()
            self._write(self._mine)
            if not self._flushed:
                self._mark, self._flushed = mark, True
        self._waiting = 0

    def _taken_back(self) -> Held:
        """The rows of the current file, no longer among those held."""
        mine: Held = defaultdict(list)
        for key, count in Counter(self._log).items():
            rows = self._held[key]
            mine[key] = rows[-count:]
            del rows[-count:]
        self._log.clear()
        return mine

    def _write(self, ready: Ready) -> None:
        for name in sorted(ready):
            self._sink.write(name, _scrubbed(pa.concat_tables(ready[name])))
        ready.clear()


def _columns_of(held: Held, ready: Ready) -> int:
    """Move rows into tables of columns; returns how many rows."""
    moved = 0
    for known, rows in held.items():
        if rows:
            ready[known.table].append(_transposed(known, rows))
            moved += len(rows)
    held.clear()
    return moved


def _move(given: Ready, taken: Ready) -> None:
    for name, tables in given.items():
        taken[name] += tables
    given.clear()


_CUT_BEFORE = re.compile(r"\A[A-Za-z0-9+/_=-]{4,}+(?=[\r\n]+[A-Za-z0-9+/_-]{16})")
_CUT_AFTER = re.compile(r"[A-Za-z0-9+/_-]{16,}\Z")


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
    # The rest of a base64 block, cut off by where the excerpt begins or ends, is too short to be told from a word.
    text = _CUT_BEFORE.sub("", text)
    return scrub(_CUT_AFTER.sub("", text) if len(raw) > len(head) else text, strict=True)[:limit]


def _transposed(known: Columns, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows of values as one table of the whole schema."""
    found = dict(zip(known.names, zip(*rows, strict=True), strict=True))
    schema = TABLES[known.table].schema
    arrays = [_array(found[f.name], f.type) if f.name in found else pa.nulls(len(rows), f.type) for f in schema]
    return pa.table(arrays, schema=schema)


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
