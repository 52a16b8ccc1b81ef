"""Counts how often each record came before in the same file, in eight bytes a record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]


class Occurrences:
    """Number of each key among equals, from 0, over blocks. Keys are 64-bit hashes of the records."""

    def __init__(self) -> None:
        self._seen: list[Keys] = []
        self._many: dict[int, int] = {}

    def numbers(self, keys: Keys) -> npt.NDArray[np.int64]:
        """For each key how often it came before, in this block and in earlier ones."""
        if not len(keys):
            return np.zeros(0, np.int64)
        distinct, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        order = np.argsort(inverse, kind="stable")
        firsts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)[:-1]])
        numbers = np.empty(len(keys), np.int64)
        numbers[order] = np.arange(len(keys)) - np.repeat(firsts, counts)
        before = self._before(distinct)
        for index in np.flatnonzero((before > 0) | (counts > 1)):
            self._many[int(distinct[index])] = int(before[index] + counts[index])
        self._remember(distinct[before == 0])
        return numbers + before[inverse]

    def _before(self, distinct: Keys) -> npt.NDArray[np.int64]:
        before = np.zeros(len(distinct), np.int64)
        for seen in self._seen:
            at = np.searchsorted(seen, distinct)
            at[at == len(seen)] = 0
            before |= (seen[at] == distinct).astype(np.int64)
        for index in np.flatnonzero(before):
            before[index] = self._many.get(int(distinct[index]), 1)
        return before

    def _remember(self, distinct: Keys) -> None:
        """Sorted runs that at least double in size, so that few are kept and each key is moved seldom."""
        if not len(distinct):
            return
        run = distinct
        while self._seen and len(self._seen[-1]) < 2 * len(run):
            run = np.sort(np.concatenate([self._seen.pop(), run]), kind="stable")
        self._seen.append(run)
