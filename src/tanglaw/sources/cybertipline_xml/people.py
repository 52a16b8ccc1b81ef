"""Reported persons, intended recipients, victims and associated accounts of a CyberTipline report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tanglaw.reading.accounts import account_id, choose, unnamed_account_id
from tanglaw.reading.report_rows import AccountFacts, Contact, Owner, PersonFacts, ReportRows, country_of
from tanglaw.reading.values import platform
from tanglaw.reading.xml import Element, plain, take
from tanglaw.sources.cybertipline_xml import fields
from tanglaw.sources.cybertipline_xml.shapes import AGE_FLAG, SHAPES

PARTIES = {
    "personOrUserReported": ("reported", "personOrUserReportedPerson"),
    "intendedRecipient": ("recipient", "intendedRecipientPerson"),
    "victim": ("victim", "victimPerson"),
}
_PERSON = SHAPES["person"]
_ASSOCIATED = SHAPES["associatedAccount"]
_LOCATION = SHAPES["estimatedLocation"]
_NOWHERE = (None, None, None)
_NO_ADDRESS = (None, None, None, None, None)
_NOTES = frozenset(("profileBio", "additionalInfo", "vehicleDescription", AGE_FLAG))
_DISABLED = frozenset(("accountTemporarilyDisabled", "accountPermanentlyDisabled"))
_EARLIER = ("priorCTReports", "priorCTReport")
# What a block may hold without speaking of any account.
_NOT_ACCOUNT = frozenset(
    (
        *(person for _, person in PARTIES.values()),
        *("schoolName", "vehicleDescription", "additionalInfo", "associatedAccount", AGE_FLAG),
    )
)


class Stated(NamedTuple):
    """An account as it goes into rows, before its columns are filled."""

    account: str | None
    platform: str
    kind: str
    identifier: str
    role: str
    place: str


def party(doc: ReportRows, element: Element, place: str, ordinal: int, service: str) -> tuple[str | None, str]:
    """Rows of one reported person, recipient or victim; `service` is the report's own platform.

    Returns the country that the block states (the ESP's location estimate, else the person's address) and the
    service it names.
    """
    tag = str(element.tag)
    role, person_tag = PARTIES[tag]
    found = take(element, SHAPES[tag], place, doc.issue)
    person: dict[str, Any] = {}
    reach: list[Contact] = []
    person_place = f"{place}/{person_tag}"
    people = found.get(person_tag)
    if people:
        person = take(people[0], _PERSON, person_place, doc.issue)
        reach = fields.contacts(doc, person, person_place)
        if len(people) > 1:
            doc.issue("duplicate-element", f"a second {person_tag}; the first one stands", person_place)
    third = None
    if "thirdPartyUserReported" in found:
        third = doc.truth(found["thirdPartyUserReported"], "thirdPartyUserReported", place)
    named = found.get("espService", "")
    stated = _stated(doc, found, reach, (role, place, ordinal), named or service)
    if role != "reported" and not stated.identifier and _NOT_ACCOUNT.issuperset(found):
        stated = stated._replace(account=None)
    country = None
    if stated.account is not None:
        country = _account(doc, found, stated, third, None)
    person_id = home = None
    if person or "schoolName" in found:
        owner = (stated.account, role)
        person_id, home = _person(doc, person, found.get("schoolName"), owner, (person_place, ordinal))
    for contact in reach:
        doc.contact(contact, person_id, stated.account, role)
    if not _NOTES.isdisjoint(found):
        _notes(doc, found, stated)
    for index, other in enumerate(found.get("associatedAccount", ()), 1):
        associated(doc, other, f"{place}/associatedAccount[{index}]", stated, (ordinal * 1000 + index, service))
    return country or country_of(home), named


def associated(doc: ReportRows, element: Element, place: str, owner: Stated, where: tuple[int, str]) -> None:
    """Rows of an account that the ESP associates with `owner`, and the association itself."""
    ordinal, service = where
    found = take(element, _ASSOCIATED, place, doc.issue)
    get = element.get
    kind = get("type") or get("accountType")
    third = doc.truth(get("thirdPartyUser"), "thirdPartyUser", place)
    named = ""
    for one in found.get("platform", ()):
        named = plain(one, f"{place}/platform", doc.issue, SHAPES["platform"].attributes).strip() or named
        if third is None:
            third = doc.truth(one.get("thirdPartyUser"), "thirdPartyUser", f"{place}/platform")
    # An account elsewhere whose service is not named must not be taken for one of the report's own service.
    named = named or found.get("espService") or ("" if third else service)
    reach = fields.contacts(doc, found, place)
    stated = _stated(doc, found, reach, ("associated", place, ordinal), named)
    _account(doc, found, stated, third, kind)
    person_id, _ = _person(doc, found, None, (stated.account, "associated"), (place, ordinal))
    for contact in reach:
        doc.contact(contact, person_id, stated.account, "associated")
    _notes(doc, found, stated)
    doc.association("associated-account", kind or "", place, owner.account, other_account_id=stated.account)


def plain_person(
    doc: ReportRows, element: Element, role: str, place: str, ordinal: int
) -> tuple[dict[str, Any], list[Contact]]:
    """Rows of somebody without an account (reporter, contact, officer); returns what the element holds and the
    contacts in it."""
    found = take(element, _PERSON, place, doc.issue)
    reach = fields.contacts(doc, found, place)
    person_id, _ = _person(doc, found, None, (None, role), (place, ordinal))
    for contact in reach:
        doc.contact(contact, person_id, None, role)
    return found, reach


def _stated(
    doc: ReportRows, found: dict[str, Any], reach: list[Contact], where: tuple[str, str, int], service: str
) -> Stated:
    role, place, ordinal = where
    kind, identifier = choose(_candidates(found, reach))
    ids = doc.rows.ids
    if identifier:
        account = account_id(ids, service, kind, identifier)
    else:
        account = unnamed_account_id(ids, doc.report_id or "", role, ordinal)
    return Stated(account, platform(service) if service else "", kind, identifier, role, place)


def _candidates(found: dict[str, Any], reach: list[Contact]) -> Iterator[tuple[str, str | None]]:
    """Identifiers from the most to the least stable one."""
    yield "esp-id", found.get("espIdentifier")
    yield "handle", found.get("screenName")
    yield from ((one.kind, one.identifier) for one in reach if one.verified)
    yield from ((one.kind, one.identifier) for one in reach)


def _account(
    doc: ReportRows, found: dict[str, Any], stated: Stated, third: bool | None, association: str | None
) -> str | None:
    account, name, kind, identifier, role, place = stated
    get = found.get
    profiles = [text.strip() for text in get("profileUrl", ())]
    names = [text.strip() for text in get("displayName", ())]
    group, compromised = get("groupIdentifier"), get("compromisedAccount")
    stolen = doc.truth(compromised, "compromisedAccount", place) if compromised else None
    disabled = None if _DISABLED.isdisjoint(found) else _disabled(doc, found, stated)
    country, region, city = _location(doc, found, stated) if "estimatedLocation" in found else _NOWHERE
    facts = AccountFacts(
        name or None,
        identifier or None,
        kind,
        get("screenName"),
        " | ".join(names) or None,
        association,
        stolen,
        third,
        " ".join(profiles) or None,
        group,
        country,
        region,
        city,
        disabled,
    )
    doc.account(facts, account, role, place)
    for url in profiles:
        doc.page("profile", url, place)
    if group:
        doc.association("group", group, place, account)
    for tag in _EARLIER:
        for number in get(tag, ()):
            doc.prior_report(number.strip(), f"{place}/{tag}", account)
    if "ipCaptureEvent" in found:
        fields.captures(doc, found["ipCaptureEvent"], place, Owner(account, None, role))
    if "deviceId" in found:
        fields.devices(doc, found["deviceId"], place, Owner(account, None, role))
    return country_of(country)


def _disabled(doc: ReportRows, found: dict[str, Any], stated: Stated) -> str | None:
    """permanently, temporarily or None; dates and notices beside it are kept as a text of the account."""
    result = None
    for tag, word in (("accountTemporarilyDisabled", "temporarily"), ("accountPermanentlyDisabled", "permanently")):
        for element in found.get(tag, ()):
            here = f"{stated.place}/{tag}"
            known = SHAPES[tag].attributes
            text = plain(element, here, doc.issue, known).strip()
            if together := fields.beside(element, known, text):
                doc.text(tag, together, here, stated.account, stated.role)
            if not text or doc.truth(text, tag, here) is not False:
                result = word
    return result


def _location(doc: ReportRows, found: dict[str, Any], stated: Stated) -> tuple[str | None, str | None, str | None]:
    """Country, region and city of the first estimate; what stands beside it and further ones are texts."""
    first = _NOWHERE
    for index, element in enumerate(found["estimatedLocation"], 1):
        here = f"{stated.place}/estimatedLocation[{index}]"
        get = take(element, _LOCATION, here, doc.issue).get
        city, region, country = get("city"), get("region"), get("countryCode")
        if index == 1:
            first = (country, region, city)
            if not element.keys():
                continue
        line = fields.line((city, region, country))
        together = fields.beside(element, _LOCATION.attributes, line) or (line if index > 1 else "")
        if together:
            doc.text("estimatedLocation", together, here, stated.account, stated.role)
    return first


def _person(
    doc: ReportRows,
    person: dict[str, Any],
    school: str | None,
    owner: tuple[str | None, str],
    where: tuple[str, int],
) -> tuple[str | None, str | None]:
    """A person row if anything is said of the person; returns its id and the country of the address.

    `owner` is account and role, `where` place and ordinal.
    """
    place, ordinal = where
    get = person.get
    first, middle, last, born = get("firstName"), get("middleName"), get("lastName"), get("dateOfBirth")
    age = get("age") or get("approximateAge")
    if AGE_FLAG in person and fields.stated(doc, person[AGE_FLAG][0], f"{place}/{AGE_FLAG}"):
        doc.flag(AGE_FLAG, f"{place}/{AGE_FLAG}")
    homes = [fields.address(doc, one, f"{place}/address[{n}]") for n, one in enumerate(get("address", ()), 1)]
    if not (first or last or middle or age or homes or school or born):
        return None, None
    name = " ".join([part for part in (first, middle, last) if part]) or None
    home = homes[0] if homes else _NO_ADDRESS
    years = doc.age(age, place) if age else None
    for other in homes[1:]:
        doc.text("address", fields.line(other), place, *owner)
    facts = PersonFacts(name, first, middle, last, born, years, *home, None, school)
    return doc.person(facts, *owner, ordinal, place), home[-1]


def _notes(doc: ReportRows, found: dict[str, Any], stated: Stated) -> None:
    """Free texts and flags of a block."""
    for name in ("profileBio", "additionalInfo"):
        for text in found.get(name, ()):
            doc.text(name, text, f"{stated.place}/{name}", stated.account, stated.role)
    if "vehicleDescription" in found:
        doc.text("vehicleDescription", found["vehicleDescription"], stated.place, stated.account, stated.role)
    if stated.role != "associated" and AGE_FLAG in found:
        here = f"{stated.place}/{AGE_FLAG}"
        if fields.stated(doc, found[AGE_FLAG][0], here):
            doc.flag(AGE_FLAG, here)
