"""Reads the reports of a police-side JSON document."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Any, BinaryIO, Protocol

import msgspec
import pyarrow as pa

from tanglaw.config import MIB
from tanglaw.errors import BadRecord
from tanglaw.reading.item import Item, Stretch
from tanglaw.reading.json_records import Raw, decoded, each_record, layout_of
from tanglaw.reading.json_stretches import each_of, stretches
from tanglaw.reading.report_rows import ReportRows
from tanglaw.reading.reports import clean_number, numbers_in, report_id
from tanglaw.reading.rows import Rows
from tanglaw.sources.cybertip_json.report import FORMAT, report
from tanglaw.sources.cybertip_json.structs import Report
from tanglaw.sources.cybertip_json.tidy import tidy

_START = re.compile(r"\s*[\[{]")
_MARK = re.compile(r'"reportedInformation"\s*:')
_TABLES = (
    "report_documents",
    "persons",
    "accounts",
    "contacts",
    "captures",
    "files",
    "file_hashes",
    "web_pages",
    "texts",
)
_TOGETHER = "tanglaw.sources.cybertip_json.columns"
_DECODE = msgspec.json.Decoder(Report).decode


class CybertipJson:
    """Police-side CyberTip JSON: one report, an array or lines of them, or an object around a list.

    Arrays in documents from `many_from` bytes are read some thousand records at a time, which gives the same rows.
    """

    name = FORMAT
    tables = _TABLES

    def __init__(self, many_from: int = 8 * MIB) -> None:
        self.many_from = many_from

    def recognise(self, item: Item) -> bool:
        head = item.text_head
        return _START.match(head) is not None and _MARK.search(head) is not None

    def hints(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        # Compiled loops take a second to load, which only large documents are worth.
        many = item.size >= self.many_from
        document = _Document(item, rows)
        together = partial(document.records, import_module(_TOGETHER).Records) if many else None
        each_record(item, rows, _MARK, document.record, together)

    def divide(self, item: Item, stream: BinaryIO, sizes: Callable[[int], int], limit: int) -> list[Stretch]:
        """See `item.Divides`."""
        return stretches(item, layout_of(item, _MARK), stream, sizes, limit)

    def read_stretch(self, item: Item, stretch: Stretch, rows: Rows) -> None:
        """Write the rows of the records of a stretch."""
        document, columns = _Document(item, rows), import_module(_TOGETHER)
        each_of(item, stretch, rows, document.record, partial(document.records, columns.Records), columns.spans_of)


class _Together(Protocol):
    """See `columns.Records`."""

    tables: list[tuple[str, pa.Table]]
    unsure: list[bool]

    def __init__(self, rows: Rows, data: Any, spans: Any, places: Sequence[str]) -> None: ...

    def assumed(self) -> dict[int, tuple[str, str]]: ...


class _Document:
    """Reads the records of one document."""

    def __init__(self, item: Item, rows: Rows) -> None:
        self.item = item
        self.rows = rows
        self._place = ""

    def record(self, data: Raw, place: str, alone: bool) -> None:
        self._place = place
        try:
            given: Report = decoded(data, _DECODE)
        except msgspec.ValidationError:
            given = self._tidied(data)
        if given.report_id is None and given.reported_information is None:
            raise BadRecord("json-shape", "nothing of a report is in the record", "", bytes(data))
        number, source = self._number(given, alone)
        digest = "" if number else hashlib.sha256(bytes(data)).hexdigest()
        doc = ReportRows(self.rows, report_id(self.rows.ids, "ncmec", number, digest))
        report(doc, given, place, number, source)

    def records(self, many: type[_Together], data: Any, spans: Any, places: Sequence[str]) -> Iterator[int]:
        """Read records together; yields in their order those that must be read one by one."""
        together = many(self.rows, data, spans, places)
        self.rows.add_tables(together.tables, mine=True)
        assumed = together.assumed()
        for number, unsure in enumerate(together.unsure):
            if unsure:
                yield number
            elif number in assumed:
                place, reason = assumed[number]
                self.rows.issue("zone-assumed", reason, place)

    def _tidied(self, data: Raw) -> Report:
        value = decoded(data)
        if not isinstance(value, dict):
            raise BadRecord("json-shape", "not an object where a report was expected", "", bytes(data))
        try:
            return msgspec.convert(tidy(value, Report, "", self._note), Report)
        except (msgspec.ValidationError, RecursionError) as error:
            raise BadRecord("json-shape", "the record has not the shape of a report", "", bytes(data)) from error

    def _note(self, code: str, reason: str, place: str) -> None:
        self.rows.issue(code, reason, f"{self._place}{place}", once=place)

    def _number(self, given: Report, alone: bool) -> tuple[str, str]:
        """Number and how it is known; the document's own, else that of its file name or folder."""
        number = clean_number(given.report_id)
        around = []
        if alone:
            for source, name in (("file-name", self.item.name), ("folder", self.item.folder)):
                found = numbers_in(name)
                if len(found) == 1:
                    around.append((found[0], source))
        if not number:
            if given.report_id not in (None, "", "N/A"):
                self.rows.issue("number-unusable", "reportId is no number", f"{self._place}/reportId")
            return around[0] if around else ("", "none")
        for other, source in around:
            if other != number:
                reason = f"document says report {number}, {source} says {other}; the former is taken"
                self.rows.issue("number-conflict", reason, f"{self._place}/reportId")
        return number, "document"


CYBERTIP_JSON = CybertipJson()
