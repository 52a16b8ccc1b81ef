"""Uploaded files of a police-side report."""

from __future__ import annotations

from tanglaw.ids import NOTHING
from tanglaw.reading.report_rows import Owner, ReportRows
from tanglaw.reading.rows import columns
from tanglaw.sources.cybertip_json.captures import captures, texts
from tanglaw.sources.cybertip_json.structs import File, Information
from tanglaw.sources.cybertip_json.words import listed, said, values

_ROW = columns(
    "files",
    "file_id report_id esp_file_id name original_name viewed_by_esp classification labels location locator",
)


def files(doc: ReportRows, info: Information, here: str) -> None:
    """Rows of the uploaded files. A submittal id names a file where it stands once in the report."""
    found = listed(info.uploaded_files, "uploaded_files")
    numbers = [said(given.submittal_id) for _, given in found]
    for (index, given), number in zip(found, numbers, strict=True):
        _file(doc, given, f"{here}/uploadedFiles/uploadedFiles/{index}", (number, numbers.count(number) == 1))


def _file(doc: ReportRows, given: File, place: str, numbered: tuple[str | None, bool]) -> None:
    number, once = numbered
    name, original, md5 = said(given.filename), said(given.original_filename), said(given.verification_hash)
    if number and once:
        key = doc.of_texts("file", doc.report_id or NOTHING, number)
    else:
        key = doc.of("file", doc.report_id, number, name, original, md5)
    urls: list[tuple[str, str]] = []
    if given.source_information is not None:
        urls = captures(doc, given.source_information, place, Owner(None, key, "unknown"), "file-location")
    viewed = doc.truth(said(given.viewed_by_esp), "viewedByEsp", place) if given.viewed_by_esp is not None else None
    location = " ".join([url for page, url in urls if page == "file-location"]) or None
    labels = None if given.ncmec_tags is None else _labels(given)
    notes = (viewed, said(given.industry_classification), labels, location, place)
    doc.put(_ROW, (key, doc.report_id, number, name, original, *notes))
    if md5:
        doc.file_hash(key, "md5", md5, f"{place}/verificationHash")
    pairs = listed(given.esp_metadata, "metadatas") if given.esp_metadata is not None else ()
    if pairs:
        lines = [f"{said(pair.name) or ''}: {said(pair.value) or ''}" for _, pair in pairs]
        doc.text("espMetadata", "\n".join(lines), f"{place}/espMetadata")
    if given.additional_informations is not None:
        texts(doc, given.additional_informations, "uploadedFiles.additionalInformations", place, None)


def _labels(given: File) -> str | None:
    """Labels of the receiving office, of all groups, in their order."""
    tags = [
        text
        for _, group in listed(given.ncmec_tags, "groups")
        for _, tag in values(group.tags)
        if (text := said(tag.value))
    ]
    return "; ".join(tags) or None
