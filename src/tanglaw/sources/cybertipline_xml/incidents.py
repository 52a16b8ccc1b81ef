"""internetDetails of a CyberTipline report: where it happened, one block of eight kinds each."""

from __future__ import annotations

from typing import Any

from tanglaw.reading.report_rows import Owner, ReportRows
from tanglaw.reading.xml import Element, take
from tanglaw.sources.cybertipline_xml import fields
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

_DETAILS = SHAPES["internetDetails"]
# Names of places that stand beside URLs in `web_pages`: incident -> (element, kind of page).
_PAGES = {
    "newsgroupIncident": (("name", "newsgroup"),),
    "chatImIncident": (("chatRoomName", "chat-room"),),
    "onlineGamingIncident": (("gameName", "game"),),
}
_PEOPLE = frozenset(("emailAddress", "phoneNumber", "incidentAddress", "latitude", "longitude", "ipCaptureEvent"))
# Short facts kept as texts.
_FACTS = ("chatClient", "console", "locationName", "client")
_TEXTS = ("content", "additionalInfo", "fileNames")


def internet_details(doc: ReportRows, element: Element, place: str) -> None:
    """Rows of one internetDetails element."""
    for tag, incidents in take(element, _DETAILS, place, doc.issue).items():
        for incident in incidents:
            here = f"{place}/{tag}"
            found = take(incident, SHAPES[tag], here, doc.issue)
            _pages(doc, incident, found, here)
            if not _PEOPLE.isdisjoint(found):
                _people(doc, found, here)
            for name in _FACTS:
                if name in found:
                    doc.text(f"{tag}.{name}", found[name], f"{here}/{name}")
            for name in _TEXTS:
                if name in found:
                    field = name if name == "content" else f"{tag}.{name}"
                    for text in found[name]:
                        doc.text(field, text, f"{here}/{name}")


def _pages(doc: ReportRows, incident: Element, found: dict[str, Any], here: str) -> None:
    if "url" in found:
        third = doc.truth(incident.get("thirdPartyHostedContent"), "thirdPartyHostedContent", here)
        for index, url in enumerate(found["url"], 1):
            doc.page("web-page", url.strip(), f"{here}/url[{index}]", third)
    for name, kind in _PAGES.get(str(incident.tag), ()):
        if name in found:
            doc.page(kind, found[name], f"{here}/{name}")


def _people(doc: ReportRows, found: dict[str, Any], here: str) -> None:
    """Contacts, addresses, positions and captures of the incident, which name no account."""
    for tag, kind in (("emailAddress", "email"), ("phoneNumber", "phone")):
        for index, element in enumerate(found.get(tag, ()), 1):
            contact = fields.contact_of(doc, element, kind, f"{here}/{tag}[{index}]")
            if contact is not None:
                doc.contact(contact, None, None, "unknown")
    for index, element in enumerate(found.get("incidentAddress", ()), 1):
        where = f"{here}/incidentAddress[{index}]"
        if line := fields.line(fields.address(doc, element, where)):
            doc.text("nonInternetIncident.incidentAddress", line, where)
    if "latitude" in found or "longitude" in found:
        doc.text("cellPhoneIncident.latlong", f"{found.get('latitude', '')}, {found.get('longitude', '')}", here)
    if "ipCaptureEvent" in found:
        fields.captures(doc, found["ipCaptureEvent"], here, Owner(None, None, "unknown"))
