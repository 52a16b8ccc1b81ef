"""Delimited text in blocks: good lines the fast way (Polars), doubtful ones strictly, bad ones set aside.

Memory holds one block of about 8 MiB and its columns, whatever the size of the file. Line ends are `\\n`
inside quoted cells too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.errors import BadRecord
from tanglaw.reading.tabular.lines import BLOCK_BYTES, Bad, Format, Lines
from tanglaw.reading.tabular.records import DONE, OPEN, Record

_WIDEST_PATTERN = 900
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows: a text column per wanted column, the place of each row, and its raw text on demand."""

    frame: pl.DataFrame
    places: Places
    raw: Callable[[int], bytes]


def read_blocks(
    stream: BinaryIO, form: Format, wanted: Sequence[int], bad: Bad, block_bytes: int = BLOCK_BYTES
) -> Iterator[Block]:
    """Blocks of rows of a delimited text; columns are named by their index as text.

    Bad lines go to `bad` with their number, from 1: ragged-row, broken-quote, undecodable, nul-bytes,
    line-too-long. Blank lines are no records.
    """
    lines = Lines(stream, form, bad, block_bytes)
    reader = _BlockReader(form, tuple(wanted), bad)
    for number, data, last in lines.blocks():
        yield from reader.take(number, data, last)


@dataclass(slots=True)
class _BlockReader:
    form: Format
    wanted: tuple[int, ...]
    bad: Bad
    _carry: bytes = b""
    _first: int = 0
    _row: str = field(init=False)

    def __post_init__(self) -> None:
        self._row = _row_pattern(self.form)

    def take(self, number: int, data: bytes, last: bool) -> Iterator[Block]:
        if self._carry:
            carry, first = self._carry, self._first
            self._carry = b""
            if first + carry.count(b"\n") == number:
                number, data = first, carry + data
            else:
                # A line was left out in between: what was open can no longer close.
                yield self._block(first, carry, _starts(carry), True)
        skip = self.form.first_line - number
        starts = _starts(data)
        if skip > 0:
            if skip >= len(starts) - 1:
                return
            data = data[starts[skip] :]
            starts, number = starts[skip:] - starts[skip], number + skip
        if len(starts) > 1:
            yield self._block(number, data, starts, last)

    def _block(self, number: int, data: bytes, starts: Places, last: bool) -> Block:
        good = self._good(data, starts)
        rows: dict[int, list[str]] = {}
        if not good.all():
            rows = self._doubtful(number, data, starts, good, last)
        width = len(self.form.names)
        frame = self._fast(data, starts, good, width)
        places = np.flatnonzero(good).astype(np.int64) + number
        if rows:
            extra = pl.DataFrame(
                {str(i): [row[i] for row in rows.values()] for i in self.wanted}, schema=_schema(self.wanted)
            )
            places = np.concatenate([places, np.array(list(rows), np.int64)])
            order = np.argsort(places, kind="stable")
            frame, places = pl.concat([frame, extra])[order], places[order]

        def raw(line: int) -> bytes:
            at = line - number
            return data[starts[at] : starts[at + 1]].rstrip(b"\n")

        return Block(frame, places, raw)

    def _good(self, data: bytes, starts: Places) -> npt.NDArray[np.bool_]:
        """Which lines are whole records by themselves, beyond doubt."""
        count, sizes = len(starts) - 1, np.diff(starts) - 1
        if len(self.form.names) > _WIDEST_PATTERN:
            return np.zeros(count, np.bool_)
        good = np.ones(count, np.bool_)
        if not _decodes(data):
            good = np.fromiter((_decodes(data[starts[i] : starts[i + 1]]) for i in range(count)), np.bool_, count)
            data = _masked(data, starts, good)
            starts = _starts(data)
        if len(starts) == 1:
            return good
        offsets = pa.py_buffer(starts.astype(np.int32).tobytes())
        lines = pa.StringArray.from_buffers(len(starts) - 1, offsets, pa.py_buffer(data))
        # Through Polars: Arrow's own way from bits to booleans imports pandas where it is installed.
        fit = pl.Series(pc.match_substring_regex(lines, self._row))
        good[np.flatnonzero(good)] = fit.to_numpy()
        good &= sizes <= self.form.max_line
        return good

    def _fast(self, data: bytes, starts: Places, good: npt.NDArray[np.bool_], width: int) -> pl.DataFrame:
        if not good.any():
            return pl.DataFrame(schema=_schema(self.wanted))
        frame = pl.read_csv(
            data if good.all() else _masked(data, starts, good),
            has_header=False,
            new_columns=[str(index) for index in range(width)],
            separator=self.form.delimiter,
            quote_char=self.form.quote or None,
            infer_schema=False,
            empty_string_is_null=False,
        )
        if frame.shape != (int(good.sum()), width):
            raise BadRecord("bad-table", "the table reads differently line by line and as a whole")
        return frame.select([str(index) for index in self.wanted])

    def _doubtful(
        self, number: int, data: bytes, starts: Places, good: npt.NDArray[np.bool_], last: bool
    ) -> dict[int, list[str]]:
        """Read the doubtful lines strictly: line number -> cells. Lines they take with them are no longer `good`;
        a record that is still open at the end of the block is carried to the next."""
        rows: dict[int, list[str]] = {}
        count, position = len(starts) - 1, 0
        lines = _Cursor(data, starts)
        for doubtful in np.flatnonzero(~good):
            if doubtful < position:
                continue
            position = int(doubtful)
            cells, after = self._record(lines, position, count)
            if cells is not None:
                rows[number + position] = cells
                good[position:after] = False
                position = after
            elif after > count and not last:
                self._carry = data[starts[position] :]
                self._first = number + position
                good[position:] = False
                break
            else:
                position += 1
                good[position - 1] = False
                self._fault(lines, position - 1, number)
        return rows

    def _record(self, lines: _Cursor, position: int, count: int) -> tuple[list[str] | None, int]:
        """Cells and the index after the record; (None, count + 1) if it is open at the end of the block."""
        record = Record(self.form.delimiter, self.form.quote, len(self.form.names))
        size, start = 0, position
        while position < count:
            line = lines.text(position)
            size += lines.size(position)
            if line is None or "\x00" in line:
                return None, start + 1
            if size > self.form.max_line:
                return None, start + 1
            record.feed(line)
            position += 1
            if record.state != OPEN:
                break
        if record.state == OPEN:
            return None, count + 1
        whole = record.state == DONE and len(record.cells) == len(self.form.names)
        return (record.cells, position) if whole else (None, start + 1)

    def _fault(self, lines: _Cursor, position: int, number: int) -> None:
        raw, text = lines.raw(position), lines.text(position)
        if not raw.strip():
            return
        code, reason = "broken-quote", "a quoted cell does not end where a cell must end"
        if len(raw) > self.form.max_line:
            code, reason = "line-too-long", f"line of {len(raw)} bytes is over the limit of {self.form.max_line}"
        elif text is None:
            code, reason = "undecodable", f"the line is not {self.form.encoding}"
        elif "\x00" in text:
            code, reason = "nul-bytes", "the line holds NUL characters"
        else:
            record = Record(self.form.delimiter, self.form.quote, len(self.form.names))
            record.feed(text)
            if record.state == DONE:
                many = len(record.cells)
                said = f"more than {many - 1}" if many > len(self.form.names) else str(many)
                code, reason = "ragged-row", f"the row has {said} cells, the header {len(self.form.names)}"
        self.bad(code, reason, number + position, raw)


