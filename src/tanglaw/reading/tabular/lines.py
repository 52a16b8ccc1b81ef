"""A stream of bytes of any encoding as blocks of whole lines in UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

BLOCK_BYTES = 8 * 1024 * 1024
_EXCERPT = 4096
# code, reason, place (line or row number), raw bytes
Bad = Callable[[str, str, int, bytes], None]


@dataclass(frozen=True, slots=True)
class Format:
    """How to read a delimited text: `names` of all columns, `first_line` of the data, from 1."""

    delimiter: str
    quote: str
    encoding: str
    newline: str
    names: tuple[str, ...]
    first_line: int
    max_line: int


@dataclass(slots=True)
class Lines:
    """A stream in blocks of UTF-8 bytes that end at a line end; lines longer than the limit are set aside."""

    stream: BinaryIO
    form: Format
    bad: Bad
    block_bytes: int = BLOCK_BYTES
    line: int = 1
    _rest: bytes = b""
    _skipping: int = 0
    _start: bytes = b""

    def blocks(self) -> Iterator[tuple[int, bytes, bool]]:
        """(number of the first line, bytes, whether it is the last block)."""
        decoder = _Decoder(self.form.encoding)
        while True:
            raw = self.stream.read(self.block_bytes)
            data = decoder.utf8(raw)
            if self.form.newline == "\r":
                data = data.replace(b"\r", b"\n")
            ready = self._cut(data, last=not raw)
            if ready or not raw:
                yield self.line, ready, not raw
                self.line += ready.count(b"\n")
            if not raw:
                return

    def _cut(self, data: bytes, last: bool) -> bytes:
        if self._skipping:
            data = self._skip(data, last)
        data = self._rest + data
        end = len(data) if last else data.rfind(b"\n") + 1
        self._rest, ready = data[end:], data[:end]
        if len(self._rest) > self.form.max_line:
            self._start, self._skipping, self._rest = self._rest[:_EXCERPT], len(self._rest), b""
        if b"\r" in ready:
            ready = ready.replace(b"\r\n", b"\n")
        return ready if not last or not ready or ready.endswith(b"\n") else ready + b"\n"

    def _skip(self, data: bytes, last: bool) -> bytes:
        end = data.find(b"\n")
        if end < 0 and not last:
            self._skipping += len(data)
            return b""
        size = self._skipping + (len(data) if end < 0 else end)
        reason = f"line of {size} bytes is over the limit of {self.form.max_line}"
        self.bad("line-too-long", reason, self.line, self._start)
        self._skipping = 0
        self.line += 1
        return b"" if end < 0 else data[end + 1 :]


class _Decoder:
    """Bytes of any encoding as UTF-8; what does not decode becomes bytes that are no UTF-8 either."""

    def __init__(self, encoding: str) -> None:
        name = codecs.lookup(encoding).name
        self._mark = name in ("utf-8", "utf-8-sig")
        self._plain = self._mark or name == "ascii"
        self._held = b""
        errors = "surrogatepass" if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
        self._decoder = None if self._plain else codecs.getincrementaldecoder(encoding)(errors)

    def utf8(self, raw: bytes) -> bytes:
        """The next bytes; no bytes at the end of the stream."""
        if self._decoder is None:
            return self._unmarked(raw) if self._mark else raw
        try:
            text = self._decoder.decode(raw, not raw)
        except UnicodeDecodeError:
            # Half a character at the end of the file.
            text = "\udcff"
        if not self._mark:
            text, self._mark = text.removeprefix("\ufeff"), bool(text)
        return text.encode("utf-8", "surrogatepass")

    def _unmarked(self, raw: bytes) -> bytes:
        """The bytes without a mark in front, which a short first read may cut."""
        self._held += raw
        if raw and len(self._held) < len(codecs.BOM_UTF8):
            return b""
        self._mark = False
        return self._held.removeprefix(codecs.BOM_UTF8)
