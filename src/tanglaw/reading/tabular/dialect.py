"""How a delimited text is written: encoding, line ends, delimiter, header line."""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.tabular.records import Line, split

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 256 * 1024
_CHUNK = 1024 * 1024
_LEGACY = ["cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "cp874", "shift_jis", "gb18030", "euc_kr"]
PREAMBLE_LINES = 60
_ENOUGH = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """The start of a table as text: whole lines, at most 256 KiB of bytes."""

    encoding: str
    assumed: bool
    newline: str
    lines: tuple[str, ...]
    whole: bool

    def rows(self, delimiter: str, quote: str, most: int, skip: int = 0, limit: int = PREAMBLE_LINES) -> list[Line]:
        """The first records under that delimiter and quote, after `skip` lines."""
        return split(self.lines[: skip + limit], delimiter, quote, most, skip)


def sample(item: Item, declared: str, max_line: int) -> Sample:
    """Look at the start of the item. `declared` wins over what the bytes look like.

    Raises BadRecord `line-too-long` if the first line is longer than `max_line` bytes.
    """
    with item.open() as stream:
        head = stream.read(SAMPLE_BYTES)
        if b"\n" not in head and b"\r" not in head:
            head += stream.read(max(0, max_line - SAMPLE_BYTES))
            if len(head) < item.size and b"\n" not in head and b"\r" not in head:
                raise BadRecord(
                    "line-too-long", f"the first line is over the limit of {max_line} bytes", "line 1", head[:4096]
                )
    encoding, assumed = (codecs.lookup(declared).name, False) if declared else detect(item, head)
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    newline = "\r" if "\n" not in text and "\r" in text else "\n"
    lines = text.replace("\r\n", "\n").split(newline)
    whole = len(head) >= item.size
    if (lines and lines[-1] == "") or (not whole and len(lines) > 1):
        lines.pop()
    return Sample(encoding, assumed, newline, tuple(lines), whole)


def detect(item: Item, head: bytes) -> tuple[str, bool]:
    """Encoding of the item, and whether it is a guess: a BOM or NUL pattern, else UTF-8 where its first bytes
    outside ASCII are UTF-8, else what charset-normalizer finds most likely for them."""
    marked = encoding_of(head)
    if marked != "utf-8":
        return marked, False
    part = head
    if head.isascii() and item.size > len(head):
        with item.open() as stream:
            part = _first_beyond_ascii(stream)
    if part.isascii():
        return "utf-8", False
    lines = [line for line in part.split(b"\n")[:-1] or [part] if not line.isascii()] or [part]
    good = sum(_is_utf8(line) for line in lines)
    if good * 2 >= len(lines):
        return "utf-8", False
    few = b"\n".join(lines)[:SAMPLE_BYTES]
    beyond = sum(byte > 127 for byte in few)
    if beyond < _ENOUGH and beyond < sum(chr(byte).isalpha() for byte in few if byte < 128):
        # A few marked letters among plain ones: too little to tell Western from Central European.
        return "cp1252", True
    best = from_bytes(few, cp_isolation=_LEGACY).best()
    if best is None or few.decode(best.encoding, "replace") == few.decode("cp1252", "replace"):
        return "cp1252", True
    return best.encoding, True


def _first_beyond_ascii(stream: BinaryIO) -> bytes:
    while chunk := stream.read(_CHUNK):
        if not chunk.isascii():
            return (chunk + stream.read(SAMPLE_BYTES))[:_CHUNK]
    return b""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(found: Sample, quote: str, most: int) -> tuple[str, int, int]:
    """The delimiter under which most records have the same number of cells (2 or more), that number, and the index
    of the first record that has it; ("", 0, 0) if the text is no table."""
    best: tuple[float, int, str, int] = (0.0, 0, "", 0)
    for delimiter in DELIMITERS:
        sizes = [len(row.cells) if row.cells != [""] else 0 for row in found.rows(delimiter, quote, most, 0, 200)]
        wide = Counter(size for size in sizes if size > 1)
        if not wide:
            continue
        size, count = max(wide.items(), key=lambda pair: (pair[1] * min(pair[0], 8), pair[0]))
        first = sizes.index(size)
        share = count / sum(size > 0 for size in sizes[first:])
        best = max(best, (share, size, delimiter, -first))
    share, size, delimiter, first = best
    return (delimiter, size, -first) if share >= 0.5 else ("", 0, 0)
