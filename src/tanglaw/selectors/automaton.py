"""Makes of trigger expressions one table that a loop walks byte by byte: which of them match a text, in one pass.

Read is the part of Rust's syntax that triggers need: characters and escapes, classes and their negation, groups,
alternatives, counts, and `(?i-u:...)`. What is asked is only whether an expression matches anywhere, so a table of states
(McNaughton and Yamada 1960, Thompson 1968) over the bytes of UTF-8 gives the very answer of the regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_ALL = frozenset(range(128))
_TAIL = frozenset(range(0x80, 0xC0))
# Characters of two, three and four bytes.
_WIDE = tuple((frozenset(range(*heads)), tails) for heads, tails in (((0xC2, 0xE0), 1), ((0xE0, 0xF0), 2), ((0xF0, 0xF5), 3)))
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_ESCAPE = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([^0-9A-Za-z])|([tnr]))")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


class NotTaken(ValueError):
    """The expression uses what this does not read, or needs too many states: ask the expression itself."""


class Step(NamedTuple):
    """From a state to another on each of these bytes; on none where there are none."""

    on: frozenset[int]
    to: int


class _Net:
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


class _Reader:
    """Reads one expression into a net, from state to state."""

    def __init__(self, net: _Net, text: str) -> None:
        self.net, self.text, self.place, self.folded = net, text, 0, False

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
        sign = self._next()
        if sign in ("?", "*", "+") and sign:
            self.place += 1
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
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
        if sign == "[":
            return self._characters(start, *self._class())
        if sign in ".^$*+?{})":
            raise NotTaken(self.text)
        return self._characters(start, [self._character()], False)

    def _group(self, start: int) -> int:
        kept = self.folded
        for head, folded in (("(?:", kept), ("(?i-u:", True), ("(", kept)):
            if self.text.startswith(head, self.place):
                break
        if head == "(" and self.text.startswith("(?", self.place):
            raise NotTaken(self.text)
        self.place, self.folded = self.place + len(head), folded
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
            codes = [ord(char) for code in codes for char in ((chr(code).lower(), chr(code).upper()) if code < 128 else chr(code))]
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


class Asked(NamedTuple):
    """An expression, the bit that says that it matches, and how many of its first parts are asked; 0 for all."""

    text: str
    bit: int
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """States by byte class: `kinds[byte]` is the class, `following[state, class]` the next state, `said[state]` what matches.

    State 0 is where each text begins. Bits of `said` are those of the expressions that match somewhere up to there.
    """

    kinds: npt.NDArray[np.uint8]
    following: npt.NDArray[np.int64]
    said: npt.NDArray[np.uint64]


def table(expressions: Sequence[Asked], most: int) -> Table:
    """The table of expressions. Raises NotTaken if it needs more than `most` states."""
    net = _Net()
    start = net.state()
    ends = {}
    for asked in expressions:
        begin, reader = net.state(), _Reader(net, asked.text)
        net.join(start, begin)
        ends[reader.head(begin, asked.parts) if asked.parts else reader.whole(begin)] = asked.bit
    kinds, members = _kinds(net)
    moves = [_moves(steps, members) for steps in net.steps]
    closed = [net.reached(frozenset((state,))) for state in range(len(net.steps))]
    first = closed[start]
    numbers, following, waiting = {first: 0}, [], [first]
    for states in waiting:
        reached: list[set[int]] = [set(first) for _ in members]
        for state in states:
            for kind, to in moves[state]:
                reached[kind] |= closed[to]
        made = [frozenset(some) for some in reached]
        new = [some for some in dict.fromkeys(made) if some not in numbers]
        numbers.update(zip(new, range(len(numbers), len(numbers) + len(new)), strict=True))
        waiting += new
        if len(numbers) > most:
            raise NotTaken(f"{len(expressions)} expressions need too many states")
        following.append([numbers[some] for some in made])
    said = [sum({1 << ends[state] for state in states if state in ends}) for states in waiting]
    return Table(kinds, np.array(following, dtype=np.int64), np.array(said, dtype=np.uint64))


def _kinds(net: _Net) -> tuple[npt.NDArray[np.uint8], list[int]]:
    """Bytes that no step tells apart are one class; of each class a member."""
    sets = list(dict.fromkeys(step.on for steps in net.steps for step in steps if step.on))
    told: dict[tuple[bool, ...], int] = {}
    members: list[int] = []
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(256):
        sign = tuple(byte in on for on in sets)
        if sign not in told:
            told[sign] = len(told)
            members.append(byte)
        kinds[byte] = told[sign]
    return kinds, members


def _moves(steps: Sequence[Step], members: Sequence[int]) -> list[tuple[int, int]]:
    """Where a state's steps lead, by class."""
    return [(kind, step.to) for step in steps if step.on for kind, byte in enumerate(members) if byte in step.on]
