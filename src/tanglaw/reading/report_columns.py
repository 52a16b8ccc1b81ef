"""The rows of many reports at once: what `report_rows` writes row by row, made column by column.

Whatever a column holds that would have to be told as an issue, or is not of the common form, makes its document
`unsure`: such a document gives no row here and is left to the reader that reads row by row. The one exception is an
assumed zone, which is so common that `assumed` tells it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from tanglaw.config import Settings
from tanglaw.reading import text_loops as loops
from tanglaw.reading.hashes import SIZES, kind_of, normal
from tanglaw.reading.report_rows import _EVENTS, _MAX_AGE, _MAX_PORT, AccountFacts
from tanglaw.reading.reports import clean_number
from tanglaw.reading.texts import Arena, Mask, Texts, Whole
from tanglaw.reading.values import instant, truth
from tanglaw.tables import TABLES
from tanglaw.tables.base import BOOL

Cells: TypeAlias = "Texts | pa.Array[Any] | str | None"
_MICROSECONDS = pa.timestamp("us", tz="UTC")


class Times(NamedTuple):
    """Instants: microseconds, the text as written, the zone assumed, and the text that ids are made of."""

    at: pa.Array[Any]
    original: Texts
    assumed: Texts
    key: Texts

    def named(self, name: str) -> dict[str, Cells]:
        """The three columns of `name`."""
        return {name: self.at, f"{name}_original": self.original, f"{name}_assumed": self.assumed}


class _Assumed(NamedTuple):
    """Stamps without a zone: their documents, when they would be read, the field and the places."""

    doc: Whole
    rank: Whole
    name: str
    place: Texts


class ReportColumns:
    """Collects the rows of `len(sources)` documents, each with its source and report."""

    def __init__(self, arena: Arena, settings: Settings, sources: Texts, reports: Texts) -> None:
        self.arena = arena
        self.sources = sources
        self.reports = reports
        self.documents = len(sources.at)
        self.unsure = np.zeros(self.documents, np.bool_)
        self.given = np.zeros(self.documents, np.int64)
        self._zone = settings.default_zone
        self._tables: list[tuple[str, Whole, pa.Table]] = []
        self._stamps: list[_Assumed] = []

    def doubt(self, doc: Whole, where: Mask) -> None:
        """Leave the documents of these rows to the other reader."""
        if where.any():
            self.unsure[doc[where]] = True

    def put(self, table: str, doc: Whole, /, **columns: Cells) -> None:
        """Rows of a table; `doc` tells the document of each. Columns left out are empty."""
        rows = len(doc)
        if not rows:
            return
        schema = TABLES[table].schema
        columns["source_id"] = self.sources.take(doc)
        if unknown := columns.keys() - set(schema.names):
            raise KeyError(f"{table} has no column {sorted(unknown)[0]}")
        arrays = [self._array(columns.get(field.name), field.type, rows) for field in schema]
        self._tables.append((table, doc, pa.table(arrays, schema=schema)))
        self.given += np.bincount(doc, minlength=self.documents)

    def _array(self, cells: Cells, kind: pa.DataType, rows: int) -> pa.Array[Any]:
        if isinstance(cells, Texts):
            return self.arena.arrow(cells)
        if cells is None or isinstance(cells, str):
            return _repeated(cells, kind, rows)
        array: pa.Array[Any] = cells.cast(kind)
        return array

    def finish(self) -> list[tuple[str, pa.Table]]:
        """The tables of all documents that are sure."""
        if not self.unsure.any():
            return [(name, table) for name, _, table in self._tables]
        sure = ~self.unsure
        return [(name, table.filter(pa.array(sure[doc]))) for name, doc, table in self._tables]

    def assumed(self) -> tuple[Whole, Texts, Texts]:
        """The documents with a stamp that states no zone, and place and reason of the issue that the first one is."""
        if not self._stamps:
            nothing = self.arena.texts([])
            return np.empty(0, np.int64), nothing, nothing
        doc = np.concatenate([one.doc for one in self._stamps])
        rank = np.concatenate([one.rank for one in self._stamps])
        which = np.repeat(np.arange(len(self._stamps)), [len(one.doc) for one in self._stamps])
        at, size = (np.concatenate(parts) for parts in zip(*[one.place for one in self._stamps], strict=True))
        order = np.lexsort((rank, doc))
        first = order[np.concatenate(([True], np.diff(doc[order]) > 0))]
        said = [f"{one.name} states no zone and is read in {self._zone}" for one in self._stamps]
        return doc[first], Texts(at, size).take(first), self.arena.texts(said).take(which[first])

    # ---- single values

    def truth(self, doc: Whole, words: Texts) -> pa.Array[Any]:
        """Yes, no or not stated; a word that is neither leaves doubt."""
        codes, found = self.arena.distinct(words)
        known = [truth(word) for word in found]
        self._strange(
            doc, codes, [answer is None and bool(word.strip()) for answer, word in zip(known, found, strict=True)]
        )
        return taken(pa.array(known, BOOL), codes)

    def _strange(self, doc: Whole, codes: Whole, strange: list[bool]) -> None:
        if any(strange):
            self.doubt(doc, np.array([*strange, False])[codes])

    def checked(self, doc: Whole, words: Texts, function: Callable[[str], str | None]) -> Texts:
        """What `function` makes of each stated text; None leaves doubt."""
        codes, found = self.arena.distinct(words)
        made = [function(word) for word in found]
        self._strange(doc, codes, [one is None for one in made])
        return self.arena.texts(made).take(codes)

    def event(self, doc: Whole, words: Texts) -> Texts:
        """Event names in the official spelling."""
        return self.checked(doc, words.filled(), lambda word: _EVENTS.get(word.strip().lower()))

    def number(self, doc: Whole, words: Texts, high: int = _MAX_PORT) -> pa.Array[Any]:
        """Whole numbers from 0 (ages) or 1 (ports) to `high`."""
        found = self.arena.numbers(words.filled())
        low = 1 if high == _MAX_PORT else 0
        self.doubt(doc, (found == -2) | (found > high) | ((found >= 0) & (found < low)))
        return pa.array(found, pa.int64(), mask=found < 0)

    def age(self, doc: Whole, words: Texts) -> pa.Array[Any]:
        return self.number(doc, words, _MAX_AGE)

    def times(self, name: str, doc: Whole, words: Texts, rank: Whole, place: Texts) -> Times:
        """The instants that these texts state; `rank` orders the stamps of a document as they would be read."""
        words = words.filled()
        at, state = self.arena.clock(words)
        stated, bare = state != loops.MISSING, state == loops.ZONELESS
        key = self.arena.seconds(at, stated & (state != loops.UNREAD))
        odd = (state == loops.UNREAD) | (bare & (self._zone != "UTC"))
        if odd.any():
            codes, found = self.arena.distinct(words.only(odd))
            read = [instant(text, self._zone) for text in found]
            self._strange(doc, codes, [one.at is None for one in read])
            at[odd] = np.array([one.at or 0 for one in read])[codes[odd]]
            bare[odd] = np.array([one.assumed is not None for one in read])[codes[odd]]
            key = self.arena.texts([one.key for one in read]).take(codes).otherwise(key.only(~odd))
        if bare.any():
            self._stamps.append(_Assumed(doc[bare], rank[bare], name, place.take(np.flatnonzero(bare))))
        assumed = self.arena.constant(self._zone, len(doc)).only(bare)
        return Times(pa.array(at, mask=~stated).cast(_MICROSECONDS), words, assumed, key)

    # ---- rows; `doc` tells the document of each

    def captures(
        self, doc: Whole, place: Texts, owner: dict[str, Cells], stated: dict[str, Texts], rank: Whole
    ) -> None:
        """IP capture events; `owner` has account_id, file_id and role, `stated` ip, event, at, port and proxy as
        written."""
        report = self.reports.take(doc)
        ip, event, port = stated["ip"].filled(), self.event(doc, stated["event"]), stated["port"].filled()
        times = self.times("at", doc, stated["at"], rank, place)
        parts = [self._part(owner.get(name), len(doc)) for name in ("account_id", "file_id")]
        key = self.arena.ids("capture", len(doc), report, *parts, ip, times.key, event, port)
        numbers, proxy = self.number(doc, port), self.truth(doc, stated["proxy"])
        self.put(
            "captures", doc, capture_id=key, report_id=report, **owner, ip=ip, port=numbers, event=event,
            proxy=proxy, locator=place, **times.named("at"),
        )  # fmt: skip

    def _part(self, cells: Cells, rows: int) -> Texts:
        if isinstance(cells, Texts):
            return cells
        return self.arena.constant(str(cells or ""), rows).filled()

    def devices(self, doc: Whole, place: Texts, owner: dict[str, Cells], stated: dict[str, Texts], rank: Whole) -> None:
        """Devices; `owner` has account_id or file_id and role, `stated` kind, value, event and at as written."""
        report, kind, value = self.reports.take(doc), stated["kind"].filled(), stated["value"].filled()
        event, times = self.event(doc, stated["event"]), self.times("at", doc, stated["at"], rank, place)
        account, file = (self._part(owner.get(name), len(doc)) for name in ("account_id", "file_id"))
        key = self.arena.ids("device", len(doc), report, account.otherwise(file), kind, value, event, times.key)
        self.put(
            "devices", doc, device_id=key, report_id=report, account_id=account, role=owner["role"], kind=kind,
            value=value, event=event, locator=place, **times.named("at"),
        )  # fmt: skip

    def contacts(self, doc: Whole, place: Texts, owner: dict[str, Texts], kind: str, stated: dict[str, Any]) -> None:
        """E-mail addresses or phones; `owner` has person_id, account_id and role, `stated` value, use and verified."""
        report = self.reports.take(doc)
        whose = owner["account_id"].otherwise(owner["person_id"])
        key = self.arena.ids("contact", len(doc), report, whose, owner["role"], kind, stated["value"])
        self.put("contacts", doc, contact_id=key, report_id=report, **owner, kind=kind, **stated, locator=place)

    def persons(
        self, doc: Whole, place: Texts, owner: dict[str, Texts], ordinal: Texts, facts: dict[str, Cells]
    ) -> Texts:
        """Persons; returns their ids. `owner` has account_id and role; a person without account is told by `ordinal`."""
        report, account, role = self.reports.take(doc), owner["account_id"], owner["role"]
        key = self.arena.ids("person", len(doc), report, role, account.otherwise(ordinal))
        self.put("persons", doc, person_id=key, report_id=report, **owner, locator=place, **facts)
        return key

    def accounts(self, doc: Whole, place: Texts, account: Texts, role: Texts, facts: dict[str, Cells]) -> None:
        """Accounts; `facts` are columns of AccountFacts."""
        if unknown := facts.keys() - set(AccountFacts._fields):
            raise KeyError(sorted(unknown)[0])
        self.put(
            "accounts", doc, account_id=account, report_id=self.reports.take(doc), role=role, locator=place, **facts
        )

    def texts(
        self, doc: Whole, place: Texts, field: Texts | str, text: Texts, owner: dict[str, Texts] | None = None
    ) -> None:
        """Free texts under the name of the field; `owner` has account_id and role."""
        report, nobody = self.reports.take(doc), self.reports.take(np.full(len(doc), -1))
        account, role = (owner["account_id"], owner["role"]) if owner else (nobody, nobody)
        key = self.arena.ids("text", len(doc), report, account, role, field, text)
        self.put(
            "texts", doc, text_id=key, report_id=report, account_id=account, role=role, field=field, text=text,
            locator=place,
        )  # fmt: skip

    def pages(self, doc: Whole, place: Texts, kind: str, url: Texts, third: pa.Array[Any] | None = None) -> None:
        """URLs or names of places."""
        report = self.reports.take(doc)
        key = self.arena.ids("page", len(doc), report, kind, url)
        self.put("web_pages", doc, page_id=key, report_id=report, kind=kind, url=url, third_party=third, locator=place)

    def flags(self, doc: Whole, place: Texts, name: Texts, file: Texts | None) -> None:
        """Presence flags of reports or files."""
        self.put("flags", doc, report_id=self.reports.take(doc), file_id=file, name=name, locator=place)

    def hashes(self, doc: Whole, place: Texts, file: Texts, hash_type: Texts, value: Texts) -> None:
        """Stated hashes of files."""
        codes, found = self.arena.distinct(hash_type)
        kinds = [kind_of(name) for name in found]
        digits = np.array([*(2 * SIZES.get(kind, 0) for kind in kinds), 0])[codes]
        kind = self.arena.texts(kinds).take(codes)
        lower, fits = self.arena.hexes(value, digits)
        if not fits.all():
            odd = np.flatnonzero(~fits)
            given = zip(self.arena.listed(value.take(odd)), codes[odd], strict=True)
            read = [normal(text or "", kinds[code]) for text, code in given]
            self.doubt(
                doc[odd],
                np.array(
                    [not one.valid or one.type != kinds[code] for one, code in zip(read, codes[odd], strict=True)]
                ),
            )
            made = self.arena.texts([one.value for one in read])
            lower.at[odd], lower.size[odd] = made.at, made.size
        self.put(
            "file_hashes", doc, file_id=file, report_id=self.reports.take(doc), hash_type=kind.filled(), value=lower,
            original=value, valid=_repeated(True, BOOL, len(doc)), locator=place,
        )  # fmt: skip

    def earlier(self, doc: Whole, place: Texts, account: Texts, number: Texts) -> None:
        """Earlier CyberTipline reports of the same accounts."""
        digits = self.checked(doc, number, lambda text: clean_number(text) or None)
        other = self.arena.ids("report", len(doc), "ncmec", digits)
        self.association(doc, place, account, "prior-report", number, other)

    def association(
        self, doc: Whole, place: Texts, account: Texts, kind: str, value: Texts, other: Texts | None = None
    ) -> None:
        """Links that documents state, to `other` reports."""
        report = self.reports.take(doc)
        key = self.arena.ids(
            "association", len(doc), report, account, kind, value, value.only(np.zeros(len(doc), np.bool_))
        )
        self.put(
            "associations", doc, association_id=key, report_id=report, account_id=account, kind=kind, value=value,
            other_report_id=other, locator=place,
        )  # fmt: skip


def report_numbers(arena: Arena, texts: Texts) -> Texts:
    """What `clean_number` makes of each text; not stated where it makes nothing."""
    plain = arena.numbers(texts) > 0
    if plain.all():
        return texts
    return texts.only(plain).otherwise(arena.mapped(texts.only(~plain), lambda text: clean_number(text) or None))


def _repeated(value: Any, kind: pa.DataType, rows: int) -> pa.Array[Any]:
    scalar: Any = pa.scalar(value, kind)
    array: pa.Array[Any] = pa.repeat(scalar, rows)
    return array


def taken(values: pa.Array[Any], codes: Whole) -> pa.Array[Any]:
    """The values at these places, empty where the place is below 0."""
    places: Any = pa.array(codes, mask=codes < 0)
    return values.take(places)
