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
    bare: bool


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
        group = Group(candidate, tuple(found), hinted, named[candidate].bare)
        made.setdefault(named[candidate].family, []).append(group)
    return tuple(Family(_union(triggers[name]), tuple(some)) for name, some in made.items())


def _union(expressions: Sequence[str]) -> str:
    some = tuple(dict.fromkeys(expressions))
    return some[0] if len(some) == 1 else "|".join(f"(?:{expression})" for expression in some)


@cache
def _any_but_token() -> str:
    """What every text matches that holds a candidate other than a long run of letters and digits.

    That run stands alone: together with the words its automaton grows out of its cache.
    """
    return _union([family.trigger for family in families() if family.trigger != TOKEN])


def expressions() -> frozenset[str]:
    """Every expression that one scan may run."""
    candidates = (group.candidate for family in families() for group in family.groups)
    return frozenset((NEEDS, _any_but_token(), *(family.trigger for family in families()), *candidates))


def any_trigger(texts: pl.Series) -> Numbers:
    """Numbers of the rows in which something may be found."""
    rows = (texts.str.contains(TOKEN) | texts.str.contains(_any_but_token())).arg_true()
    return rows.to_numpy().astype(np.int64)


def candidates(texts: pl.Series) -> Iterator[tuple[Group, Numbers, list[str]]]:
    """For each group the numbers of the texts, and the candidates in their order; texts hold something, by `any_trigger`."""
    for family in families():
        rows = texts.str.contains(family.trigger).arg_true()
        if rows.is_empty():
            continue
        held, at = texts.gather(rows), rows.to_numpy().astype(np.int64)
        for group in family.groups:
            found = held.str.extract_all(group.candidate)
            words = found.explode(empty_as_null=False).to_list()
            if words:
                yield group, np.repeat(at, found.list.len().to_numpy()), words
