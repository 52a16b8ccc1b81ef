"""The registered recognisers by candidate expression and by family of triggers: what the scan runs over a column.

Polars remembers the last 32 expressions of a thread, and reading one anew costs more than running it over thousands
of short texts: all expressions of a scan together stay below that (`expressions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from tanglaw.selectors import SELECTORS, Selector
from tanglaw.selectors.base import TOKEN, Read, Recogniser
from tanglaw.selectors.fold import NEEDS
from tanglaw.selectors.joined import Numbers


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression."""

    candidate: str
    readers: tuple[tuple[Selector, Read], ...]
    hinted: bool
    unread: str


@dataclass(frozen=True, slots=True)
class Family:
    """Groups that look only where one of their triggers is; all triggers are asked together."""

    trigger: str
    groups: tuple[Group, ...]


@cache
def families() -> tuple[Family, ...]:
    """The registered recognisers by family, one group per candidate expression."""
    readers: dict[str, list[tuple[Selector, Read]]] = {}
    named: dict[str, Recogniser] = {}
    triggers: dict[str, list[str]] = {}
    for selector in SELECTORS.values():
        for recogniser in selector.recognisers:
            readers.setdefault(recogniser.candidate, []).append((selector, recogniser.read))
            named.setdefault(recogniser.candidate, recogniser)
            triggers.setdefault(recogniser.family, []).append(recogniser.trigger)
    made: dict[str, list[Group]] = {}
    for candidate, found in readers.items():
        hinted = any(selector.hinted for selector, _ in found)
        group = Group(candidate, tuple(found), hinted, named[candidate].unread)
        made.setdefault(named[candidate].family, []).append(group)
    return tuple(Family(_union(triggers[name]), tuple(some)) for name, some in made.items())


def _union(expressions: Sequence[str]) -> str:
    some = tuple(dict.fromkeys(expressions))
    return some[0] if len(some) == 1 else "|".join(f"(?:{expression})" for expression in some)


# Every text in which a reading other than of a long run stands has a sign of the first or a word of the second. Classes
# of at most ten signs, kept apart, are searched for bytewise; as one class they would cost three times as much.
SIGNS = r"([0-9])|([@:=$(\[{<#-])|(\.[^ ])"
JOINTS = r"(?i-u: is)[ :]|(?i-u: dot )|\x{2013}|\x{2192}"


def expressions() -> frozenset[str]:
    """Every expression that one scan may run."""
    candidates = (group.candidate for family in families() for group in family.groups)
    return frozenset((NEEDS, SIGNS, JOINTS, *(family.trigger for family in families()), *candidates))


def candidates(texts: pl.Series) -> Iterator[tuple[Group, Numbers, list[str]]]:
    """For each group the numbers of texts, ascending, and its candidates in them, in their order."""
    signed = (texts.str.contains(SIGNS) | texts.str.contains(JOINTS)).arg_true()
    held = texts.gather(signed)
    for family in families():
        within = texts if family.trigger == TOKEN else held
        hit = within.str.contains(family.trigger).arg_true()
        if hit.is_empty():
            continue
        mine, rows = within.gather(hit), hit if within is texts else signed.gather(hit)
        for group in family.groups:
            found = mine.str.extract_all(group.candidate)
            words = found.explode(empty_as_null=False).to_list()
            if words:
                yield group, np.repeat(rows.to_numpy().astype(np.int64), found.list.len().to_numpy()), words
