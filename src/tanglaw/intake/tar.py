"""Members of a plain tar file, read front to back in large blocks.

Python's `tarfile` spends more time on a header than the readers on a small document, so the common kinds of
header (POSIX ustar, GNU long names, pax paths and sizes) are read here; tests hold the two to the same members.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tanglaw.errors import BadRecord

BLOCK = 512
_CHUNK = 4 << 20
_WINDOW = 1 << 20
_REGULAR = (b"0", b"\x00", b"7")
_BODILESS = (b"1", b"2", b"3", b"4", b"5", b"6")
_USTAR = b"ustar\x00"
# Name, size, checksum, kind, magic and prefix; what lies between is of no use here.
_FIELDS = struct.Struct("100s 24x 12s 12x 8s 1s 100x 6s 82x 155s 12x").unpack
_END = bytes(BLOCK)
# A name or pax record longer than this is no name.
_LONGEST = 1 << 20


class TarDamaged(ValueError):
    """The archive is cut off or a header is not one; `last` is the last whole member's name."""

    def __init__(self, reason: str, last: str) -> None:
        super().__init__(f"{reason} after {last or 'the start'}")


class Member(NamedTuple):
    """One member: `data` for small regular files, else None and `offset` tells where its bytes stand."""

    name: str
    size: int
    offset: int
    regular: bool
    folder: bool
    data: bytes | None


@dataclass(frozen=True)
class Tape:
    """A tar file on disk that had this `stamp` (size, mtime in nanoseconds) when its members were digested."""

    path: str
    stamp: tuple[int, int]


class Slices:
    """Reads members of tapes again, a window at a time: those of one tape come one after the other."""

    def __init__(self) -> None:
        self._tape: Tape | None = None
        self._begin = 0
        self._window = b""

    def read(self, tape: Tape, offset: int, size: int) -> bytes:
        """The bytes of one member. Raises BadRecord `changed-while-read`, OSError."""
        start = offset - self._begin
        if tape is not self._tape or start < 0 or start + size > len(self._window):
            self._tape = None
            with Path(tape.path).open("rb") as stream:
                stream.seek(offset)
                self._window = stream.read(max(size, _WINDOW))
                facts = os.fstat(stream.fileno())
            if (facts.st_size, facts.st_mtime_ns) != tape.stamp or len(self._window) < size:
                raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
            self._tape, self._begin, start = tape, offset, 0
        return self._window[start : start + size]


def members(stream: BinaryIO, inline: int) -> Iterator[Member]:
    """Every member in order, the bytes of regular files up to `inline` with it. Raises TarDamaged."""
    tape = _Buffer(stream)
    last = ""
    long_name: str | None = None
    long_size: int | None = None
    while True:
        header = tape.take(BLOCK)
        if not header or header == _END:
            return
        if len(header) < BLOCK:
            raise TarDamaged("cut off", last)
        raw_name, raw_size, stated, kind, magic, prefix = _FIELDS(header)
        _check(header, stated, last)
        size = _number(raw_size, last)
        if kind in (b"L", b"x", b"g"):
            if size > _LONGEST:
                raise TarDamaged("a name is too long", last)
            data = tape.data(size, last)
            if kind == b"L":
                long_name = data.rstrip(b"\x00").decode("utf-8", "replace")
            elif kind == b"x":
                fields = _pax(data, last)
                long_name = fields.get("path", long_name)
                long_size = _whole(fields["size"], last) if "size" in fields else long_size
            continue
        name = _name(raw_name, prefix if magic == _USTAR else b"") if long_name is None else long_name
        size = size if long_size is None else long_size
        long_name = long_size = None
        regular = kind in _REGULAR
        if not regular and kind in _BODILESS:
            size = 0
        offset = tape.at
        folder = kind == b"5" or name[-1:] == "/"
        if regular and size <= inline:
            yield Member(name, size, offset, not folder, folder, tape.data(size, last))
        else:
            yield Member(name, size, offset, regular and not folder, folder, None)
            tape.skip(size, last)
        last = name


class _Buffer:
    """A buffered reader that knows its offset."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._place = 0
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        place = self._place
        end = place + size
        if end > len(self._buffer):
            self._buffer = self._buffer[place:] + self._stream.read(max(_CHUNK, size))
            place, end = 0, min(size, len(self._buffer))
        self._place = end
        self.at += end - place
        return self._buffer[place:end]

    def data(self, size: int, last: str) -> bytes:
        """A member's bytes, its padding passed over."""
        place, whole = self._place, size + -size % BLOCK
        if place + whole <= len(self._buffer):
            # As `take`, and one copy less.
            self._place = place + whole
            self.at += whole
            return self._buffer[place : place + size]
        taken = self.take(whole)
        if len(taken) < size:
            raise TarDamaged("cut off", last)
        return taken[:size]

    def skip(self, size: int, last: str) -> None:
        """Pass over a member's bytes and padding."""
        left = size + -size % BLOCK
        ahead = len(self._buffer) - self._place
        if left <= ahead:
            self._place += left
        else:
            self._stream.seek(left - ahead - 1, 1)
            if not self._stream.read(1) and size:
                raise TarDamaged("cut off", last)
            self._buffer, self._place = b"", 0
        self.at += left


def _check(header: bytes, field: bytes, last: str) -> None:
    """Compare the sum that `field` states of all bytes, its own read as blanks, with the true one, modulo 65521.

    The lower half of Adler-32 is such a sum plus one, and many times quicker than adding in Python.
    """
    if zlib.adler32(header) & 0xFFFF != (_number(field, last) + sum(field) - 255) % 65_521:
        raise TarDamaged("a header is damaged", last)


def _number(field: bytes, last: str) -> int:
    if field[0] in (0x80, 0xFF):
        value = int.from_bytes(field[1:], "big")
        if field[0] == 0xFF or value > 1 << 62:
            raise TarDamaged("a header is damaged", last)
        return value
    text = field.strip(b" \x00")
    try:
        return int(text or b"0", 8)
    except ValueError:
        raise TarDamaged("a header is damaged", last) from None


def _whole(text: str, last: str) -> int:
    if not text.isdigit() or len(text) > 18:
        raise TarDamaged("a header is damaged", last)
    return int(text)


def _name(name: bytes, prefix: bytes) -> str:
    name = name.partition(b"\x00")[0]
    if prefix and prefix[0]:
        name = prefix.partition(b"\x00")[0] + b"/" + name
    return name.decode("utf-8", "replace")


def _pax(data: bytes, last: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    place = 0
    while place < len(data):
        length, blank, _ = data[place : place + 20].partition(b" ")
        if not blank or not length.isdigit() or int(length) <= len(length) + 1:
            raise TarDamaged("a header is damaged", last)
        record = data[place + len(length) + 1 : place + int(length) - 1]
        key, _, value = record.partition(b"=")
        fields[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        place += int(length)
    return fields
