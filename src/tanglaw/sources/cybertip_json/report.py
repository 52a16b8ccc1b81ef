"""One police-side report into rows."""

from __future__ import annotations

from tanglaw.reading.report_rows import Owner, ReportRows
from tanglaw.reading.rows import Row
from tanglaw.reading.values import platform
from tanglaw.sources.cybertip_json.captures import captures, texts
from tanglaw.sources.cybertip_json.files import files
from tanglaw.sources.cybertip_json.people import person
from tanglaw.sources.cybertip_json.structs import Information, Report, Summary
from tanglaw.sources.cybertip_json.words import listed, said, values

FORMAT = "cybertip-json"


def report(doc: ReportRows, given: Report, place: str, row: Row) -> None:
    """Rows of one report; `row` holds number and number_source already."""
    info = given.reported_information
    if not isinstance(info, Information):
        info = Information()
    here = f"{place}/reportedInformation"
    row.update(
        report_id=doc.report_id,
        scheme="ncmec",
        format=FORMAT,
        locator=place or "/",
        **doc.when("received_at", said(given.date_received), f"{place}/dateReceived"),
    )
    _summary(doc, info, here, row)
    service = row.get("esp") or ""
    _incidents(doc, info, here)
    for index, one in listed(info.reported_people, "reported_persons"):
        where = f"{here}/reportedPeople/reportedPersons/{index}"
        used, country = person(doc, one, ("reported", where, index + 1), service)
        row["platform"] = row.get("platform") or used or None
        row["country"] = row.get("country") or country
    for index, one in listed(info.intended_recipients, "intended_recipients"):
        where = f"{here}/intendedRecipients/intendedRecipients/{index}"
        person(doc, one, ("recipient", where, index + 1), service)
    files(doc, info, here)
    own = [one.value for _, one in values(info.additional_informations, "additional_informations") if said(one.value)]
    row["text"] = "\n".join(str(text) for text in own) or None
    texts(doc, info.additional_informations, "additionalInformations", here, None)
    if not row.get("platform") and service:
        row["platform"] = platform(service)
    doc.add("report_documents", row)


def _summary(doc: ReportRows, info: Information, here: str, row: Row) -> None:
    esp, summary = info.reporting_esp, info.incident_summary
    if isinstance(esp, str):
        row["esp"] = said(esp)
    elif esp is not None:
        row["esp"] = said(esp.esp_name) or said(esp.last_name)
        for field, name in (("firstName", esp.first_name), ("lastName", esp.last_name)):
            if text := said(name):
                # Some providers state the product that reported here.
                doc.text(f"reportingEsp.{field}", text, f"{here}/reportingEsp/{field}")
    if isinstance(summary, Summary):
        row["incident_type"] = said(summary.incident_type)
        row["incident_meaning"] = said(summary.incident_date_time_description)
        row.update(doc.when("incident_at", said(summary.incident_date_time), f"{here}/incidentSummary"))


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
