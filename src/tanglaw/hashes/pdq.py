"""PDQ hashes within a Hamming distance of 31 or less, every one of them, by multi-index hashing.

A hash is 256 bits, here 8 words of 32 bits, each of two halves of 16. Two hashes at distance 31 or less differ in at
most 3 bits of some word (8 x 4 would be 32), and so in at most 1 bit of one of its halves. So: for each of the 16
halves, the entries ordered by it. A query looks under its own half and the 16 halves one bit away, passes on who keeps
the whole word within 3 bits (1 in 100 by chance), and compares those in full. Nothing within the bound is missed.
The pigeonhole is that of Norouzi, Punjani and Fleet, "Fast search in Hamming space with multi-index hashing" (2012);
31 is the bound that PDQ's authors recommend.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tanglaw.hashes.words import Rows, Words, distances

MOST_DISTANCE = 31
# PDQ's authors advise to compare no hash of a lower quality: pictures without structure lie near everything.
LEAST_QUALITY = 50
HALVES = 16
_KEYS = 1 << 16
_WORD_DISTANCE = MOST_DISTANCE // 8
# Candidates looked at in one go: small enough to stay in a processor's cache.
_GO = 1 << 18
_FLIPS = (0, *(1 << bit for bit in range(16)))


@dataclass(frozen=True)
class PdqIndex:
    """`values` (n, 4) 64-bit words; for each half: `starts` (16, 65537) first place of a key, `order` (16, n) entries
    by that half, `other` (16, n) the other half of the same word, in that order. Arrays may be memory-mapped."""

    values: Words
    starts: npt.NDArray[np.uint32]
    order: npt.NDArray[np.uint32]
    other: npt.NDArray[np.uint16]

    def search(self, queries: Words, most: int = MOST_DISTANCE) -> tuple[Rows, Rows, npt.NDArray[np.uint16]]:
        """Every pair of a query (m, 4) and an entry within `most` bits: query row, entry row and distance, in order
        of query, then entry. ValueError if `most` is not between 0 and 31."""
        if not 0 <= most <= MOST_DISTANCE:
            raise ValueError(f"PDQ distance is 0 to {MOST_DISTANCE}, not {most}")
        found = [self._under(half, queries, most) for half in range(HALVES)] if len(queries) else []
        pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
        asked, entry = np.divmod(pairs, max(1, len(self.values)))
        return asked, entry, distances(queries[asked], self.values[entry])

    def _under(self, half: int, queries: Words, most: int) -> Rows:
        """Pairs within the bound that agree in this half up to one bit, as query * entries + entry."""
        pieces = queries.view(np.uint16).reshape(-1, HALVES)
        # In order of their key, queries read the same stretch of the index one after the other.
        order = np.argsort(pieces[:, half], kind="stable")
        key, rest = pieces[order, half], pieces[order, half ^ 1]
        found = []
        for flip in _FLIPS:
            near = key ^ np.uint16(flip)
            start = self.starts[half][near].astype(np.int64)
            many = self.starts[half][near.astype(np.int64) + 1] - start
            total = np.cumsum(many)
            least = _WORD_DISTANCE - (flip != 0)
            for first, last in _stretches(total):
                row, place = self._passed(half, rest, start, many, slice(first, last), least)
                row, entry = order[row], self.order[half][place].astype(np.int64)
                close = distances(queries[row], self.values[entry]) <= most
                found.append(row[close] * len(self.values) + entry[close])
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _passed(
        self, half: int, rest: npt.NDArray[np.uint16], start: Rows, many: Rows, part: slice, least: int
    ) -> tuple[Rows, Rows]:
        """Of the queries in `part`: those places of the index whose other half is within `least` bits."""
        counts = many[part]
        ends = np.cumsum(counts)
        place = np.repeat(start[part] - (ends - counts), counts) + np.arange(ends[-1] if len(ends) else 0)
        apart = np.bitwise_count(self.other[half][place] ^ np.repeat(rest[part], counts))
        passed = np.flatnonzero(apart <= least)
        row = np.searchsorted(ends, passed, side="right") + part.start
        return row, place[passed]


def _stretches(total: Rows) -> list[tuple[int, int]]:
    """Rows cut so that no stretch but one of a single row has more than `_GO` candidates; `total` counts them up."""
    cuts = [0]
    while cuts[-1] < len(total):
        before = total[cuts[-1] - 1] if cuts[-1] else 0
        cuts.append(max(int(np.searchsorted(total, before + _GO, side="right")), cuts[-1] + 1))
    return list(pairwise(cuts))


def half_index(values: Words, half: int) -> tuple[npt.NDArray[np.uint32], ...]:
    """`starts`, `order` and `other` of one half."""
    pieces = values.view(np.uint16).reshape(-1, HALVES)
    key = pieces[:, half]
    starts = np.zeros(_KEYS + 1, np.uint32)
    starts[1:] = np.cumsum(np.bincount(key, minlength=_KEYS))
    order = np.argsort(key, kind="stable").astype(np.uint32)
    return starts, order, pieces[order, half ^ 1]


def in_memory(values: Words) -> PdqIndex:
    """An index that is not on disk, of distinct values."""
    values = np.ascontiguousarray(values)
    starts, order, other = zip(*(half_index(values, half) for half in range(HALVES)), strict=True)
    return PdqIndex(values, np.stack(starts), np.stack(order), np.stack(other))
