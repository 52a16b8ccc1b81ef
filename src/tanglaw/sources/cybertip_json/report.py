"""One police-side report into rows."""

from __future__ import annotations

from tanglaw.reading.report_rows import NO_TIMES, Owner, ReportRows, Times
from tanglaw.reading.rows import columns
from tanglaw.reading.values import platform
from tanglaw.sources.cybertip_json.captures import captures, texts
from tanglaw.sources.cybertip_json.files import files
from tanglaw.sources.cybertip_json.people import person
from tanglaw.sources.cybertip_json.structs import Information, Report, Summary
from tanglaw.sources.cybertip_json.words import listed, said, values

FORMAT = "cybertip-json"
_ROW = columns(
    "report_documents",
    "report_id report_number number_source scheme format locator esp platform incident_type incident_meaning country"
    " text incident_at incident_at_original incident_at_assumed received_at received_at_original received_at_assumed",
)


def report(doc: ReportRows, given: Report, place: str, number: str, number_source: str) -> None:
    """Rows of one report; `number` is empty where none is known."""
    info = given.reported_information
    if not isinstance(info, Information):
        info = Information()
    here = f"{place}/reportedInformation"
    received = doc.times("received_at", said(given.date_received), f"{place}/dateReceived")
    esp = _provider(doc, info, here)
    incident, meaning, times = _summary(doc, info, here)
    service = esp or ""
    _incidents(doc, info, here)
    country: str | None = None
    shown: str | None = None
    for index, one in listed(info.reported_people, "reported_persons"):
        where = f"{here}/reportedPeople/reportedPersons/{index}"
        used, stated = person(doc, one, ("reported", where, index + 1), service)
        shown, country = shown or used or None, country or stated
    for index, one in listed(info.intended_recipients, "intended_recipients"):
        where = f"{here}/intendedRecipients/intendedRecipients/{index}"
        person(doc, one, ("recipient", where, index + 1), service)
    files(doc, info, here)
    text = None
    if info.additional_informations is not None:
        own = values(info.additional_informations, "additional_informations")
        text = "\n".join([str(one.value) for _, one in own if said(one.value)]) or None
        texts(doc, info.additional_informations, "additionalInformations", here, None)
    shown = shown or (platform(service) if service else None)
    stated_by = (doc.report_id, number or None, number_source, "ncmec", FORMAT, place or "/")
    doc.put(_ROW, (*stated_by, esp, shown, incident, meaning, country, text, *times, *received))


def _provider(doc: ReportRows, info: Information, here: str) -> str | None:
    """The provider as written; names beside it are texts."""
    esp = info.reporting_esp
    if esp is None or isinstance(esp, str):
        return said(esp)
    for field, name in (("firstName", esp.first_name), ("lastName", esp.last_name)):
        if name is not None and (text := said(name)):
            # Some providers state the product that reported here.
            doc.text(f"reportingEsp.{field}", text, f"{here}/reportingEsp/{field}")
    return said(esp.esp_name) or said(esp.last_name)


def _summary(doc: ReportRows, info: Information, here: str) -> tuple[str | None, str | None, Times]:
    """Incident type, meaning of its time, and the three columns of that time."""
    summary = info.incident_summary
    if not isinstance(summary, Summary):
        return None, None, NO_TIMES
    times = doc.times("incident_at", said(summary.incident_date_time), f"{here}/incidentSummary")
    return said(summary.incident_type), said(summary.incident_date_time_description), times


def _incidents(doc: ReportRows, info: Information, here: str) -> None:
    details = info.incident_details
    if details is None or isinstance(details, str):
        return
    for name, incidents in (("webpageIncident", details.webpage_incident), ("emailIncident", details.email_incident)):
        for index, incident in listed(incidents):
            where = f"{here}/incidentDetails/{name}/{index}"
            captures(doc, incident.source_information, where, Owner(None, None, "unknown"), "web-page")
            texts(doc, incident.additional_informations, f"{name}.additionalInformations", where, None)
            for number, content in values(getattr(incident, "contents", None)):
                if text := content.value:
                    doc.text("content", str(text), f"{where}/contents/{number}")
