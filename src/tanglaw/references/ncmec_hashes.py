"""NCMEC hash-sharing XML, version 2: images, videos and their tombstones, with the members' votes.

An entry is named `MEMBER/ID`, since ids are only unique within a member, and all files of this format are one
list, so that a tombstone in a later page meets its entry. A tombstone carries no hash: it is one row with
`withdrawn` true and empty `hash_type` and `value`. Pages come in no order of time. So an entry stands if no
tombstone of the same list and entry is as new or newer:

    SELECT e.* FROM hash_entries e WHERE NOT e.withdrawn AND NOT EXISTS (
      SELECT 1 FROM hash_entries t WHERE t.withdrawn AND t.list_name = e.list_name AND t.entry = e.entry
      AND coalesce(t.listed_at >= e.listed_at, true))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import polars as pl
from lxml import etree

from tanglaw.errors import BadRecord
from tanglaw.reading.hashes import EMPTY_LISTED, HashValue, is_empty_file, kind_of, normal
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment
from tanglaw.reading.xml import Element, root_name, shape, take
from tanglaw.references.base import ListReader, Noted, Repeats

LIST_NAME = "ncmec-hash-sharing"
_NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
_ENTRIES = ("image", "video", "deletedImage", "deletedVideo")
_GROUPS = ("images", "videos")
# Paging only says where the next request begins.
_IGNORED = ("paging", "next")

_ENTRY = shape(leaf="timestamp id classification", many="member fingerprints feedback")
_FEEDBACK = shape(many="affirmativeFeedback negativeFeedback", attributes="lastUpdateTimestamp")
_VOTES = shape(many="members reasons", attributes="type lastUpdateTimestamp")
_MEMBERS = shape(many="member", attributes="timestamp")
_REASONS = shape(many="members", skip="reason")
_LINK = ("rel", "href")
# Bounds the tree of one entry to some tens of megabytes.
_MOST_TAGS = 400_000
_COUNTED = 20_000


class NcmecHashes(ListReader):
    """Reads a query result of the NCMEC hash-sharing API into `hash_entries`, category model `industry`."""

    name = "ncmec-hash-xml"
    tables: tuple[str, ...] = ("hash_entries",)

    def recognise(self, item: Item) -> bool:
        """True for a root `queryResult` that names the hash-sharing namespace."""
        head = item.text_head
        return "hashsharing" in head and root_name(head) == "queryResult"

    def read(self, item: Item, rows: Rows) -> None:
        """Locator is the entry's XPath. What a broken end cuts off is quarantined, what came before stays."""
        noted = Noted()
        entries = _Entries(rows, noted)
        places: dict[str, int] = {}
        with item.open() as stream:
            try:
                for group, entry in _stream(stream, noted):
                    kind = str(entry.tag)
                    places[kind] = places.get(kind, 0) + 1
                    entries.write(entry, f"/queryResult/{group}/{kind}[{places[kind]}]")
            except (etree.XMLSyntaxError, BadRecord) as error:
                bad = error if isinstance(error, BadRecord) else _malformed(error)
                if not rows.given:
                    raise bad from error
                rows.quarantine(bad.code, f"{bad.reason}; what comes after it is not read", bad.locator)
        entries.repeats()
        noted.write(rows)


def _malformed(error: etree.XMLSyntaxError) -> BadRecord:
    line, column = error.position
    return BadRecord("xml-malformed", "not well-formed XML", f"{line or 1}:{column or 1}")


class _Bounded:
    """A stream that refuses to go on if too many tags pass between two entries."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.tags = 0

    def read(self, size: int = -1) -> bytes:
        raw = self._stream.read(size)
        self.tags += raw.count(b"<")
        if self.tags > _MOST_TAGS:
            raise BadRecord("too-large", f"more than {_MOST_TAGS} tags in one entry")
        return raw


def _stream(stream: BinaryIO, noted: Noted) -> Iterator[tuple[str, Element]]:
    """Each entry with the name of its group, local names only, freed after use. Refuses a DTD at the root."""
    bounded = _Bounded(stream)
    walk = etree.iterparse(
        cast(BinaryIO, bounded),
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in (*_ENTRIES, *_GROUPS, "queryResult")],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in walk:
        parent = element.getparent()
        if event == "start":
            if parent is None:
                _check_root(element, noted)
            continue
        bounded.tags = 0
        name = _local(element)
        group = "" if parent is None else _local(parent)
        if name in _ENTRIES and group in _GROUPS and _is_root(parent.getparent() if parent is not None else None):
            for part in element.iter():
                part.tag = _local(part)
            yield group, element
            _free(element, noted)
        elif name in _GROUPS and _is_root(parent):
            _audit(element, (), noted)
            _free(element, noted)
        elif parent is None:
            _audit(element, (*_GROUPS, *_IGNORED), noted)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _is_root(element: Element | None) -> bool:
    return element is not None and element.getparent() is None


def _check_root(root: Element, noted: Noted) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadRecord("xml-dtd", "the document declares a DTD (DOCTYPE); documents with one are not read", "1:1")
    if not str(root.tag).startswith(f"{{{_NAMESPACE}}}"):
        noted.note("other-version", f"namespace is not {_NAMESPACE}; read as that", "/queryResult")


def _audit(parent: Element, known: tuple[str, ...], noted: Noted) -> None:
    """An issue for each child that is left and not known; entries that were read stand there empty."""
    for child in parent:
        if _local(child) not in (*known, *_ENTRIES):
            noted.note(
                "unknown-field", f"element {_local(child)[:80]} is not known in {_local(parent)}", "/queryResult"
            )


def _free(element: Element, noted: Noted) -> None:
    """Forget what was read: the element's content and the siblings before it."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    while element.getprevious() is not None:
        first = parent[0]
        if _local(first) not in (*_ENTRIES, *_GROUPS, *_IGNORED):
            noted.note(
                "unknown-field", f"element {_local(first)[:80]} is not known in {_local(parent)}", "/queryResult"
            )
        del parent[0]


