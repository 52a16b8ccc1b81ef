"""A byte stream as UTF-8 without a BOM, whatever Unicode encoding it came in."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from tanglaw.reading.item import encoding_of

_HEAD = 4096


class Recoded(io.RawIOBase):
    """Reads `stream` from the start: UTF-16 and UTF-32 become UTF-8 (undecodable parts U+FFFD), a BOM goes."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._rest = stream.read(_HEAD)
        name = encoding_of(self._rest)
        self.encoding = "utf-8" if name == "utf-8-sig" else name
        self._decoder = None if self.encoding == "utf-8" else codecs.getincrementaldecoder(name)("replace")
        self._ended = False
        if self._decoder is None:
            self._rest = self._rest.removeprefix(codecs.BOM_UTF8)
        else:
            self._rest = self._decoder.decode(self._rest).lstrip("\ufeff").encode("utf-8", "replace")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; empty only at the end."""
        if self._decoder is None and not self._rest:
            return self._stream.read(size)
        while not self._rest and not self._ended and self._decoder is not None:
            raw = self._stream.read(size)
            self._ended = not raw
            self._rest = self._decoder.decode(raw, self._ended).encode("utf-8", "replace")
        if size < 0:
            size = len(self._rest)
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def utf8(stream: BinaryIO) -> Recoded:
    """The stream as UTF-8; `encoding` names what it was."""
    return Recoded(stream)
