"""Reads regular expressions into nets of states: the part of Rust's syntax that triggers and candidates need.

Read are characters and escapes, classes, groups, alternatives, counts, and `(?i-u:...)`. Steps are over the bytes of UTF-8;
of a `plain` net over ASCII alone. Steps of a state stand in the order in which the expression prefers them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import polars as pl

_ALL = frozenset(range(128))
_TAIL = frozenset(range(0x80, 0xC0))
# Characters of two, three and four bytes.
_WIDE = tuple(
    (frozenset(range(*heads)), tails) for heads, tails in (((0xC2, 0xE0), 1), ((0xE0, 0xF0), 2), ((0xF0, 0xF5), 3))
)
_SIGNS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_ESCAPE = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([^0-9A-Za-z])|([tnr]))")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


class NotTaken(ValueError):
    """The expression uses what this does not read, or needs too many states: ask the expression itself."""


class Step(NamedTuple):
    """From a state to another on each of these bytes; on none where there are none."""

    on: frozenset[int]
    to: int


class Net:
    """States with steps, as an expression is read: the places between its characters."""

    def __init__(self) -> None:
        self.steps: list[list[Step]] = []

    def state(self) -> int:
        self.steps.append([])
        return len(self.steps) - 1

    def join(self, start: int, end: int, on: frozenset[int] = frozenset()) -> None:
        self.steps[start].append(Step(on, end))

    def reached(self, states: frozenset[int]) -> frozenset[int]:
        """These and all that need no byte from there."""
        found, waiting = set(states), list(states)
        while waiting:
            for step in self.steps[waiting.pop()]:
                if not step.on and step.to not in found:
                    found.add(step.to)
                    waiting.append(step.to)
        return frozenset(found)


@cache
def _plain(form: str) -> frozenset[int]:
    """The ASCII characters of a class, whatever it is made of: the engine that reads the class is asked."""
    characters = pl.Series([chr(code) for code in range(128)])
    return frozenset(characters.str.contains(rf"\A{form}\z").arg_true().to_list())


class Reader:
    """Reads one expression into a net, from state to state; of a `plain` one no more than what is ASCII can match."""

    def __init__(self, net: Net, text: str, plain: bool = False) -> None:
        self.net, self.text, self.plain = net, text, plain
        self.place, self.folded = 0, False

    def whole(self, start: int) -> int:
        """The state in which the expression, begun at `start`, has matched. Raises NotTaken."""
        end = self._either(start)
        if self.place < len(self.text):
            raise NotTaken(self.text)
        return end

    def head(self, start: int, parts: int) -> int:
        """The state in which the first parts of an expression without alternatives of its own have matched."""
        for _ in range(parts):
            if self._next() in ("", "|"):
                raise NotTaken(self.text)
            start = self._counted(start)
        return start

    def _next(self) -> str:
        return self.text[self.place : self.place + 1]

    def _either(self, start: int) -> int:
        end = self.net.state()
        while True:
            self.net.join(self._row(start), end)
            if self._next() != "|":
                return end
            self.place += 1

    def _row(self, start: int) -> int:
        while self._next() not in ("", "|", ")"):
            start = self._counted(start)
        return start

    def _counted(self, start: int) -> int:
        """One part as often as the count behind it says: read anew for each time."""
        first = self.place
        end = self._part(start)
        least, most = self._count()
        behind = self.place
        if (least, most) == (1, 1):
            return end
        skips = [start] if not least else []
        # What follows may start where a part ended: a state of its own keeps a loop from leaking into what stood before.
        for number in range(1, most if most is not None else max(least, 1)):
            if number >= least:
                skips.append(end)
            self.place = first
            end = self._part(end)
        if most is None:
            self.place = first
            loop = self.net.state()
            self.net.join(end, loop)
            self.net.join(self._part(loop), loop)
            end = loop
        self.place = behind
        last = self.net.state()
        for state in (*skips, end):
            self.net.join(state, last)
        return last

    def _count(self) -> tuple[int, int | None]:
        """The least and the most that the count at this place says; none for any number."""
        if (said := _SIGNS.get(self._next())) is not None:
            self.place += 1
            return said
        found = _COUNT.match(self.text, self.place)
        if found is None:
            return 1, 1
        self.place = found.end()
        least = int(found[1])
        return least, (int(found[3]) if found[3] else None) if found[2] else least

    def _part(self, start: int) -> int:
        sign = self._next()
        if sign == "(":
            return self._group(start)
        if sign == "[" and self.plain:
            return self._plain_class(start)
        if sign == "[":
            return self._characters(start, *self._class())
        if sign in ".^$*+?{})":
            raise NotTaken(self.text)
        return self._characters(start, [self._character()], False)

    def _group(self, start: int) -> int:
        heads = {"(?:": self.folded, "(?i-u:": True} if self.text.startswith("(?", self.place) else {"(": self.folded}
        head = next((one for one in heads if self.text.startswith(one, self.place)), None)
        if head is None:
            raise NotTaken(self.text)
        kept, self.folded, self.place = self.folded, heads[head], self.place + len(head)
        end = self._either(start)
        if self._next() != ")":
            raise NotTaken(self.text)
        self.place, self.folded = self.place + 1, kept
        return end

    def _character(self) -> int:
        found = _ESCAPE.match(self.text, self.place)
        if found is None and self._next() == "\\":
            raise NotTaken(self.text)
        self.place = found.end() if found else self.place + 1
        if found is None:
            return ord(self.text[self.place - 1])
        return int(found[1] or found[2], 16) if found[1] or found[2] else ord(found[3] or _CONTROLS[found[4]])

    def _plain_class(self, start: int) -> int:
        """A step over one of the ASCII characters of a class; none where it has none."""
        first, depth = self.place, 0
        while True:
            sign = self._next()
            if not sign:
                raise NotTaken(self.text)
            depth += (sign == "[") - (sign == "]")
            self.place += 2 if sign == "\\" else 1
            if not depth:
                break
        form = self.text[first : self.place]
        end = self.net.state()
        if on := _plain(f"(?i-u:{form})" if self.folded else form):
            self.net.join(start, end, on)
        return end

    def _class(self) -> tuple[list[int], bool]:
        """The characters of a class, and whether all others are meant."""
        self.place += 1
        negated = self._next() == "^"
        self.place += negated
        codes: list[int] = []
        while self._next() != "]":
            if self._next() in ("", "[", "&") or self.text[self.place : self.place + 2] == "--":
                raise NotTaken(self.text)
            low = high = self._character()
            if self._next() == "-" and self.text[self.place + 1 : self.place + 2] != "]":
                self.place += 1
                high = self._character()
            codes += range(low, high + 1)
        self.place += 1
        return codes, negated

    def _characters(self, start: int, codes: Sequence[int], negated: bool) -> int:
        """A step over one of these characters, as its bytes."""
        if self.folded:
            codes = [
                ord(char)
                for code in codes
                for char in ((chr(code).lower(), chr(code).upper()) if code < 128 else chr(code))
            ]
        plain, wide = frozenset(code for code in codes if code < 128), [code for code in codes if code > 127]
        if negated and wide:
            raise NotTaken(self.text)
        end = self.net.state()
        # A step on no byte would be taken without one.
        if on := _ALL - plain if negated else plain:
            self.net.join(start, end, on)
        rows = [tuple(frozenset((byte,)) for byte in chr(code).encode()) for code in wide]
        rows += [(heads, *[_TAIL] * tails) for heads, tails in _WIDE] if negated else []
        for row in rows:
            place = start
            for on in row[:-1]:
                behind = self.net.state()
                self.net.join(place, behind, on)
                place = behind
            self.net.join(place, end, row[-1])
        return end
