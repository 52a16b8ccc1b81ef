"""Cuts a large JSON document of many records into stretches that are read at the same time, and reads one of them.

A document is cut only after all of it was decoded: between the stretches stand commas of its one array, or line ends.
Two lists of elements that are well-formed each are so together, so that a stretch has the records that the document has.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np

from tanglaw.config import MIB
from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, Stretch, encoding_of
from tanglaw.reading.json_events import Batch, Members
from tanglaw.reading.json_records import LINES, WHOLE, Layout, Take, TakeMany, each_left, each_line
from tanglaw.reading.json_stream import elements, pointer
from tanglaw.reading.rows import Rows
from tanglaw.reading.utf8 import utf8

# How large a stretch should be, where this many bytes are left.
Sizes = Callable[[int], int]
# Fills an array of begin and end with the elements of a list without its brackets; returns how many there are.
SpansOf = Callable[[Any, Any], int]

# Below this a limit on lines tells long ones differently by how the file is read.
_LEAST_LIMIT = MIB
# So much of an array is decoded at a time.
_CHUNK = 2 * MIB
# Records of so many bytes are read together.
_PART = 4 * MIB


def stretches(item: Item, layout: Layout, stream: BinaryIO, sizes: Sizes, limit: int) -> list[Stretch]:
    """The stretches of a document; none if it must be read as a whole. Reads `stream` from its start, not always to
    its end; keeps some times 2 MiB and `limit` (a line or element) in memory."""
    if encoding_of(item.head) not in ("utf-8", "utf-8-sig") or layout.kind == WHOLE or limit < _LEAST_LIMIT:
        return []
    mark = len(codecs.BOM_UTF8) if item.head.startswith(codecs.BOM_UTF8) else 0
    left = _Sized(sizes, item.size, mark)
    found = _of_lines(utf8(stream), left) if layout.kind == LINES else _of_array(stream, layout.path, left, limit)
    return found or []


class _Sized:
    """Closes stretches as they get large enough. Places are those of the file, `shift` behind those of its text."""

    def __init__(self, sizes: Sizes, size: int, shift: int) -> None:
        self._sizes, self._left, self._shift = sizes, size, shift
        self.full = sizes(size)

    def stretch(self, begin: int, end: int, first: int, layout: Layout, around: tuple[str, ...] = ()) -> Stretch:
        self._left -= end - begin
        self.full = self._sizes(self._left)
        return Stretch(begin + self._shift, end + self._shift, first, layout.path, layout.kind == LINES, around)


def _of_array(stream: BinaryIO, path: tuple[str, ...], sized: _Sized, limit: int) -> list[Stretch] | None:
    layout = Layout("array", path)
    found: list[Stretch] = []
    begin, end, first, count = -1, -1, 0, 0
    around: tuple[str, ...] = ()
    for event in elements(stream, path, chunk=min(_CHUNK, sized.full), limit=limit):
        match event:
            case Batch() if event.begin >= 0 and event.first == count:
                begin = event.begin if begin < 0 else begin
                end, count = event.end, count + len(event.values)
                if end - begin >= sized.full:
                    found.append(sized.stretch(begin, end, first, layout))
                    begin, first = -1, count
            case Members():
                around = tuple(event.members)
            case _:
                return None
    if begin >= 0:
        found.append(sized.stretch(begin, end, first, layout))
    if found:
        found[-1] = found[-1]._replace(around=around)
    return found


def _of_lines(stream: Any, sized: _Sized) -> list[Stretch]:
    layout = Layout(LINES)
    found: list[Stretch] = []
    begin = at = first = count = 0
    while block := stream.read(min(MIB, sized.full)):
        cut = block.rfind(b"\n") + 1
        count += block.count(b"\n")
        if cut and at + cut - begin >= sized.full:
            found.append(sized.stretch(begin, at + cut, first, layout))
            begin, first = at + cut, count
        at += len(block)
    if at > begin:
        found.append(sized.stretch(begin, at, first, layout))
    return found


def each_of(item: Item, stretch: Stretch, rows: Rows, take: Take, many: TakeMany, spans_of: SpansOf) -> None:
    """Hand each record of a stretch on as `each_record` does. Raises BadRecord if the file is no longer the one that
    was cut."""
    with item.open() as stream:
        stream.seek(stretch.begin)
        # Compiled loops take what could be written to.
        data = bytearray(stream.read(stretch.end - stretch.begin))
    if stretch.lines:
        each_line(io.BytesIO(data), rows, take, many, stretch.first)
    else:
        base, first = pointer(stretch.path), stretch.first
        for part, spans in _parts(data, spans_of):
            places = [f"{base}/{index}" for index in range(first, first + len(spans))]
            first += len(spans)
            each_left(rows, part, spans, places, take, many)
    for key in stretch.around:
        rows.issue("unknown-field", f"key {key[:80]!r} is not known around the records", "/")


def _parts(data: bytearray, spans_of: SpansOf) -> Iterator[tuple[Any, Any]]:
    """Elements of some megabytes at a time, and where each begins and ends in them."""
    whole = np.frombuffer(data, np.uint8)
    spans = np.empty((data.count(b",") + 1, 2), np.int64)
    spans = spans[: spans_of(whole, spans)]
    if not len(spans) or spans[-1, 1] < 0:
        raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
    at = 0
    while at < len(spans):
        begin = int(spans[at, 0])
        stop = max(at + 1, int(np.searchsorted(spans[:, 1], begin + _PART)))
        end = int(spans[stop - 1, 1])
        yield whole[begin:end], spans[at:stop] - begin
        at = stop
