"""What candidates were read as, in columns: a candidate is read once, and its readings are found again by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tanglaw.selectors.base import Reading
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
            new = np.flatnonzero(found < 0)
            if len(new):
                words = span.some(new).words()
                keys = [
                    (word, said) if (said := hints[one]) else word
                    for word, one in zip(words, hint[new].tolist(), strict=True)
                ]
                added = self._added(group, dict.fromkeys(keys), {})
                found[new] = [added[key] for key in keys]
                self._entered[entries[held]] = found[held]
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
        """The numbers of new candidates, once they are read; another thread may have been first."""
        added: dict[Key, int] = {}
        readers = [(self._codes[selector.name], read) for selector, read in group.readers]
        judges: list[int] = []
        readings: list[Reading] = []
        starts: list[int] = []
        counts: list[int] = []
        before = len(self.value)
        for key in keys:
            if (number := numbers.get(key)) is not None:
                added[key] = number
                continue
            candidate, hint = (key, "") if isinstance(key, str) else key
            begun = len(readings)
            for judge, read in readers:
                if some := read(candidate, hint):
                    readings += some
                    judges += [judge] * len(some)
            added[key] = 0
            if len(readings) > begun:
                added[key] = self._candidates + len(starts)
                starts.append(before + begun)
                counts.append(len(readings) - begun)
        self._keep(judges, readings)
        self._starts.add(starts)
        self._counts.add(counts)
        self._candidates += len(starts)
        lengths = [len(key if key.__class__ is str else key[0]) for key in added]
        # Only now may another thread find them.
        short = max(lengths, default=0) <= LONG
        numbers.update(added if short else compress(added.items(), [length <= LONG for length in lengths]))
        self._keys += len(lengths)
        self._letters += sum(lengths)
        return added

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
