"""Which candidates were met before: told by their bytes, so that no text is made of those that were."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt

from tanglaw.selectors.joined import Numbers
from tanglaw.selectors.triggers import Letters, loops

# Longer candidates are read anew each time: they do not repeat, and would fill the memory.
LONG = 512


class Entries:
    """Numbers candidates from 0 in the order in which they come; a number each for equal bytes with equal `salts`."""

    def __init__(self) -> None:
        self._count = 0
        # Slots by hash; of each entry hash, salt, where its bytes begin and how many they are.
        self._slots = np.full(1 << 12, -1, dtype=np.int32)
        self._held = np.zeros((0, 4), dtype=np.int64)
        self._bytes = np.zeros(0, dtype=np.uint8)
        # Nobody who writes a text can know which candidates share a slot.
        self._seed = np.frombuffer(os.urandom(8), dtype=np.uint64)[0]

    def of(self, letters: Letters, start: Numbers, end: Numbers, salts: Numbers) -> Numbers:
        """The entry of each candidate, which stands in the bytes from start to end; -1 of one longer than `LONG` bytes."""
        room = self._count + len(start)
        used = int(self._held[self._count - 1, 2:].sum()) if self._count else 0
        self._held = _grown(self._held, room)
        self._bytes = _grown(self._bytes, used + int(np.minimum(end - start, LONG).sum()))
        if 2 * room > len(self._slots):
            self._slots = np.full(1 << (4 * room).bit_length(), -1, dtype=np.int32)
            loops().slotted(self._held[: self._count, 0], self._slots)
        places, held = (start, end, salts), (self._held, self._bytes)
        entries: Numbers
        entries, self._count = loops().entered(letters.data, places, self._seed, self._slots, held, self._count)
        return entries


def _grown(column: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """The column with room for as many values, and then some."""
    if size <= len(column):
        return column
    return np.concatenate((column, np.zeros((size, *column.shape[1:]), dtype=column.dtype)))
