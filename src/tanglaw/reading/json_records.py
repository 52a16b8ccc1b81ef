"""The records of a JSON document: one object, an array, lines of JSON, or an object around a list.

Memory is bounded: arrays and lines are read piece by piece, a single object up to the document limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np

from tanglaw.config import MIB
from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.json_stream import Batch, Fault, Members, elements, pointer
from tanglaw.reading.rows import Rows
from tanglaw.reading.utf8 import utf8

Raw = bytes | msgspec.Raw
# Takes one record: its bytes, its place, and whether it is all there is in the document.
Take = Callable[[Raw, str, bool], None]

# Takes records as bytes, where each begins and ends in them, and their places; yields in order which of them it left.
TakeMany = Callable[[Any, Any, Sequence[str]], Iterable[int]]

ARRAY, LINES, WHOLE = "array", "lines", "whole"
# Lines of so many bytes are handed on together.
_TOGETHER = 2 * MIB

# An object whose first list follows plain values: what wraps a list of records.
_WRAPPER = re.compile(
    rb'\s*\{\s*(?:"[^"\\]{1,100}"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^\s"\[{,}][^,\[{}"]*)\s*,\s*)*"([^"\\]{1,100})"\s*:\s*\['
)
_ANY = msgspec.json.Decoder().decode
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Layout(NamedTuple):
    """How records stand in a document: in an array at `path`, as lines, or as the whole that is one."""

    kind: str
    path: tuple[str, ...] = ()


def layout_of(item: Item, mark: re.Pattern[str]) -> Layout:
    """The layout that the first bytes tell. `mark` finds what every record holds: an object in front of it is a
    wrapper, and a line with it a record."""
    head = item.text_head.lstrip()
    if head.startswith("["):
        return Layout(ARRAY)
    wrapper = _WRAPPER.match(head.encode("utf-8", "replace"))
    found = mark.search(head)
    if wrapper is not None and found is not None and len(head[: found.start()].encode()) >= wrapper.end():
        return Layout(ARRAY, (wrapper.group(1).decode("utf-8", "replace"),))
    lines_follow = _several_lines(head, mark) or (item.size > MIB and "\n" not in head)
    return Layout(LINES if lines_follow else WHOLE)


def each_record(item: Item, rows: Rows, mark: re.Pattern[str], take: Take, many: TakeMany | None = None) -> None:
    """Hand each record of the document to `take`; a BadRecord it raises quarantines that record alone.

    `many` gets the records of an array or lines first, some thousand at a time, and hands back those that `take` must
    read. For `mark` see `layout_of`.
    A document that is a single record raises its BadRecord: json-broken, json-truncated, json-deep, json-shape.
    """
    layout = layout_of(item, mark)
    if layout.kind == ARRAY:
        _array(item, rows, layout.path, take, many)
    elif layout.kind == LINES:
        with item.open() as stream:
            each_line(utf8(stream), rows, take, many)
    else:
        take(_whole(item, rows), "", True)


def decoded(data: Raw, decode: Callable[[Any], Any] = _ANY) -> Any:
    """The decoded record. Raises BadRecord json-broken, json-truncated or json-deep with the text around the
    fault, and msgspec.ValidationError where it is well-formed and does not fit."""
    try:
        return decode(data)
    except msgspec.ValidationError as error:
        if decode is not _ANY:
            raise
        raise BadRecord("json-broken", "a number beyond what can be held", "", bytes(data)) from error
    except UNREADABLE as error:
        raise _broken(bytes(data), error) from error


def _whole(item: Item, rows: Rows) -> bytes:
    data = item.head if len(item.head) >= item.size else item.read(rows.settings.max_document_bytes)
    encoding = encoding_of(data[:64])
    if encoding == "utf-8":
        return data
    return data.decode(encoding, "replace").lstrip("\ufeff").encode()


def _array(item: Item, rows: Rows, path: tuple[str, ...], take: Take, many: TakeMany | None) -> None:
    with item.open() as stream:
        for event in elements(stream, path, limit=rows.settings.max_line_bytes):
            match event:
                case Batch():
                    base = pointer(event.place)
                    places = [f"{base}/{index}" for index in range(event.first, event.first + len(event.values))]
                    _each(rows, event.values, places, take, many)
                case Fault(code="bad-encoding"):
                    rows.issue(event.code, event.reason, pointer((*event.place, event.index)))
                case Fault():
                    where = f"{pointer((*event.place, event.index))} byte {event.offset}"
                    rows.quarantine(event.code, event.reason, where, event.raw)
                case Members(complete=True):
                    for key in event.members:
                        rows.issue("unknown-field", f"key {key[:80]!r} is not known around the records", "/")


def each_line(stream: Readable, rows: Rows, take: Take, many: TakeMany | None = None, before: int = 0) -> None:
    """Hand each line of JSON to `many` and `take`; `before` lines of the document stand in front of the stream."""
    limit = rows.settings.max_line_bytes
    held: list[bytes] = []
    places: list[str] = []
    size = 0
    for number, line in enumerate(lines(stream, limit), before + 1):
        where = f"line {number}: "
        if len(line) > limit:
            rows.quarantine("too-large", f"a line of more than {limit} bytes", where, line[:4096])
        elif line.strip():
            held.append(line)
            places.append(where)
            size += len(line)
            if size >= _TOGETHER:
                _each(rows, held, places, take, many)
                held, places, size = [], [], 0
    _each(rows, held, places, take, many)


def _each(rows: Rows, values: Sequence[Raw], places: Sequence[str], take: Take, many: TakeMany | None) -> None:
    """Hand records on that follow each other."""
    if many is None:
        for value, place in zip(values, places, strict=True):
            _isolated(rows, value, place, take)
    elif values:
        ends = np.cumsum([len(bytes(one)) for one in values], dtype=np.int64)
        spans = np.stack([np.concatenate(([0], ends[:-1])), ends], 1)
        each_left(rows, np.frombuffer(b"".join(values), np.uint8), spans, places, take, many)


def each_left(rows: Rows, data: Any, spans: Any, places: Sequence[str], take: Take, many: TakeMany) -> None:
    """Hand records on together, and those that `many` leaves one by one."""
    for left in many(data, spans, places):
        _isolated(rows, data[spans[left, 0] : spans[left, 1]].tobytes(), places[left], take)


def _isolated(rows: Rows, data: Raw, place: str, take: Take) -> None:
    try:
        take(data, place, False)
    except BadRecord as bad:
        rows.quarantine(bad.code, bad.reason, f"{place} {bad.locator}".strip(), bytes(data))


def _broken(raw: bytes, error: Exception) -> BadRecord:
    if isinstance(error, RecursionError):
        return BadRecord("json-deep", "nested too deeply", "", raw[:400])
    at = re.search(r"byte (\d+)", str(error))
    offset = int(at.group(1)) if at else len(raw)
    excerpt = raw[max(0, offset - 200) : offset + 200].decode("utf-8", "ignore")
    if "truncated" in str(error):
        return BadRecord("json-truncated", "the document ends inside a value", f"byte {len(raw)}", excerpt)
    return BadRecord("json-broken", "JSON is malformed", f"byte {offset}", excerpt)


def _several_lines(head: str, mark: re.Pattern[str]) -> bool:
    """True if the first line is an object of its own and something follows."""
    first, _, rest = head.partition("\n")
    if not rest.strip():
        return False
    try:
        return isinstance(_ANY(first.encode("utf-8", "replace")), dict)
    except UNREADABLE:
        return first.rstrip().endswith("}") and mark.search(first) is not None


def lines(stream: Readable, limit: int) -> Iterator[bytes]:
    """Lines of a stream without their ends; of one over `limit` bytes only a start that is over the limit."""
    rest = b""
    overflow = False
    while chunk := stream.read(MIB):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if not overflow:
                yield line
            overflow = False
        if len(rest) > limit:
            if not overflow:
                yield rest
            overflow, rest = True, b""
    if rest and not overflow:
        yield rest
