"""Reads selectors from columns that say what they hold: one row in, one or more rows of table `selectors` out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS, handle
from tanglaw.selectors.entries import LONG
from tanglaw.selectors.known import REMEMBERED
from tanglaw.selectors.platforms import profile
from tanglaw.selectors.rows import Columns, Found, carried, told
from tanglaw.selectors.web import parse

WALLETS = ("btc", "eth", "tron", "ltc", "bch", "doge", "xmr", "xrp", "sol")
# Type asked for -> types tried in turn.
_TRIED = {"ip": ("ipv4", "ipv6"), "hash": ("md5", "sha1", "sha256"), "wallet": WALLETS}
_DEVICES = ("imei", "mac")


def _name(text: str) -> str | None:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()) or None


def _slug(platform: str) -> str:
    return "".join(char for char in platform.lower() if char.isalnum() or char in "-.")


class Stated(NamedTuple):
    """What a field was read as: type, value, validity, how, likelihood."""

    type: str
    value: str
    valid: bool
    how: str = ""
    likelihood: float = 1.0


def read_field(asked: str, text: str, country: str) -> Iterator[Stated]:
    """Readings of a value that a field states.

    `asked` is a selector type, `ip`, `hash`, `wallet`, `name`, `handle:<platform>` or `device:<kind>`. What does
    not hold is kept as it stands, not valid. A URL also gives its domain and the account that it names.
    """
    kind, _, detail = asked.partition(":")
    text = text.strip()
    if kind == "handle":
        value = handle.normalise(text, country) if "/" in text or not detail else None
        value = value or handle.of(_slug(detail), text)
        yield Stated("handle", value or text, value is not None)
    elif kind == "name":
        yield Stated("name", _name(text) or text, True)
    elif kind == "device" and detail not in _DEVICES:
        yield Stated("device", f"{_slug(detail)}:{text.lower()}" if detail else text.lower(), True)
    else:
        kind = detail if kind == "device" else kind
        yield from _typed(kind, text, country)


def _typed(kind: str, text: str, country: str) -> Iterator[Stated]:
    for name in _TRIED.get(kind, (kind,)):
        selector = SELECTORS.get(name)
        if selector is not None and selector.several is not None:
            if readings := selector.several(text, country):
                yield from (Stated(name, one.value, one.valid, one.how, one.likelihood) for one in readings)
                return
            continue
        value = selector.normalise(text, country) if selector else None
        if value is not None:
            yield Stated(name, value, True)
            if name == "url":
                yield from _of_link(text, country)
            return
    yield Stated(("ipv6" if ":" in text else "ipv4") if kind == "ip" else kind, text, False)


def _of_link(text: str, country: str) -> Iterator[Stated]:
    web = parse(text)
    if web is None:
        return
    domain = SELECTORS["domain"].normalise(web.host, country) if not web.is_ip else None
    if domain is not None:
        yield Stated("domain", domain, True)
    if web.path and (found := profile(web.host, web.path)):
        yield Stated("handle", ":".join(found), True)


class Fields:
    """Makes `selectors` rows from values whose column says what they are.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, type, text, where `type`
    is the type asked for (see `read_field`). Empty texts give no row. Picklable; what it remembers is not sent along.
    """

    needs: tuple[str, ...] = ("record_id", "field", "country", "type", "text")

    def __init__(self, ids: Ids, default_country: str = "") -> None:
        self.ids = ids
        self.default_country = default_country
        self._known: dict[tuple[str, str, str], list[Found]] = {}

    def __reduce__(self) -> tuple[type[Fields], tuple[Any, ...]]:
        return Fields, (self.ids, self.default_country)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`; start is 0 and end the length of the text, `original` the text as it came."""
        return carried(batch, self.told(batch))

    def told(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """As when called, without what a row takes over from its field's: reads the columns `needs` alone."""
        if len(self._known) > REMEMBERED:
            self._known = {}
        known = self._known
        rows: list[int] = []
        found: list[Found] = []
        columns = (batch.column(name).to_pylist() for name in ("type", "text", "country"))
        for row, (asked, text, country) in enumerate(zip(*columns, strict=True)):
            if not text or not text.strip() or not asked:
                continue
            key = (asked, text, country or self.default_country)
            some = known.get(key)
            if some is None:
                some = [self._found(one, text) for one in read_field(*key)]
                if len(text) <= LONG:
                    known[key] = some
            found += some
            rows += [row] * len(some)
        return told(self.ids, batch, Columns.of(found)._replace(row=pa.array(rows, pa.int64())))

    def _found(self, one: Stated, text: str) -> Found:
        """The row of a reading; of a masked type only the keyed hash and the masked text."""
        value, original = one.value, text
        mask = selector.mask if (selector := SELECTORS.get(one.type)) else None
        if mask is not None:
            value, original = self.ids.of(one.type, value) if one.valid else mask(value), mask(text)
        return Found(0, one.type, value, original, 0, len(text), one.valid, one.how, one.likelihood)
