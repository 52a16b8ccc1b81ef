"""The elements of one array, window by window: decoded together, and one by one around what is damaged."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Any, Final

import msgspec

from tanglaw.reading.json_cursor import Cursor, EndOfFile
from tanglaw.reading.json_events import Batch, Decodes, Event, Fault, Place
from tanglaw.reading.json_scan import structure
from tanglaw.reading.json_style import SAMPLE, Style, opening_of, style_of

_JUNK: Final = b" \t\r\n,"
_CLOSE: Final = ord("]")
_AFTER: Final = re.compile(rb"[ \t\r\n]*+(,?)[ \t\r\n]*+")
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_REPLACED: Final = "bytes that are not UTF-8 were replaced"
_REPAIRS: Final = 64
_MISSES: Final = 16
_SMALL: Final = 4096
_KEPT: Final = 65_536


class Elements:
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
            if (guessed := self._guess(start, end)) is not None:
                yield from self._batch(*guessed)
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

    def _guess(self, start: int, end: int) -> tuple[list[Any], int, int] | None:
        """The elements up to the last mark in the window, if they decode: then the mark stood between two; and where
        they begin and end."""
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
        offset = cursor.base + start
        cursor.pos = cut if mark[:1] == b"\n" else cut + 1
        self._window = min(self._window * 4, self._full)
        return values, offset, offset + len(text)

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
            yield from self._batch(values, cursor.base + start, cursor.base + last)
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

    def _batch(self, values: list[Any], begin: int = -1, end: int = -1) -> Iterator[Batch]:
        if values:
            first, self._index = self._index, self._index + len(values)
            yield Batch(self._place, first, values, begin, end)

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
