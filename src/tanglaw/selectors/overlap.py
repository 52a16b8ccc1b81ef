"""Which of several readings of one text stay: a place may carry several types, but one value of each type.

Within a reading of a type that a type names in `within`, that type's readings are dropped: the digits of a URL
are no phone. Of overlapping readings of one type the most telling stays: valid before not, with its platform
before without, longer before shorter, earlier before later. Readings of one place that each are less than certain
stay together. Nothing stays that overlaps a masked reading, since it would show what the mask hides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tanglaw.selectors.joined import Numbers

# A reading in its text: row, start, end, type, value, validity, how it was read, likelihood.
Placed = tuple[int, int, int, str, str, bool, str, float]


class Rules:
    """What types say of each other; `within` by type, and the types that are kept masked."""

    def __init__(self, within: Mapping[str, frozenset[str]], masked: frozenset[str]) -> None:
        self.within = within
        self.masked = masked
        self.names = sorted(within)
        self.codes = {name: code for code, name in enumerate(self.names)}
        self._within = np.array([sum(1 << self.codes[other] for other in within[name]) for name in self.names])
        self.masked_codes = np.array([name in masked for name in self.names])

    def staying(
        self, row: Numbers, start: Numbers, end: Numbers, code: Numbers, placed: Callable[[int], Placed]
    ) -> Numbers:
        """Which readings stay, by row, place and type; `placed` tells one that has to be looked at by itself.

        Readings of a row are at peace, and looked at no further, if their types differ and say nothing of each other.
        """
        if not len(row):
            return row
        order = np.lexsort((code, end, start, row))
        row, code = row[order], code[order]
        firsts = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1])))
        counts = np.diff(np.append(firsts, len(row)))
        types = np.bitwise_or.reduceat(1 << code, firsts)
        said = (self._within[code] & np.repeat(types, counts) != 0) | self.masked_codes[code]
        troubled = np.logical_or.reduceat(said, firsts) & (counts > 1) | (np.bitwise_count(types) != counts)
        kept = np.ones(len(row), dtype=bool)
        for group in np.flatnonzero(troubled).tolist():
            first, stop = int(firsts[group]), int(firsts[group] + counts[group])
            numbers = {placed(number): number for number in order[first:stop].tolist()}
            stay = [numbers[one] for one in self.resolve(list(numbers))]
            order[first : first + len(stay)] = stay
            kept[first + len(stay) : stop] = False
        return order[kept]

    def resolve(self, readings: Sequence[Placed]) -> Sequence[Placed]:
        """Readings of one text that stay, by place and type; they come in that order. Time grows with n log n."""
        return self._unmasked(self._settled(readings))

    def _settled(self, readings: Sequence[Placed]) -> list[Placed]:
        reach: dict[str, tuple[int, int]] = {}
        staying: dict[str, list[list[Placed]]] = {reading[3]: [] for reading in readings}
        for reading in sorted(set(readings), key=self._covering_first):
            start, end, kind = reading[1:4]
            covered = any(_covers(reach.get(name), start, end, name) for name in self.within[kind])
            if reach.get(kind, (0, 0))[1] < end:
                reach[kind] = (start, end)
            if not covered:
                _add(staying[kind], reading)
        return sorted(reading for places in staying.values() for place in places for reading in place)

    def _unmasked(self, readings: list[Placed]) -> list[Placed]:
        """Those that do not overlap a masked reading of another type."""
        hidden = [reading for reading in readings if reading[3] in self.masked]
        if not hidden:
            return readings
        starts = [reading[1] for reading in hidden]
        kept = []
        for reading in readings:
            # Masked readings do not overlap each other: the last that starts before this one ends decides.
            place = bisect_right(starts, reading[2] - 1) - 1
            if reading[3] in self.masked or place < 0 or hidden[place][2] <= reading[1]:
                kept.append(reading)
        return kept

    def _covering_first(self, reading: Placed) -> tuple[int, int, int, str, str, bool, Placed]:
        """By place; at one place the types that cover others come before those that they cover.

        Of one value read in two ways the reading that says how comes first; no tie is left to chance.
        """
        _, start, end, kind, value, _, how, _ = reading
        return start, -end, len(self.within[kind]), kind, value, not how, reading


def _add(kept: list[list[Placed]], reading: Placed) -> None:
    """Adds a reading to those of its type: beside those of its place, or in place of the one before if it tells more."""
    if not kept or kept[-1][0][2] <= reading[1]:
        kept.append([reading])
        return
    last = kept[-1][0]
    if last[1:3] == reading[1:3] and last[7] < 1 and reading[7] < 1:
        if all(other[4] != reading[4] for other in kept[-1]):
            kept[-1].append(reading)
    elif _telling(reading) > _telling(last):
        kept[-1] = [reading]


def _covers(span: tuple[int, int] | None, start: int, end: int, name: str) -> bool:
    if span is None or span[1] < end:
        return False
    # What has the very place of a URL was read from that link.
    return not (name == "url" and span == (start, end))


def _telling(reading: Placed) -> tuple[bool, bool, int, bool]:
    _, start, end, _, value, valid, _, likelihood = reading
    return valid, not value.startswith("@"), end - start, likelihood == 1