@dataclass(frozen=True, slots=True)
class _Cursor:
    data: bytes
    starts: Places

    def raw(self, index: int) -> bytes:
        return self.data[self.starts[index] : self.starts[index + 1]].rstrip(b"\n")

    def size(self, index: int) -> int:
        return int(self.starts[index + 1] - self.starts[index]) - 1

    def text(self, index: int) -> str | None:
        try:
            return self.raw(index).decode("utf-8")
        except UnicodeDecodeError:
            return None


def _row_pattern(form: Format) -> str:
    """RE2 pattern of a line that is one record of the right width: no NUL, quotes only around whole cells."""
    mark, quote = f"\\x{ord(form.delimiter):02x}", f"\\x{ord(form.quote):02x}" if form.quote else ""
    cell = f"[^{mark}{quote}\\x00\\n]*"
    if quote:
        cell = f"(?:{cell}|{quote}(?:[^{quote}\\x00\\n]|{quote}{quote})*{quote})"
    more = f"(?:{mark}{cell}){{{len(form.names) - 1}}}" if len(form.names) > 1 else ""
    # A one-column table has no delimiter to tell a record from a blank line.
    return f"^{cell}{more}\\n?$" if more else f"^{cell}\\n$"


def _starts(data: bytes) -> Places:
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1
    return np.concatenate([np.zeros(1, np.int64), ends.astype(np.int64)])


def _masked(data: bytes, starts: Places, good: npt.NDArray[np.bool_]) -> bytes:
    keep = np.repeat(good, np.diff(starts))
    return np.frombuffer(data, np.uint8)[keep].tobytes()


def _decodes(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _schema(wanted: Sequence[int]) -> dict[str, type[pl.String]]:
    return {str(index): pl.String for index in wanted}
