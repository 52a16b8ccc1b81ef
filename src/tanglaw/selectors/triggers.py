"""Which triggers match in which text: all expressions made into four tables, walked over the bytes in one pass.

What a type declares as its trigger is all that the pass knows of it. An expression whose table would be too large is
asked by its first parts, one that cannot be read is taken to match everywhere: `exact` says which are answered in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from tanglaw.selectors.automaton import Asked, Table, table
from tanglaw.selectors.expressions import NotTaken

Bits = npt.NDArray[np.uint64]
# A loop walks four tables in the time of one; states in all of them stay within a processor's second cache.
TABLES = 4
_ALONE, _TOGETHER = 1_000, 4_000
MOST = 63
FOREIGN = np.uint64(1 << 63)


@cache
def loops() -> Any:
    """The compiled loops: loading them takes half a second, so only what has much text does."""
    return import_module("tanglaw.selectors.text_loops")


def loaded() -> bool:
    """True if the loops are loaded already."""
    return loops.cache_info().currsize > 0


class Letters(NamedTuple):
    """Texts as bytes, one after another: text n stands from `offsets[n]` to `offsets[n + 1]`."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: pl.Series) -> Letters:
        """The bytes of texts that are all there."""
        made = texts.to_arrow().cast(pa.large_string())
        places, data = (np.frombuffer(memoryview(one or b""), dtype=np.uint8) for one in made.buffers()[1:])
        return cls(data, places.view(np.int64)[made.offset : made.offset + len(made) + 1])


@dataclass(frozen=True)
class Triggers:
    """Tables for a list of expressions: expression n has bit n. `always` are the bits of those that could not be read."""

    kinds: npt.NDArray[np.uint8]
    following: tuple[npt.NDArray[np.uint32], ...]
    said: tuple[Bits, ...]
    plain: tuple[np.uint32, ...]
    exact: tuple[bool, ...]
    always: np.uint64

    def matched(self, texts: Letters) -> Bits:
        """For each text the bits of the expressions that match in it, or may, and `FOREIGN` if it is not all ASCII."""
        found: Bits = loops().matched(texts.data, texts.offsets, self.kinds, self.following, self.said, self.plain)
        return found | self.always


def triggers(families: Sequence[Sequence[str]]) -> Triggers:
    """The tables of at most `MOST` expressions, numbered through the families: what looks for alike things makes small tables."""
    numbers = count()
    asked = [[_alone(expression, next(numbers)) for expression in family] for family in families]
    known = [[one for one in family if one is not None] for family in asked]
    # Small tables go together until there are as many as the loop walks.
    bins = [(some, table(some, _TOGETHER)) for some in known if some]
    while len(bins) > TABLES:
        bins.sort(key=lambda one: len(one[1].said))
        first, second = bins[0][0], bins[1][0]
        bins[:2] = [([*first, *second], table([*first, *second], _TOGETHER))]
    made = [one for _, one in bins] + [table([], 1)] * (TABLES - len(bins))
    flat = [one for family in asked for one in family]
    always = sum(1 << bit for bit, one in enumerate(flat) if one is None)
    exact = tuple(one is not None and not one.parts for one in flat)
    return Triggers(*_laid_out(made), exact, np.uint64(always))


def _alone(expression: str, bit: int) -> Asked | None:
    """The expression in full, else as many of its first parts as make a small table, else none."""
    for parts in (0, 12, 8, 6, 5, 4, 3, 2):
        asked = Asked(expression, bit, parts)
        try:
            table([asked], _ALONE)
        except NotTaken:
            continue
        return asked
    return None


def _laid_out(
    made: Sequence[Table],
) -> tuple[npt.NDArray[np.uint8], tuple[npt.NDArray[np.uint32], ...], tuple[Bits, ...], tuple[np.uint32, ...]]:
    """Tables with byte classes in common, states as places, those that say something last."""
    signs = list(zip(*(one.kinds.tolist() for one in made), strict=True))
    joint = {sign: number for number, sign in enumerate(dict.fromkeys(signs))}
    width = len(joint)
    following, said, plain = [], [], []
    for number, one in enumerate(made):
        order = np.argsort(one.said != 0, kind="stable")
        places = np.empty_like(order)
        places[order] = np.arange(len(order)) * width
        rows = one.following[order][:, [sign[number] for sign in joint]]
        following.append(places[rows].astype(np.uint32).ravel())
        said.append(np.repeat(one.said[order], width))
        plain.append(np.uint32(np.count_nonzero(one.said == 0) * width))
    kinds = np.array([joint[sign] for sign in signs], dtype=np.uint8)
    return kinds, tuple(following), tuple(said), tuple(plain)
