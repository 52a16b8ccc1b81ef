"""The readers: report documents, fileDetails, and the service's answers."""

from __future__ import annotations

import re

from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows
from tanglaw.reading.xml import parse, prolog, root_name, take
from tanglaw.sources.cybertipline_xml.envelope import Envelope, salvage
from tanglaw.sources.cybertipline_xml.numbers import cleaned
from tanglaw.sources.cybertipline_xml.report import FORMAT
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

_TABLES = (
    "report_documents",
    "persons",
    "accounts",
    "contacts",
    "captures",
    "devices",
    "files",
    "file_hashes",
    "flags",
    "web_pages",
    "texts",
    "associations",
)
_REPORT = re.compile(r"<(?:[\w.-]+:)?report(?=[\s>])")
_FILE = re.compile(r"<(?:[\w.-]+:)?fileDetails(?=[\s>])")
# A report element of another format (goAML has one) holds none of these.
_INSIDE = re.compile(
    r"<(?:[\w.-]+:)?(?:incidentSummary|internetDetails|personOrUserReported|intendedRecipient|batchedReport"
    r"|reportingPerson)(?=[\s/>])|cybertip\.org/ispws"
)
_STATED = re.compile(r"<(?:[\w.-]+:)?reportId\s*>\s*([0-9]{1,19})\s*<")
# The same in bytes, its fixed part first, which is found quickly.
_STATED_BYTES = re.compile(rb"reportId(?<=[<:]reportId)\s*>\s*([0-9]{1,19})\s*<")
# How nearly every document begins: told from its bytes, without decoding them.
_PLAIN_ROOT = re.compile(rb"\s*(?:<\?xml [^>]{0,200}\?>\s*)?<(\w+)[\s>]")
_SUMMARY = b"<incidentSummary>"
_RESPONSES = ("reportResponse", "reportDoneResponse")
_FEW = 4_096


def _whole(item: Item, rows: Rows) -> bytes:
    # A document that fits into the head is there already: opening it again would cost more than reading it.
    return item.head if len(item.head) >= item.size else item.read(rows.settings.max_document_bytes)


def _read(item: Item, rows: Rows) -> None:
    data = _whole(item, rows)
    envelope = Envelope(item, rows)
    try:
        root = parse(data)
    except BadRecord as bad:
        if bad.code != "xml-malformed" or not salvage(envelope, data):
            raise
        return
    envelope.document(root)


class CybertiplineReport:
    """Reports as ESPs send them to NCMEC, bare or in an envelope that may hold fileDetails too."""

    name = FORMAT
    tables = _TABLES

    def recognise(self, item: Item) -> bool:
        plain = _PLAIN_ROOT.match(item.head)
        if plain is not None and (plain[1] == b"fileDetails" or (plain[1] == b"report" and _SUMMARY in item.head)):
            return plain[1] == b"report"
        head = item.text_head
        root = root_name(head[:_FEW]) or root_name(head)
        if root == "report":
            return _INSIDE.search(head) is not None
        if root in ("", "html", "fileDetails"):
            return False
        return _REPORT.search(head) is not None and _INSIDE.search(head) is not None

    def hints(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        _read(item, rows)


class CybertiplineFileDetails:
    """fileDetails documents, one per file of a report; several may be wrapped together."""

    name = "cybertipline-file-details"
    tables = _TABLES

    def recognise(self, item: Item) -> bool:
        plain = _PLAIN_ROOT.match(item.head)
        if plain is not None and plain[1] == b"fileDetails":
            return True
        head = item.text_head
        root = root_name(head[:_FEW]) or root_name(head)
        if root == "fileDetails":
            return True
        if root in ("", "html", "report"):
            return False
        return _FILE.search(head) is not None and _REPORT.search(head) is None

    def hints(self, item: Item) -> tuple[str, ...]:
        return _numbers(item)

    def read(self, item: Item, rows: Rows) -> None:
        _read(item, rows)


class CybertiplineResponse:
    """The service's answers to a submission: they state the number of the report beside them, and no rows."""

    name = "cybertipline-response"
    tables: tuple[str, ...] = ()

    def recognise(self, item: Item) -> bool:
        return root_name(item.text_head[:_FEW]) in _RESPONSES

    def hints(self, item: Item) -> tuple[str, ...]:
        return _numbers(item)

    def read(self, item: Item, rows: Rows) -> None:
        root = parse(_whole(item, rows))
        if root.tag not in _RESPONSES:
            raise BadRecord("not-this-format", "not an answer of the reporting service", f"/{root.tag}")
        take(root, SHAPES["response"], f"/{root.tag}", rows.issue)


def _numbers(item: Item) -> tuple[str, ...]:
    head = item.head
    if b"\x00" in head[:4]:
        stated = _STATED.findall(prolog(head))
    elif b"reportId" in head:
        stated = [number.decode() for number in _STATED_BYTES.findall(head)]
    else:
        return ()
    return tuple(dict.fromkeys([number for text in stated if (number := cleaned(text))]))


CYBERTIPLINE_REPORT = CybertiplineReport()
CYBERTIPLINE_FILE_DETAILS = CybertiplineFileDetails()
CYBERTIPLINE_RESPONSE = CybertiplineResponse()
