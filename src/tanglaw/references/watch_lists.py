"""Watch lists: selectors that a case watches for, each with its case, who put it there and until when.

CSV (comma, semicolon, tab or bar) with the columns type, value, case_number, placed_by, expires_at and note, or
TOML with an array of tables `[[watch]]` of the same keys. An entry that does not say all five is not watched
for: it is quarantined with what is missing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import stamped
from tanglaw.references.base import ListReader, Noted
from tanglaw.references.lines import chunks, head_lines, header, table

_ALIASES = {
    "case": "case_number",
    "case_no": "case_number",
    "expires": "expires_at",
    "expiry": "expires_at",
    "valid_until": "expires_at",
    "placed_by_whom": "placed_by",
    "owner": "placed_by",
    "comment": "note",
    "reason": "note",
}
_NEEDED = ("type", "value", "case_number", "placed_by", "expires_at")
_KNOWN = frozenset((*_NEEDED, "note"))
_ARRAYS = ("watch", "entries", "entry")
_LONGEST = 2_083
# Types that an entry may have: those of selectors, and the words that stand for several of them.
TYPES = frozenset(
    (
        *("bch", "btc", "card", "coordinates", "cybertip", "doge", "domain", "email", "eth", "handle", "iban", "imei"),
        *(
            "ipv4",
            "ipv6",
            "ltc",
            "mac",
            "md5",
            "payment",
            "phone",
            "remittance",
            "sha1",
            "sha256",
            "sol",
            "tron",
            "url",
        ),
        *("xmr", "xrp", "pdq", "photodna", "ip", "hash", "wallet", "device", "name"),
    )
)


class WatchList(ListReader):
    """Reads a watch list into `watch_entries`; a date as expiry holds until the end of that day."""

    name = "watch-list"
    tables: tuple[str, ...] = ("watch_entries",)

    def recognise(self, item: Item) -> bool:
        """True for a header with type, value and two of case, placer and expiry; in TOML the same keys."""
        if _is_toml(item):
            return True
        shape = header(head_lines(item))
        names = {_ALIASES.get(name, name) for name in shape.columns} if shape else set()
        return {"type", "value"} <= names and len(names.intersection(_NEEDED)) >= 4

    def read(self, item: Item, rows: Rows) -> None:
        """Locator is `line N`, in TOML `watch/N` from 0; incomplete entries are quarantined as `bad-watch-entry`."""
        noted = Noted()
        for place, entry in _toml_entries(item, rows, noted) if _is_toml(item) else _csv_entries(item, rows, noted):
            _write(entry, place, rows, noted)
        noted.write(rows)


def _write(entry: dict[str, Any], place: str, rows: Rows, noted: Noted) -> None:
    texts = {name: str(entry.get(name) or "").strip() for name in (*_NEEDED, "note")}
    said = "; ".join(f"{name}={text[:120]}" for name, text in texts.items() if text)
    missing = [name for name in _NEEDED if not texts[name]]
    if missing:
        rows.quarantine("bad-watch-entry", f"entry does not say {', '.join(missing)}", place, said or "(empty)")
        return
    if len(texts["value"]) > _LONGEST:
        rows.quarantine("bad-watch-entry", f"value is over {_LONGEST} characters", place, said)
        return
    expires, assumed = _last_instant(entry["expires_at"], rows.settings.default_zone)
    if expires is None:
        rows.quarantine("bad-watch-entry", "expires_at is no ISO 8601 date or time", place, said)
        return
    if assumed:
        noted.note("zone-assumed", f"expiry without a zone is read in {assumed}", place)
    kind = texts["type"].casefold()
    if kind.partition(":")[0] not in TYPES:
        noted.note("unknown-value", f"no selector is of type {kind[:80]}: the entry matches nothing", place)
    rows.add(
        "watch_entries",
        {
            "watch_id": rows.ids.of("watch", kind, texts["value"], texts["case_number"]),
            **texts,
            "type": kind,
            "expires_at": expires,
            "note": texts["note"] or None,
            "locator": place,
        },
    )


def _last_instant(value: object, default_zone: str) -> tuple[datetime | None, str]:
    """The last instant at which the entry holds, and the zone assumed for it."""
    stamp = value
    if isinstance(value, str):
        text = value.strip()
        try:
            stamp = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            return None, ""
    if isinstance(stamp, date) and not isinstance(stamp, datetime):
        stamp = datetime.combine(stamp, time.max)
    if not isinstance(stamp, datetime):
        return None, ""
    found = stamped("at", stamp, str(value), default_zone)
    return found.get("at"), found.get("at_assumed") or ""


def _csv_entries(item: Item, rows: Rows, noted: Noted) -> Iterator[tuple[str, dict[str, Any]]]:
    shape = header(head_lines(item))
    if shape is None:
        raise BadRecord("not-this-format", "no header line")
    names: dict[str, str] = {name: _ALIASES.get(name, name) for name in shape.columns}
    _audit(names.values(), f"line {shape.line}", noted)
    for first, lines in chunks(item, rows):
        frame = table(lines, first, shape, rows)
        for row in frame.iter_rows(named=True):
            yield f"line {row['line']}", {names[name]: row[name] for name in names}


def _toml_entries(item: Item, rows: Rows, noted: Noted) -> Iterator[tuple[str, dict[str, Any]]]:
    raw = item.read(rows.settings.max_line_bytes)
    try:
        document = tomllib.loads(raw.decode(encoding_of(item.head)).lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecord("toml-malformed", f"watch list is not valid TOML: {error}", "", raw[:4096]) from error
    for name, entries in document.items():
        if name not in _ARRAYS or not isinstance(entries, list):
            noted.note("unknown-field", f"key {name[:80]} is not known here", name[:80])
            continue
        for index, entry in enumerate(entries):
            place = f"{name}/{index}"
            if not isinstance(entry, dict):
                rows.quarantine("bad-watch-entry", "entry is no table", place, str(entry)[:200])
                continue
            known = {_ALIASES.get(str(key), str(key)): value for key, value in entry.items()}
            _audit(known, place, noted)
            yield place, known


def _audit(names: Any, place: str, noted: Noted) -> None:
    for name in names:
        if name not in _KNOWN:
            noted.note("unknown-field", f"{name[:80]} is not known in watch lists", place)


def _is_toml(item: Item) -> bool:
    lines = [line for line in head_lines(item) if line and not line.startswith("#")]
    named = any(line.replace(" ", "") in {f"[[{name}]]" for name in _ARRAYS} for line in lines)
    keys = {line.split("=", 1)[0].strip() for line in lines if "=" in line}
    keys = {_ALIASES.get(key, key) for key in keys}
    return named and {"type", "value"} <= keys and bool(keys & {"case_number", "placed_by", "expires_at"})
