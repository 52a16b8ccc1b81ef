"""Reports and fileDetails inside a document: bare, or wrapped in an envelope of any names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from tanglaw.errors import BadRecord
from tanglaw.ids import Ids
from tanglaw.reading.item import Item, encoding_of
from tanglaw.reading.report_rows import ReportRows
from tanglaw.reading.reports import clean_number, report_id
from tanglaw.reading.rows import Row, Rows
from tanglaw.reading.xml import Element, parse, take
from tanglaw.sources.cybertipline_xml.files import file_details
from tanglaw.sources.cybertipline_xml.numbers import (
    UNKNOWN,
    Known,
    decide,
    is_number_name,
    number_of,
    own_number,
    surroundings,
)
from tanglaw.sources.cybertipline_xml.report import report
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

_RECEIVED = frozenset(("datereceived", "receivedat", "received", "receiveddate"))
_MAX_DEPTH = 16


class Envelope:
    """Reads one document of one item."""

    def __init__(self, item: Item, rows: Rows) -> None:
        self.item = item
        self.rows = rows
        self.alone = True
        self._unknown: set[str] = set()

    def document(self, root: Element, place: str = "") -> None:
        """Rows of everything in the document. Raises BadRecord `not-this-format` if there is nothing to read."""
        here = f"{place}/{root.tag}"
        if root.tag == "report":
            self._report(root, here, UNKNOWN, {})
        elif root.tag == "fileDetails":
            self._file(root, here, UNKNOWN)
        else:
            held = sum(1 for _ in root.iter("report"))
            self.alone = self.alone and held <= 1
            if not held and root.find(".//fileDetails") is None:
                raise BadRecord("not-this-format", "neither a report nor fileDetails is in the document", here)
            self._wrapper(root, here, UNKNOWN, 0)

    def _wrapper(self, element: Element, place: str, outer: Known, depth: int) -> None:
        """Walks an envelope. A number stands for the reports below it if there is one; among several reports
        side by side it stands for the one that follows it."""
        if depth > _MAX_DEPTH:
            raise BadRecord("too-deep", f"more than {_MAX_DEPTH} envelopes around a report", place[:200])
        reports = sum(1 for child in element if child.tag == "report")
        here = outer
        if reports <= 1 and sum(1 for _ in element.iter("report")) <= 1:
            number = number_of(element)
            here = Known(number, "envelope") if number else outer
        received = self._received(element)
        counts: dict[str, int] = {}
        for child in element:
            tag = str(child.tag)
            counts[tag] = counts.get(tag, 0) + 1
            inner = f"{place}/{tag}[{counts[tag]}]"
            if is_number_name(tag):
                if reports > 1:
                    here = Known(number_of_text(child), "envelope")
            elif tag == "report":
                self._isolated(child, inner, here, received)
                if reports > 1:
                    here = outer
            elif tag == "fileDetails":
                self._file(child, inner, here)
            elif child.find(".//report") is not None or child.find(".//fileDetails") is not None:
                self._wrapper(child, inner, here, depth + 1)
            elif tag.casefold() not in _RECEIVED and tag not in self._unknown:
                self._unknown.add(tag)
                self.rows.issue("unknown-field", f"element {tag[:80]} is not known in an envelope", place)

    def _received(self, element: Element) -> str:
        for child in element:
            if str(child.tag).casefold() in _RECEIVED:
                return (child.text or "").strip()
        return ""

    def _isolated(self, element: Element, place: str, known: Known, received: str) -> None:
        try:
            self._report(element, place, known, {"received": received} if received else {})
        except BadRecord as bad:
            self.rows.quarantine(bad.code, bad.reason, bad.locator or place, etree.tostring(element))

    def _report(self, element: Element, place: str, envelope: Known, more: dict[str, str]) -> None:
        issue = self.rows.issue
        found = take(element, SHAPES["report"], place, issue)
        stated = [Known(own_number(element, found), "document"), envelope]
        if self.alone:
            stated += surroundings(self.item)
        number, source = decide([known for known in stated if known.number], place, issue)
        digest = self.item.sha256
        if not number and place != "/report":
            digest = hashlib.sha256(etree.tostring(element)).hexdigest()
        doc = ReportRows(self.rows, _report_id(self.rows.ids, number, digest))
        row: Row = {"report_number": number or None, "number_source": source}
        if more:
            row.update(doc.when("received_at", more["received"], place))
        report(doc, found, place, row)

    def _file(self, element: Element, place: str, envelope: Known) -> None:
        issue = self.rows.issue
        found = take(element, SHAPES["fileDetails"], place, issue)
        number = own_number(element, found)
        if number and envelope.number and number != envelope.number:
            issue("number-conflict", f"fileDetails says report {number}, envelope says {envelope.number}", place)
        if not number:
            around = surroundings(self.item, is_file=True) if self.alone else []
            number = decide([known for known in (envelope, *around) if known.number], place, issue).number
        if not number:
            issue("no-number", "fileDetails without a report number; it stands alone", place)
        digest = hashlib.sha256(etree.tostring(element)).hexdigest() if not number else ""
        doc = ReportRows(self.rows, _report_id(self.rows.ids, number, digest))
        file_details(doc, element, place, found)


@lru_cache(maxsize=256)
def _report_id(ids: Ids, number: str, digest: str) -> str:
    # The documents of a report follow each other.
    return report_id(ids, "ncmec", number, digest)


def number_of_text(element: Element) -> str:
    """The number that an element's text states, empty if it is none."""
    return clean_number(element.text or "")


