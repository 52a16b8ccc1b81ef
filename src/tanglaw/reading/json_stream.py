"""The elements of arrays inside a JSON document of any size, in bounded memory, batch by batch.

    for event in elements(stream, ("chats", "list", "*", "messages"), ("messages",), kind=Message):
        match event:
            case Batch(): ...    # consecutive elements, decoded
            case Members(): ...  # the other keys of an object on the way: what stands around the arrays
            case Fault(): ...    # an element that cannot be read; the rest goes on

Commas and brackets are found with vector operations (`json_scan`); msgspec decodes a whole window of elements at
once and one by one only where that fails. After a damaged element the reader finds the next one by the line it
begins on, learnt from the first lines of the array; in a document without lines it goes on where brackets still
balance. UTF-8 with or without BOM; UTF-16 and UTF-32 are transcoded, and offsets then count UTF-8 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Protocol

import msgspec

from tanglaw.config import MIB
from tanglaw.reading.json_cursor import Cursor, EndOfFile
from tanglaw.reading.json_scan import structure
from tanglaw.reading.json_style import SAMPLE, Style, opening_of, style_of
from tanglaw.reading.utf8 import utf8

Place = tuple[str | int, ...]
Path = tuple[str, ...]

_JUNK: Final = b" \t\r\n,"
_CLOSE: Final = ord("]")
_AFTER: Final = re.compile(rb"[ \t\r\n]*+(,?)[ \t\r\n]*+")
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_REPLACED: Final = "bytes that are not UTF-8 were replaced"
_REPAIRS: Final = 64
_MISSES: Final = 16
_SMALL: Final = 4096
_KEPT: Final = 65_536
_END: Final = "\x00end"


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive elements of the array at `place`: `values[i]` is element `first + i`."""

    place: Place
    first: int
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Members:
    """Raw values of an object's members, without the arrays that are read element by element.

    Comes with `complete` false when such an array begins (members that stand before it) and with `complete`
    true at the end of the object.
    """

    place: Place
    members: dict[str, bytes]
    complete: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be read. `code` is json-broken, json-shape, json-deep, json-truncated, too-large or
    bad-encoding; the last one loses nothing (bad bytes were replaced). `raw` is what stood there, of `size` bytes
    at byte `offset`; of very large ones only the start. `index` is the place it takes in its array."""

    code: str
    reason: str
    place: Place
    index: int
    offset: int
    raw: bytes
    size: int


Event = Batch | Members | Fault


class Decodes(Protocol):
    """Turns JSON text into values; raises what msgspec raises where it cannot."""

    def many(self, data: bytes, /) -> list[Any]:
        """The elements of a JSON array."""

    def one(self, data: bytes, /) -> Any:
        """One element."""


class Typed:
    """Decodes elements of any type that msgspec knows."""

    def __init__(self, kind: Any) -> None:
        self.many: Callable[[bytes], list[Any]] = msgspec.json.Decoder(list[kind]).decode
        self.one: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode


def elements(
    stream: BinaryIO, *paths: Path, kind: Any = msgspec.Raw, chunk: int = 2 * MIB, limit: int = 8 * MIB
) -> Iterator[Event]:
    """Read the arrays at `paths` (keys from the top; `*` stands for each element of an array on the way; the
    empty path is an array at the top). Elements become `kind`: a type that msgspec can decode into, or a decoder
    of one's own (`Decodes`, e.g. `Known`).

    No element and no other value over `limit` bytes is held; beside the decoded batch, memory stays within a few
    times `chunk` and `limit`, whatever the size of the document.
    """
    decoder: Decodes = kind if hasattr(kind, "many") and hasattr(kind, "one") else Typed(kind)
    return _Document(Cursor(utf8(stream), chunk), paths, decoder, chunk, limit).events()


def pointer(place: Place, *more: str | int) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in (*place, *more))


class _Elements:
    """Reads one array whose `[` was passed, up to and with its `]`."""

    def __init__(self, cursor: Cursor, place: Place, decoder: Decodes, window: int, limit: int) -> None:
        self._cursor, self._place = cursor, place
        self._full = self._window = window
        self._limit = limit
        self._decoder = decoder
        self._index = 0
        self._style = Style(None)
        self._misses = 0
        self._opening: re.Pattern[bytes] | None = None
        self._repairs = 0

    def events(self) -> Iterator[Event]:
        cursor = self._cursor
        cursor.fill(SAMPLE)
        self._style = style_of(cursor.data[cursor.pos : cursor.pos + SAMPLE])
        self._opening = opening_of(cursor.data[cursor.pos : cursor.pos + SAMPLE])
        while True:
            cursor.fill(self._window)
            start, end = cursor.pos, min(len(cursor.data), cursor.pos + self._window)
            if (values := self._guess(start, end)) is not None:
                yield from self._batch(values)
                continue
            found = structure(cursor.data, start, end)
            closes = found.stop >= 0 and self._closes(found.stop)
            if closes is None:
                cursor.fill(len(cursor.data) - start + 1)
                continue
            last = found.stop if closes else int(found.commas[-1]) if found.commas.size else -1
            if last >= 0 and (yield from self._slots(found.commas.tolist(), last, closes)):
                continue
            if closes:
                return
            elif found.stop >= 0:
                yield from self._broken(found.stop + 1, "json-broken", "a bracket that closes nothing")
            elif last >= 0:
                self._window = min(self._window * 4, self._full)
            else:
                yield from self._unfinished(end)

    def _guess(self, start: int, end: int) -> list[Any] | None:
        """The elements up to the last mark in the window, if they decode: then the mark stood between two."""
        cursor, mark = self._cursor, self._style.mark
        cut = cursor.data.rfind(mark, start + 1, end) if mark and self._misses < _MISSES else -1
        if cut < 0:
            return None
        text = cursor.data[start:cut].rstrip()
        if mark[:1] == b"\n":
            if not text.endswith(b","):
                return None
            text = text[:-1]
        try:
            values = self._decoder.many(b"".join((b"[", text, b"]")))
        except _UNREADABLE:
            self._misses += 1
            return None
        self._misses = 0
        cursor.pos = cut if mark[:1] == b"\n" else cut + 1
        self._window = min(self._window * 4, self._full)
        return values

    def _closes(self, stop: int) -> bool | None:
        """True if the bracket at `stop` ends the array, None if more must be read to know."""
        cursor = self._cursor
        if cursor.data[stop] != _CLOSE:
            return False
        after = _AFTER.match(cursor.data, stop + 1)
        behind = after.end() if after else stop + 1
        if behind == len(cursor.data) and not cursor.done and behind - stop < SAMPLE:
            return None
        if self._place and isinstance(self._place[-1], int):
            return True
        # In an object a key follows or nothing: anything else means that this bracket is a stray one.
        follows = cursor.data[behind : behind + 1]
        if after and after.group(1):
            return not follows or (follows == b'"' and bool(self._place))
        return follows not in (b"{", b"[", b"]")

    def _slots(self, commas: list[int], last: int, closes: bool) -> Generator[Event, None, bool]:
        """Yield what stands between the commas from here to `last`; True if something could not be read."""
        cursor = self._cursor
        data, start = cursor.data, cursor.pos
        try:
            values = self._decoder.many(b"".join((b"[", memoryview(data)[start:last], b"]")))
        except _UNREADABLE:
            pass
        else:
            cursor.pos = last + 1
            yield from self._batch(values)
            return False
        run: list[Any] = []
        for end in [*commas, last] if closes else commas:
            slot = data[start:end].strip()
            code, result = self._decoded(slot) if slot else ("", None)
            if code in ("bad-encoding", "json-shape"):
                cursor.pos = end - len(data[start:end].lstrip())
                yield from self._batch(run)
                run = []
                yield self._fault(code, str(result) if code == "json-shape" else _REPLACED, slot)
                if code == "json-shape":
                    self._index += 1
                    slot = b""
            elif code:
                cursor.pos = start
                yield from self._batch(run)
                yield from self._broken(end, code, str(result), ends=closes and end == last)
                return True
            if slot:
                run.append(result)
            start = end + 1
        cursor.pos = start
        yield from self._batch(run)
        return False

    def _batch(self, values: list[Any]) -> Iterator[Batch]:
        if values:
            first, self._index = self._index, self._index + len(values)
            yield Batch(self._place, first, values)

    def _decoded(self, slot: bytes) -> tuple[str, Any]:
        """Code and reason of what is wrong, or an empty code and the value."""
        try:
            return "", self._decoder.one(slot)
        except UnicodeDecodeError:
            code, result = self._decoded(slot.decode("utf-8", "replace").encode())
            return code or "bad-encoding", result
        except RecursionError:
            return "json-deep", "nested too deeply"
        except msgspec.ValidationError as error:
            return "json-shape" if _is_json(slot) else "json-broken", str(error)
        except msgspec.DecodeError as error:
            return "json-broken", str(error)

    def _broken(self, end: int, code: str, reason: str, ends: bool = False) -> Iterator[Event]:
        """Report the damaged element that stands before `end` and go on: at the next element where lines tell it,
        else at `end`. With `ends`, the array ends at `end`, so no further."""
        cursor = self._cursor
        cursor.pos = self._begin(end)
        size = max(end - cursor.pos, 1)
        anchor = self._anchor()
        if anchor > 0 and not (ends and anchor > size):
            size = anchor
        offset, raw = cursor.offset, cursor.data[cursor.pos : cursor.pos + size].strip(_JUNK)
        cursor.pos += size
        self._window = _SMALL
        still, result = self._decoded(raw)
        if still:
            yield self._fault(code, reason, raw, offset, size)
            self._index += 1
        else:
            yield from self._batch([result])

    def _unfinished(self, end: int) -> Iterator[Event]:
        """No comma and no end of the array up to `end`: read more, or find out what is wrong."""
        cursor = self._cursor
        begin = self._begin(end)
        if begin == end:
            cursor.pos = end
            if not cursor.fill(1):
                yield from self._truncated()
            return
        anchor = self._style.next(cursor.data, begin + 1, end)
        if anchor >= 0:
            yield from self._broken(anchor, "json-broken", "not closed where the next element begins")
        elif end - begin <= self._limit and not (end == len(cursor.data) and cursor.done):
            self._window *= 4
        elif (found := self._next_inline(begin, end)) >= 0:
            yield from self._broken(found, "json-broken", "not closed where the next element begins")
        elif end - begin > self._limit:
            cursor.pos = begin
            yield from self._oversized()
        else:
            cursor.pos = begin
            yield from self._truncated()

    def _begin(self, end: int) -> int:
        """Index of the first byte from here to `end` that is no white space."""
        cursor = self._cursor
        return end - len(cursor.data[cursor.pos : end].lstrip())

    def _anchor(self) -> int:
        """How far ahead the next element begins, as lines tell; -1 if they do not."""
        cursor = self._cursor
        while self._style.anchor is not None:
            found = self._style.next(cursor.data, cursor.pos + 1, len(cursor.data))
            if found >= 0:
                return found - cursor.pos
            kept = len(cursor.data) - cursor.pos
            if kept > self._limit or not cursor.fill(kept + 1):
                break
        return -1

    def _next_inline(self, begin: int, end: int) -> int:
        """Index of a comma and the first key of an element, which cannot stand in a string; -1 if none."""
        self._repairs += 1
        if self._opening is None or self._repairs > _REPAIRS:
            return -1
        found = self._opening.search(self._cursor.data, begin + 1, end)
        return found.start() if found else -1

    def _oversized(self) -> Iterator[Event]:
        """Pass an element over the limit without holding it."""
        cursor = self._cursor
        offset, raw = cursor.offset, cursor.data[cursor.pos : cursor.pos + _KEPT]
        try:
            if self._style.anchor is None and raw[:1] in (b"[", b"{", b'"'):
                cursor.value(0)
            else:
                self._pass_lines()
        finally:
            self._window = self._full
            size = cursor.offset - offset
            yield self._fault("too-large", f"element of {size} bytes is over the limit", raw, offset, size)
            self._index += 1

    def _pass_lines(self) -> None:
        cursor = self._cursor
        while (found := self._style.next(cursor.data, cursor.pos + 1, len(cursor.data))) < 0:
            cursor.pos = max(cursor.pos + 1, len(cursor.data) - _SMALL)
            if not cursor.fill(len(cursor.data) - cursor.pos + 1):
                cursor.pos = len(cursor.data)
                raise EndOfFile
        cursor.pos = found

    def _truncated(self) -> Iterator[Event]:
        cursor = self._cursor
        raw, offset = cursor.data[cursor.pos :], cursor.offset
        cursor.pos = len(cursor.data)
        yield self._fault("json-truncated", "the file ends inside an array", raw, offset, len(raw))
        raise EndOfFile(reported=True)

    def _fault(self, code: str, reason: str, raw: bytes, offset: int | None = None, size: int = 0) -> Fault:
        where = self._cursor.offset if offset is None else offset
        return Fault(code, reason, self._place, self._index, where, raw, size or len(raw))


def _is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except _UNREADABLE:
        return False
    return True


class _Document:
    """Walks from the top to the arrays."""

    def __init__(self, cursor: Cursor, paths: tuple[Path, ...], decoder: Decodes, window: int, limit: int) -> None:
        self._cursor = cursor
        self._decoder, self._window, self._limit = decoder, window, limit
        self._tree: dict[str, Any] = {}
        for path in paths:
            node = self._tree
            for key in path:
                node = node.setdefault(key, {})
            node[_END] = {}

    def events(self) -> Iterator[Event]:
        try:
            if self._leads(self._tree):
                yield from self._walk(self._tree, ())
                if self._cursor.peek():
                    yield self._fault("json-broken", "more text behind the end of the document", ())
            else:
                yield self._fault("json-broken", "does not begin as the expected document", ())
        except EndOfFile as end:
            if not end.reported:
                yield self._fault("json-truncated", "the file ends inside a value", ())

    def _leads(self, node: dict[str, Any]) -> bool:
        """True if the value ahead is of the kind that the path goes through."""
        return self._cursor.peek() == (b"[" if _END in node or "*" in node else b"{")

    def _walk(self, node: dict[str, Any], place: Place) -> Iterator[Event]:
        self._cursor.pos += 1
        if _END in node:
            yield from _Elements(self._cursor, place, self._decoder, self._window, self._limit).events()
        elif "*" in node:
            yield from self._each(node["*"], place)
        else:
            yield from self._object(node, place)

    def _each(self, node: dict[str, Any], place: Place) -> Iterator[Event]:
        cursor, index = self._cursor, 0
        while (head := cursor.peek()) != b"]":
            if head == b",":
                cursor.pos += 1
                continue
            if self._leads(node):
                yield from self._walk(node, (*place, index))
            else:
                offset, raw = cursor.offset, self._pass(_SMALL)
                yield Fault("json-shape", "not the expected kind of value", place, index, offset, raw, len(raw))
            index += 1
        cursor.pos += 1

    def _object(self, node: dict[str, Any], place: Place) -> Iterator[Event]:
        cursor, members, room = self._cursor, dict[str, bytes](), self._limit
        while (head := cursor.peek()) != b"}":
            if head == b",":
                cursor.pos += 1
                continue
            offset = cursor.offset
            key = self._key(head)
            if key is None:
                raw = cursor.data[max(0, offset - cursor.base) : cursor.pos]
                yield Fault("json-broken", "a key was expected", place, 0, offset, raw, len(raw))
            elif key in node and self._leads(node[key]):
                yield Members(place, dict(members), complete=False)
                yield from self._walk(node[key], (*place, key))
            else:
                offset, raw = cursor.offset, cursor.value(room)
                size = cursor.offset - offset
                room -= size + len(key)
                if room > 0:
                    members[key] = raw.strip()
                else:
                    yield Fault("too-large", "value too large to hold", (*place, key), 0, offset, raw[:_SMALL], size)
                    room = max(room + size, 0)
        cursor.pos += 1
        yield Members(place, members, complete=True)

    def _key(self, head: bytes) -> str | None:
        """The key ahead, its colon passed; None (and at least one byte passed) if there is none."""
        cursor = self._cursor
        if head != b'"':
            self._pass(_SMALL)
            return None
        raw = cursor.value(_KEPT)
        if (colon := cursor.peek()) != b":":
            if not colon:
                raise EndOfFile
            return None
        cursor.pos += 1
        try:
            return str(msgspec.json.decode(raw, type=str))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return raw.decode("utf-8", "replace")

    def _pass(self, keep: int) -> bytes:
        """Pass the value ahead, or one byte that begins none."""
        if not self._cursor.peek():
            raise EndOfFile
        raw = self._cursor.value(keep)
        if not raw:
            raw = self._cursor.data[self._cursor.pos : self._cursor.pos + 1]
            self._cursor.pos += 1
        return raw

    def _fault(self, code: str, reason: str, place: Place) -> Fault:
        self._cursor.fill(_SMALL)
        raw = self._cursor.data[self._cursor.pos : self._cursor.pos + _SMALL]
        return Fault(code, reason, place, 0, self._cursor.offset, raw, len(raw))
