"""Reported persons and intended recipients of a police-side report."""

from __future__ import annotations

from tanglaw.reading.accounts import account_id, choose, unnamed_account_id
from tanglaw.reading.report_rows import AccountFacts, Contact, Owner, PersonFacts, ReportRows, country_of
from tanglaw.reading.values import platform
from tanglaw.sources.cybertip_json.captures import captures, texts
from tanglaw.sources.cybertip_json.structs import WITHHELD, Address, Person, Value
from tanglaw.sources.cybertip_json.words import listed, said, values

_TEXTS = (
    "preferred_name",
    "vehicle_description",
    "vehicle_tag_number",
    "relationship_to_reporter",
    "access_to_firearms",
    "convicted_sex_offender",
    "aware_of_report",
    "gang_affiliation",
)
_NO_ADDRESS = (None, None, None, None, None)
_FIELDS = {name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]) for name in _TEXTS}
# What is stated of a person and kept as texts, by key.
TEXT_FIELDS = tuple(_FIELDS.values())


def person(doc: ReportRows, given: Person, where: tuple[str, str, int], service: str) -> tuple[str, str | None]:
    """Rows of a reported person or recipient; returns the account's platform and the country stated."""
    role, place, ordinal = where
    used = said(given.esp_service) or service
    reach = _reach(doc, given, place)
    handle = given.screen_name.value if isinstance(given.screen_name, Value) else given.screen_name
    handle = said(handle)
    kind, identifier = choose(
        [
            ("esp-id", said(given.esp_user_id)),
            ("handle", handle),
            *[(one.kind, one.value) for one in reach if one.verified],
            *[(one.kind, one.value) for one in reach],
        ]
    )
    ids = doc.rows.ids
    if identifier:
        account = account_id(ids, used, kind, identifier)
    else:
        account = unnamed_account_id(ids, doc.report_id or "", role, ordinal)
    name = platform(used) if used else ""
    urls = captures(doc, given.source_information, place, Owner(account, None, role), "source")
    if ip := said(given.ip_address):
        doc.seen_at(Owner(account, None, role), f"{place}/ipAddress", ip, None, None)
    profiles = " ".join([url for page, url in urls if page == "profile"]) or None
    facts = AccountFacts(name or None, identifier or None, kind, handle, profile_url=profiles)
    doc.account(facts, account, role, place)
    person_id, country = _human(doc, given, account, where)
    for one in reach:
        doc.contact(one, person_id, account, role)
    _facts(doc, given, place, (account, role))
    return name, country


def _reach(doc: ReportRows, given: Person, place: str) -> list[Contact]:
    """Phones, then e-mail addresses, of a person."""
    result = []
    for kind, name, reach in (("phone", "phones", given.phones), ("email", "emails", given.emails)):
        if reach is None:
            continue
        for index, one in values(reach, name):
            where = f"{place}/{name}/{name}/{index}"
            if text := said(one.value):
                verified = doc.truth(said(one.verified), "verified", where)
                result.append(Contact(kind, text, text, said(one.type), verified, where))
    return result


def _human(doc: ReportRows, given: Person, account: str, where: tuple[str, str, int]) -> tuple[str | None, str | None]:
    role, place, ordinal = where
    first, middle, last = said(given.first_name), said(given.middle_name), said(given.last_name)
    born, age, occupation = said(given.date_of_birth), said(given.approximate_age), said(given.occupation)
    relation = said(given.relationship_to_child_victim)
    access = _child_access(doc, given, place, (account, role))
    homes = [_address(one) for _, one in listed(given.addresses, "addresses")] if given.addresses else []
    if not (first or last or middle or born or age or occupation or relation or access or homes):
        return None, None
    home = homes[0] if homes else _NO_ADDRESS
    name = " ".join([part for part in (first, middle, last) if part]) or None
    day = born[:10] if born and born[10:11] == "T" else born
    facts = PersonFacts(name, first, middle, last, day, doc.age(age, place), *home, occupation, None, access, relation)
    for other in homes[1:]:
        doc.text("address", ", ".join([part for part in other if part]), place, account, role)
    return doc.person(facts, account, role, ordinal, place), country_of(home[-1])


def _address(address: Address) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """Street, city, region, postal code and country, None where not stated."""
    street = ", ".join([text for text in (said(address.street1), said(address.street2)) if text])
    return street or None, said(address.city), said(address.state), said(address.postal_code), said(address.country)


def _child_access(doc: ReportRows, given: Person, place: str, owner: tuple[str, str]) -> str | None:
    """yes if either field says so, no if one says no and none yes; other words are kept as a text."""
    found = set()
    for field, value in (
        ("accessToChildVictim", given.access_to_child_victim),
        ("accessToChildren", given.access_to_children),
    ):
        text = said(value)
        if text:
            answer = doc.truth(text, field, f"{place}/{field}")
            found.add(answer)
            if answer is None:
                doc.text(field, text, f"{place}/{field}", *owner)
    return "yes" if True in found else "no" if False in found else None


def _facts(doc: ReportRows, given: Person, place: str, owner: tuple[str, str]) -> None:
    for name in _TEXTS:
        value = getattr(given, name)
        if value is not None and (text := said(value)):
            field = _FIELDS[name]
            doc.text(field, text, f"{place}/{field}", *owner)
    if given.additional_contact_information is not None:
        texts(doc, given.additional_contact_information, "additionalContactInformation", place, owner)
    if given.additional_informations is not None:
        texts(doc, given.additional_informations, "additionalInformations", place, owner)
    for name in WITHHELD:
        if getattr(given, name) not in (None, "", "N/A", [], {}):
            doc.issue("withheld-field", f"{name} is stated and not kept: special category", place)