_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")
_TAG = re.compile(rb"<(/?)([A-Za-z_][\w:.-]*)[^<>]*?(/?)>")
_REPORT_START = re.compile(rb"<report(?=[\s>])")


def salvage(envelope: Envelope, data: bytes) -> bool:
    """Read the whole reports of an envelope that as a whole is not well-formed; the broken ones are quarantined.

    False if the document is no envelope of several parts; nothing was written then.
    """
    if encoding_of(data[:64]).startswith(("utf-16", "utf-32")):
        data = data.decode(encoding_of(data[:64]), "replace").lstrip("\ufeff").encode()
        data = _DECLARATION.sub(b"", data, count=1)
    declared = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    first = _REPORT_START.search(data)
    root = next((tag for tag in _TAG.finditer(data) if not tag.group(1)), None)
    if first is None or root is None or root.group(2) == b"report" or root.group(3) or root.start() >= first.start():
        return False
    name = root.group(2)
    head, tail = (declared.group() if declared else b"") + root.group(), b"</" + name + b">"
    unit = _unit(data[root.end() : first.start()])
    envelope.alone = False
    for start, end in _parts(data, unit, root.end(), tail):
        _part(envelope, data, (start, end), (head, tail, unit))
    return True


def _unit(between: bytes) -> bytes:
    """Name of the innermost element that is open before the first report: each report has one of its own."""
    open_tags: list[bytes] = []
    for tag in _TAG.finditer(between):
        if tag.group(1):
            if open_tags and open_tags[-1] == tag.group(2):
                open_tags.pop()
        elif not tag.group(3):
            open_tags.append(tag.group(2))
    return open_tags[0] if open_tags else b"report"


def _parts(data: bytes, unit: bytes, begin: int, tail: bytes) -> Iterator[tuple[int, int]]:
    starts = [match.start() for match in re.finditer(rb"<" + re.escape(unit) + rb"(?=[\s>])", data[begin:])]
    if not starts:
        return
    ends = [*(begin + start for start in starts[1:]), len(data)]
    for start, end in zip(starts, ends, strict=True):
        closing = data.rfind(tail) if end == len(data) else -1
        yield begin + start, closing if closing > begin + start else end


def _part(envelope: Envelope, data: bytes, span: tuple[int, int], wrap: tuple[bytes, bytes, bytes]) -> None:
    start, end = span
    head, tail, unit = wrap
    close = data.find(b"</" + unit + b">", start, end)
    cuts = [end] if close < 0 else [end, close + len(unit) + 3]
    for cut in cuts:
        try:
            root = parse(head + data[start:cut] + tail)
            envelope.document(root, f"byte {start}:")
        except BadRecord as bad:
            fault = bad
            continue
        if data[cut:end].strip():
            envelope.rows.quarantine("xml-malformed", "text that belongs to no report", f"byte {cut}", data[cut:end])
        return
    envelope.rows.quarantine(fault.code, fault.reason, f"byte {start}", data[start:end])
