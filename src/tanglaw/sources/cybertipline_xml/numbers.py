"""Which report number a document has, and how it is known: the schema gives the report itself none."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from tanglaw.reading.item import Item
from tanglaw.reading.reports import clean_number, numbers_in
from tanglaw.reading.xml import Element, Issue

_NAMES = frozenset(("reportid", "reportnumber", "cybertipid", "cybertipnumber", "cybertiplinereportid"))
_NOT_LETTER = re.compile(r"[^a-z]")


class Known(NamedTuple):
    """A number and its source; both `number` empty and source `none` if there is none."""

    number: str
    source: str


UNKNOWN = Known("", "none")


def is_number_name(name: object) -> bool:
    """True for the names under which envelopes state a report number: reportId, reportNumber, CyberTipId, ..."""
    return _NOT_LETTER.sub("", str(name).casefold()) in _NAMES


def number_of(element: Element) -> str:
    """The number that attributes of `element`, or its own number children, state; empty for none or several."""
    stated = {clean_number(value) for name, value in element.items() if is_number_name(name)}
    stated.update(clean_number(child.text) for child in element if is_number_name(child.tag))
    stated.discard("")
    return stated.pop() if len(stated) == 1 else ""


def own_number(element: Element, found: dict[str, Any]) -> str:
    """The number that a report or fileDetails element carries itself."""
    for name in ("reportId", "reportNumber"):
        stated = found.get(name) or element.get(name)
        if stated and len(stated) <= _LONGEST and (number := cleaned(stated)):
            return number
    return ""


_LONGEST = 64
# The documents of a report repeat its number.
cleaned = lru_cache(maxsize=256)(clean_number)


def surroundings(item: Item, is_file: bool = False) -> list[Known]:
    """Numbers that the item's place states, the most trusted first.

    The file name of a fileDetails document bears the file's number, so it is not asked for one.
    """
    return stated_around(item.neighbours, "" if is_file else item.name, item.folder)


def stated_around(neighbours: tuple[str, ...], name: str, folder: str) -> list[Known]:
    """Numbers that neighbours, the file's name and its folder state, the most trusted first."""
    result = []
    if neighbours and neighbours.count(neighbours[0]) == len(neighbours):
        result.append(Known(cleaned(neighbours[0]), "file-details"))
    for source, text in (("file-name", name), ("folder", folder)):
        numbers = (cleaned(text),) if text.isdecimal() and 9 <= len(text) <= 12 else numbers_in(text)
        if len(numbers) == 1:
            result.append(Known(numbers[0], source))
    return [known for known in result if known.number]


def decide(stated: list[Known], place: str, issue: Issue) -> Known:
    """The first number stated; an issue names each other one that differs."""
    if not stated:
        return UNKNOWN
    first = stated[0]
    for other in stated[1:]:
        if other.number != first.number:
            issue(
                "number-conflict",
                f"{first.source} says report {first.number}, {other.source} says {other.number}; the former is taken",
                place,
            )
    return first
