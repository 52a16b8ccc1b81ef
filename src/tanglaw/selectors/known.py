"""What candidates were read as, in columns: a candidate is read once, and its readings are found again by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tanglaw.selectors.base import Fits
from tanglaw.selectors.groups import Group
from tanglaw.selectors.joined import Numbers

# Candidates, and characters of candidates, after which a scanner starts anew to remember.
REMEMBERED = 1 << 17
_LETTERS = 1 << 25
# Longer candidates are read anew each time: they do not repeat, and would fill the memory.
LONG = 512
# A candidate, with its country hint if there is one.
Key = str | tuple[str, str]


class Seen(NamedTuple):
    """A reading of a candidate and who judges what stands around it; `code` is its type's."""

    fits: Fits
    wordy: bool
    code: int
    value: str
    first: int
    stop: int
    valid: bool
    how: str
    likelihood: float


class Grown:
    """A column that grows at its end; what was taken of it stays as it was."""

    def __init__(self, kind: npt.DTypeLike) -> None:
        self._held: npt.NDArray[Any] = np.zeros(1024, dtype=kind)
        self._size = 0

    def add(self, values: Sequence[Any]) -> None:
        """Put values behind the last."""
        size = self._size + len(values)
        if size > len(self._held):
            self._held = np.concatenate((self._held, np.zeros(size, dtype=self._held.dtype)))
        self._held[self._size : size] = values
        self._size = size

    def all(self) -> npt.NDArray[Any]:
        """The column as it is now."""
        return self._held[: self._size]


class Known:
    """Candidates by number and their readings by number, shared by the threads of a scanner.

    Candidate 0 is any that nothing is read in. `seen` holds the readings themselves; first, stop, code and wordy are their
    columns.
    """

    def __init__(self, read: Callable[[Group, str, str], Sequence[Seen]]) -> None:
        self.seen: list[Seen] = []
        self.first, self.stop, self.code = Grown(np.int64), Grown(np.int64), Grown(np.int64)
        self.wordy = Grown(np.bool_)
        self._read = read
        self._numbers: dict[str, dict[Key, int]] = {}
        self._starts, self._counts = Grown(np.int64), Grown(np.int64)
        self._starts.add([0])
        self._counts.add([0])
        self._candidates, self._keys, self._letters = 1, 0, 0
        self._lock = Lock()

    def full(self) -> bool:
        """True if a new one should take its place."""
        return self._keys > REMEMBERED or self._letters > _LETTERS

    def numbers(self, group: Group, keys: Sequence[Key]) -> Numbers:
        """The numbers of candidates; those that are new are read."""
        numbers = self._numbers.setdefault(group.candidate, {})
        found = list(map(numbers.get, keys))
        if None in found:
            with self._lock:
                new = [one is None for one in found]
                added = self._added(group, list(dict.fromkeys(compress(keys, new))), numbers)
            found = [added[key] if one is None else one for key, one in zip(keys, found, strict=True)]
        return np.array(found, dtype=np.int64)

    def readings(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """How many readings each candidate has, and the numbers of all of them, in order."""
        counts = self._counts.all()[numbers]
        ends = np.cumsum(counts)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(self._starts.all()[numbers] - ends + counts, counts)
        return counts, places

    def _added(self, group: Group, keys: Sequence[Key], numbers: dict[Key, int]) -> dict[Key, int]:
        """The numbers of new candidates, once they are read; another thread may have been first."""
        added: dict[Key, int] = {}
        seen, starts, counts = [], [], []
        readings = len(self.seen)
        for key in keys:
            if (number := numbers.get(key)) is not None:
                added[key] = number
                continue
            candidate, hint = (key, "") if isinstance(key, str) else key
            some = self._read(group, candidate, hint)
            added[key] = 0
            if some:
                added[key] = self._candidates + len(starts)
                starts.append(readings + len(seen))
                counts.append(len(some))
                seen += some
        self._keep(seen, starts, counts)
        lengths = [len(key) if isinstance(key, str) else len(key[0]) for key in added]
        # Only now may another thread find them.
        numbers.update(compress(added.items(), [length <= LONG for length in lengths]))
        self._keys += len(lengths)
        self._letters += sum(lengths)
        return added

    def _keep(self, seen: Sequence[Seen], starts: Sequence[int], counts: Sequence[int]) -> None:
        self.seen += seen
        self.first.add([one.first for one in seen])
        self.stop.add([one.stop for one in seen])
        self.code.add([one.code for one in seen])
        self.wordy.add([one.wordy for one in seen])
        self._starts.add(starts)
        self._counts.add(counts)
        self._candidates += len(starts)
