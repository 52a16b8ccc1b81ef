"""The registered recognisers by candidate expression and by family of triggers: what the scan runs over a column.

Polars remembers the last 32 expressions of a thread, and reading one anew costs more than running it over thousands of
short texts: all expressions of a scan together stay below that (`expressions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tanglaw.selectors import SELECTORS, Selector
from tanglaw.selectors.base import Recogniser
from tanglaw.selectors.fold import NEEDS


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression; `triggers` are theirs."""

    candidate: str
    readers: tuple[tuple[Selector, Recogniser], ...]
    hinted: bool
    unread: str
    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Groups that look only where one of their triggers is; all triggers are asked together."""

    triggers: tuple[str, ...]
    groups: tuple[Group, ...]


@cache
def families() -> tuple[Family, ...]:
    """The registered recognisers by family, one group per candidate expression."""
    readers: dict[str, list[tuple[Selector, Recogniser]]] = {}
    for selector in SELECTORS.values():
        for recogniser in selector.recognisers:
            readers.setdefault(recogniser.candidate, []).append((selector, recogniser))
    made: dict[str, list[Group]] = {}
    for candidate, found in readers.items():
        first = found[0][1]
        asked = tuple(dict.fromkeys(one.trigger for _, one in found))
        hinted = any(selector.hinted for selector, _ in found)
        group = Group(candidate, tuple(found), hinted, first.unread, asked)
        made.setdefault(first.family, []).append(group)
    return tuple(
        Family(tuple(dict.fromkeys(one for group in some for one in group.triggers)), tuple(some))
        for some in made.values()
    )


# Every text in which a reading other than of a long run stands has a sign of the first or a word of the second. Classes
# of at most ten signs, kept apart, are searched for bytewise; as one class they would cost three times as much.
SIGNS = r"([0-9])|([@:=$(\[{<#-])|(\.[^ ])"
JOINTS = r"(?i-u: is)[ :]|(?i-u: dot )|\x{2013}|\x{2192}"


def expressions() -> frozenset[str]:
    """Every expression that one scan may run."""
    candidates = (group.candidate for family in families() for group in family.groups)
    return frozenset((NEEDS, SIGNS, JOINTS, *(union(family.triggers) for family in families()), *candidates))


def union(expressions: Sequence[str]) -> str:
    """One expression for several."""
    return expressions[0] if len(expressions) == 1 else "|".join(f"(?:{expression})" for expression in expressions)
