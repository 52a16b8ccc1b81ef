"""One CyberTipline report element into rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tanglaw.errors import BadRecord
from tanglaw.reading.report_rows import ReportRows, country_of, service_label
from tanglaw.reading.rows import Row
from tanglaw.reading.values import platform
from tanglaw.reading.xml import Element, plain, take
from tanglaw.sources.cybertipline_xml import fields
from tanglaw.sources.cybertipline_xml.incidents import internet_details
from tanglaw.sources.cybertipline_xml.people import PARTIES, party, plain_person
from tanglaw.sources.cybertipline_xml.shapes import REPORT_FLAGS, SHAPES

FORMAT = "cybertipline-xml"
_SUBSTANCE = frozenset(name for name in SHAPES["report"].kinds if name not in ("reportId", "reportNumber"))
_SUMMARY = SHAPES["incidentSummary"]
_REPORTER = SHAPES["reporter"]
# Providers of mail for everybody: their domain says nothing about who reports.
_FREE_MAIL = frozenset(("gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "proton", "protonmail"))
_DOMAIN = re.compile(r"@((?:[\w-]+\.)+[\w-]{2,})\s*$")


def report(doc: ReportRows, found: dict[str, Any], place: str, known: Row) -> None:
    """Rows of one report; `found` is what `take` gave for it, `known` holds number, number_source, received_at.

    Raises BadRecord `empty-report` before any row if nothing of a report is in it.
    """
    if _SUBSTANCE.isdisjoint(found):
        raise BadRecord("empty-report", "a report element without anything of a report in it", place)
    get = found.get
    row: Row = {"report_id": doc.report_id, "scheme": "ncmec", "format": FORMAT, "locator": place, **known}
    stated = _summary(doc, get("incidentSummary", ()), place, row)
    esp, own = _reporter(doc, found, place)
    service = stated or own
    for index, element in enumerate(get("internetDetails", ()), 1):
        internet_details(doc, element, f"{place}/internetDetails[{index}]")
    if "lawEnforcement" in found:
        _law_enforcement(doc, found["lawEnforcement"], place, row)
    used = ""
    for tag in PARTIES:
        for index, element in enumerate(get(tag, ()), 1):
            country, named = party(doc, element, f"{place}/{tag}[{index}]", index, service)
            if tag == "personOrUserReported":
                row["country"] = row.get("country") or country
                used = used or named
    texts = get("additionalInfo", ())
    for text in texts:
        doc.text("additionalInfo", text, f"{place}/additionalInfo")
    row["text"] = "\n".join(texts) or None
    row["esp"] = esp or None
    service = stated or used or own
    row["platform"] = platform(service) if service else None
    for element in get("batchedReport", ()):
        row["batched"] = _batched(doc, element, f"{place}/batchedReport")
    doc.add("report_documents", row)


def _batched(doc: ReportRows, element: Element, here: str) -> str:
    take(element, SHAPES["batchedReport"], here, doc.issue)
    return element.get("reason") or "not stated"


def _summary(doc: ReportRows, elements: Iterable[Element], place: str, row: Row) -> str:
    """Fills the report's row from incidentSummary; returns the platform as written. The first one stands."""
    service = ""
    here = f"{place}/incidentSummary"
    for index, element in enumerate(elements, 1):
        if index > 1:
            doc.issue("duplicate-element", "a second incidentSummary; what the first one states stands", here)
        summary = take(element, _SUMMARY, here, doc.issue)
        get = summary.get
        service = service or get("platform", "")
        stated = {
            "incident_type": get("incidentType"),
            "incident_meaning": get("incidentDateTimeDescription"),
            **doc.when("incident_at", get("incidentDateTime"), here),
        }
        row.update(stated if index == 1 else {name: said for name, said in stated.items() if row.get(name) is None})
        for escalation in get("escalateToHighPriority", ()):
            _escalation(doc, escalation, f"{here}/escalateToHighPriority", row)
        for notes in get("reportAnnotations", ()):
            fields.flags(doc, notes, REPORT_FLAGS, f"{here}/reportAnnotations")
    return service


