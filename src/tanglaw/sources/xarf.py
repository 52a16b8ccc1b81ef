"""XARF v4 abuse reports of the types `content/csam` and `content/csem` (schemas of xarf/xarf-spec)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tanglaw.errors import BadRecord
from tanglaw.reading.accounts import account_id
from tanglaw.reading.item import Item
from tanglaw.reading.json_records import Raw, decoded, each_record
from tanglaw.reading.report_rows import AccountFacts, Contact, Owner, PersonFacts, ReportRows, service_label
from tanglaw.reading.reports import clean_number, report_id
from tanglaw.reading.rows import Rows
from tanglaw.reading.values import identifier, platform

FORMAT = "xarf"
_START = re.compile(r"\s*[\[{]")
_MARK = re.compile(r'"xarf_version"\s*:')
_TYPE = re.compile(r'"type"\s*:\s*"cs[ae]m"')
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
    "associations",
)
_COLUMNS = frozenset(
    (
        *("xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "source_port"),
        *("category", "type", "evidence", "description", "url", "classification", "hash_values"),
        *("ncmec_report_id", "perpetrator_indicators"),
    )
)
# Kept together as one text of `name: value` lines.
_FACTS = (
    *("evidence_source", "tags", "confidence", "legacy_version", "domain", "registrar", "verified_at"),
    *("verification_method", "attack_vector", "target_brand", "hosting_provider", "asn", "country_code"),
    *("media_type", "detection_method", "content_removed", "account_suspended", "exploitation_type"),
    *("victim_age_range", "platform", "evidence_type", "reporting_obligations"),
)
# Infrastructure of the host is shared by unrelated sites and would tie them together; a screenshot is media;
# `_internal` is never to be passed on.
_LEFT_OUT = frozenset(
    ("nameservers", "dns_records", "screenshot_url", "ssl_certificate", "whois", "dns_response", "_internal")
)
_INDICATORS = frozenset(("account_id", "ip_addresses", "pattern_of_behavior"))
_EVIDENCE = frozenset(("content_type", "description", "payload", "hash", "size"))
_CONTACT = frozenset(("org", "contact", "domain"))
KNOWN = {
    "report": _COLUMNS | set(_FACTS) | _LEFT_OUT,
    "perpetrator_indicators": _INDICATORS,
    "evidence": _EVIDENCE,
    "reporter": _CONTACT,
    "sender": _CONTACT,
}


class Xarf:
    """XARF v4 reports: one object, an array or lines of them."""

    name = FORMAT
    tables = _TABLES

    def recognise(self, item: Item) -> bool:
        head = item.text_head
        return _START.match(head) is not None and _MARK.search(head) is not None and _TYPE.search(head) is not None

    def hints(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        def take(data: Raw, place: str, alone: bool) -> None:  # noqa: ARG001
            _record(rows, data, place)

        each_record(item, rows, _MARK, take)


def _record(rows: Rows, data: Raw, place: str) -> None:
    given = decoded(data)
    if not isinstance(given, dict) or "xarf_version" not in given:
        raise BadRecord("json-shape", "not a XARF report", "", bytes(data))
    if given.get("category") != "content" or given.get("type") not in ("csam", "csem"):
        raise BadRecord(
            "json-shape", "a XARF report of another type than content/csam or content/csem", "", bytes(data)
        )
    number = _text(given, "report_id").lower()
    digest = "" if number else hashlib.sha256(bytes(data)).hexdigest()
    doc = ReportRows(rows, report_id(rows.ids, "xarf", number, digest))
    _unknown(doc, given, "report", place)
    if not _text(given, "xarf_version").startswith("4."):
        doc.issue("unknown-version", "not version 4; read as if it were", f"{place}/xarf_version")
    service = _service(given)
    _report(doc, given, place, number, service)
    _source(doc, given, place)
    _file(doc, given, place)
    _indicators(doc, given, place, service)
    _evidence(doc, given, place)


def _text(given: dict[str, Any], name: str) -> str:
    """A member as trimmed text; empty for null, lists and objects."""
    value = given.get(name)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _object(doc: ReportRows, given: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    value = given.get(name)
    if isinstance(value, dict):
        if name in KNOWN:
            _unknown(doc, value, name, f"{place}/{name}")
        return value
    if value is not None:
        doc.issue("unexpected-value", "not an object; it is left out", f"{place}/{name}")
    return {}


def _unknown(doc: ReportRows, given: dict[str, Any], name: str, place: str) -> None:
    for key in given:
        if key not in KNOWN[name]:
            doc.issue("unknown-field", f"key {key[:80]!r} is not known here", place)


def _service(given: dict[str, Any]) -> str:
    """Name of the service that the content stood on: the registered name in its domain."""
    domain = _text(given, "domain")
    if not domain:
        try:
            domain = urlsplit(_text(given, "url")).hostname or ""
        except ValueError:
            domain = ""
    return service_label(domain) if "." in domain and not _is_address(domain) else domain


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _report(doc: ReportRows, given: dict[str, Any], place: str, number: str, service: str) -> None:
    esp = ""
    seen: set[str] = set()
    for ordinal, name in enumerate(("reporter", "sender"), 1):
        side = _object(doc, given, name, place)
        esp = esp or _text(side, "org")
        contact = _text(side, "contact")
        if contact and contact not in seen:
            seen.add(contact)
            here = f"{place}/{name}"
            owner = doc.person(PersonFacts(name=_text(side, "org") or None), None, "reporter", ordinal, here)
            doc.contact(Contact("email", contact, contact, None, None, f"{here}/contact"), owner, None, "reporter")
    description = _text(given, "description")
    doc.add(
        "report_documents",
        {
            "report_id": doc.report_id,
            "report_number": number or None,
            "number_source": "document" if number else "none",
            "scheme": "xarf",
            "format": FORMAT,
            "esp": esp or None,
            "platform": platform(service) if service else None,
            "incident_type": f"content/{given['type']}",
            **doc.when("incident_at", _text(given, "timestamp"), f"{place}/timestamp"),
            "text": description or None,
            "locator": place or "/",
        },
    )
    if description:
        doc.text("description", description, f"{place}/description")
    facts = [f"{name}: {_line(given[name])}" for name in _FACTS if given.get(name) not in (None, "", [])]
    if facts:
        doc.text("details", "\n".join(facts), place or "/")
    if ncmec := _text(given, "ncmec_report_id"):
        if clean_number(ncmec):
            doc.prior_report(ncmec, f"{place}/ncmec_report_id", None)
        else:
            doc.issue("number-unusable", "ncmec_report_id is no number", f"{place}/ncmec_report_id")
            doc.text("ncmec_report_id", ncmec, f"{place}/ncmec_report_id")


def _line(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_line(one) for one in value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _source(doc: ReportRows, given: dict[str, Any], place: str) -> None:
    """URL and source of the report; a source that is an address is a capture at the time of the report."""
    if url := _text(given, "url"):
        doc.page("web-page", url, f"{place}/url")
    source = _text(given, "source_identifier")
    here = f"{place}/source_identifier"
    if _is_address(source):
        port = doc.number(given.get("source_port"), "source_port", f"{place}/source_port")
        doc.seen_at(Owner(None, None, "unknown"), here, source, None, _text(given, "timestamp"), (port, None))
    elif source:
        doc.page("source", source, here)


def _file(doc: ReportRows, given: dict[str, Any], place: str) -> None:
    """The material as one file, if anything is said of it: where it stood, its class and its hashes."""
    hashes = {name: text for name in _object(doc, given, "hash_values", place) if (text := _hash(given, name))}
    classification = _text(given, "classification")
    if not hashes and not classification:
        return
    url = _text(given, "url")
    file = doc.of("file", doc.report_id, "url", url, *(hashes[name] for name in sorted(hashes)))
    doc.add(
        "files",
        {
            "file_id": file,
            "report_id": doc.report_id,
            "classification": classification or None,
            "location": url or None,
            "locator": place or "/",
        },
    )
    for name, value in hashes.items():
        doc.file_hash(file, name, value, f"{place}/hash_values/{name}")


def _hash(given: dict[str, Any], name: str) -> str:
    return _text(given["hash_values"], name)


def _indicators(doc: ReportRows, given: dict[str, Any], place: str, service: str) -> None:
    indicators = _object(doc, given, "perpetrator_indicators", place)
    here = f"{place}/perpetrator_indicators"
    account = None
    if named := _text(indicators, "account_id"):
        account = account_id(doc.rows.ids, service, "esp-id", named)
        facts = AccountFacts(platform(service) if service else None, identifier("esp-id", named), "esp-id")
        doc.account(facts, account, "reported", f"{here}/account_id")
    addresses = indicators.get("ip_addresses")
    for index, ip in enumerate(addresses if isinstance(addresses, list) else [addresses] if addresses else []):
        where = f"{here}/ip_addresses/{index}"
        if isinstance(ip, str) and ip.strip():
            doc.seen_at(Owner(account, None, "reported"), where, ip.strip(), None, None)
        else:
            doc.issue("unexpected-value", "not a text; it is left out", where)
    if pattern := _text(indicators, "pattern_of_behavior"):
        doc.text("pattern_of_behavior", pattern, f"{here}/pattern_of_behavior", account, "reported")


def _evidence(doc: ReportRows, given: dict[str, Any], place: str) -> None:
    """What each evidence item is, with the digest of its bytes; the bytes themselves are never kept."""
    items = given.get("evidence")
    for index, one in enumerate(items if isinstance(items, list) else []):
        here = f"{place}/evidence/{index}"
        if not isinstance(one, dict):
            doc.issue("unexpected-value", "not an object; it is left out", here)
            continue
        _unknown(doc, one, "evidence", here)
        parts = [_text(one, name) for name in ("content_type", "description", "hash", "size")]
        if payload := _text(one, "payload"):
            parts.append(_digest(payload))
        doc.text("evidence", "; ".join(part for part in parts if part), here)


def _digest(payload: str) -> str:
    try:
        raw = base64.b64decode(payload)
    except (binascii.Error, ValueError):
        return "payload is no base64"
    return f"payload of {len(raw)} bytes, sha256 {hashlib.sha256(raw).hexdigest()}"


XARF = Xarf()
