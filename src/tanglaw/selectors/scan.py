"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: Polars filters and extracts candidates over the whole column (Rust expressions, linear time); Python
reads each *distinct* candidate once, strictly, and leads the readings back to their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter

import polars as pl
import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS, Selector
from tanglaw.selectors.base import TOKEN, Fits, Read
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.overlap import Placed, resolve
from tanglaw.selectors.rows import Found, to_batch

# Code points on either side of a candidate that its type may judge.
AROUND = 24
# Distinct candidates of one expression that a scanner remembers before it starts anew.
REMEMBERED = 1 << 16
# Longer candidates are read anew each time: they do not repeat, and would fill the memory.
LONG = 512
_WITHIN = {name: selector.within for name, selector in SELECTORS.items()}


# What one candidate was read as: how to judge what stands around it, type, value, place in it, validity.
Known = tuple[tuple[Fits, str, str, int, int, bool], ...]
# Candidates, with their country hint if there is one, and what they were read as.
Memory = dict[str | tuple[str, str], Known]


@dataclass(frozen=True, slots=True)
class Group:
    """All types that read the same candidate expression."""

    candidate: str
    trigger: str
    readers: tuple[tuple[Selector, Read], ...]
    hinted: bool


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
def _any() -> tuple[str, str]:
    """Two expressions of which every text holding a candidate matches one.

    The long run of letters and digits stands alone: together with the words its automaton grows out of its cache.
    """
    return TOKEN, _union([group.trigger for group in groups() if group.candidate != TOKEN])


class Scanner:
    """Makes `selectors` rows from texts.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, text; gives the schema of
    table `selectors`. Offsets count code points of the text as it came. `default_country` is the hint for national
    phone spellings where a row states no country. Picklable; what it remembers is not sent along.
    """

    def __init__(self, ids: Ids, default_country: str = "") -> None:
        self.ids = ids
        self.default_country = default_country
        self._memory: dict[str, Memory] = {}

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
        token, other = _any()
        rows = (folded.str.contains(token) | folded.str.contains(other)).arg_true()
        if rows.is_empty():
            return []
        frame = pl.DataFrame({"row": rows, "text": folded.gather(rows)})
        held = dict(zip(rows.to_list(), frame["text"].to_list(), strict=True))
        hints = {row: countries[row] or self.default_country for row in held}
        placed: list[Placed] = []
        for group, found in zip(groups(), _candidates(frame), strict=True):
            self._place(group, found, held, hints, placed)
        placed.sort()
        return _found(placed, texts, maps, held)

    def _place(
        self, group: Group, found: pl.DataFrame, held: Mapping[int, str], hints: Mapping[int, str], placed: list[Placed]
    ) -> None:
        """Adds readings at their places in the folded text, where what stands around them fits.

        A candidate's place is its first occurrence after the candidate before, since expressions are context-free.
        """
        last, end, text, hint = -1, 0, "", ""
        memory = self._memory.setdefault(group.candidate, {})
        if len(memory) >= REMEMBERED:
            memory.clear()
        for row, candidate in zip(found["row"].to_list(), found["text"].to_list(), strict=True):
            if row != last:
                last, end, text = row, 0, held[row]
                hint = hints[row] if group.hinted else ""
            place = text.find(candidate, end)
            end = place + len(candidate)
            key = (candidate, hint) if hint else candidate
            known = memory.get(key)
            if known is None:
                known = _read(group, candidate, hint)
                if len(candidate) <= LONG:
                    memory[key] = known
            for fits, kind, value, first, stop, valid in known:
                start, close = place + first, place + stop
                before = text[start - AROUND : start] if start > AROUND else text[:start]
                if fits(before, text[start:close], text[close : close + AROUND]):
                    placed.append((row, start, close, kind, value, valid))


def _read(group: Group, candidate: str, hint: str) -> Known:
    """What every type of the group reads in a candidate."""
    return tuple((selector.fits, *reading) for selector, read in group.readers for reading in read(candidate, hint))


def _candidates(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """For each group a frame of row and candidate, in the order of the text; all groups at once."""
    plans = [
        frame.lazy().select("row", pl.col("text").str.extract_all(group.candidate)).explode("text").drop_nulls()
        for group in groups()
    ]
    return pl.collect_all(plans)


def _found(placed: list[Placed], texts: pl.Series, maps: dict[int, Places], held: dict[int, str]) -> list[Found]:
    """What stays of the readings of each row, at its place in the original; `placed` is in order."""
    found = []
    for row, several in groupby(placed, key=itemgetter(0)):
        places = maps.get(row)
        original = held[row] if places is None else texts[row]
        for _, first, last, kind, value, valid in resolve(list(several), _WITHIN):
            start, end = (first, last) if places is None else (int(places[first]), int(places[last - 1]) + 1)
            found.append(Found(row, kind, value, original[start:end], start, end, valid))
    return found