def _escalation(doc: ReportRows, element: Element, here: str, row: Row) -> None:
    """The reason for urgency. Present but empty is urgent all the same; some models write it as a boolean."""
    text = plain(element, here, doc.issue).strip()
    if text.casefold() in ("false", "0"):
        doc.issue("flag-false", "escalateToHighPriority says false and is taken as not set", here)
        return
    if not text:
        doc.issue("empty-escalation", "escalateToHighPriority without a reason; the report counts as urgent", here)
        text = "(no reason stated)"
    else:
        doc.text("escalateToHighPriority", text, here)
    row["escalation"] = f"{row['escalation']}\n{text}" if row.get("escalation") else text


def _reporter(doc: ReportRows, found: dict[str, Any], place: str) -> tuple[str, str]:
    """The ESP as written and the name its platform is made of.

    The schema has no field for it. A person with one name only is taken for the organisation; else the
    domain of the reporting address, unless it is one that everybody can have; else the full name.
    """
    people: list[tuple[list[str] | None, list[str]]] = []
    for index, element in enumerate(found.get("reporter", ()), 1):
        reporter = take(element, _REPORTER, f"{place}/reporter", doc.issue)
        for ordinal, tag in enumerate(("reportingPerson", "contactPerson"), 1):
            for person in reporter.get(tag, ()):
                here = f"{place}/reporter/{tag}"
                said, reach = plain_person(doc, person, "reporter", here, 10 * index + ordinal)
                names = [said[part] for part in ("firstName", "lastName") if part in said]
                people.append((names if tag == "reportingPerson" else None, [contact.value for contact in reach]))
    return organisation(people)


def organisation(people: Iterable[tuple[list[str] | None, list[str]]]) -> tuple[str, str]:
    """The ESP and the name its platform is made of, from the names (None: of somebody to contact) and the phones and
    e-mail addresses of those who report."""
    name = domain = ""
    for names, reach in people:
        if names is not None:
            name = name or " ".join(names)
            if len(names) == 1 and not domain:
                domain = "-"
        for value in reach:
            domain = domain or _domain(value)
    if domain in ("", "-"):
        return name, name
    return domain, service_label(domain)


def _domain(address: str) -> str:
    match = _DOMAIN.search(address)
    if match is None or service_label(match.group(1)) in _FREE_MAIL:
        return ""
    return match.group(1).lower()


def _law_enforcement(doc: ReportRows, elements: Iterable[Element], place: str, row: Row) -> None:
    """legal_process of the report, and what else the block says as one text."""
    for index, element in enumerate(elements, 1):
        here = f"{place}/lawEnforcement"
        block = take(element, SHAPES["lawEnforcement"], here, doc.issue)
        served = [doc.truth(block.get("servedLegalProcessDomestic"), "servedLegalProcessDomestic", here)]
        facts: dict[str, str] = {
            name: block[name] for name in ("agencyName", "caseNumber", "reportedToLe") if name in block
        }
        countries = {country_of(element.get("fleaCountry")): None}
        known = SHAPES["servedLegalProcessInternational"].attributes
        for process in block.get("servedLegalProcessInternational", ()):
            text = plain(process, f"{here}/servedLegalProcessInternational", doc.issue, known).strip()
            served.append(doc.truth(text or "true", "servedLegalProcessInternational", here))
            countries[country_of(process.get("fleaCountry"))] = None
        if named := [country for country in countries if country]:
            facts["fleaCountry"] = ", ".join(named)
        for officer in block.get("officerContact", ()):
            plain_person(doc, officer, "mentioned", f"{here}/officerContact", index)
        if facts:
            doc.text("lawEnforcement", "; ".join(f"{name}: {value}" for name, value in facts.items()), here)
        if True in served:
            row["legal_process"] = "served"
        elif False in served and not row.get("legal_process"):
            row["legal_process"] = "not-served"
