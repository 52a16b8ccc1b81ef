"""The registered recognisers by candidate expression and by family of triggers: what the scan runs over a column.

Which texts a group looks into is told by Polars' expressions, a family of triggers at a time, or where there is much
text by one pass over its bytes (`triggers`). Polars remembers the last 32 expressions of a thread, and reading one anew
costs more than running it over thousands of short texts: all of a scan together stay below that (`expressions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.selectors import SELECTORS, Selector
from tanglaw.selectors.base import TOKEN, Read, Recogniser
from tanglaw.selectors.fold import NEEDS
from tanglaw.selectors.joined import Numbers
from tanglaw.selectors.triggers import Triggers, triggers

# From so many bytes on the pass over bytes is quicker, its loading and compiling included.
MUCH = 1 << 21


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression; `triggers` are theirs."""

    candidate: str
    readers: tuple[tuple[Selector, Read], ...]
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
        group = Group(candidate, tuple((selector, one.read) for selector, one in found), hinted, first.unread, asked)
        made.setdefault(first.family, []).append(group)
    return tuple(
        Family(tuple(dict.fromkeys(one for group in some for one in group.triggers)), tuple(some)) for some in made.values()
    )


def _union(expressions: Sequence[str]) -> str:
    return expressions[0] if len(expressions) == 1 else "|".join(f"(?:{expression})" for expression in expressions)


# Every text in which a reading other than of a long run stands has a sign of the first or a word of the second. Classes
# of at most ten signs, kept apart, are searched for bytewise; as one class they would cost three times as much.
SIGNS = r"([0-9])|([@:=$(\[{<#-])|(\.[^ ])"
JOINTS = r"(?i-u: is)[ :]|(?i-u: dot )|\x{2013}|\x{2192}"


def expressions() -> frozenset[str]:
    """Every expression that one scan may run."""
    candidates = (group.candidate for family in families() for group in family.groups)
    return frozenset((NEEDS, SIGNS, JOINTS, *(_union(family.triggers) for family in families()), *candidates))


def candidates(texts: pl.Series) -> Iterator[tuple[Group, Numbers, list[str]]]:
    """For each group the numbers of texts, ascending, and its candidates in them, in their order."""
    hits = compiled_hits if int(texts.str.len_bytes().sum()) >= MUCH else asked_hits
    for group, rows in hits(texts):
        found = texts.gather(rows).str.extract_all(group.candidate)
        words = found.explode(empty_as_null=False).to_list()
        if words:
            yield group, np.repeat(rows.to_numpy().astype(np.int64), found.list.len().to_numpy()), words


def asked_hits(texts: pl.Series) -> Iterator[tuple[Group, pl.Series]]:
    """The texts that a group looks into, by expressions alone: those with any trigger of its family."""
    signed = (texts.str.contains(SIGNS) | texts.str.contains(JOINTS)).arg_true()
    held = texts.gather(signed)
    for family in families():
        within = texts if TOKEN in family.triggers else held
        hit = within.str.contains(_union(family.triggers)).arg_true()
        if not hit.is_empty():
            rows = hit if within is texts else signed.gather(hit)
            yield from ((group, rows) for group in family.groups)


@cache
def _compiled() -> tuple[Triggers, dict[Group, tuple[np.uint64, bool]]]:
    """The pass, and for each group the bits of its triggers and whether they are answered in full."""
    made = triggers([family.triggers for family in families()])
    numbers = {one: bit for bit, one in enumerate(one for family in families() for one in family.triggers)}
    bits = {}
    for group in (group for family in families() for group in family.groups):
        mine = [numbers[one] for one in group.triggers]
        bits[group] = np.uint64(sum(1 << bit for bit in mine)), all(made.exact[bit] for bit in mine)
    return made, bits


def compiled_hits(texts: pl.Series) -> Iterator[tuple[Group, pl.Series]]:
    """The texts that a group looks into, by one pass over their bytes: those with a trigger of its own."""
    made, bits = _compiled()
    found = made.matched(texts.to_arrow().cast(pa.large_string()))
    some = np.flatnonzero(found)
    found = found[some]
    for group, (mine, exact) in bits.items():
        rows = pl.Series(some[found & mine != 0])
        if not exact and not rows.is_empty():
            rows = rows.filter(texts.gather(rows).str.contains(_union(group.triggers)))
        if not rows.is_empty():
            yield group, rows
