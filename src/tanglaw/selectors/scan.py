"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: Polars filters and extracts candidates over the whole column (Rust expressions, linear time); Python
reads each *distinct* candidate once, strictly, and leads the readings back to their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.base import Fits
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.groups import Group, any_trigger, families
from tanglaw.selectors.hints import with_script
from tanglaw.selectors.overlap import Placed, Rules
from tanglaw.selectors.rows import Found, to_batch
from tanglaw.selectors.terms import HIDDEN, TERM, Terms

# Code points on either side of a candidate that its type may judge.
AROUND = 32
# Distinct candidates of one expression that a scanner remembers before it starts anew.
REMEMBERED = 1 << 16
# Longer candidates are read anew each time: they do not repeat, and would fill the memory.
LONG = 512
_MASKS = {name: selector.mask for name, selector in SELECTORS.items() if selector.mask is not None}
_KEYCAP = ("\ufe0f", "\u20e3")
_RULES = Rules({TERM: frozenset(), **{name: one.within for name, one in SELECTORS.items()}}, frozenset(_MASKS))

_SPACE = frozenset(("", " "))
# What one candidate was read as: how to judge what stands around it and whether spaces settle that, then the reading.
Known = tuple[tuple[Fits, bool, str, str, int, int, bool, str, float], ...]
# Candidates, with their country hint if there is one, and what they were read as.
Memory = dict[str | tuple[str, str], Known]


class Scanner:
    """Makes `selectors` rows from texts.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, text; gives the schema of
    table `selectors`. Offsets count code points of the text as it came. `country` may hold several codes with weights
    (see `hints`); `default_country` is the hint where a row states none. `terms` are a user's own words to look for.
    Picklable; what it remembers is not sent along.
    """

    def __init__(self, ids: Ids, default_country: str = "", terms: Terms | None = None) -> None:
        self.ids = ids
        self.default_country = default_country
        self.terms = terms
        self._memory: dict[str, Memory] = {}

    def __reduce__(self) -> tuple[type[Scanner], tuple[Any, ...]]:
        return Scanner, (self.ids, self.default_country, self.terms)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`, by row of the batch, place and type."""
        texts = pl.Series(batch.column("text"), dtype=pl.String).fill_null("")
        return to_batch(self.ids, batch, self.find(texts, batch.column("country").to_pylist()))

    def find(self, texts: pl.Series, countries: Sequence[str | None]) -> list[Found]:
        """Selectors of each text; `countries` are hints, empty for none."""
        folded, maps = fold(texts)
        named = self.terms.find(folded) if self.terms else []
        rows = any_trigger(folded)
        frame = folded.gather(rows)
        held = dict(zip(rows.to_list(), frame.to_list(), strict=True))
        hints = {row: countries[row] or self.default_country for row in held}
        placed: list[Placed] = list(named)
        held |= {row: folded[row] for row, *_ in named if row not in held}
        for group, found_rows, found in _candidates(rows, frame):
            self._place(group, zip(found_rows, found, strict=True), held, hints, placed)
        placed.sort()
        return self._found(placed, texts, maps, held)

    def _place(
        self,
        group: Group,
        found: Iterator[tuple[int, str]],
        held: Mapping[int, str],
        hints: Mapping[int, str],
        placed: list[Placed],
    ) -> None:
        """Adds readings at their places in the folded text, where what stands around them fits.

        A candidate's place is its first occurrence after the candidate before, since expressions are context-free.
        """
        last, end, text, hint = -1, 0, "", ""
        memory = self._memory.setdefault(group.candidate, {})
        if len(memory) >= REMEMBERED:
            memory.clear()
        add, remembered, bare = placed.append, memory.get, group.bare
        for row, candidate in found:
            if row != last:
                last, end, text = row, 0, held[row]
                if group.hinted:
                    hint = hints[row] if text.isascii() else with_script(hints[row], text)
            place = text.find(candidate, end)
            end = place + len(candidate)
            if bare and text[place - 1 : place] == "@" and "//" not in candidate:
                continue
            key = (candidate, hint) if hint else candidate
            known = remembered(key)
            if known is None:
                known = _read(group, candidate, hint)
                if len(candidate) <= LONG:
                    memory[key] = known
            for fits, wordy, kind, value, first, stop, valid, how, likelihood in known:
                start, close = place + first, place + stop
                if wordy or not (text[start - 1 : start] in _SPACE and text[close : close + 1] in _SPACE):
                    before = text[start - AROUND : start] if start > AROUND else text[:start]
                    if not fits(before, text[start:close], text[close : close + AROUND]):
                        continue
                add((row, start, close, kind, value, valid, how, likelihood))

    def _found(
        self, placed: Sequence[Placed], texts: pl.Series, maps: Mapping[int, Places], held: Mapping[int, str]
    ) -> list[Found]:
        """What stays of the readings of each row, at its place in the original; `placed` is in order."""
        found = []
        for row, several in groupby(placed, key=itemgetter(0)):
            places = maps.get(row)
            original = held[row] if places is None else texts[row]
            for one in _RULES.resolve(list(several)):
                found.append(self._row(one, original, places))
        return found

    def _row(self, one: Placed, original: str, places: Places | None) -> Found:
        """One reading at its place in the original, masked where no more may be kept."""
        row, start, end, kind, value, valid, how, likelihood = one
        if places is not None:
            start, end = int(places[start]), _end(original, int(places[end - 1]) + 1)
        written = original[start:end]
        if kind in _MASKS:
            return Found(row, kind, self.ids.of(kind, value), _MASKS[kind](written), start, end, valid, how, likelihood)
        if how == HIDDEN:
            written = "*" * (end - start)
        return Found(row, kind, value, written, start, end, valid, how, likelihood)


def _end(original: str, end: int) -> int:
    """The end with the marks that make the last digit an emoji."""
    while original[end : end + 1] in _KEYCAP:
        end += 1
    return end


def _read(group: Group, candidate: str, hint: str) -> Known:
    """What every type of the group reads in a candidate."""
    return tuple(
        (selector.fits, selector.wordy, *reading)
        for selector, read in group.readers
        for reading in read(candidate, hint)
    )


def _candidates(rows: pl.Series, texts: pl.Series) -> Iterator[tuple[Group, list[int], list[str]]]:
    """For each group the rows and candidates in the order of the text; each group looks only where its trigger is."""
    numbers = rows.to_numpy()
    for family in families():
        mine = texts.str.contains(family.trigger).arg_true()
        if mine.is_empty():
            continue
        some, places = texts.gather(mine), numbers[mine.to_numpy()]
        for trigger, groups in family.triggers:
            hit = some.str.contains(trigger).arg_true()
            if hit.is_empty():
                continue
            held, at = some.gather(hit), places[hit.to_numpy()]
            for group in groups:
                found = held.str.extract_all(group.candidate)
                words = found.explode(empty_as_null=False).to_list()
                yield group, np.repeat(at, found.list.len().to_numpy()).tolist(), words
