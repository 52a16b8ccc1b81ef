"""XLSX as streams of rows: never unpacked, never evaluated, no link followed, no media part opened.

Cells are read one by one from the sheet's XML, so memory does not depend on the dimensions that a sheet
claims. Numbers keep their digits; dates become ISO text; a formula gives its stored result, or its text.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import IO, BinaryIO

from lxml import etree

from tanglaw.config import MIB, Settings
from tanglaw.errors import BadRecord
from tanglaw.reading.tabular.cells import Style, date_text, number_text, style_of

_PART = re.compile(rb"PK\x03\x04.{22}[\s\S]{4}(?:xl/|\[Content_Types\]\.xml)", re.DOTALL)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LETTERS = re.compile(r"([A-Z]{1,4})$")
_RATIO_FROM = MIB


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its number, from 1, its cells as text, and whether it had more cells than allowed."""

    number: int
    cells: list[str]
    wide: bool = False


def is_workbook(head: bytes) -> bool:
    """True if the first bytes are those of a ZIP that holds an XLSX workbook."""
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head and _PART.search(head) is not None)


class Workbook:
    """An open XLSX. Raises BadRecord: bad-workbook, encrypted, too-large, archive-ratio, dtd-refused."""

    def __init__(self, stream: BinaryIO, settings: Settings) -> None:
        self._settings = settings
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
            raise BadRecord("bad-workbook", f"the workbook cannot be opened: {error}") from error
        if len(self._zip.infolist()) > settings.max_archive_members:
            raise BadRecord("too-large", "the workbook has too many parts")
        self._parts = {info.filename: info for info in self._zip.infolist()}

    def _open(self, name: str) -> IO[bytes]:
        info = self._parts.get(name)
        if info is None:
            raise BadRecord("bad-workbook", f"the workbook lacks its part {name}")
        if info.flag_bits & 1:
            raise BadRecord("encrypted", "the workbook is encrypted")
        if info.file_size > self._settings.max_member_bytes:
            raise BadRecord("too-large", f"part {name} unpacks to {info.file_size} bytes")
        if info.file_size > max(_RATIO_FROM, info.compress_size * self._settings.max_archive_ratio):
            raise BadRecord("archive-ratio", f"part {name} unpacks to {info.file_size} bytes from {info.compress_size}")
        try:
            return self._zip.open(info)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise BadRecord("bad-workbook", f"part {name} cannot be read: {error}") from error

    def _elements(self, name: str, *tags: str) -> Iterator[etree._Element]:
        """Elements of a part as they end; the caller empties them. No DTD, no entity, no network."""
        with self._open(name) as part:
            try:
                steps = etree.iterparse(
                    part,
                    events=("end",),
                    tag=[f"{{*}}{tag}" for tag in tags],
                    resolve_entities=False,
                    no_network=True,
                    load_dtd=False,
                    huge_tree=False,
                    remove_comments=True,
                    remove_pis=True,
                )
                first = True
                for _, element in steps:
                    if first and element.getroottree().docinfo.doctype:
                        raise BadRecord("dtd-refused", f"part {name} has a document type declaration")
                    first = False
                    yield element
            except (etree.XMLSyntaxError, zlib.error, zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
                raise BadRecord("bad-workbook", f"part {name} cannot be read: {type(error).__name__}") from error

    @cached_property
    def _relations(self) -> dict[str, str]:
        found = {}
        for element in self._elements("xl/_rels/workbook.xml.rels", "Relationship"):
            target = element.get("Target", "")
            if element.get("TargetMode") != "External":
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                found[element.get("Id", "")] = path
        return found

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Name of each sheet -> its part, in the workbook's order."""
        found = {}
        for element in self._elements("xl/workbook.xml", "sheet"):
            part = self._relations.get(element.get(_RELATION) or element.get(_STRICT_RELATION) or "", "")
            if part in self._parts and posixpath.dirname(part) == "xl/worksheets":
                found[element.get("name") or part] = part
        return found

    @cached_property
    def _since_1904(self) -> bool:
        return any(e.get("date1904") in ("1", "true") for e in self._elements("xl/workbook.xml", "workbookPr"))

    @cached_property
    def _styles(self) -> list[Style]:
        if "xl/styles.xml" not in self._parts:
            return []
        codes: dict[str, str] = {}
        styles: list[Style] = []
        for element in self._elements("xl/styles.xml", "numFmt", "cellXfs"):
            if etree.QName(element).localname == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            else:
                styles = [style_of(x.get("numFmtId", "0"), codes) for x in element.iterchildren("{*}xf")]
        return styles

    @cached_property
    def _strings(self) -> list[str]:
        name = "xl/sharedStrings.xml"
        if name not in self._parts:
            return []
        if self._parts[name].file_size > 4 * self._settings.max_document_bytes:
            raise BadRecord("too-large", f"part {name} unpacks to {self._parts[name].file_size} bytes")
        found = []
        for element in self._elements(name, "si"):
            found.append(_text(element))
            _drop(element)
        return found

    def extras(self) -> tuple[int, int]:
        """How many media parts and how many links to other workbooks it holds; none of them is opened."""
        media = sum(name.startswith(("xl/media/", "xl/embeddings/")) for name in self._parts)
        return media, sum(name.startswith("xl/externalLinks/external") for name in self._parts)

    def rows(self, sheet: str, decimal: str = ".") -> Iterator[Row]:
        """Rows of a sheet that have any cell. `decimal` is the mark that numbers are written with."""
        cells: list[str] = []
        number, position, wide = 0, 0, False
        most = self._settings.max_columns
        for element in self._elements(self.sheets[sheet], "c", "row"):
            if element.tag[-2:] == "}c":
                position = _column(element.get("r"), position)
                if position >= most:
                    wide = True
                    _drop(element)
                elif position >= len(cells):
                    cells.extend([""] * (position - len(cells)))
                    cells.append(self._value(element, decimal))
                position += 1
                continue
            stated = element.get("r", "")
            number = int(stated) if stated.isdecimal() and len(stated) < 10 else number + 1
            if any(cells) or wide:
                yield Row(number, cells, wide)
            cells, position, wide = [], 0, False
            _drop(element)

    def _value(self, element: etree._Element, decimal: str) -> str:
        kind = element.get("t", "n")
        value = formula = None
        for child in element:
            end = child.tag[-2:]
            if end == "}v":
                value = child.text or ""
            elif end == "}f":
                formula = child.text
            elif kind == "inlineStr":
                return _text(child)
        if value is None:
            return f"={formula}" if formula else ""
        if kind == "s":
            index = int(value) if value.strip().isdecimal() and len(value) < 12 else -1
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "true" if value.strip() == "1" else "false"
        if kind != "n":
            return value
        stated = element.get("s", "")
        style = self._styles[int(stated)] if stated.isdecimal() and int(stated) < len(self._styles) else Style.NUMBER
        if style is not Style.NUMBER:
            text = date_text(value, style, self._since_1904)
            if text:
                return text
        return number_text(value, decimal)


def _text(element: etree._Element) -> str:
    """Text of a string item: its runs joined, phonetic hints left out."""
    parts = []
    for child in element:
        end = child.tag[-2:]
        if end == "}t":
            parts.append(child.text or "")
        elif end == "}r":
            parts.extend(run.text or "" for run in child if run.tag[-2:] == "}t")
    return "".join(parts)


@lru_cache(maxsize=65_536)
def _letters(reference: str) -> int:
    match = _LETTERS.match(reference)
    index = 0
    for letter in match.group(1) if match else "":
        index = index * 26 + ord(letter) - 64
    return index - 1


def _column(reference: str | None, position: int) -> int:
    """Index of the column that a cell states, else the next one."""
    found = _letters(reference.rstrip("0123456789")) if reference else -1
    return found if found >= 0 else position


def _drop(element: etree._Element) -> None:
    """Free an element that was read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
