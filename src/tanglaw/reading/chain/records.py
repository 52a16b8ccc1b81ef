"""Records of dumps, whatever holds them: rows of delimited text, of Parquet, or JSON objects, as one mapping each.

Names are folded: lower case, anything but letters and digits as one `_`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.lines import LongLine, blocks
from tanglaw.reading.rows import Rows

Record = Mapping[str, Any]
Take = Callable[[Record, str], None]
PARQUET = b"PAR1"
_DELIMITERS = "\t;,|"
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_BATCH = 10_000
# A row group is decoded as a whole: none of an honest dump takes as much.
_GROUP_BYTES = 1 << 30
_COLUMNS = 2_000


@lru_cache(maxsize=4_096)
def folded(name: str) -> str:
    """A column's or key's name as profiles state it."""
    return _NOT_NAME.sub("_", name.strip().lower()).strip("_")


def header(text: str) -> tuple[str, list[str]]:
    """Delimiter of the first line, and the folded names in it; no names where it is not a header."""
    line = text.partition("\n")[0].rstrip("\r")
    if len(line) > 20_000:
        return "", []
    delimiter = max(_DELIMITERS, key=line.count)
    if delimiter not in line:
        return "", []
    try:
        return delimiter, [folded(cell) for cell in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except (csv.Error, StopIteration):
        return "", []


def first_rows(text: str, most: int = 20) -> Iterator[Record]:
    """The first rows of a delimited text that have as many cells as its header."""
    delimiter, names = header(text)
    for line in text.split("\n", most + 1)[1 : most + 1]:
        try:
            cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration):
            continue
        if len(cells) == len(names):
            yield dict(zip(names, map(_plain, cells), strict=True))


def each_line(item: Item, rows: Rows, take: Take) -> None:
    """Hand each row of a delimited text to `take`; one that cannot be read is set aside. Locators: `line N`."""
    delimiter, names = header(item.text_head)
    seen = False
    with item.open() as stream:
        for block in blocks(stream, rows.settings.max_line_bytes):
            if isinstance(block, LongLine):
                rows.quarantine(
                    "line-too-long", "a line over the limit (max_line_bytes)", f"line {block.line}", block.head
                )
                continue
            for number, line in enumerate(block.text.split("\n"), block.line):
                if number > 1 and line.strip():
                    seen = True
                    _row(line.rstrip("\r"), f"line {number}", (delimiter, names), rows, take)
    if not seen:
        rows.issue("no-rows", "the table has no row below its header that can be read", "header")


def _row(line: str, place: str, form: tuple[str, list[str]], rows: Rows, take: Take) -> None:
    delimiter, names = form
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        rows.quarantine("broken-quote", "a quote that does not close, or text behind it", place, line)
        return
    if len(cells) != len(names):
        rows.quarantine("ragged-row", f"{len(cells)} cells where the header has {len(names)}", place, line)
        return
    _guarded(dict(zip(names, map(_plain, cells), strict=True)), place, line, rows, take)


def _plain(cell: str) -> str | None:
    # An apostrophe before a formula's first sign is put there by our own exports.
    cell = cell.strip()
    return (cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell) or None


def _guarded(record: Record, place: str, raw: str, rows: Rows, take: Take) -> None:
    try:
        take(record, place)
    except BadRecord as fault:
        rows.quarantine(fault.code, fault.reason, place, raw)


def parquet_names(item: Item) -> list[str]:
    """Folded names of the columns of a Parquet file. Raises BadRecord parquet-damaged."""
    with _parquet(item) as file:
        return [folded(name) for name in file.schema_arrow.names]


def each_row(item: Item, rows: Rows, take: Take) -> None:
    """Hand each row of a Parquet file to `take`, row group by row group. Locators: `row N`, from 1.

    A group that cannot be decoded, or would take more than 1 GiB, is set aside by itself. Raises BadRecord parquet-damaged.
    """
    with _parquet(item) as file:
        names = [folded(name) for name in file.schema_arrow.names]
        first = 1
        for group in range(file.metadata.num_row_groups):
            facts = file.metadata.row_group(group)
            place = f"row group {group}"
            try:
                if facts.total_byte_size > _GROUP_BYTES or facts.num_rows < 0:
                    raise BadRecord("too-large", f"a row group of {facts.total_byte_size} bytes is over the limit")
                number = first
                for batch in file.iter_batches(_BATCH, [group]):
                    for values in zip(*[column.to_pylist() for column in batch.columns], strict=True):
                        record = dict(zip(names, values, strict=True))
                        _guarded(record, f"row {number}", repr(record)[:1000], rows, take)
                        number += 1
            except BadRecord as fault:
                rows.quarantine(fault.code, fault.reason, place, place)
            except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError):
                rows.quarantine("parquet-damaged", "a row group that cannot be decoded", place, place)
            first += max(facts.num_rows, 0)


def _parquet(item: Item) -> pq.ParquetFile:
    """The file opened. Damaged and hostile footers raise BadRecord."""
    stream = item.open()
    try:
        source: Any = stream if stream.seekable() else pa.BufferReader(stream.read())
        found = pq.ParquetFile(
            source, thrift_string_size_limit=1 << 24, thrift_container_size_limit=1 << 20, pre_buffer=False
        )
        if len(found.schema_arrow.names) > _COLUMNS:
            raise BadRecord("parquet-damaged", f"more than {_COLUMNS} columns", "footer")
        return found
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, UnicodeError) as error:
        stream.close()
        raise BadRecord("parquet-damaged", "the footer cannot be read", "footer") from error


def flat(given: Any, place: str) -> Iterator[tuple[Record, str]]:
    """The records of a decoded JSON value: an object, or the objects of a list, with folded names."""
    for number, one in enumerate(given) if isinstance(given, list) else ((None, given),):
        if not isinstance(one, dict):
            raise BadRecord("json-shape", "not an object", place)
        yield (
            {folded(name): value for name, value in cast(dict[str, Any], one).items()},
            (place if number is None else f"{place}/{number}"),
        )
