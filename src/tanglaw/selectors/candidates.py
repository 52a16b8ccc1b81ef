"""Where candidates stand in texts: asked of Polars' expressions, or where there is much text of compiled loops.

Both give the same. The loops know ASCII alone: texts with other letters in which a trigger matches are asked of the expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from tanglaw.selectors.automaton import finding
from tanglaw.selectors.base import TOKEN
from tanglaw.selectors.expressions import NotTaken
from tanglaw.selectors.groups import JOINTS, SIGNS, Group, families, union
from tanglaw.selectors.joined import Joined, Numbers
from tanglaw.selectors.triggers import FOREIGN, Bits, Letters, Triggers, loops, triggers

_MOST_STATES = 4_000
# What the loop takes for a state in which nothing more can follow.
NOWHERE = 0xFFFFFFFF


class Span(NamedTuple):
    """Where candidates stand in bytes of ASCII."""

    letters: Letters
    start: Numbers
    end: Numbers

    def words(self) -> list[str]:
        """The candidates as texts."""
        offsets, data = loops().pieces(self.letters.data, self.start, self.end)
        places, whole = offsets.tolist(), data.tobytes().decode("ascii")
        return [whole[first:behind] for first, behind in pairwise(places)]

    def some(self, places: npt.NDArray[Any]) -> Span:
        """Those at `places`."""
        return Span(self.letters, self.start[places], self.end[places])


class Candidates(NamedTuple):
    """Candidates of a group: number of the text, first code point in it, and where it stands or what it is."""

    group: Group
    at: Numbers
    start: Numbers
    said: Span | list[str]

    def words(self) -> list[str]:
        """The candidates as texts."""
        return self.said.words() if isinstance(self.said, Span) else self.said


def asked(texts: pl.Series) -> Iterator[Candidates]:
    """Candidates by expressions: a group looks where any trigger of its family is."""
    signed = (texts.str.contains(SIGNS) | texts.str.contains(JOINTS)).arg_true()
    held = texts.gather(signed)
    for family in families():
        within = texts if TOKEN in family.triggers else held
        hit = within.str.contains(union(family.triggers)).arg_true()
        if not hit.is_empty():
            rows = hit if within is texts else signed.gather(hit)
            joined = Joined(texts.gather(rows))
            yield from (_extracted(group, rows.to_numpy().astype(np.int64), joined) for group in family.groups)


def _extracted(group: Group, rows: Numbers, joined: Joined) -> Candidates:
    """Candidates in joined texts by the group's expression; `rows` are the numbers of these texts."""
    found = joined.texts.str.extract_all(group.candidate)
    words = found.explode(empty_as_null=False).to_list()
    at = np.repeat(np.arange(len(rows)), found.list.len().to_numpy())
    places = joined.places(at, words)
    if group.unread:
        behind = joined.behind(group.unread, places).tolist()
        kept = [place for place, word in enumerate(words) if not behind[place] or "//" in word]
        at, places, words = at[kept], places[kept], [words[place] for place in kept]
    return Candidates(group, rows[at], places - joined.starts[at], words)


@cache
def _pass() -> tuple[Triggers, dict[Group, tuple[np.uint64, bool]]]:
    """All triggers in one, and for each group the bits of its own and whether they are answered in full."""
    made = triggers([family.triggers for family in families()])
    numbers = {one: bit for bit, one in enumerate(one for family in families() for one in family.triggers)}
    bits = {}
    for group in (group for family in families() for group in family.groups):
        mine = [numbers[one] for one in group.triggers]
        bits[group] = np.uint64(sum(1 << bit for bit in mine)), all(made.exact[bit] for bit in mine)
    return made, bits


def compiled(texts: pl.Series) -> Iterator[Candidates]:
    """Candidates by loops over bytes: a group looks where a trigger of its own is."""
    letters = Letters.of(texts)
    made, bits = _pass()
    found: Bits = made.matched(letters)
    some = np.flatnonzero(found & ~FOREIGN)
    found = found[some]
    for group, (mine, exact) in bits.items():
        hit = found & mine != 0
        if not hit.any():
            continue
        loop = finder(group)
        by_loop = hit & (found & FOREIGN == 0) if loop else np.zeros_like(hit)
        if loop and by_loop.any():
            rows = some[by_loop]
            if not exact:
                rows = rows[texts.gather(rows).str.contains(union(group.triggers)).to_numpy()]
            yield loop.found(group, letters, rows)
        rest = some[hit & ~by_loop]
        if len(rest):
            held = texts.gather(rest)
            triggered = held.str.contains(union(group.triggers)).to_numpy()
            yield _extracted(group, rest[triggered], Joined(held.filter(pl.Series(triggered))))


class Finder(NamedTuple):
    """The tables of a candidate expression as the loop wants them, states being places."""

    kinds: npt.NDArray[np.uint8]
    tables: tuple[npt.NDArray[np.generic], ...]

    def found(self, group: Group, letters: Letters, rows: Numbers) -> Candidates:
        """The group's candidates in texts of ASCII."""
        at, start, end = self.places(letters, rows)
        span = Span(letters, start, end)
        if group.unread:
            signs = np.zeros(256, dtype=np.bool_)
            signs[list(group.unread.encode("ascii"))] = True
            behind = np.flatnonzero(signs[letters.data[start - 1]] & (start > letters.offsets[at]))
            kept = np.ones(len(at), dtype=np.bool_)
            kept[behind] = ["//" in word for word in span.some(behind).words()]
            at, span = at[kept], span.some(kept)
        return Candidates(group, at, span.start - letters.offsets[at], span)

    def places(self, letters: Letters, rows: Numbers) -> Numbers:
        """Number of the text, first byte and the byte behind of each candidate."""
        room = 2 * len(rows) + 64
        while True:
            found = np.empty((3, room), dtype=np.int64)
            count = loops().candidates(*letters, rows, *self, found)
            if count < room:
                return found[:, :count]
            room *= 4


@cache
def finder(group: Group) -> Finder | None:
    """The tables of the group's expression, none where it is beyond them."""
    try:
        made = finding(group.candidate, _MOST_STATES)
    except NotTaken:
        return None
    width = made.backward.shape[1]
    backward = (made.backward * width).astype(np.uint32).ravel()
    forward = np.where(made.forward < 0, NOWHERE, made.forward * width).astype(np.uint32).ravel()
    begins, ends = (np.repeat(said, width).astype(np.uint8) for said in (made.begins, made.ends))
    return Finder(made.kinds, (backward, begins, forward, ends))
