"""Exact look-up of MD5, SHA-1 and SHA-256 among millions: sorted fixed-width numbers and a table of prefixes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tanglaw.hashes.words import Rows, Words

ABSENT = -1
_MOST_BITS = 26
# Queries looked up in one go: small enough to stay in a processor's cache.
_GO = 1 << 15


@dataclass(frozen=True)
class ExactIndex:
    """`values`: (n, width) 64-bit words, distinct rows in ascending order; `starts`: for each value of the first bits
    the first row, and n at the end. Arrays may be memory-mapped."""

    values: Words
    starts: npt.NDArray[np.uint32]

    def search(self, queries: Words) -> Rows:
        """The row of each query (m, width), -1 where it is not there."""
        parts = [self._found(queries[at : at + _GO]) for at in range(0, len(queries), _GO)]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def _found(self, queries: Words) -> Rows:
        # Few rows share a prefix, so one or two halvings find the row; a list made to share them costs log2 of its
        # length.
        shift = np.uint64(64 - (len(self.starts) - 1).bit_length() + 1)
        prefix = (queries[:, 0] >> shift).astype(np.int64)
        low = self.starts[prefix].astype(np.int64)
        high = self.starts[prefix + 1].astype(np.int64)
        found = np.full(len(queries), ABSENT, np.int64)
        asked = np.flatnonzero(low < high)
        low, high = low[asked], high[asked]
        while len(asked):
            middle = (low + high) >> 1
            equal, less = self._compared(middle, queries, asked)
            found[asked[equal]] = middle[equal]
            low = np.where(less, middle + 1, low)
            high = np.where(less, high, middle)
            on = np.flatnonzero((low < high) & ~equal)
            asked, low, high = asked[on], low[on], high[on]
        return found

    def _compared(self, rows: Rows, queries: Words, asked: Rows) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Whether each row's value equals its query, and whether it is less."""
        have, want = np.take(self.values, rows, axis=0), np.take(queries, asked, axis=0)
        equal, less = have[:, 0] == want[:, 0], have[:, 0] < want[:, 0]
        tied = np.flatnonzero(equal)
        for word in range(1, have.shape[1]):
            left, right = have[tied, word], want[tied, word]
            equal[tied], less[tied] = left == right, left < right
            tied = tied[left == right]
        return equal, less


def starts_of(first: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.uint32]:
    """Where each prefix of that many bits begins among sorted first words."""
    edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return np.append(np.searchsorted(first, edges), len(first)).astype(np.uint32)


def prefix_bits(rows: int) -> int:
    """Bits of the prefix: about one row each, at most 2^26 prefixes (256 MB)."""
    return max(1, min(_MOST_BITS, rows.bit_length()))


def in_memory(values: Words) -> ExactIndex:
    """An index that is not on disk; values (n, width) in any order, also twice."""
    ordered = np.unique(values, axis=0)
    return ExactIndex(ordered, starts_of(ordered[:, 0], prefix_bits(len(ordered))))
