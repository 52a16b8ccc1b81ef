"""TagPacks: attributions of addresses as GraphSense and others publish them in YAML, a header and a list of tags.

What the header says of label, source, asset and so on holds for each tag that does not say it itself. The file is read
as a stream of YAML events: nothing is constructed, every value is a text, and an alias is a reference to what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.references.addresses import ROLES, Tags
from tanglaw.references.base import ListReader, Noted

_TITLE = re.compile(r"^title\s*:", re.MULTILINE)
_TAGS = re.compile(r"^tags\s*:", re.MULTILINE)
_CREATOR = re.compile(r"^creator\s*:", re.MULTILINE)
_PACK_ONLY = frozenset(("title", "creator", "description", "owner", "is_public", "uri", "tags"))
_IGNORED = frozenset(("context", "tag_type", "creator", "description", "tx_hash", "concepts", "created"))
_MOST_DEPTH = 12
_MOST_ALIASES = 100_000
_EMPTY = ("", "~", "null", "Null", "NULL")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TagPack(ListReader):
    """Reads a TagPack (YAML) into `address_tags`; the list is the pack's title."""

    name = "tagpack-yaml"
    tables: tuple[str, ...] = ("address_tags",)

    def recognise(self, item: Item) -> bool:
        """True if the head has a title, a creator and tags as keys of the whole document."""
        head = item.text_head
        return bool(_TITLE.search(head) and _CREATOR.search(head) and _TAGS.search(head))

    def read(self, item: Item, rows: Rows) -> None:
        """One row a tag, locator `line N`; tags without an address or with one that does not hold are quarantined."""
        noted = Noted()
        header = _header(item, noted)
        title = header.get("title") or item.name.rsplit(".", 1)[0]
        for name in header:
            if name not in ROLES and name not in _PACK_ONLY and name not in _IGNORED:
                noted.note("unknown-field", f"field {name[:80]} of the header is not known in TagPacks")
        same = {ROLES[name]: value for name, value in header.items() if name in ROLES and name not in _PACK_ONLY}
        same["list_name"] = title
        category = header.get("concepts")
        tags = Tags(rows, title, noted)
        given = 0
        for line, tag in _tags(item, noted):
            given += 1
            place = f"line {line}"
            if not isinstance(tag, dict):
                rows.quarantine("bad-tag", "tag is no mapping", place, str(tag)[:200])
                continue
            if not tag.get("address"):
                rows.quarantine("tag-without-address", "tag has no address", place, _shown(tag))
                continue
            for name in tag:
                if name not in ROLES and name not in _IGNORED:
                    noted.note("unknown-field", f"field {name[:80]} is not known in TagPacks", place)
            said = {ROLES[name]: _text(value) for name, value in tag.items() if name in ROLES}
            concept = _text(tag.get("concepts")) or category or ""
            merged = same | {role: value for role, value in said.items() if value}
            tags.add({"category": concept.split("; ")[0]} | merged, place)
        if not given:
            noted.note("empty-list", "the pack has no tags")
        tags.close()


class _Events:
    """The file's events one by one. Raises BadRecord where it is no YAML, nests deeper or refers more than a pack does."""

    def __init__(self, item: Item) -> None:
        self._stream = item.open()
        self._events = yaml.parse(self._stream, Loader=_LOADER)
        self._anchors: dict[str, Any] = {}
        self._aliases = 0
        self.strange = 0

    def next(self) -> Any:
        try:
            return next(self._events)
        except StopIteration:
            raise BadRecord("yaml-malformed", "the file ends within a value") from None
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            place = f"line {mark.line + 1}" if mark is not None else ""
            raise BadRecord(
                "yaml-malformed", f"no YAML: {getattr(error, 'problem', None) or 'unreadable'}", place
            ) from error

    def value(self, event: Any, depth: int = 0) -> Any:
        """The value that begins with this event: a text, a list or a mapping."""
        if depth > _MOST_DEPTH:
            raise BadRecord("yaml-too-deep", f"values nest deeper than {_MOST_DEPTH}")
        if isinstance(event, yaml.AliasEvent):
            self._aliases += 1
            if self._aliases > _MOST_ALIASES or event.anchor not in self._anchors:
                raise BadRecord("yaml-aliases", "more references than a pack has, or one to nothing")
            return self._anchors[event.anchor]
        found: Any
        if isinstance(event, yaml.ScalarEvent):
            found = "" if not event.style and event.value in _EMPTY else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            found = list(self.items(depth))
        else:
            found = dict(self.pairs(depth))
        self.strange += bool(event.tag)
        if event.anchor:
            self._anchors[event.anchor] = found
        return found

    def items(self, depth: int) -> Iterator[Any]:
        """The values of a list whose start was read."""
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            yield self.value(event, depth + 1)

    def pairs(self, depth: int) -> Iterator[tuple[str, Any]]:
        """The keys and values of a mapping whose start was read; `<<` brings those of the mappings it names."""
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.value(event, depth + 1)
            value = self.value(self.next(), depth + 1)
            if key == "<<":
                for part in value if isinstance(value, list) else [value]:
                    yield from part.items() if isinstance(part, dict) else ()
            else:
                yield (key if isinstance(key, str) else "(no text)"), value

    def top(self) -> Iterator[tuple[str, Any]]:
        """The keys of the document's mapping, each with the event that begins its value. The caller reads the value."""
        while not isinstance(event := self.next(), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                raise BadRecord("not-this-format", "the file is empty")
        if not isinstance(self.next(), yaml.MappingStartEvent):
            raise BadRecord("not-this-format", "the document is no mapping")
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            yield str(self.value(event))[:200], self.next()

    def skip(self, event: Any) -> None:
        """Read on behind the value that begins with this event, keeping nothing of it."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            event = self.next()

    def close(self) -> None:
        self._stream.close()


def _header(item: Item, noted: Noted) -> dict[str, str]:
    """What the document says beside its tags, wherever it stands."""
    found: dict[str, str] = {}
    events = _Events(item)
    try:
        for name, event in events.top():
            if name == "tags":
                events.skip(event)
                continue
            if name in found:
                noted.note("duplicate-field", f"field {name[:80]} stands twice; the last one counts")
            found[name] = _text(events.value(event))
        while not isinstance(event := events.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                noted.note("more-documents", "only the first document of the file is read")
                break
    finally:
        events.close()
    return found


def _tags(item: Item, noted: Noted) -> Iterator[tuple[int, Any]]:
    """Each tag with the line that it begins on."""
    events = _Events(item)
    try:
        for name, event in events.top():
            if name != "tags":
                events.value(event)
                continue
            if not isinstance(event, yaml.SequenceStartEvent):
                raise BadRecord("bad-tags", "tags is no list", f"line {event.start_mark.line + 1}")
            while not isinstance(one := events.next(), yaml.SequenceEndEvent):
                yield one.start_mark.line + 1, events.value(one)
        noted.note("unknown-value", "values with a type of their own are read as texts", "", events.strange)
    finally:
        events.close()


def _text(value: Any) -> str:
    """A text, or the texts of a list joined by '; '; anything deeper is no value of a tag."""
    if isinstance(value, list):
        return "; ".join(one for one in value[:20] if isinstance(one, str))
    return value.strip() if isinstance(value, str) else ""


def _shown(tag: dict[str, Any]) -> str:
    return "; ".join(f"{name[:40]}={_text(value)[:80]}" for name, value in list(tag.items())[:20])
