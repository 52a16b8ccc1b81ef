"""Reads selectors from columns that say what they hold: one row in, one or more rows of table `selectors` out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors import SELECTORS, handle
from tanglaw.selectors.platforms import profile
from tanglaw.selectors.rows import Found, to_batch
from tanglaw.selectors.web import parse

# Type asked for -> types tried in turn.
_TRIED = {"ip": ("ipv4", "ipv6"), "hash": ("md5", "sha1", "sha256"), "wallet": ("btc", "eth", "tron", "ltc")}
_DEVICES = ("imei", "mac")


def _name(text: str) -> str | None:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()) or None


def _slug(platform: str) -> str:
    return "".join(char for char in platform.lower() if char.isalnum() or char in "-.")


def read_field(asked: str, text: str, country: str) -> Iterator[tuple[str, str, bool]]:
    """Type, value and validity for a value that a field states.

    `asked` is a selector type, `ip`, `hash`, `wallet`, `name`, `handle:<platform>` or `device:<kind>`. What does
    not hold is kept as it stands, not valid. A URL also gives its domain and the account that it names.
    """
    kind, _, detail = asked.partition(":")
    text = text.strip()
    if kind == "handle":
        value = handle.normalise(text, country) if "/" in text or not detail else None
        value = value or handle.of(_slug(detail), text)
        yield "handle", value or text, value is not None
    elif kind == "name":
        yield "name", _name(text) or text, True
    elif kind == "device" and detail not in _DEVICES:
        yield "device", f"{_slug(detail)}:{text.lower()}" if detail else text.lower(), True
    else:
        kind = detail if kind == "device" else kind
        yield from _typed(kind, text, country)


def _typed(kind: str, text: str, country: str) -> Iterator[tuple[str, str, bool]]:
    for name in _TRIED.get(kind, (kind,)):
        selector = SELECTORS.get(name)
        value = selector.normalise(text, country) if selector else None
        if value is not None:
            yield name, value, True
            if name == "url":
                yield from _of_link(text, country)
            return
    yield ("ipv6" if ":" in text else "ipv4") if kind == "ip" else kind, text, False


def _of_link(text: str, country: str) -> Iterator[tuple[str, str, bool]]:
    web = parse(text)
    if web is None:
        return
    domain = SELECTORS["domain"].normalise(web.host, country) if not web.is_ip else None
    if domain is not None:
        yield "domain", domain, True
    if web.path and (found := profile(web.host, web.path)):
        yield "handle", ":".join(found), True


class Fields:
    """Makes `selectors` rows from values whose column says what they are.

    Reads columns record_id, table_name, field, report_id, account_id, role, at, country, type, text, where `type`
    is the type asked for (see `read_field`). Empty texts give no row. Picklable.
    """

    def __init__(self, ids: Ids, default_country: str = "") -> None:
        self.ids = ids
        self.default_country = default_country

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`; start is 0 and end the length of the text, `original` the text as it came."""
        known: dict[tuple[str, str, str], list[tuple[str, str, bool]]] = {}
        found = []
        columns = (batch.column(name).to_pylist() for name in ("type", "text", "country"))
        for row, (asked, text, country) in enumerate(zip(*columns, strict=True)):
            if not text or not text.strip() or not asked:
                continue
            key = (asked, text, country or self.default_country)
            if key not in known:
                known[key] = list(read_field(*key))
            found += [Found(row, kind, value, text, 0, len(text), valid) for kind, value, valid in known[key]]
        return to_batch(self.ids, batch, found)
