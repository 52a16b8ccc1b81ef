"""A place in a JSON document that is read piece by piece, and how to pass one value from there."""

from __future__ import annotations

import re
from typing import Final, Protocol

from tanglaw.reading.json_scan import close_of

_BLANK: Final = re.compile(rb"[ \t\r\n]*+")
_LITERAL: Final = re.compile(rb"[^\s,:\[\]{}\"]*+")
_STRING: Final = re.compile(rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')


class EndOfFile(Exception):
    """The file ends inside a value; `reported` if that was said already. Never leaves the reader of the document."""

    def __init__(self, reported: bool = False) -> None:
        super().__init__()
        self.reported = reported


class Readable(Protocol):
    """Anything with bytes to read."""

    def read(self, size: int = -1, /) -> bytes: ...


class Cursor:
    """What was read and not used yet is `data[pos:]`; `base` is the offset of `data[0]` in the document."""

    def __init__(self, stream: Readable, chunk: int) -> None:
        self._stream = stream
        self._chunk = chunk
        self.data = b""
        self.pos = 0
        self.base = 0
        self.done = False

    @property
    def offset(self) -> int:
        return self.base + self.pos

    def fill(self, wanted: int) -> bool:
        """Have at least `wanted` bytes from `pos` on, or all there are; False if there are fewer. Indexes into
        `data` change."""
        kept = len(self.data) - self.pos
        if kept < wanted and not self.done:
            parts = [self.data[self.pos :]]
            missing = max(self._chunk, wanted - kept)
            while missing > 0:
                part = self._stream.read(missing)
                if not part:
                    self.done = True
                    break
                parts.append(part)
                missing -= len(part)
            self.base += self.pos
            self.data, self.pos = b"".join(parts), 0
        return len(self.data) - self.pos >= wanted

    def peek(self) -> bytes:
        """The next byte that is no white space, which is passed; empty at the end of the file."""
        while True:
            self.pos = _end(_BLANK, self.data, self.pos)
            if self.pos < len(self.data) or not self.fill(1):
                return self.data[self.pos : self.pos + 1]

    def value(self, keep: int) -> bytes:
        """Pass the value ahead and return its bytes, of a value over `keep` bytes only so many."""
        head = self.peek()
        if head == b'"':
            return self._string(keep)
        return self._container(keep) if head in (b"[", b"{") else self._literal(keep)

    def _container(self, keep: int) -> bytes:
        kept, depth, in_string = bytearray(), 0, False
        while True:
            end, depth, in_string = close_of(self.data, self.pos, depth, in_string)
            # A last backslash is judged together with the byte that follows it.
            stop = end if end >= 0 else len(self.data) - _odd_stroke(self.data, self.pos)
            self._take(stop, keep, kept)
            if end >= 0:
                return bytes(kept)
            self._more()

    def _string(self, keep: int) -> bytes:
        kept = bytearray()
        self._take(self.pos + 1, keep, kept)
        while True:
            stop = _end(_STRING, self.data, self.pos)
            after = self.data[stop : stop + 2]
            if after[:1] == b'"':
                self._take(stop + 1, keep, kept)
                return bytes(kept)
            self._take(stop, keep, kept)
            if after[:1] == b"\n" or len(after) == 2:
                return bytes(kept)
            self._more()

    def _literal(self, keep: int) -> bytes:
        kept = bytearray()
        while True:
            self._take(_end(_LITERAL, self.data, self.pos), keep, kept)
            if self.pos < len(self.data) or not self.fill(1):
                return bytes(kept)

    def _take(self, stop: int, keep: int, kept: bytearray) -> None:
        kept += self.data[self.pos : min(stop, self.pos + max(0, keep - len(kept)))]
        self.pos = stop

    def _more(self) -> None:
        if not self.fill(len(self.data) - self.pos + 1):
            self.pos = len(self.data)
            raise EndOfFile


def _end(pattern: re.Pattern[bytes], data: bytes, pos: int) -> int:
    found = pattern.match(data, pos)
    return found.end() if found else pos


def _odd_stroke(data: bytes, start: int) -> int:
    """1 if the data ends with an odd number of backslashes, else 0."""
    end = len(data)
    return (end - max(start, len(data[start:].rstrip(b"\\")) + start)) & 1 if data.endswith(b"\\") else 0
