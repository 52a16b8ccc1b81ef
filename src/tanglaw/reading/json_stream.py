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

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import msgspec

from tanglaw.config import MIB
from tanglaw.reading.json_array import Elements
from tanglaw.reading.json_cursor import Cursor, EndOfFile
from tanglaw.reading.json_events import Batch, Decodes, Event, Fault, Members, Path, Place, Typed, pointer
from tanglaw.reading.utf8 import utf8

__all__ = ["Batch", "Decodes", "Event", "Fault", "Members", "Path", "Place", "Typed", "elements", "pointer"]

_SMALL: Final = 4096
_KEPT: Final = 65_536
_END: Final = "\x00end"


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
            yield from Elements(self._cursor, place, self._decoder, self._window, self._limit).events()
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
        members: dict[str, bytes] = {}
        try:
            yield from self._each_member(node, place, members)
        except EndOfFile:
            yield Members(place, members)
            raise
        yield Members(place, members, complete=True)

    def _each_member(self, node: dict[str, Any], place: Place, members: dict[str, bytes]) -> Iterator[Event]:
        cursor, room = self._cursor, self._limit
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
                yield Members(place, dict(members), into=key)
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
