"""Which of several readings of one text stay: a place may carry several types, but one value of each type.

Within a reading of a type that a type names in `within`, that type's readings are dropped: the digits of a URL
are no phone. Of overlapping readings of one type the most telling stays: valid before not, with its platform
before without, longer before shorter, earlier before later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tanglaw.selectors.base import Reading


def resolve(readings: Sequence[Reading], within: Mapping[str, frozenset[str]]) -> list[Reading]:
    """Readings that stay, by place, type and value. Time grows with n log n."""
    ordered = sorted(set(readings), key=lambda reading: (reading.start, -reading.end, reading.type, reading.value))
    if len(ordered) < 2:
        return ordered
    reach: dict[str, tuple[int, int]] = {}
    kept: dict[str, Reading] = {}
    staying: list[Reading] = []
    for reading in _covering_first(ordered, within):
        covered = any(_covers(reach.get(name), reading, name) for name in within.get(reading.type, ()))
        if reach.get(reading.type, (0, 0))[1] < reading.end:
            reach[reading.type] = (reading.start, reading.end)
        if covered:
            continue
        last = kept.get(reading.type)
        if last is not None and reading.start < last.end:
            if _telling(reading) <= _telling(last):
                continue
            staying.remove(last) if staying[-1] is last else _drop(staying, last)
        kept[reading.type] = reading
        staying.append(reading)
    return sorted(staying, key=lambda reading: (reading.start, reading.end, reading.type))


def _covering_first(ordered: Sequence[Reading], within: Mapping[str, frozenset[str]]) -> list[Reading]:
    """The same order, but at one place the types that cover others come before those that they cover."""
    return sorted(
        ordered, key=lambda reading: (reading.start, -reading.end, len(within.get(reading.type, ())), reading.type)
    )


def _covers(span: tuple[int, int] | None, reading: Reading, name: str) -> bool:
    if span is None or span[1] < reading.end:
        return False
    # What has the very place of a URL was read from that link.
    return not (name == "url" and span == (reading.start, reading.end))


def _telling(reading: Reading) -> tuple[bool, bool, int]:
    return reading.valid, not reading.value.startswith("@"), reading.end - reading.start


def _drop(staying: list[Reading], last: Reading) -> None:
    """Removes the latest entry equal to `last`; it is near the end, since places only grow."""
    for place in range(len(staying) - 1, -1, -1):
        if staying[place] is last:
            del staying[place]
            return
