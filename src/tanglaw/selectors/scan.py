"""Finds selectors in running text, a record batch at a time: in record batches come texts, out go `selectors` rows.

Two stages: expressions find candidates over the whole column in linear time (`groups`); Python reads each *distinct*
candidate once, strictly (`known`). What was read is led back to its places in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.base import free
from tanglaw.selectors.candidates import Candidates, Span, asked, compiled
from tanglaw.selectors.fold import Places, fold
from tanglaw.selectors.hints import script, with_script
from tanglaw.selectors.joined import Joined, Numbers
from tanglaw.selectors.known import Known
from tanglaw.selectors.overlap import Placed, Rules
from tanglaw.selectors.rows import Columns, Found, carried, told
from tanglaw.selectors.terms import HIDDEN, TERM, Terms
from tanglaw.selectors.triggers import loaded

_MASKS = {name: selector.mask for name, selector in SELECTORS.items() if selector.mask is not None}
_KEYCAP = ("\ufe0f", "\u20e3")
_RULES = Rules({TERM: frozenset(), **{name: one.within for name, one in SELECTORS.items()}}, frozenset(_MASKS))
# Of every type, by code: who judges what stands around, and whether it is asked even where spaces set a reading apart.
_JUDGES = [SELECTORS[name].fits if name in SELECTORS else free for name in _RULES.names]
_NAMES = pa.array(_RULES.names)
_WORDY = np.array([name in SELECTORS and SELECTORS[name].wordy for name in _RULES.names])
# Bytes of text after which a scanner loads its loops: before that the expressions are done sooner.
MUCH = 1 << 25
_NONE = np.zeros(0, dtype=np.int64)


class Readings(NamedTuple):
    """Readings with their places: number of the text, first code point, the one behind, number in what is known."""

    at: Numbers
    start: Numbers
    end: Numbers
    number: Numbers

    def some(self, places: Numbers) -> Readings:
        """Those at `places`, in that order."""
        return Readings(*(column[places] for column in self))


class Countries(NamedTuple):
    """The country hint of each text, empty for none: as it stands, and as a place in what is said at all."""

    each: pl.Series
    place: Numbers
    said: list[str]

    @classmethod
    def of(cls, countries: pl.Series, default: str) -> Countries:
        """Hints as they came, with the default where there is none."""
        each = countries.fill_null("")
        each = each.replace("", default) if default else each
        coded = each.to_arrow().cast(pa.large_string()).dictionary_encode()
        said = [str(one) for one in coded.dictionary.to_pylist()]
        return cls(each, coded.indices.to_numpy().astype(np.int64), said)


class Scanner:
    """Makes `selectors` rows from texts.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, text; gives the schema of
    table `selectors`. Offsets count code points of the text as it came. `country` may hold several codes with weights
    (see `hints`); `default_country` is the hint where a row states none. `terms` are a user's own words to look for.
    `loops` says whether compiled loops look for candidates; by itself it does so from `MUCH` bytes on. Rows are the same.
    Picklable; what it remembers is not sent along. Threads may share it.
    """

    needs: tuple[str, ...] = ("record_id", "field", "country", "text")

    def __init__(
        self, ids: Ids, default_country: str = "", terms: Terms | None = None, loops: bool | None = None
    ) -> None:
        self.ids = ids
        self.default_country = default_country
        self.terms = terms
        self.loops = loops
        self._known = Known(_RULES.codes)
        self._bytes = 0

    def __reduce__(self) -> tuple[type[Scanner], tuple[Any, ...]]:
        return Scanner, (self.ids, self.default_country, self.terms, self.loops)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`, by row of the batch, place and type."""
        return carried(batch, self.told(batch))

    def told(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """As when called, without what a row takes over from its text's: reads the columns `needs` alone."""
        texts = pl.Series(batch.column("text"), dtype=pl.String).fill_null("")
        found = self._columns(texts, pl.Series(batch.column("country"), dtype=pl.String))
        return told(self.ids, batch, found)

    def prepare(self) -> None:
        """Load all that much text needs: compiled loops, number plans, lists of domains."""
        self.loops = True
        examples = [example.text for selector in SELECTORS.values() for example in selector.examples]
        self.find(pl.Series(examples), ["US"] * len(examples))
        self._known = Known(_RULES.codes)

    def find(self, texts: pl.Series, countries: Sequence[str | None]) -> list[Found]:
        """Selectors of each text; `countries` are hints, empty for none."""
        return self._columns(texts, pl.Series(countries, dtype=pl.String)).rows()

    def _columns(self, texts: pl.Series, countries: pl.Series) -> Columns:
        folded, maps = fold(texts)
        looked = list((compiled if self._by_loops(texts) else asked)(folded))
        named = self.terms.find(folded) if self.terms else []
        if self._known.full():
            self._known = Known(_RULES.codes)
        known = self._known
        hints = Countries.of(countries, self.default_country)
        parts = [self._read(known, one, folded, hints) for one in looked if len(one.at)]
        rows = np.unique(np.concatenate([_NONE, *(part.at for part in parts), _numbers([one[0] for one in named])]))
        joined = Joined(folded.gather(rows))
        found = _fitting(_placed_in(joined, rows, parts), joined, known)
        found = _settled(_placed_in(joined, rows, [_terms(named, known)], found) if named else found, known)
        return self._told(found, known, rows, joined, texts, maps)

    def _by_loops(self, texts: pl.Series) -> bool:
        """True if there is enough text for compiled loops, or they are there already."""
        if self.loops is None and not loaded():
            self._bytes += int(texts.str.len_bytes().sum())
            return self._bytes >= MUCH
        return self.loops is not False

    def _hints(self, found: Candidates, folded: pl.Series, countries: pl.Series) -> list[str]:
        """The hint for each candidate, with what the script of its text adds."""
        hints: list[str] = countries.gather(found.at).to_list()
        rows, places = np.unique(found.at, return_inverse=True)
        scripts = [script(text) for text in folded.gather(rows).to_list()]
        return [with_script(hint, scripts[place]) for hint, place in zip(hints, places.tolist(), strict=True)]

    def _read(self, known: Known, found: Candidates, folded: pl.Series, countries: Countries) -> Readings:
        """Readings of a group's candidates at their places in their texts."""
        if isinstance(found.said, Span):
            # Texts of ASCII: their script says nothing.
            hints, hint = (countries.said, countries.place[found.at]) if found.group.hinted else ([""], found.at * 0)
            numbers = known.numbers_at(found.group, found.said, hints, hint)
        else:
            keys: Sequence[str | tuple[str, str]] = found.said
            if found.group.hinted:
                told = self._hints(found, folded, countries.each)
                keys = [(word, hint) if hint else word for word, hint in zip(found.said, told, strict=True)]
            numbers = known.numbers(found.group, keys)
        counts, readings = known.readings(numbers)
        at, places = np.repeat(found.at, counts), np.repeat(found.start, counts)
        return Readings(at, places + known.first.all()[readings], places + known.stop.all()[readings], readings)

    def _told(
        self, found: Readings, known: Known, rows: Numbers, joined: Joined, texts: pl.Series, maps: dict[int, Places]
    ) -> Columns:
        """What was found as columns: places in the original, masked where no more may be kept."""
        at, start, end, number = found
        whole, row = joined.whole, rows[at]
        originals = [whole[low:high] for low, high in zip(start.tolist(), end.tolist(), strict=True)]
        first = joined.starts[at]
        starts, ends = start - first, end - first
        for place in np.flatnonzero(np.isin(row, list(maps))).tolist() if maps else ():
            places, text = maps[int(row[place])], texts[int(row[place])]
            low, high = int(places[starts[place]]), _end(text, int(places[ends[place] - 1]) + 1)
            starts[place], ends[place], originals[place] = low, high, text[low:high]
        code = known.code.all()[number]
        value, how = known.texts(number)
        for place in np.flatnonzero(code == _RULES.codes[TERM]).tolist():
            if how[place].as_py() == HIDDEN:
                originals[place] = "*" * int(ends[place] - starts[place])
        masked = _RULES.masked_codes[code]
        if masked.any():
            keyed = []
            for place in np.flatnonzero(masked).tolist():
                kind = _RULES.names[code[place]]
                keyed.append(self.ids.of(kind, value[place].as_py()))
                originals[place] = _MASKS[kind](originals[place])
            value = pc.replace_with_mask(value, masked, pa.array(keyed, pa.string()))
        valid, likelihood = known.valid.all()[number], known.likelihood.all()[number]
        return Columns(
            row=pa.array(row),
            type=_NAMES.take(pa.array(code)),
            value=value,
            original=pa.array(originals, pa.string()),
            start=pa.array(starts),
            end=pa.array(ends),
            valid=pa.array(valid),
            how=how,
            likelihood=pa.array(likelihood),
        )


def _end(original: str, end: int) -> int:
    """The end with the marks that make the last digit an emoji."""
    while original[end : end + 1] in _KEYCAP:
        end += 1
    return end


def _numbers(numbers: Sequence[int]) -> Numbers:
    return np.array(numbers, dtype=np.int64)


def _terms(named: Sequence[Placed], known: Known) -> Readings:
    """Listed terms as readings in their texts."""
    at, start, end = (_numbers([one[place] for one in named]) for place in range(3))  # type: ignore[misc]
    return Readings(at, start, end, known.listed([(TERM, one[4], one[6]) for one in named]))


def _placed_in(joined: Joined, rows: Numbers, parts: Sequence[Readings], *placed: Readings) -> Readings:
    """All readings in one, their places those in the joined texts `rows`; behind those that are placed already."""
    at, start, end, number = (np.concatenate([_NONE, *(part[place] for part in parts)]) for place in range(4))
    at = np.searchsorted(rows, at)
    first = joined.starts[at]
    found = Readings(at, first + start, first + end, number)
    return Readings(*(np.concatenate(columns) for columns in zip(*placed, found, strict=True)))


def _fitting(found: Readings, joined: Joined, known: Known) -> Readings:
    """Those that what stands around them fits; a type that is not wordy is not asked where spaces set it apart."""
    judges = known.judge.all()[found.number]
    fitting = joined.apart(found.start, found.end) & ~_WORDY[judges]
    asked = np.flatnonzero(~fitting)
    fits = list(map(_JUDGES.__getitem__, judges[asked].tolist()))
    fitting[asked] = joined.judged(fits, found.at[asked], found.start[asked], found.end[asked])
    return found.some(np.flatnonzero(fitting))


def _settled(found: Readings, known: Known) -> Readings:
    """Those that stay, in order."""
    at, start, end, number = found
    codes = known.code.all()[number]

    def placed(place: int) -> Placed:
        one, span = int(number[place]), (int(start[place]), int(end[place]))
        valid, likelihood = bool(known.valid.all()[one]), float(known.likelihood.all()[one])
        return (
            int(at[place]),
            *span,
            _RULES.names[int(codes[place])],
            known.value[one],
            valid,
            known.how[one],
            likelihood,
        )

    return found.some(_RULES.staying(at, start, end, codes, placed))
