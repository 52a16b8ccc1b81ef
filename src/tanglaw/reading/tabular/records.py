"""One delimited record at a time, strictly: for lines that the fast way will not vouch for (RFC 4180).

A quote opens a cell only as its first character, and must close before a delimiter or the end of the record;
a quote inside an unquoted cell stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

OPEN, DONE, BROKEN = "open", "done", "broken"


@dataclass(slots=True)
class Record:
    """A record being read line by line; `cells` are whole once `state` is DONE."""

    delimiter: str
    quote: str
    most: int
    cells: list[str] = field(default_factory=list)
    state: str = DONE
    _parts: list[str] = field(default_factory=list)

    def feed(self, line: str) -> None:
        """Take one line without its end. In state OPEN it goes on inside a quoted cell."""
        position = 0
        if self.state == OPEN:
            self._parts.append("\n")
            position = self._quoted(line, 0)
        else:
            position = self._cell(line, 0)
        # A record of a million cells is ragged whatever follows: stop at the first cell too many.
        while self.state == DONE and position <= len(line) and len(self.cells) <= self.most:
            position = self._cell(line, position)

    def _cell(self, line: str, position: int) -> int:
        if self.quote and line.startswith(self.quote, position):
            self._parts = []
            return self._quoted(line, position + 1)
        end = line.find(self.delimiter, position)
        end = len(line) if end < 0 else end
        self.cells.append(line[position:end])
        self.state = DONE
        return end + 1

    def _quoted(self, line: str, position: int) -> int:
        while True:
            found = line.find(self.quote, position)
            if found < 0:
                self._parts.append(line[position:])
                self.state = OPEN
                return len(line) + 1
            self._parts.append(line[position:found])
            if line.startswith(self.quote, found + 1):
                self._parts.append(self.quote)
                position = found + 2
                continue
            after = found + 1
            if after != len(line) and not line.startswith(self.delimiter, after):
                self.state = BROKEN
                return after
            self.cells.append("".join(self._parts))
            self._parts = []
            self.state = DONE
            return after + 1


@dataclass(frozen=True, slots=True)
class Line:
    """A record near the start of a table: its cells, and the lines it spans, from 0 (`after` is excluded)."""

    cells: list[str]
    first: int
    after: int


def split(lines: Sequence[str], delimiter: str, quote: str, most: int, first: int = 0) -> list[Line]:
    """The records of a short text from line `first` on; one that breaks or stays open is given line by line."""
    found: list[Line] = []
    position = first
    while position < len(lines):
        record, after = Record(delimiter, quote, most), position
        while after < len(lines) and (after == position or record.state == OPEN):
            record.feed(lines[after])
            after += 1
        if record.state != DONE:
            record, after = Record(delimiter, "", most), position + 1
            record.feed(lines[position])
        found.append(Line(record.cells, position, after))
        position = after
    return found
