"""Elements that accounts, files and incidents share: IP captures, devices, contacts, addresses, flags."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from tanglaw.reading.report_rows import Owner, ReportRows, sentence
from tanglaw.reading.rows import Row
from tanglaw.reading.xml import Element, described, plain, take
from tanglaw.sources.cybertipline_xml.shapes import SHAPES

_CAPTURE = SHAPES["ipCaptureEvent"]
_DEVICE = SHAPES["deviceId"]
_ADDRESS = SHAPES["address"]
_USES = {"phone": SHAPES["phone"].attributes, "email": SHAPES["email"].attributes}
# Calling codes under which a leading zero belongs to the number and is dialled from abroad.
_ZERO_STAYS = ("+39", "+378", "+379")


class Contact(NamedTuple):
    """An e-mail address or phone: as written, and as the identifier of an account would be made of it."""

    kind: str
    value: str
    identifier: str
    use: str | None
    verified: bool | None
    place: str


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


def devices(doc: ReportRows, elements: Iterable[Element], place: str, account: str | None, role: str | None) -> None:
    """Device identifiers of an account."""
    for index, element in enumerate(elements, 1):
        row, at = _device(doc, element, f"{place}/deviceId[{index}]")
        row["account_id"], row["role"] = account, role
        doc.device(row, at, account)


def file_devices(doc: ReportRows, elements: Iterable[Element], place: str, file: str) -> None:
    """Device identifiers of a file."""
    for index, element in enumerate(elements, 1):
        row, at = _device(doc, element, f"{place}/deviceId[{index}]")
        row["role"] = "unknown"
        doc.device(row, at, file)


def _device(doc: ReportRows, element: Element, here: str) -> tuple[Row, str | None]:
    found = take(element, _DEVICE, here, doc.issue)
    get = found.get
    row = {"kind": get("idType"), "value": get("idValue"), "event": get("eventName"), "locator": here}
    return row, get("dateTime")


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


def add_contacts(doc: ReportRows, found: Iterable[Contact], owner: Row) -> None:
    """Contact rows; `owner` holds role, person_id and account_id."""
    for kind, value, _, use, verified, place in found:
        doc.contact({**owner, "kind": kind, "value": value, "use": use, "verified": verified, "locator": place})


def address(doc: ReportRows, element: Element, here: str) -> Row:
    """The address columns of a person; a blank one gives an empty row."""
    found = take(element, _ADDRESS, here, doc.issue)
    get = found.get
    return {
        "address": get("address"),
        "city": get("city"),
        "region": get("state") or get("nonUsaState"),
        "postal_code": get("zipCode"),
        "country": get("country"),
    }


def address_text(row: Row) -> str:
    """An address as one line, for places that have no columns for it."""
    return ", ".join(str(value) for value in row.values() if value)


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
