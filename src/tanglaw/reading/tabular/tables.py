"""A table in a file, whatever the file: its first rows, its header, and its rows in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import polars as pl

from tanglaw.config import Settings
from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.tabular import csvs, dialect
from tanglaw.reading.tabular.columns import header_names
from tanglaw.reading.tabular.csvs import Block
from tanglaw.reading.tabular.find import header_row
from tanglaw.reading.tabular.lines import Bad, Format
from tanglaw.reading.tabular.mapping import Mapping
from tanglaw.reading.tabular.records import Line
from tanglaw.reading.tabular.workbook import Workbook

QUOTE = '"'
_BLOCK_CELLS = 400_000
_PREVIEW_ROWS = 60
_NO_ROWS: Sequence[Line] = ()


class Table(Protocol):
    """What the reader needs of a table."""

    formats: tuple[str, ...]
    """Date formats that the file's own cells have besides the declared ones."""

    def preview(self, mapping: Mapping) -> Sequence[Sequence[Line]]:
        """The first rows as the mapping's layout makes them, one list for each delimiter that may be."""

    def header(self, mapping: Mapping, label: str) -> tuple[str, ...]:
        """Find the header and name all columns. Raises BadRecord mapping-mismatch, too-many-columns."""

    def blocks(self, wanted: Sequence[int], bad: Bad) -> Iterator[Block]:
        """Rows below the header, after `header` was called."""

    def locator(self, places: pl.Series) -> pl.Series:
        """Where rows stand, as text."""


class Delimited:
    """A CSV or TSV file."""

    formats: tuple[str, ...] = ()

    def __init__(self, item: Item, settings: Settings) -> None:
        self.item = item
        self._settings = settings
        self._samples: dict[str, dialect.Sample] = {}
        self._format: Format | None = None

    def sample(self, encoding: str = "") -> dialect.Sample:
        """The start of the file in a declared or detected encoding."""
        if encoding not in self._samples:
            self._samples[encoding] = dialect.sample(self.item, encoding, self._settings.max_line_bytes)
        return self._samples[encoding]

    def preview(self, mapping: Mapping) -> Sequence[Sequence[Line]]:
        return [rows for _, rows in self._tried(mapping)]

    def _tried(self, mapping: Mapping) -> list[tuple[str, list[Line]]]:
        layout = mapping.file
        found, quote = self.sample(layout.encoding), QUOTE if layout.quote is None else layout.quote
        marks = (layout.delimiter,) if layout.delimiter else dialect.DELIMITERS
        return [(m, found.rows(m, quote, self._settings.max_columns, layout.skip or 0)) for m in marks]

    def header(self, mapping: Mapping, label: str) -> tuple[str, ...]:
        layout, best, mark, line = mapping.file, 0, "", None
        for delimiter, rows in self._tried(mapping):
            index, score = (0, len(rows[0].cells)) if layout.header and rows else header_row(rows, mapping)
            if score > best:
                best, mark, line = score, delimiter, rows[index]
        if line is None:
            raise BadRecord("mapping-mismatch", f"mapping {label}: no row names its columns", "header")
        names = checked_width(layout.header or header_names(line.cells), self._settings)
        found = self.sample(layout.encoding)
        first = line.first if layout.header else line.after
        quote = QUOTE if layout.quote is None else layout.quote
        limit = self._settings.max_line_bytes
        self._format = Format(mark, quote, found.encoding, found.newline, names, first + 1, limit)
        return names

    def blocks(self, wanted: Sequence[int], bad: Bad) -> Iterator[Block]:
        if self._format is None:
            return
        with self.item.open() as stream:
            yield from csvs.read_blocks(stream, self._format, wanted, bad)

    def locator(self, places: pl.Series) -> pl.Series:
        return pl.select(pl.concat_str([pl.lit("line "), places.cast(pl.String)])).to_series()


class Sheet:
    """One sheet of a workbook."""

    formats: tuple[str, ...] = ("iso",)

    def __init__(self, book: Workbook, name: str, settings: Settings) -> None:
        self.name = name
        self._book = book
        self._settings = settings
        self._names: tuple[str, ...] = ()
        self._first = 0
        self._decimal = "."

    def preview(self, mapping: Mapping) -> Sequence[Sequence[Line]]:
        if mapping.file.sheet and mapping.file.sheet.casefold() != self.name.casefold():
            return []
        return [self.first_rows(mapping.file.skip or 0)]

    def first_rows(self, skip: int = 0) -> list[Line]:
        """The first rows that have any cell, after `skip` rows of the sheet."""
        found = []
        for row in self._book.rows(self.name):
            if row.wide:
                raise too_wide(self._settings, self.name)
            if row.number > skip:
                found.append(Line(row.cells, row.number - 1, row.number))
            if len(found) == _PREVIEW_ROWS:
                break
        return found

    def header(self, mapping: Mapping, label: str) -> tuple[str, ...]:
        rows = next(iter(self.preview(mapping)), _NO_ROWS)
        index = 0 if mapping.file.header and rows else header_row(rows, mapping)[0]
        if index < 0 or not rows:
            raise BadRecord("mapping-mismatch", f"mapping {label}: no row names its columns", self.name)
        line = rows[index]
        last = max((i for i, cell in enumerate(line.cells, 1) if cell.strip()), default=0)
        self._names = checked_width(mapping.file.header or header_names(line.cells[:last]), self._settings)
        self._first = line.first if mapping.file.header else line.after
        self._decimal = mapping.decimal
        return self._names

    def blocks(self, wanted: Sequence[int], bad: Bad) -> Iterator[Block]:
        rows: dict[int, list[str]] = {}
        width = len(self._names)
        most = max(1, _BLOCK_CELLS // max(1, width))
        for row in self._book.rows(self.name, self._decimal):
            if row.number <= self._first:
                continue
            if row.wide or any(cell.strip() for cell in row.cells[width:]):
                text = "\t".join(row.cells[: width + 1]).encode("utf-8", "surrogatepass")
                bad("ragged-row", f"the row has cells beyond the header's {width}", row.number, text)
                continue
            rows[row.number] = row.cells[:width] + [""] * (width - len(row.cells))
            if len(rows) == most:
                yield _block(rows, wanted)
                rows = {}
        if rows:
            yield _block(rows, wanted)

    def locator(self, places: pl.Series) -> pl.Series:
        return pl.select(pl.concat_str([pl.lit(f"{self.name}!"), places.cast(pl.String)])).to_series()


def _block(rows: dict[int, list[str]], wanted: Sequence[int]) -> Block:
    frame = pl.DataFrame({str(i): pl.Series([row[i] for row in rows.values()], dtype=pl.String) for i in wanted})
    return Block(frame, np.array(list(rows), np.int64), lambda number: "\t".join(rows[number]).encode())


def checked_width(names: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """The names, if they are not too many: BadRecord too-many-columns."""
    if len(names) > settings.max_columns:
        raise too_wide(settings, "header")
    return names


def too_wide(settings: Settings, place: str) -> BadRecord:
    """The error for a table with more columns than the setting allows."""
    return BadRecord("too-many-columns", f"the table has more than {settings.max_columns} columns", place)