class _Entries:
    """Writes entries as rows."""

    def __init__(self, rows: Rows, noted: Noted) -> None:
        self._rows = rows
        self._noted = noted
        self._repeats = Repeats()
        self._stated: list[tuple[str, str, str, str | None]] = []

    def repeats(self) -> None:
        """Say what was stated twice."""
        self._count(0)
        self._repeats.note(self._noted)

    def _count(self, least: int) -> None:
        if len(self._stated) > least:
            columns = ("entry", "hash_type", "value", "category")
            self._repeats.add(pl.DataFrame(self._stated, dict.fromkeys(columns, pl.String), orient="row"))
            self._stated.clear()

    def _note(self, code: str, reason: str, place: str) -> None:
        self._noted.note(code, reason, place)

    def write(self, entry: Element, place: str) -> None:
        """The rows of one entry; without id or member it cannot be told from others and is quarantined."""
        found = take(entry, _ENTRY, place, self._note)
        members = found.get("member", [])
        member = (members[0].get("id") or "").strip() if members else ""
        if not found.get("id") or not member:
            raw = etree.tostring(entry, encoding="unicode")[:4096]
            self._rows.quarantine("bad-record", "entry without an id or the id of its member", place, raw)
            return
        stamp = moment("at", found.get("timestamp"), "UTC")
        if "at" not in stamp:
            self._note("time-unreadable", "timestamp is missing or cannot be read; the entry has no date", place)
        withdrawn = str(entry.tag).startswith("deleted")
        same: dict[str, Any] = {
            "list_name": LIST_NAME,
            "entry": f"{member}/{found['id']}",
            "category": found.get("classification"),
            "category_model": "industry",
            "contributor": (members[0].text or "").strip() or member,
            "listed_at": stamp.get("at"),
            "withdrawn": withdrawn,
            "locator": place,
        }
        if withdrawn:
            self._rows.add("hash_entries", {**same, "hash_type": "", "value": ""})
            return
        affirmed, objected = self._votes(found.get("feedback", []), place)
        hashes = self._hashes(found.get("fingerprints", []), place)
        for one in hashes:
            votes = {
                "votes_for": len(affirmed.get(one.type, ())),
                "votes_against": len(objected.get(one.type, ())),
            }
            self._rows.add("hash_entries", {**same, **votes, "hash_type": one.type, "value": one.value})
            self._stated.append((same["entry"], one.type, one.value, same["category"]))
        self._count(_COUNTED)

    def _hashes(self, groups: list[Element], place: str) -> Iterator[HashValue]:
        """The entry's valid fingerprints; links are noted, bad ones quarantined."""
        prints = [part for group in groups for part in group]
        if not prints:
            self._rows.quarantine("no-hash", "entry has no fingerprints", place)
        for part in prints:
            name, text = str(part.tag), (part.text or "").strip()
            at = f"{place}/fingerprints/{name}"
            if part.get("href") is not None:
                self._note("linked-fingerprint", f"{name} is only a link, which is not followed", at)
                continue
            for unknown in sorted({str(key) for key in part.keys()} - set(_LINK)):  # noqa: SIM118
                self._note("unknown-field", f"attribute {unknown[:80]} is not known here", at)
            found = normal(text, name)
            if len(part) or not found.valid:
                reason = f"{name} is no {found.type}: {len(text)} characters"
                self._rows.quarantine("bad-hash", reason, at, text[:4096] or name)
            else:
                if is_empty_file(found.type, found.value):
                    self._note("empty-file-hash", EMPTY_LISTED, at)
                yield found

    def _votes(self, feedback: list[Element], place: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Members that affirm and that object, by hash type; a member counts once a type and side."""
        sides: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
        at = f"{place}/feedback"
        for one in feedback:
            found = take(one, _FEEDBACK, at, self._note)
            for side, name in zip(sides, ("affirmativeFeedback", "negativeFeedback"), strict=True):
                for votes in found.get(name, []):
                    known = take(votes, _VOTES, f"{at}/{name}", self._note)
                    groups = list(known.get("members", []))
                    for reasons in known.get("reasons", []):
                        groups += take(reasons, _REASONS, f"{at}/{name}/reasons", self._note).get("members", [])
                    voters = side.setdefault(kind_of(votes.get("type") or ""), set())
                    for group in groups:
                        for member in take(group, _MEMBERS, f"{at}/{name}/members", self._note).get("member", []):
                            voters.add((member.get("id") or member.text or "").strip())
        return sides
