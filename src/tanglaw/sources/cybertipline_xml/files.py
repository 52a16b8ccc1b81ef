"""fileDetails of a CyberTipline report: files, their hashes, flags, upload events, devices and metadata."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tanglaw.ids import NOTHING
from tanglaw.reading.report_rows import Owner, ReportRows
from tanglaw.reading.rows import columns
from tanglaw.reading.xml import Element, plain, take
from tanglaw.sources.cybertipline_xml import fields
from tanglaw.sources.cybertipline_xml.shapes import FILE_FLAGS, SHAPES

_FILE = SHAPES["fileDetails"]
_HASH = SHAPES["originalFileHash"].attributes
_DETAILS = SHAPES["details"]
_PAIR = SHAPES["nameValuePair"]
_ONLY_TYPE = ["hashType"]
_ANSWERS = ("fileViewedByEsp", "exifViewedByEsp", "publiclyAvailable")
_ROW = columns(
    "files",
    "file_id report_id report_number esp_file_id name original_name viewed_by_esp exif_viewed_by_esp public"
    " relevance classification location locator uploaded_at uploaded_at_original uploaded_at_assumed",
)


def file_details(doc: ReportRows, element: Element, place: str, found: dict[str, Any] | None = None) -> None:
    """Rows of one file; `found` is what `take` gave for the element, if it was taken already."""
    if found is None:
        found = take(element, _FILE, place, doc.issue)
    get = found.get
    hashes = _hashes(doc, get("originalFileHash", ()), place)
    file = _file_id(doc, found, hashes, place)
    location, uploaded = get("locationOfFile"), get("uploadedToEspTimestamp")
    names = (get("reportId"), get("fileId"), get("fileName"), get("originalFileName"))
    answers = [doc.truth(found[name], name, place) if name in found else None for name in _ANSWERS]
    notes = (get("fileRelevance"), get("industryClassification"), location, place)
    doc.put(_ROW, (file, doc.report_id, *names, *answers, *notes, *doc.times("uploaded_at", uploaded, place)))
    for hash_type, value, here in hashes:
        doc.file_hash(file, hash_type, value, here)
    if location:
        doc.page("file-location", location, f"{place}/locationOfFile")
    if "fileAnnotations" in found or "potentialMeme" in found:
        _flags(doc, found, place, file)
    if "ipCaptureEvent" in found:
        fields.captures(doc, found["ipCaptureEvent"], place, Owner(None, file, "unknown"))
    if "deviceId" in found:
        fields.devices(doc, found["deviceId"], place, Owner(None, file, "unknown"))
    for index, details in enumerate(get("details", ()), 1):
        _details(doc, details, f"{place}/details[{index}]", file)
    for text in get("additionalInfo", ()):
        doc.text("fileDetails.additionalInfo", text, f"{place}/additionalInfo")


def _hashes(doc: ReportRows, elements: Iterable[Element], place: str) -> list[tuple[str, str, str]]:
    """Type, value and place of each stated hash."""
    result = []
    for index, element in enumerate(elements, 1):
        here = f"{place}/originalFileHash[{index}]"
        if element.keys() == _ONLY_TYPE and not len(element):
            value = element.text
        else:
            value = plain(element, here, doc.issue, _HASH)
        if value and (value := value.strip()):
            result.append((element.get("hashType") or "", value, here))
    return result


def _file_id(doc: ReportRows, found: dict[str, Any], hashes: list[tuple[str, str, str]], place: str) -> str:
    get = found.get
    number = get("fileId")
    if number:
        return doc.of_texts("file", doc.report_id or NOTHING, number)
    doc.issue("no-file-id", "a file without fileId; its names and hashes stand in for it", place)
    values = (f"{kind} {value}" for kind, value, _ in hashes)
    return doc.of("file", doc.report_id, None, get("fileName"), get("originalFileName"), *values)


def _flags(doc: ReportRows, found: dict[str, Any], place: str, file: str) -> None:
    named: set[str] = set()
    for element in found.get("fileAnnotations", ()):
        fields.flags(doc, element, FILE_FLAGS, f"{place}/fileAnnotations", file)
        named.update(str(child.tag) for child in element)
    # The older form is a plain boolean: false is an ordinary answer there.
    for element in found.get("potentialMeme", ()):
        here = f"{place}/potentialMeme"
        text = plain(element, here, doc.issue).strip()
        if "potentialMeme" not in named and (not text or doc.truth(text, "potentialMeme", here)):
            doc.flag("potentialMeme", here, file)


def _details(doc: ReportRows, element: Element, place: str, file: str) -> None:
    """Metadata pairs: hashes join the file's hashes, everything else is one text of `name: value` lines."""
    lines: dict[str, list[str]] = {}
    for index, pair in enumerate(take(element, _DETAILS, place, doc.issue).get("nameValuePair", ()), 1):
        here = f"{place}/nameValuePair[{index}]"
        found = take(pair, _PAIR, here, doc.issue)
        name, value = found.get("name", ""), found.get("value", "")
        kind = element.get("type") or pair.get("type") or ""
        if kind == "HASH" and value:
            doc.file_hash(file, name, value, here)
        elif name or value:
            lines.setdefault(kind, []).append(f"{name}: {value}")
    for kind, parts in lines.items():
        doc.text(f"details.{kind}" if kind else "details", "\n".join(parts), place)
