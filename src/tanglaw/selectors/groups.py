"""The registered recognisers by candidate expression and by family of triggers: what the scan runs over a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from tanglaw.selectors import SELECTORS, Selector
from tanglaw.selectors.base import TOKEN, Read, Recogniser


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression."""

    candidate: str
    trigger: str
    readers: tuple[tuple[Selector, Read], ...]
    hinted: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Family:
    """Groups whose triggers are asked together first, then each trigger with the groups that have it."""

    trigger: str
    triggers: tuple[tuple[str, tuple[Group, ...]], ...]


@cache
def groups() -> tuple[Group, ...]:
    """The registered recognisers, one group per candidate expression."""
    return tuple(group for family in families() for _, some in family.triggers for group in some)


@cache
def families() -> tuple[Family, ...]:
    """All groups by family."""
    readers: dict[str, list[tuple[Selector, Read]]] = {}
    triggers: dict[str, list[str]] = {}
    named: dict[str, Recogniser] = {}
    for selector in SELECTORS.values():
        for recogniser in selector.recognisers:
            readers.setdefault(recogniser.candidate, []).append((selector, recogniser.read))
            triggers.setdefault(recogniser.candidate, []).append(recogniser.trigger)
            named.setdefault(recogniser.candidate, recogniser)
    made: dict[str, dict[str, list[Group]]] = {}
    for candidate, found in readers.items():
        hinted = any(selector.hinted for selector, _ in found)
        group = Group(candidate, _union(triggers[candidate]), tuple(found), hinted, named[candidate].bare)
        made.setdefault(named[candidate].family, {}).setdefault(group.trigger, []).append(group)
    return tuple(
        Family(_union(list(some)), tuple((trigger, tuple(mine)) for trigger, mine in some.items()))
        for some in made.values()
    )


def _union(expressions: Sequence[str]) -> str:
    return "|".join(f"(?:{expression})" for expression in dict.fromkeys(expressions))


@cache
def _any() -> tuple[str, str]:
    """Two expressions of which every text holding a candidate matches one.

    The long run of letters and digits stands alone: together with the words its automaton grows out of its cache.
    """
    return TOKEN, _union([group.trigger for group in groups() if group.candidate != TOKEN])


def any_trigger(texts: pl.Series) -> pl.Series:
    """Numbers of the rows in which something may be found."""
    token, other = _any()
    return (texts.str.contains(token) | texts.str.contains(other)).arg_true()
