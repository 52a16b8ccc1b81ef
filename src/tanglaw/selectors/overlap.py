"""Which of several readings of one text stay: a place may carry several types, but one value of each type.

Within a reading of a type that a type names in `within`, that type's readings are dropped: the digits of a URL
are no phone. Of overlapping readings of one type the most telling stays: valid before not, with its platform
before without, longer before shorter, earlier before later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# A reading in its text: row, start, end, type, value, validity.
Placed = tuple[int, int, int, str, str, bool]


def resolve(readings: Sequence[Placed], within: Mapping[str, frozenset[str]]) -> Sequence[Placed]:
    """Readings of one text that stay, by place and type; they come in that order. Time grows with n log n."""
    if len(readings) == 1:
        return readings
    types = {reading[3] for reading in readings}
    if len(types) == len(readings) and all(within[name].isdisjoint(types) for name in types):
        return readings
    reach: dict[str, tuple[int, int]] = {}
    staying: dict[str, list[Placed]] = {name: [] for name in types}
    for reading in sorted(set(readings), key=lambda reading: _covering_first(reading, within)):
        _, start, end, kind, _, _ = reading
        covered = any(_covers(reach.get(name), start, end, name) for name in within[kind])
        if reach.get(kind, (0, 0))[1] < end:
            reach[kind] = (start, end)
        if not covered:
            _add(staying[kind], reading)
    return sorted(reading for kept in staying.values() for reading in kept)


def _add(kept: list[Placed], reading: Placed) -> None:
    """Adds a reading to those of its type, in place of the one before if they overlap and it tells more."""
    if not kept or kept[-1][2] <= reading[1]:
        kept.append(reading)
    elif _telling(reading) > _telling(kept[-1]):
        kept[-1] = reading


def _covering_first(reading: Placed, within: Mapping[str, frozenset[str]]) -> tuple[int, int, int, str, str]:
    """By place; at one place the types that cover others come before those that they cover."""
    _, start, end, kind, value, _ = reading
    return start, -end, len(within[kind]), kind, value


def _covers(span: tuple[int, int] | None, start: int, end: int, name: str) -> bool:
    if span is None or span[1] < end:
        return False
    # What has the very place of a URL was read from that link.
    return not (name == "url" and span == (start, end))


def _telling(reading: Placed) -> tuple[bool, bool, int]:
    _, start, end, _, value, valid = reading
    return valid, not value.startswith("@"), end - start
