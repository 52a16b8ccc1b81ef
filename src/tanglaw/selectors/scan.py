"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: expressions find candidates over the whole column in linear time (`groups`); Python reads each *distinct*
candidate once, strictly (`known`). What was read is led back to its places in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.base import free
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.candidates import Candidates, asked, compiled
from tanglaw.selectors.groups import Group
from tanglaw.selectors.hints import with_script
from tanglaw.selectors.joined import Joined, Numbers
from tanglaw.selectors.known import Known, Seen
from tanglaw.selectors.overlap import Placed, Rules
from tanglaw.selectors.rows import Columns, Found, to_batch
from tanglaw.selectors.terms import HIDDEN, TERM, Terms

_MASKS = {name: selector.mask for name, selector in SELECTORS.items() if selector.mask is not None}
_KEYCAP = ("\ufe0f", "\u20e3")
_RULES = Rules({TERM: frozenset(), **{name: one.within for name, one in SELECTORS.items()}}, frozenset(_MASKS))


# Bytes of text after which a scanner has its loops compiled: before that the expressions are done sooner.
MUCH = 1 << 23
_NONE = np.zeros(0, dtype=np.int64)


class Readings(NamedTuple):
    """Readings with their places: number of the text, its first code point, the one behind, type's code,
    whether its type is asked even where spaces set it apart, what was read."""

    at: Numbers
    start: Numbers
    end: Numbers
    code: Numbers
    wordy: Numbers
    seen: list[Seen]

    def some(self, places: Numbers) -> Readings:
        """Those at `places`, in that order."""
        columns = (column[places] for column in self[:5])
        return Readings(*columns, list(map(self.seen.__getitem__, places.tolist())))  # type: ignore[arg-type]


