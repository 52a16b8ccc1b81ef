"""What candidates were read as, in columns: a candidate is read once, and its readings are found again by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tanglaw.selectors.base import Read, Reading
from tanglaw.selectors.candidates import Span
from tanglaw.selectors.entries import LONG, Entries
from tanglaw.selectors.groups import Group
from tanglaw.selectors.joined import Numbers
from tanglaw.selectors.rows import Column

# Candidates, and characters of candidates, after which a scanner starts anew to remember.
REMEMBERED = 1 << 17
_LETTERS = 1 << 25
# A candidate, with its country hint if there is one.
Key = str | tuple[str, str]


class Grown:
    """A column that grows at its end; what was taken of it stays as it was."""

    def __init__(self, kind: npt.DTypeLike) -> None:
        self._held: npt.NDArray[Any] = np.zeros(1024, dtype=kind)
        self._size = 0

    def add(self, values: Sequence[Any] | npt.NDArray[Any]) -> None:
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

    Candidate 0 is any that nothing is read in. Columns of the readings: `code` is that of the type, `judge` that of the type
    whose `fits` is asked, `first` and `stop` are code points in the candidate. Nothing is kept that the collector of garbage
    would have to walk over again and again.
    """

    def __init__(self, codes: Mapping[str, int]) -> None:
        self.value: list[str] = []
        self.how: list[str] = []
        self.code, self.judge, self.first, self.stop = (Grown(np.int64) for _ in range(4))
        self.valid, self.likelihood = Grown(np.bool_), Grown(np.float64)
        self._codes = codes
        self._numbers: dict[str, dict[Key, int]] = {}
        # By bytes: the number of each entry, -1 of one that was not read; a salt for each group with each hint.
        self._entries, self._entered = Entries(), np.zeros(0, dtype=np.int64)
        self._salts: dict[tuple[str, str], int] = {}
        # By candidate expression, first character and length: who is asked.
        self._readers: dict[str, dict[tuple[str, int], list[tuple[int, Read]]]] = {}
        self._starts, self._counts = Grown(np.int64), Grown(np.int64)
        self._starts.add([0])
        self._counts.add([0])
        self._candidates, self._keys, self._letters = 1, 0, 0
        # The values and how they were read so far, as columns.
        self._texts: tuple[Column, ...] = (pa.array([], pa.string()),) * 2
        self._lock = Lock()

    def full(self) -> bool:
        """True if a new one should take its place."""
        return self._keys > REMEMBERED or self._letters > _LETTERS

    def numbers(self, group: Group, keys: Sequence[Key]) -> Numbers:
        """The numbers of candidates; those that are new are read."""
        numbers = self._numbers.setdefault(group.candidate, {})
        found = list(map(numbers.get, keys))
        new = [place for place, number in enumerate(found) if number is None]
        if new:
            with self._lock:
                added = self._added(group, dict.fromkeys([keys[place] for place in new]), numbers)
            for place in new:
                found[place] = added[keys[place]]
        return np.array(found, dtype=np.int64)

    def numbers_at(self, group: Group, span: Span, hints: Sequence[str], hint: Numbers) -> Numbers:
        """As `numbers`, of candidates told by their bytes; of each `hint` is the place of its country hint in `hints`."""
        with self._lock:
            salts = np.array([self._salts.setdefault((group.candidate, one), len(self._salts)) for one in hints])
            entries = self._entries.of(*span, salts[hint])
            if (more := int(entries.max(initial=-1)) + 1 - len(self._entered)) > 0:
                self._entered = np.concatenate((self._entered, np.full(more, -1)))
            found: Numbers = np.full(len(entries), -1)
            held = entries >= 0
            found[held] = self._entered[entries[held]]
            # Of each new entry the first; one too long to be kept each time.
            new = np.flatnonzero(found < 0)
            new = new[np.sort(np.unique(np.where(held, entries, -1 - np.arange(len(held)))[new], return_index=True)[1])]
            words = span.some(new).words()
            read = self._read(group, list(zip(words, map(hints.__getitem__, hint[new].tolist()), strict=True)))
            found[new] = read
            kept = new[held[new]]
            self._entered[entries[kept]] = found[kept]
            found[held] = self._entered[entries[held]]
        return found

    def listed(self, terms: Sequence[tuple[str, str, str]]) -> Numbers:
        """The numbers of readings that no candidate has: type, value and how it was read, each certain."""
        with self._lock:
            before = len(self.value)
            self._keep(
                [self._codes[kind] for kind, *_ in terms], [Reading(one[0], one[1], 0, 0, how=one[2]) for one in terms]
            )
            self._keys += len(terms)
        return np.arange(before, before + len(terms))

    def readings(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """How many readings each candidate has, and the numbers of all of them, in order."""
        counts = self._counts.all()[numbers]
        ends = np.cumsum(counts)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            self._starts.all()[numbers] - ends + counts, counts
        )
        return counts, places

    def texts(self, numbers: Numbers) -> tuple[Column, Column]:
        """Values of readings, and how they were read."""
        with self._lock:
            places: Any = pa.array(numbers)
            new = slice(len(self._texts[0]), None)
            made = (pa.array(column[new], pa.string()) for column in (self.value, self.how))
            value, how = self._texts = tuple(map(pa.concat_arrays, zip(self._texts, made, strict=True)))
        return value.take(places), how.take(places)

    def _added(self, group: Group, keys: Iterable[Key], numbers: dict[Key, int]) -> dict[Key, int]:
        """The numbers of candidates, once those that are new are read; another thread may have been first."""
        added = {key: number for key in keys if (number := numbers.get(key)) is not None}
        new = [key for key in keys if key not in added]
        given = [(key, "") if isinstance(key, str) else key for key in new]
        made = dict(zip(new, self._read(group, given).tolist(), strict=True))
        # Only now may another thread find them.
        numbers.update((key, made[key]) for key, (word, _) in zip(new, given, strict=True) if len(word) <= LONG)
        return added | made

    def _read(self, group: Group, given: Sequence[tuple[str, str]]) -> Numbers:
        """The numbers of candidates with their hints, which are read for it."""
        asked = self._readers.setdefault(group.candidate, {})
        judges: list[int] = []
        readings: list[Reading] = []
        ends: list[int] = []
        for word, hint in given:
            kind = (word[:1], len(word))
            readers = asked.get(kind)
            if readers is None:
                readers = [(self._codes[type_.name], one.read) for type_, one in group.readers if one.may(word)]
                if len(word) <= LONG:
                    asked[kind] = readers
            for judge, read in readers:
                if some := read(word, hint):
                    readings += some
                    judges += [judge] * len(some)
            ends.append(len(readings))
        counts = np.diff(_numbers(ends), prepend=0)
        held = counts > 0
        numbers = np.where(held, self._candidates + np.cumsum(held) - 1, 0)
        starts = len(self.value) + _numbers(ends) - counts
        self._keep(judges, readings)
        self._starts.add(starts[held])
        self._counts.add(counts[held])
        self._candidates += int(held.sum())
        self._keys += len(given)
        self._letters += sum([len(word) for word, _ in given])
        return numbers

    def _keep(self, judges: Sequence[int], readings: Sequence[Reading]) -> None:
        if not readings:
            return
        kinds, values, first, stop, valid, how, likelihood = zip(*readings, strict=True)
        self.value += values
        self.how += how
        self.code.add(list(map(self._codes.__getitem__, kinds)))
        self.judge.add(judges)
        self.first.add(first)
        self.stop.add(stop)
        self.valid.add(valid)
        self.likelihood.add(likelihood)


def _numbers(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.int64)
