"""VICS JSON (Project VIC, CAID), versions 1.x and 2.0: hash sets and cases, both as lists of hashes.

Field names and traps are from the design's format notes (OData header, BOM, upper-case hex, sizes and booleans
as text, .NET dates). What describes a seized file or carries a thumbnail is left out by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import polars as pl

from tanglaw.errors import BadRecord
from tanglaw.reading.hashes import EMPTY_LISTED, HashValue, is_empty_file, normal
from tanglaw.reading.item import Item
from tanglaw.reading.json_stream import Batch, Fault, Members, Place, elements, pointer
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment, whole
from tanglaw.references.base import ListReader, Noted, Repeats

_HEADER = re.compile(r'"@?odata\.(?:metadata|context)"\s*:\s*"([^"]{0,500})"')
_MODEL = re.compile(r"DataModels/(\d+)(?:\.\d+)*\.xml(?:/(\w+))?", re.IGNORECASE)
_BARE = re.compile(r'^\s*\{.*?"value"\s*:\s*\[\s*\{', re.DOTALL)
_TELLING = re.compile(r'"(CaseID|CaseNumber|MediaID|MD5)"\s*:')
_NET_DATE = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_HASHES = (("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256"), ("PhotoDNA", "photodna"))
_READ = frozenset(("MediaID", "Category", "MediaSize", "Series", "DateUpdated", "AlternativeHashes"))
# Known and left out: they describe a file in a seizure or are opinions no list hit needs. A thumbnail is never kept.
_IGNORED = frozenset(
    (
        *("MimeType", "RelativeFilePath", "VictimIdentified", "OffenderIdentified", "IsDistributed", "IsSuspected"),
        *("SelfGenerated", "Tags", "Comments", "IsPrecategorized", "PrecategorizationSource", "Miniature"),
        *("MediaFiles", "Exifs"),
    )
)
_KNOWN = _READ | _IGNORED | {name for name, _ in _HASHES}
_COLUMNS = ("entry", "hash_type", "value", "category", "series", "listed_at", "locator")
_COUNTED = ("entry", "hash_type", "value", "category")
_KNOWN_ALTERNATIVE = frozenset(("MD5", "HashName", "HashValue", "MediaID"))
_KNOWN_CASE = frozenset(
    (
        *("CaseID", "CaseNumber", "ContactOrganization", "ContactName", "ContactTitle", "ContactPhone"),
        *("ContactEmail", "TotalMediaFiles", "TotalPrecategorized", "SeizureDate", "SourceApplicationName"),
        *("SourceApplicationVersion", "CaseMetadata", "Media"),
    )
)
# What surrounds the entries of the document itself.
_KNOWN_TOP = frozenset(("value",))


class Vics(ListReader):
    """Reads VICS JSON into `hash_entries`: one row a hash, entry = MediaID (or the first hash where it has none).

    The list is named after the case number, else the file. Category 0 or null is none; its meaning depends on
    the model in the header: vics-us, vics-uk, vics-custom, vics-default, or vics-1 for version 1.
    """

    name = "vics-json"
    tables: tuple[str, ...] = ("hash_entries",)

    def recognise(self, item: Item) -> bool:
        """True for the OData header of the data model, or for a `value` list of records with MediaID and MD5."""
        head = item.text_head
        if not head.lstrip().startswith("{"):
            return False
        if _MODEL.search(_header(head)):
            return True
        return '"MediaID"' in head and '"MD5"' in head and bool(_BARE.match(head))

    def read(self, item: Item, rows: Rows) -> None:
        """Locator is the JSON pointer of the media record; damaged ones are quarantined, the rest goes on."""
        head = item.text_head
        paths = ("value", "*", "Media") if _is_case(head) else ("value",)
        reading = _Reading(rows, Noted(), _category_model(_header(head)), item.name.rsplit(".", 1)[0])
        with item.open() as stream:
            for event in elements(stream, paths, kind=Any, limit=rows.settings.max_line_bytes):
                match event:
                    case Batch(place, first, values):
                        reading.batch(values, first, pointer(place))
                    case Members(place, members, complete):
                        reading.around(place, members, complete)
                    case Fault():
                        reading.fault(event)
        reading.repeats.note(reading.noted)
        reading.noted.write(rows)


@dataclass
class _Reading:
    """What is known on the way through one document."""

    rows: Rows
    noted: Noted
    category_model: str
    file_name: str
    case_number: str = ""
    organisation: str = ""
    in_case: bool = False
    given: int = 0
    ready: list[tuple[Any, ...]] = field(default_factory=list)
    repeats: Repeats = field(default_factory=Repeats)

    def around(self, place: Place, members: dict[str, bytes], complete: bool) -> None:
        """Take what stands around the media: the document's header, or a case (before its media and at its end)."""
        if complete:
            known = _KNOWN_CASE if place else _KNOWN_TOP
            for name in members:
                if name not in known and "odata." not in name:
                    self.noted.note("unknown-field", f"field {name[:80]} is not known here", pointer(place, name))
        if not place:
            return
        number = _text(members.get("CaseNumber")) or _text(members.get("CaseID"))
        if not complete:
            self.case_number, self.organisation = number, _text(members.get("ContactOrganization"))
        elif self.in_case and number != self.case_number:
            reason = "case number stands behind the media, which are listed under what was known before"
            self.noted.note("late-field", reason, pointer(place))
        self.in_case = not complete

    def batch(self, values: list[Any], first: int, place: str) -> None:
        """Write consecutive media records of one list."""
        for index, value in enumerate(values, first):
            self.media(value, f"{place}/{index}")
        self._give()

    def media(self, value: object, place: str) -> None:
        """Make the hashes of one media record ready."""
        self.given += 1
        if not isinstance(value, dict):
            self.rows.quarantine("bad-record", "media record is no object", place, str(value)[:200])
            return
        for name in value:
            if name not in _KNOWN and "odata." not in name:
                self.noted.note("unknown-field", f"media field {name[:80]} is not known", f"{place}/{name}")
        hashes = list(self._hashes(value, place))
        if any(is_empty_file(found.type, found.value) for found in hashes):
            self.noted.note("empty-file-hash", EMPTY_LISTED, place)
        elif whole(value.get("MediaSize")) == 0:
            self.noted.note(
                "contradicting-entry", "size 0 is stated beside the hash of a file that is not empty", place
            )
        if not hashes:
            self.rows.quarantine("no-hash", "media record has no hash that can be read", place)
            return
        identifier = value.get("MediaID")
        entry = hashes[0].value if identifier in (None, "") else str(identifier)[:200]
        category = self._category(value.get("Category"), place)
        series = str(value["Series"]) if value.get("Series") not in (None, "") else None
        listed = self._listed(value.get("DateUpdated"), place)
        for found in hashes:
            self.ready.append((entry, found.type, found.value, category, series, listed, place))

    def _give(self) -> None:
        """Hand over what one batch gave, all of it from the same case."""
        if not self.ready:
            return
        many = len(self.ready)
        same = {
            "list_name": self.case_number or self.file_name,
            "category_model": self.category_model,
            "contributor": self.organisation or None,
            "withdrawn": False,
        }
        columns: dict[str, Any] = dict(zip(_COLUMNS, zip(*self.ready, strict=True), strict=True))
        self.repeats.add(pl.DataFrame({name: pl.Series(columns[name], dtype=pl.String) for name in _COUNTED}))
        self.rows.add_columns("hash_entries", columns | {name: [value] * many for name, value in same.items()})
        self.ready.clear()

    def fault(self, fault: Fault) -> None:
        """Set a damaged part aside. A document that is none at all is set aside as a whole."""
        if not fault.place and not self.given and fault.code in ("json-broken", "json-shape"):
            raise BadRecord(fault.code, fault.reason, f"byte {fault.offset}", fault.raw)
        if fault.code == "bad-encoding":
            self.noted.note(fault.code, fault.reason, f"byte {fault.offset}")
        else:
            place = f"{pointer(fault.place, fault.index)} at byte {fault.offset}"
            self.rows.quarantine(fault.code, fault.reason, place, fault.raw)

    def _hashes(self, media: dict[str, Any], place: str) -> Iterator[HashValue]:
        """The record's valid hashes, each once; the others are quarantined by themselves."""
        seen: set[tuple[str, str]] = set()
        for name, kind, text in self._stated(media, place):
            found = normal(text, kind)
            if not found.valid:
                reason = f"{name} is no {found.type or 'hash'}: {len(text)} characters"
                self.rows.quarantine("bad-hash", reason, f"{place}/{name}", text[:4096])
            elif (found.type, found.value) not in seen:
                seen.add((found.type, found.value))
                yield found

    def _stated(self, media: dict[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
        """Field, type and text of each filled hash."""
        for name, kind in _HASHES:
            if media.get(name) not in (None, ""):
                yield name, kind, str(media[name])
        others = media.get("AlternativeHashes")
        for index, other in enumerate(others if isinstance(others, list) else ()):
            name = f"AlternativeHashes/{index}"
            if not isinstance(other, dict) or not other.get("HashName"):
                self.noted.note("unknown-value", "alternative hash without a name is left out", f"{place}/{name}")
                continue
            for unknown in (key for key in other if key not in _KNOWN_ALTERNATIVE):
                self.noted.note("unknown-field", f"field {unknown[:80]} is not known here", f"{place}/{name}")
            if other.get("HashValue") not in (None, ""):
                yield name, str(other["HashName"]), str(other["HashValue"])
        if others is not None and not isinstance(others, list):
            self.noted.note("unknown-value", "AlternativeHashes is no list", place)

    def _category(self, value: object, place: str) -> str | None:
        if value is None or str(value).strip() in ("", "0"):
            return None
        if whole(value) is None:
            self.noted.note("unknown-value", "Category is no whole number and is kept as written", place)
            return str(value)[:100]
        return str(whole(value))

    def _listed(self, value: object, place: str) -> datetime | None:
        if value in (None, ""):
            return None
        found = _instant(str(value), self.rows.settings.default_zone)
        if found is None:
            self.noted.note("time-unreadable", "DateUpdated cannot be read and is left empty", place)
        return found


def _header(head: str) -> str:
    """The OData header's URL, empty if the head has none."""
    match = _HEADER.search(head)
    return match.group(1).replace("\\/", "/") if match else ""


def _category_model(header: str) -> str:
    match = _MODEL.search(header)
    if match is None:
        return "vics"
    return "vics-1" if match.group(1) == "1" else f"vics-{(match.group(2) or 'default').lower()}"


def _is_case(head: str) -> bool:
    """True if `value` holds cases rather than media: by the first telling field, else by the header."""
    first = _TELLING.search(head)
    if first:
        return first.group(1).startswith("Case")
    return _header(head).rpartition("#")[2].lower() == "cases"


def _text(raw: bytes | None) -> str:
    """A short text or number from raw JSON, empty for anything else."""
    try:
        value = msgspec.json.decode(raw or b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return str(value).strip()[:200] if isinstance(value, str | int) else ""


def _instant(text: str, default_zone: str) -> datetime | None:
    match = _NET_DATE.match(text)
    if match is None:
        found: datetime | None = moment("at", text, default_zone).get("at")
        return found
    try:
        stamp = _EPOCH + timedelta(milliseconds=int(match.group(1)))
    except OverflowError:
        return None
    return stamp if 1970 <= stamp.year < 2100 else None
