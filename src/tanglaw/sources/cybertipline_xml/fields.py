"""Elements that accounts, files and incidents share: IP captures, devices, contacts, addresses, flags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from tanglaw.reading.report_rows import Contact, Owner, ReportRows, sentence
from tanglaw.reading.xml import Element, described, plain, take
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

Address: TypeAlias = "tuple[str | None, str | None, str | None, str | None, str | None]"

_CAPTURE = SHAPES["ipCaptureEvent"]
_DEVICE = SHAPES["deviceId"]
_ADDRESS = SHAPES["address"]
_USES = {"phone": SHAPES["phone"].attributes, "email": SHAPES["email"].attributes}
# Calling codes under which a leading zero belongs to the number and is dialled from abroad.
_ZERO_STAYS = ("+39", "+378", "+379")


def captures(doc: ReportRows, elements: Iterable[Element], place: str, owner: Owner) -> None:
    """IP capture events of `owner`."""
    for index, element in enumerate(elements, 1):
        here = f"{place}/ipCaptureEvent[{index}]"
        found = take(element, _CAPTURE, here, doc.issue)
        get = found.get
        if "ipAddress" not in found:
            doc.issue("no-address", "an IP capture event without address", here)
        port = doc.number(found["port"], "port", here) if "port" in found else None
        proxy = doc.truth(found["possibleProxy"], "possibleProxy", here) if "possibleProxy" in found else None
        doc.seen_at(owner, here, get("ipAddress"), get("eventName"), get("dateTime"), (port, proxy))


def devices(doc: ReportRows, elements: Iterable[Element], place: str, owner: Owner) -> None:
    """Device identifiers of `owner`."""
    for index, element in enumerate(elements, 1):
        here = f"{place}/deviceId[{index}]"
        get = take(element, _DEVICE, here, doc.issue).get
        doc.device(owner, here, get("idType"), get("idValue"), get("eventName"), get("dateTime"))


def contacts(doc: ReportRows, found: dict[str, Any], place: str) -> list[Contact]:
    """Phones, then e-mail addresses, of a person or account."""
    return [
        contact
        for tag in ("phone", "email")
        if tag in found
        for index, element in enumerate(found[tag], 1)
        if (contact := contact_of(doc, element, tag, f"{place}/{tag}[{index}]")) is not None
    ]


def contact_of(doc: ReportRows, element: Element, kind: str, here: str) -> Contact | None:
    """One contact; a calling code given apart is put in front, an extension behind. None if it is blank."""
    value, beside = described(element, here, doc.issue, _USES[kind])
    if not value:
        return None
    get = beside.get
    verified = doc.truth(beside["verified"], "verified", here) if "verified" in beside else None
    identifier = value
    if kind == "phone":
        code = get("countryCallingCode", "").strip()
        if code and not value.startswith(("+", "00")):
            national = value if code in _ZERO_STAYS else value.lstrip(" (").removeprefix("0")
            identifier, value = code + national, code + value
        extension = get("extension")
        if extension:
            value = f"{value} ext. {extension}"
    dated = get("verificationDate")
    if dated:
        doc.text(f"{kind}.verificationDate", dated, here)
    return Contact(kind, value, identifier, get("type"), verified, here)


def address(doc: ReportRows, element: Element, here: str) -> Address:
    """Street, city, region, postal code and country, None where not stated."""
    get = take(element, _ADDRESS, here, doc.issue).get
    return get("address"), get("city"), get("state") or get("nonUsaState"), get("zipCode"), get("country")


def line(parts: Iterable[str | None]) -> str:
    """An address as one line, for places that have no columns for it."""
    return ", ".join([part for part in parts if part])


def stated(doc: ReportRows, element: Element, here: str) -> bool:
    """True for a presence flag: present and not explicitly false, which is unusual and becomes an issue."""
    text = plain(element, here, doc.issue).strip()
    if text and doc.truth(text, "flag", here) is False:
        doc.issue("flag-false", "a presence flag that says false is taken as not set", here)
        return False
    return True


def flags(doc: ReportRows, element: Element, known: frozenset[str], place: str, file: str | None = None) -> None:
    """Presence flags inside an annotations element; a name that is not known becomes an issue."""
    for child in element:
        tag = str(child.tag)
        here = f"{place}/{tag[:80]}"
        if tag not in known:
            doc.issue("unknown-field", f"element {tag[:80]} is not known here", place)
        elif stated(doc, child, here):
            doc.flag(tag, here, file)


def beside(element: Element, known: frozenset[str], value: str = "") -> str:
    """A value and the attributes that stand at it as one text; empty if there are no attributes."""
    if not element.keys():
        return ""
    return sentence(value, {str(name): text for name, text in element.items() if name in known})
