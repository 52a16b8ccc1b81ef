"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: expressions find candidates over the whole column in linear time (`groups`); Python reads each *distinct*
candidate once, strictly (`known`). What was read is led back to its places in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.base import free
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.groups import Group, candidates
from tanglaw.selectors.hints import with_script
from tanglaw.selectors.joined import Joined, Numbers
from tanglaw.selectors.known import Known, Seen
from tanglaw.selectors.overlap import Placed, Rules
from tanglaw.selectors.rows import Columns, Found, to_batch
from tanglaw.selectors.terms import HIDDEN, TERM, Terms

_MASKS = {name: selector.mask for name, selector in SELECTORS.items() if selector.mask is not None}
_KEYCAP = ("\ufe0f", "\u20e3")
_RULES = Rules({TERM: frozenset(), **{name: one.within for name, one in SELECTORS.items()}}, frozenset(_MASKS))


class Readings(NamedTuple):
    """Readings with their places: number of the text, first code point of the joined texts, the one behind, type's code,
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
        looked = list(candidates(folded))
        named = self.terms.find(folded) if self.terms else []
        rows = np.unique(np.concatenate([*(at for _, at, _ in looked), _numbers([row for row, *_ in named])]))
        held = folded.gather(pl.Series(rows))
        joined = Joined(held)
        hints = self._hints(held, countries.gather(pl.Series(rows)))
        if self._known.full():
            self._known = Known(_read)
        known = self._known
        parts = [self._read(known, group, np.searchsorted(rows, at), words, joined, hints) for group, at, words in looked]
        found = _settled(_joined_up([_fitting(_joined_up(parts), joined), *_terms(named, rows, joined)]))
        return self._told(found, rows, joined, texts, maps)

    def _hints(self, held: pl.Series, countries: pl.Series) -> list[str]:
        """The hint of each text, with what its script adds."""
        given = countries.fill_null("")
        hints: list[str] = given.to_list()
        if self.default_country:
            hints = [country or self.default_country for country in hints]
        foreign = (held.str.len_bytes() != held.str.len_chars()).arg_true()
        for place, text in zip(foreign.to_list(), held.gather(foreign).to_list(), strict=True):
            hints[place] = with_script(hints[place], text)
        return hints

    def _read(
        self, known: Known, group: Group, at: Numbers, words: Sequence[str], joined: Joined, hints: Sequence[str]
    ) -> Readings:
        """Readings of a group's candidates at their places."""
        if group.unread:
            places = joined.places(at, words)
            behind = joined.behind(group.unread, places).tolist()
            kept = [place for place, word in enumerate(words) if not behind[place] or "//" in word]
            at, places, words = at[kept], places[kept], [words[place] for place in kept]
        keys: Sequence[str | tuple[str, str]] = words
        if group.hinted:
            given = map(hints.__getitem__, at.tolist())
            keys = [(word, hint) if hint else word for word, hint in zip(words, given, strict=True)]
        numbers = known.numbers(group, keys)
        if not group.unread:
            # Places follow one another: they are looked for in all of a text or, where nothing was read, in none.
            telling = np.isin(at, at[numbers > 0])
            at, words, numbers = at[telling], list(compress(words, telling)), numbers[telling]
            places = joined.places(at, words)
        counts, readings = known.readings(numbers)
        at, places = np.repeat(at, counts), np.repeat(places, counts)
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


def _terms(named: Sequence[Placed], rows: Numbers, joined: Joined) -> list[Readings]:
    """Listed terms as readings that nobody judges."""
    if not named:
        return []
    at = np.searchsorted(rows, _numbers([one[0] for one in named]))
    first = joined.starts[at]
    start, end = first + _numbers([one[1] for one in named]), first + _numbers([one[2] for one in named])
    seen = [Seen(free, False, _RULES.codes[one[3]], one[4], 0, 0, *one[5:]) for one in named]
    code = np.full(len(seen), _RULES.codes[TERM], dtype=np.int64)
    return [Readings(at, start, end, code, np.zeros(len(seen), dtype=np.int64), seen)]


def _joined_up(parts: Sequence[Readings]) -> Readings:
    """All readings in one."""
    empty = np.zeros(0, dtype=np.int64)
    columns = (np.concatenate([empty, *(part[place] for part in parts)]) for place in range(5))
    return Readings(*columns, list(chain.from_iterable(part.seen for part in parts)))  # type: ignore[arg-type]


def _fitting(found: Readings, joined: Joined) -> Readings:
    """Those that what stands around them fits; a type that is not wordy is not asked where spaces set it apart."""
    seen = found.seen
    fitting = joined.apart(found.start, found.end) & (found.wordy == 0)
    asked = np.flatnonzero(~fitting)
    spans = (numbers[asked].tolist() for numbers in (found.at, found.start, found.end))
    fitting[asked] = [
        joined.judged(seen[place].fits, *span)
        for place, span in zip(asked.tolist(), zip(*spans, strict=True), strict=True)
    ]
    return found.some(np.flatnonzero(fitting))


def _settled(found: Readings) -> Readings:
    """Those that stay, in order."""
    return found.some(_RULES.staying(found.at, found.start, found.end, found.code, lambda place: _placed(found, place)))


def _placed(found: Readings, place: int) -> Placed:
    seen = found.seen[place]
    span = int(found.start[place]), int(found.end[place])
    return int(found.at[place]), *span, _RULES.names[seen.code], seen.value, seen.valid, seen.how, seen.likelihood