class Scanner:
    """Makes `selectors` rows from texts.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, text; gives the schema of
    table `selectors`. Offsets count code points of the text as it came. `country` may hold several codes with weights
    (see `hints`); `default_country` is the hint where a row states none. `terms` are a user's own words to look for.
    Picklable; what it remembers is not sent along. Threads may share it.
    """

    def __init__(self, ids: Ids, default_country: str = "", terms: Terms | None = None) -> None:
        self.ids = ids
        self.default_country = default_country
        self.terms = terms
        self._known = Known(_read)
        self._bytes = 0

    def __reduce__(self) -> tuple[type[Scanner], tuple[Any, ...]]:
        return Scanner, (self.ids, self.default_country, self.terms)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`, by row of the batch, place and type."""
        texts = pl.Series(batch.column("text"), dtype=pl.String).fill_null("")
        return to_batch(self.ids, batch, self._columns(texts, pl.Series(batch.column("country"), dtype=pl.String)))

    def find(self, texts: pl.Series, countries: Sequence[str | None]) -> list[Found]:
        """Selectors of each text; `countries` are hints, empty for none."""
        return self._columns(texts, pl.Series(countries, dtype=pl.String)).rows()

    def _columns(self, texts: pl.Series, countries: pl.Series) -> Columns:
        folded, maps = fold(texts)
        self._bytes += int(texts.str.len_bytes().sum())
        looked = list((compiled if self._bytes >= MUCH else asked)(folded))
        named = self.terms.find(folded) if self.terms else []
        if self._known.full():
            self._known = Known(_read)
        known = self._known
        parts = [self._read(known, one, folded, countries) for one in looked if one.words]
        parts += _terms(named)
        rows = np.unique(np.concatenate([_NONE, *(part.at for part in parts)]))
        joined = Joined(folded.gather(rows))
        found = _settled(_fitting(_placed_in(joined, rows, parts), joined))
        return self._told(found, rows, joined, texts, maps)

    def _hints(self, at: Numbers, folded: pl.Series, countries: pl.Series) -> list[str]:
        """The hint for each candidate, with what the script of its text adds."""
        rows, places = np.unique(at, return_inverse=True)
        hints: list[str] = countries.gather(rows).fill_null("").to_list()
        if self.default_country:
            hints = [country or self.default_country for country in hints]
        held = folded.gather(rows)
        foreign = (held.str.len_bytes() != held.str.len_chars()).arg_true()
        for place, text in zip(foreign.to_list(), held.gather(foreign).to_list(), strict=True):
            hints[place] = with_script(hints[place], text)
        return list(map(hints.__getitem__, places.tolist()))

    def _read(self, known: Known, found: Candidates, folded: pl.Series, countries: pl.Series) -> Readings:
        """Readings of a group's candidates at their places in their texts."""
        keys: Sequence[str | tuple[str, str]] = found.words
        if found.group.hinted:
            hints = self._hints(found.at, folded, countries)
            keys = [(word, hint) if hint else word for word, hint in zip(keys, hints, strict=True)]  # type: ignore[misc]
        counts, readings = known.readings(known.numbers(found.group, keys))
        at, places = np.repeat(found.at, counts), np.repeat(found.start, counts)
        first, stop, code, wordy = (column.all()[readings] for column in (known.first, known.stop, known.code, known.wordy))
        return Readings(at, places + first, places + stop, code, wordy, list(map(known.seen.__getitem__, readings.tolist())))

    def _told(
        self, found: Readings, rows: Numbers, joined: Joined, texts: pl.Series, maps: dict[int, Places]
    ) -> Columns:
        """What was found as columns: places in the original, masked where no more may be kept."""
        at, start, end, code, _, seen = found
        first = joined.starts[at]
        whole, row = joined.whole, rows[at].tolist()
        originals = [whole[low:high] for low, high in zip(start.tolist(), end.tolist(), strict=True)]
        starts, ends = (start - first).tolist(), (end - first).tolist()
        kinds, values = list(map(_RULES.names.__getitem__, code.tolist())), [one.value for one in seen]
        hows = [one.how for one in seen]
        if maps:
            for place in np.flatnonzero(np.isin(rows[at], list(maps))).tolist():
                places, text = maps[row[place]], texts[row[place]]
                low, high = int(places[starts[place]]), _end(text, int(places[ends[place] - 1]) + 1)
                starts[place], ends[place], originals[place] = low, high, text[low:high]
        for place, (kind, how) in enumerate(zip(kinds, hows, strict=True)):
            if kind in _MASKS:
                values[place] = self.ids.of(kind, values[place])
                originals[place] = _MASKS[kind](originals[place])
            elif how == HIDDEN:
                originals[place] = "*" * (ends[place] - starts[place])
        valid, likelihoods = [one.valid for one in seen], [one.likelihood for one in seen]
        return Columns(row, kinds, values, originals, starts, ends, valid, hows, likelihoods)


def _end(original: str, end: int) -> int:
    """The end with the marks that make the last digit an emoji."""
    while original[end : end + 1] in _KEYCAP:
        end += 1
    return end


def _numbers(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.int64)


def _read(group: Group, candidate: str, hint: str) -> Sequence[Seen]:
    """What every type of the group reads in a candidate."""
    return [
        Seen(selector.fits, selector.wordy, _RULES.codes[reading[0]], *reading[1:])
        for selector, read in group.readers
        for reading in read(candidate, hint)
    ]


def _terms(named: Sequence[Placed]) -> list[Readings]:
    """Listed terms as readings that nobody judges."""
    if not named:
        return []
    at, start, end = (_numbers([one[place] for one in named]) for place in range(3))  # type: ignore[misc]
    seen = [Seen(free, False, _RULES.codes[one[3]], one[4], 0, 0, *one[5:]) for one in named]
    code = np.full(len(seen), _RULES.codes[TERM], dtype=np.int64)
    return [Readings(at, start, end, code, np.zeros(len(seen), dtype=np.int64), seen)]


def _placed_in(joined: Joined, rows: Numbers, parts: Sequence[Readings]) -> Readings:
    """All readings in one, their places those in the joined texts `rows`."""
    at, start, end, code, wordy = (np.concatenate([_NONE, *(part[place] for part in parts)]) for place in range(5))
    at = np.searchsorted(rows, at)
    first = joined.starts[at]
    return Readings(at, first + start, first + end, code, wordy, list(chain.from_iterable(part.seen for part in parts)))


def _fitting(found: Readings, joined: Joined) -> Readings:
    """Those that what stands around them fits; a type that is not wordy is not asked where spaces set it apart."""
    free_of_words = joined.apart(found.start, found.end) & (found.wordy == 0)
    asked = np.flatnonzero(~free_of_words)
    judges = [found.seen[place].fits for place in asked.tolist()]
    free_of_words[asked] = joined.judged(judges, found.at[asked], found.start[asked], found.end[asked])
    return found.some(np.flatnonzero(free_of_words))


def _settled(found: Readings) -> Readings:
    """Those that stay, in order."""
    return found.some(_RULES.staying(found.at, found.start, found.end, found.code, lambda place: _placed(found, place)))


def _placed(found: Readings, place: int) -> Placed:
    seen = found.seen[place]
    span = int(found.start[place]), int(found.end[place])
    return int(found.at[place]), *span, _RULES.names[seen.code], seen.value, seen.valid, seen.how, seen.likelihood
