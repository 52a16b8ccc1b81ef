"""Makes of expressions tables of states that loops walk byte by byte.

A trigger is asked whether it matches anywhere: a state is the set of places reached (Thompson 1968, Rabin and Scott 1959).
A candidate is asked where it matches, with the choice that Rust's engine makes, the leftmost and of these the preferred one:
walked backwards, a table tells where a match begins; walked forwards from there, with places in order of preference
(as RE2 does, Cox 2010), another tells where it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tanglaw.selectors.expressions import Net, NotTaken, Reader, Step


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
    net = Net()
    start = net.state()
    ends = {}
    for asked in expressions:
        begin, reader = net.state(), Reader(net, asked.text)
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


class Finding(NamedTuple):
    """Tables that tell where an expression matches in ASCII: `kinds` of bytes, and for state and kind the next state.

    Backwards from the end of a text, from state 0, `begins[state]` says that a match begins at the byte just read. Forwards
    from there, from state 0, `ends[state]` says that it may end behind the byte just read: the last such place before
    state -1, where nothing more can follow, is its end.
    """

    kinds: npt.NDArray[np.uint8]
    backward: npt.NDArray[np.int64]
    begins: npt.NDArray[np.bool_]
    forward: npt.NDArray[np.int64]
    ends: npt.NDArray[np.bool_]


def finding(expression: str, most: int) -> Finding:
    """The tables of an expression that matches no empty text. Raises NotTaken if one needs more than `most` states."""
    net = Net()
    start = net.state()
    end = Reader(net, expression, plain=True).whole(start)
    kinds, members = _kinds(net)
    return Finding(kinds, *_backward(net, members, start, end, most), *_forward(net, members, start, end, most))


def _forward(
    net: Net, members: Sequence[int], start: int, end: int, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """States are steps in order of preference; what comes behind the end is preferred less than a match and left out."""
    first = _preferred(net, [start], end)
    numbers: dict[tuple[Step | None, ...], int] = {(): -1, first: 0}
    waiting, following = [first], []
    for steps in waiting:
        made = []
        for byte in members:
            reached = _preferred(net, [step.to for step in steps if step is not None and byte in step.on], end)
            if reached not in numbers:
                numbers[reached] = len(waiting)
                waiting.append(reached)
            made.append(numbers[reached])
        if len(numbers) > most:
            raise NotTaken("an expression needs too many states")
        following.append(made)
    return np.array(following, dtype=np.int64), np.array([None in steps for steps in waiting])


def _preferred(net: Net, states: Sequence[int], end: int) -> tuple[Step | None, ...]:
    """The steps over a byte that can be taken from these states, in order; None, the last, where the end is reached."""
    steps: list[Step | None] = []
    seen, waiting = set(), [Step(frozenset(), state) for state in reversed(states)]
    while waiting:
        step = waiting.pop()
        if step.on:
            steps.append(step)
        elif step.to == end:
            return (*steps, None)
        elif step.to not in seen:
            seen.add(step.to)
            waiting += reversed(net.steps[step.to])
    return tuple(steps)


def _backward(
    net: Net, members: Sequence[int], start: int, end: int, most: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """States are sets of places from which what was read so far leads to the end."""
    free: list[list[int]] = [[] for _ in net.steps]
    before: list[list[tuple[frozenset[int], int]]] = [[] for _ in net.steps]
    for state, steps in enumerate(net.steps):
        for on, to in steps:
            if on:
                before[to].append((on, state))
            else:
                free[to].append(state)
    first = _reached(free, (end,))
    numbers, waiting, following = {first: 0}, [first], []
    for states in waiting:
        came = [one for state in states for one in before[state]]
        made = []
        for byte in members:
            reached = first | _reached(free, {state for on, state in came if byte in on})
            if reached not in numbers:
                numbers[reached] = len(numbers)
                waiting.append(reached)
            made.append(numbers[reached])
        if len(numbers) > most:
            raise NotTaken("an expression needs too many states")
        following.append(made)
    return np.array(following, dtype=np.int64), np.array([start in states for states in waiting])


def _reached(free: Sequence[Sequence[int]], states: Iterable[int]) -> frozenset[int]:
    """These and all that lead to them without a byte."""
    found = set(states)
    waiting = list(found)
    while waiting:
        new = [state for state in free[waiting.pop()] if state not in found]
        found.update(new)
        waiting += new
    return frozenset(found)


def _kinds(net: Net) -> tuple[npt.NDArray[np.uint8], list[int]]:
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
