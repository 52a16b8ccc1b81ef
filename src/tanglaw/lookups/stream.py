"""Selectors of a stream of lines: text or JSON in, JSON out, a chunk of lines at a time."""

from __future__ import annotations

import json
import re
import select
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

import polars as pl

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.rows import Found
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.terms import Terms

# Bytes that are gathered before they are scanned, if they are there already; and the longest line that is read.
CHUNK = 1 << 22
LONGEST = 1 << 28
_LONE = re.compile("[\ud800-\udfff]")
_UNKEYED = Ids(b"")
_MASKED = {name for name, selector in SELECTORS.items() if selector.mask is not None}


class Lines(NamedTuple):
    """Whole lines of a file: its name, the number of the first, their bytes, the numbers of lines too long to read."""

    name: str
    first: int
    data: bytes
    dropped: tuple[int, ...] = ()


class Told(NamedTuple):
    """What was found in some lines: JSON lines, how many, and a sentence for each line that was set aside."""

    out: str
    found: int
    aside: tuple[str, ...]


def lines_of(name: str, stream: BinaryIO) -> Iterator[Lines]:
    """The lines of a stream in chunks; what is there is passed on at once, so that a slow pipe is followed live."""
    first, kept, dropping = 1, b"", False
    while True:
        data = _gathered(stream, CHUNK)
        if not data:
            break
        if dropping:
            _, mark, data = data.partition(b"\n")
            if not mark:
                continue
            first, dropping = first + 1, False
        whole, mark, rest = data.rpartition(b"\n")
        if mark:
            block = kept + whole + mark
            yield Lines(name, first, block)
            first, kept = first + block.count(b"\n"), rest
        else:
            kept += rest
        if len(kept) > LONGEST:
            yield Lines(name, first, b"", (first,))
            kept, dropping = b"", True
    if kept:
        yield Lines(name, first, kept)


def _gathered(stream: BinaryIO, size: int) -> bytes:
    """At least one read, and more as long as there is something to read, up to `size`."""
    parts: list[bytes] = []
    held = 0
    while held < size:
        if parts and not _ready(stream):
            break
        part = stream.read1(size - held)  # type: ignore[attr-defined]
        if not part:
            break
        parts.append(part)
        held += len(part)
    return b"".join(parts)


def _ready(stream: BinaryIO) -> bool:
    """True if reading does not wait; also for streams that no system call knows."""
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):
        return True


@dataclass(frozen=True)
class Filter:
    """Finds selectors in lines. With `fields` each line is a JSON object whose fields are looked into, by dotted path.

    Only types in `types` are told, all if it is empty. A masked type has its mask as value: a hash without a
    workspace's key could be guessed. Picklable.
    """

    country: str = ""
    types: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    terms: Terms | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scanner", Scanner(_UNKEYED, self.country, self.terms))

    def __call__(self, lines: Lines) -> Told:
        """JSON lines with file, line, field, type, value, original, start, end, valid, reading and likelihood."""
        aside = [f"{lines.name}:{number}: longer than {LONGEST} bytes, passed over" for number in lines.dropped]
        places, texts = [], []
        for number, line in enumerate(lines.data.removesuffix(b"\n").split(b"\n") if lines.data else (), lines.first):
            text = line.removesuffix(b"\r").decode("utf-8", "replace")
            if not self.fields:
                places.append((number, ""))
                texts.append(text)
            elif text.strip():
                try:
                    given = self._fields(text)
                except (ValueError, RecursionError):
                    aside.append(f"{lines.name}:{number}: not a JSON object, passed over")
                    continue
                places += [(number, field) for field, _ in given]
                texts += [value for _, value in given]
        found = [one for one in self._find(texts) if not self.types or one.type in self.types]
        out = "".join(_line(lines.name, *places[one.row], one) for one in found)
        return Told(out, len(found), tuple(aside))

    def _find(self, texts: Sequence[str]) -> list[Found]:
        scanner: Scanner = self.__dict__["_scanner"]
        return scanner.find(pl.Series(texts, dtype=pl.String), [None] * len(texts))

    def _fields(self, text: str) -> list[tuple[str, str]]:
        """Texts of the fields asked for, each with its path; a list gives each of its texts. Raises ValueError."""
        whole = json.loads(text)
        if not isinstance(whole, dict):
            raise ValueError("no object")
        found = []
        for path in self.fields:
            value: Any = whole
            for part in path.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and one:
                    found.append((path, _LONE.sub("\ufffd", one)))
        return found


def _line(name: str, number: int, field: str, one: Found) -> str:
    row = {
        "file": name,
        "line": number,
        **({"field": field} if field else {}),
        "type": one.type,
        "value": one.original if one.type in _MASKED else one.value,
        "original": one.original,
        "start": one.start,
        "end": one.end,
        "valid": one.valid,
        **({"reading": one.how} if one.how else {}),
        **({"likelihood": round(one.likelihood, 3)} if one.likelihood < 1 else {}),
    }
    return json.dumps(row) + "\n"
