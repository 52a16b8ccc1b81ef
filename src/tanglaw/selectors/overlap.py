"""Which of several readings of one text stay: a place may carry several types, but one value of each type.

Within a reading of a type that a type names in `within`, that type's readings are dropped: the digits of a URL
are no phone. Of overlapping readings of one type the most telling stays: valid before not, with its platform
before without, longer before shorter, earlier before later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tanglaw.selectors.base import Reading


def resolve(readings: Sequence[Reading], within: Mapping[str, frozenset[str]]) -> list[Reading]:
    """Readings that stay, by place and type. Time grows with n log n."""
    if len(readings) == 1:
        return list(readings)
    types = {reading.type for reading in readings}
    if len(types) == len(readings) and not any(within[name] & types for name in types):
        return sorted(readings, key=_place)
    reach: dict[str, tuple[int, int]] = {}
    staying: dict[str, list[Reading]] = {name: [] for name in types}
    for reading in sorted(set(readings), key=lambda reading: _covering_first(reading, within)):
        covered = any(_covers(reach.get(name), reading, name) for name in within[reading.type])
        if reach.get(reading.type, (0, 0))[1] < reading.end:
            reach[reading.type] = (reading.start, reading.end)
        if not covered:
            _add(staying[reading.type], reading)
    return sorted((reading for kept in staying.values() for reading in kept), key=_place)


def _add(kept: list[Reading], reading: Reading) -> None:
    """Adds a reading to those of its type, in place of the one before if they overlap and it tells more."""
    if not kept or kept[-1].end <= reading.start:
        kept.append(reading)
    elif _telling(reading) > _telling(kept[-1]):
        kept[-1] = reading


def _place(reading: Reading) -> tuple[int, int, str]:
    return reading.start, reading.end, reading.type


def _covering_first(reading: Reading, within: Mapping[str, frozenset[str]]) -> tuple[int, int, int, str, str]:
    """By place; at one place the types that cover others come before those that they cover."""
    return reading.start, -reading.end, len(within[reading.type]), reading.type, reading.value


def _covers(span: tuple[int, int] | None, reading: Reading, name: str) -> bool:
    if span is None or span[1] < reading.end:
        return False
    # What has the very place of a URL was read from that link.
    return not (name == "url" and span == (reading.start, reading.end))


def _telling(reading: Reading) -> tuple[bool, bool, int]:
    return reading.valid, not reading.value.startswith("@"), reading.end - reading.start
