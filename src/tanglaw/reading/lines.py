"""Text files of any size in blocks of whole lines, with a bound on how long a line may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from tanglaw.config import MIB
from tanglaw.reading.utf8 import Recoded, utf8

_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, each with its newline (the file's last may have none). `line` is the number of the first, from
    1; `replaced` are the numbers of lines in which bytes that are not UTF-8 were replaced by U+FFFD."""

    text: str
    line: int
    replaced: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line over the limit: its number, its size in bytes with the newline, and its start."""

    line: int
    size: int
    head: bytes


def blocks(stream: BinaryIO, limit: int, size: int = MIB) -> Iterator[Block | LongLine]:
    """Blocks of about `size` bytes; lines over `limit` bytes are passed and reported, not held.

    UTF-8 with or without BOM; UTF-16 and UTF-32 are transcoded. NUL bytes stay.
    """
    source, rest, line = utf8(stream), b"", 1
    while True:
        part = source.read(size)
        data = rest + part
        cut = data.rfind(b"\n") + 1 if part else len(data)
        if cut:
            yield from _bounded(data[:cut], line, limit)
            line += data.count(b"\n", 0, cut)
        rest = data[cut:]
        if not part:
            return
        if len(rest) > limit:
            passed, rest = _pass_line(source, rest, size)
            yield LongLine(line, passed, data[cut : cut + _HEAD])
            line += 1


def _pass_line(source: Recoded, start: bytes, size: int) -> tuple[int, bytes]:
    """Read to the end of the line; its size, and what stands behind it."""
    passed = len(start)
    while part := source.read(size):
        end = part.find(b"\n") + 1
        if end:
            return passed + end, part[end:]
        passed += len(part)
    return passed, b""


def _bounded(data: bytes, line: int, limit: int) -> Iterator[Block | LongLine]:
    """The lines of `data` as one block, around those that are too long."""
    if len(data) <= limit or max(map(len, data.split(b"\n"))) <= limit:
        yield _block(data, line)
        return
    held: list[bytes] = []
    for number, text in enumerate(_lines(data), line):
        if len(text.removesuffix(b"\n")) <= limit:
            held.append(text)
            continue
        if held:
            yield _block(b"".join(held), number - len(held))
            held = []
        yield LongLine(number, len(text), text[:_HEAD])
    if held:
        yield _block(b"".join(held), line + len(_lines(data)) - len(held))


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _block(data: bytes, line: int) -> Block:
    try:
        return Block(data.decode("utf-8"), line)
    except UnicodeDecodeError:
        texts, replaced = [], []
        for number, raw in enumerate(_lines(data), line):
            text = raw.decode("utf-8", "replace")
            texts.append(text)
            if "\ufffd" in text and "\ufffd".encode() not in raw:
                replaced.append(number)
        return Block("".join(texts), line, tuple(replaced))
