"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: Polars filters and extracts candidates over the whole column (Rust expressions, linear time); Python
reads each *distinct* candidate once, strictly, and leads the readings back to their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS, Reading, Selector
from tanglaw.selectors.base import Read
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.overlap import resolve
from tanglaw.selectors.rows import Found, to_batch

# Code points on either side of a candidate that its type may judge.
AROUND = 24
# Distinct candidates remembered by one scanner before it starts anew.
REMEMBERED = 1 << 18
_WITHIN = {name: selector.within for name, selector in SELECTORS.items()}


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression."""

    candidate: str
    trigger: str
    readers: tuple[tuple[Selector, Read], ...]
    hinted: bool


class Placed(NamedTuple):
    """A candidate of row `row` at code point `start` of its folded text."""

    row: int
    start: int
    text: str


@cache
def groups() -> tuple[Group, ...]:
    """The registered recognisers, one group per candidate expression."""
    readers: dict[str, list[tuple[Selector, Read]]] = {}
    triggers: dict[str, list[str]] = {}
    for selector in SELECTORS.values():
        for recogniser in selector.recognisers:
            readers.setdefault(recogniser.candidate, []).append((selector, recogniser.read))
            triggers.setdefault(recogniser.candidate, []).append(recogniser.trigger)
    return tuple(
        Group(candidate, _union(triggers[candidate]), tuple(found), any(selector.hinted for selector, _ in found))
        for candidate, found in readers.items()
    )


def _union(expressions: Sequence[str]) -> str:
    return "|".join(f"(?:{expression})" for expression in dict.fromkeys(expressions))


@cache
def _any() -> str:
    """One expression that every text holding a candidate matches."""
    return _union([group.trigger for group in groups()])


class Scanner:
    """Makes `selectors` rows from texts.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, text; gives the schema of
    table `selectors`. Offsets count code points of the text as it came. `default_country` is the hint for national
    phone spellings where a row states no country. Picklable; what it remembers is not sent along.
    """

    def __init__(self, ids: Ids, default_country: str = "") -> None:
        self.ids = ids
        self.default_country = default_country
        self._memory: dict[tuple[int, str, str], tuple[tuple[Selector, Reading], ...]] = {}

    def __reduce__(self) -> tuple[type[Scanner], tuple[Ids, str]]:
        return Scanner, (self.ids, self.default_country)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`, by row of the batch, place and type."""
        texts = pl.Series(batch.column("text"), dtype=pl.String).fill_null("")
        countries = batch.column("country").to_pylist()
        return to_batch(self.ids, batch, self.find(texts, countries))

    def find(self, texts: pl.Series, countries: Sequence[str | None]) -> list[Found]:
        """Selectors of each text; `countries` are ISO 3166 codes, empty for none."""
        folded, maps = fold(texts)
        rows = folded.str.contains(_any()).arg_true()
        if rows.is_empty():
            return []
        frame = pl.DataFrame({"row": rows, "text": folded.gather(rows)})
        held = dict(zip(rows.to_list(), frame["text"].to_list(), strict=True))
        readings: dict[int, list[Reading]] = {}
        for number, (group, found) in enumerate(zip(groups(), _candidates(frame), strict=True)):
            for placed in _place(held, found):
                country = (countries[placed.row] or self.default_country) if group.hinted else ""
                for selector, reading in self._read(number, group, placed.text, country):
                    start, end = placed.start + reading.start, placed.start + reading.end
                    text = held[placed.row]
                    if selector.fits(text[max(0, start - AROUND) : start], text[start:end], text[end : end + AROUND]):
                        kept = Reading(reading.type, reading.value, start, end, reading.valid)
                        readings.setdefault(placed.row, []).append(kept)
        return list(_found(texts, maps, held, readings))

    def _read(self, number: int, group: Group, text: str, country: str) -> tuple[tuple[Selector, Reading], ...]:
        key = (number, text, country)
        known = self._memory.get(key)
        if known is None:
            if len(self._memory) >= REMEMBERED:
                self._memory.clear()
            known = tuple((selector, reading) for selector, read in group.readers for reading in read(text, country))
            self._memory[key] = known
        return known


def _candidates(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """For each group a frame of row and candidate, in the order of the text; all groups at once."""
    plans = [
        frame.lazy()
        .filter(pl.col("text").str.contains(group.trigger))
        .select("row", pl.col("text").str.extract_all(group.candidate))
        .explode("text")
        .drop_nulls()
        for group in groups()
    ]
    return pl.collect_all(plans)


def _place(held: dict[int, str], found: pl.DataFrame) -> Iterator[Placed]:
    """Places of candidates: each is the first occurrence after the one before, since expressions are context-free."""
    last, end, text = -1, 0, ""
    for row, candidate in zip(found["row"].to_list(), found["text"].to_list(), strict=True):
        if row != last:
            last, end, text = row, 0, held[row]
        start = text.find(candidate, end)
        end = start + len(candidate)
        yield Placed(row, start, candidate)


def _found(
    texts: pl.Series, maps: dict[int, Places], held: dict[int, str], readings: dict[int, list[Reading]]
) -> Iterator[Found]:
    for row in sorted(readings):
        places = maps.get(row)
        original = held[row] if places is None else texts[row]
        for reading in resolve(readings[row], _WITHIN):
            start, end = reading.start, reading.end
            if places is not None:
                start, end = int(places[start]), int(places[end - 1]) + 1
            yield Found(row, reading.type, reading.value, original[start:end], start, end, reading.valid)
