"""The records of a JSON document: one object, an array, lines of JSON, or an object around a list.

Memory is bounded: arrays and lines are read piece by piece, a single object up to the document limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from tanglaw.config import MIB
from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.json_stream import Batch, Fault, Members, elements, pointer
from tanglaw.reading.rows import Rows
from tanglaw.reading.utf8 import utf8

Raw = bytes | msgspec.Raw
# Takes one record: its bytes, its place, and whether it is all there is in the document.
Take = Callable[[Raw, str, bool], None]

# Takes records that follow each other, with their places; yields place by place which of them it left.
TakeMany = Callable[[Sequence[Raw], Sequence[str]], Iterable[int]]

# An object whose first list follows plain values: what wraps a list of records.
_WRAPPER = re.compile(
    rb'\s*\{\s*(?:"[^"\\]{1,100}"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^\s"\[{,}][^,\[{}"]*)\s*,\s*)*"([^"\\]{1,100})"\s*:\s*\['
)
_ANY = msgspec.json.Decoder().decode
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def each_record(item: Item, rows: Rows, mark: re.Pattern[str], take: Take, many: TakeMany | None = None) -> None:
    """Hand each record of the document to `take`; a BadRecord it raises quarantines that record alone.

    `many` gets the records of an array first, some thousand at a time, and hands back those that `take` must read.

    `mark` finds what every record holds: an object in front of it is a wrapper, and a line with it a record.
    A document that is a single record raises its BadRecord: json-broken, json-truncated, json-deep, json-shape.
    """
    head = item.text_head.lstrip()
    if head.startswith("["):
        _array(item, rows, (), take, many)
        return
    wrapper = _WRAPPER.match(head.encode("utf-8", "replace"))
    found = mark.search(head)
    if wrapper is not None and found is not None and len(head[: found.start()].encode()) >= wrapper.end():
        _array(item, rows, (wrapper.group(1).decode("utf-8", "replace"),), take, many)
    elif _several_lines(head, mark) or (item.size > MIB and "\n" not in head):
        _lines(item, rows, take)
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
                    for left in many(event.values, places) if many else range(len(places)):
                        _isolated(rows, event.values[left], places[left], take)
                case Fault(code="bad-encoding"):
                    rows.issue(event.code, event.reason, pointer((*event.place, event.index)))
                case Fault():
                    where = f"{pointer((*event.place, event.index))} byte {event.offset}"
                    rows.quarantine(event.code, event.reason, where, event.raw)
                case Members(complete=True):
                    for key in event.members:
                        rows.issue("unknown-field", f"key {key[:80]!r} is not known around the records", "/")


def _lines(item: Item, rows: Rows, take: Take) -> None:
    limit = rows.settings.max_line_bytes
    with item.open() as stream:
        for number, line in enumerate(lines(utf8(stream), limit), 1):
            where = f"line {number}: "
            if len(line) > limit:
                rows.quarantine("too-large", f"a line of more than {limit} bytes", where, line[:4096])
            elif line.strip():
                _isolated(rows, line, where, take)


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
