"""One police-side report into rows."""

from __future__ import annotations

from typing import Any

from tanglaw.reading.accounts import account_id, choose, unnamed_account_id
from tanglaw.reading.report_rows import ReportRows, country_of
from tanglaw.reading.rows import Row
from tanglaw.reading.values import platform
from tanglaw.sources.cybertip_json.structs import (
    WITHHELD,
    Address,
    Capture,
    Information,
    Person,
    Report,
    Summary,
    Value,
)

FORMAT = "cybertip-json"
_NOTHING = frozenset(("N/A", "n/a"))
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
_FIELDS = {name: name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]) for name in _TEXTS}


def said(value: object) -> str | None:
    """A value as trimmed text; None for null, blanks and "N/A"."""
    if value is None:
        return None
    if type(value) is str:
        text = value.strip()
        return text if text and text not in _NOTHING else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def listed(value: Any, name: str = "") -> list[tuple[int, Any]]:
    """The elements of a list, wrapped in an object under `name` or not, with their index; texts are nothing."""
    if value is None or type(value) is str:
        return []
    if type(value) is not list:
        value = getattr(value, name) if name else [value]
        if value is None or isinstance(value, str):
            return []
    return [(index, one) for index, one in enumerate(value) if one is not None and not isinstance(one, str)]


def values(value: Any, name: str = "") -> list[tuple[int, Value]]:
    """As `listed`, for texts that stand in objects or bare."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(0, Value(value))] if said(value) else []
    if not isinstance(value, list):
        value = getattr(value, name) if name and not isinstance(value, Value) else [value]
        if isinstance(value, str):
            return values(value)
    return [
        (index, Value(one) if isinstance(one, str) else one) for index, one in enumerate(value or ()) if one is not None
    ]


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
    for index, person in listed(info.reported_people, "reported_persons"):
        where = f"{here}/reportedPeople/reportedPersons/{index}"
        used, country = _person(doc, person, ("reported", where, index + 1), service)
        row["platform"] = row.get("platform") or used or None
        row["country"] = row.get("country") or country
    for index, person in listed(info.intended_recipients, "intended_recipients"):
        where = f"{here}/intendedRecipients/intendedRecipients/{index}"
        _person(doc, person, ("recipient", where, index + 1), service)
    files(doc, info, here)
    texts = [text for _, one in values(info.additional_informations, "additional_informations") if (text := one.value)]
    row["text"] = "\n".join(str(text) for text in texts) or None
    _texts(doc, info.additional_informations, "additionalInformations", here, None)
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
            captures(doc, incident.source_information, where, {"role": "unknown"}, "web-page")
            _texts(doc, incident.additional_informations, f"{name}.additionalInformations", where, None)
            for number, content in values(getattr(incident, "contents", None)):
                if text := content.value:
                    doc.text("content", str(text), f"{where}/contents/{number}")


def captures(doc: ReportRows, source: Any, place: str, owner: Row, page: str) -> list[str]:
    """Source captures: addresses become captures, URLs pages of kind `page`; returns the URLs."""
    urls = []
    for index, capture in listed(source, "source_captures"):
        where = f"{place}/sourceInformation/sourceCaptures/{index}"
        kind, value = said(capture.capture_type) or "", said(capture.value)
        if kind == "IP Address" or kind.casefold() in ("ip address", "ip", "ipaddress"):
            _capture(doc, capture, value, where, owner)
        elif value is None:
            continue
        elif kind.casefold() == "profile url":
            urls.append(value)
            doc.page("profile", value, where)
        elif kind.casefold() == "url":
            urls.append(value)
            doc.page(page, value, where)
        else:
            doc.issue("unknown-value", "a capture type that is not known; its value is kept as a text", where)
            doc.text(f"sourceCaptures.{kind}", value, where, owner.get("account_id"), owner["role"])
    return urls


def _capture(doc: ReportRows, capture: Capture, value: str | None, where: str, owner: Row) -> None:
    row: Row = {
        **owner,
        "ip": value,
        "event": said(capture.event_name),
        "port": doc.number(said(capture.port), "port", where) if capture.port is not None else None,
        "proxy": doc.truth(said(capture.possible_proxy), "possibleProxy", where),
        "locator": where,
    }
    doc.capture(row, said(capture.date_time))


def _person(doc: ReportRows, person: Person, where: tuple[str, str, int], service: str) -> tuple[str, str | None]:
    """Rows of a reported person or recipient; returns the account's platform and the country stated."""
    role, place, ordinal = where
    used = said(person.esp_service) or service
    reach = _reach(doc, person, place)
    handle = person.screen_name.value if isinstance(person.screen_name, Value) else person.screen_name
    handle = said(handle)
    kind, identifier = choose(
        [
            ("esp-id", said(person.esp_user_id)),
            ("handle", handle),
            *((one["kind"], one["value"]) for one in reach if one["verified"]),
            *((one["kind"], one["value"]) for one in reach),
        ]
    )
    ids = doc.rows.ids
    if identifier:
        account = account_id(ids, used, kind, identifier)
    else:
        account = unnamed_account_id(ids, doc.report_id or "", role, ordinal)
    name = platform(used) if used else ""
    urls = captures(doc, person.source_information, place, {"account_id": account, "role": role}, "source")
    if ip := said(person.ip_address):
        doc.capture({"account_id": account, "role": role, "ip": ip, "locator": f"{place}/ipAddress"}, None)
    doc.account(
        {
            "account_id": account,
            "platform": name or None,
            "identifier": identifier or None,
            "identifier_kind": kind,
            "handle": handle,
            "role": role,
            "profile_url": " ".join(urls) or None,
            "locator": place,
        }
    )
    person_id, country = _human(doc, person, account, where)
    for one in reach:
        one.update(account_id=account, person_id=person_id, role=role)
        doc.contact(one)
    _facts(doc, person, place, (account, role))
    return name, country


def _reach(doc: ReportRows, person: Person, place: str) -> list[Row]:
    """Contact rows of a person without their owner: phones, then e-mail addresses."""
    result = []
    for kind, name, given in (("phone", "phones", person.phones), ("email", "emails", person.emails)):
        if given is None:
            continue
        for index, one in values(given, name):
            where = f"{place}/{name}/{name}/{index}"
            if text := said(one.value):
                verified = doc.truth(said(one.verified), "verified", where)
                use = said(one.type)
                result.append({"kind": kind, "value": text, "use": use, "verified": verified, "locator": where})
    return result


def _human(doc: ReportRows, person: Person, account: str, where: tuple[str, str, int]) -> tuple[str | None, str | None]:
    role, place, ordinal = where
    first, middle, last = said(person.first_name), said(person.middle_name), said(person.last_name)
    born, age, occupation = said(person.date_of_birth), said(person.approximate_age), said(person.occupation)
    relation = said(person.relationship_to_child_victim)
    access = _child_access(doc, person, place, (account, role))
    homes = [_address(one) for _, one in listed(person.addresses, "addresses")] if person.addresses else []
    if not (first or last or middle or born or age or occupation or relation or access or homes):
        return None, None
    home = homes[0] if homes else {}
    row = {
        "account_id": account,
        "role": role,
        "name": " ".join([part for part in (first, middle, last) if part]) or None,
        "first_name": first,
        "middle_name": middle,
        "last_name": last,
        "date_of_birth": born[:10] if born and born[10:11] == "T" else born,
        "age": doc.age(age, place),
        "occupation": occupation,
        "child_access": access,
        "relationship": relation,
        "locator": place,
        **home,
    }
    for other in homes[1:]:
        doc.text("address", ", ".join(str(part) for part in other.values() if part), place, account, role)
    return doc.person(row, ordinal), country_of(home.get("country"))


def _address(address: Address) -> Row:
    street = ", ".join([text for text in (said(address.street1), said(address.street2)) if text])
    return {
        "address": street or None,
        "city": said(address.city),
        "region": said(address.state),
        "postal_code": said(address.postal_code),
        "country": said(address.country),
    }


def _child_access(doc: ReportRows, person: Person, place: str, owner: tuple[str, str]) -> str | None:
    """yes if either field says so, no if one says no and none yes; other words are kept as a text."""
    found = set()
    for field, value in (
        ("accessToChildVictim", person.access_to_child_victim),
        ("accessToChildren", person.access_to_children),
    ):
        text = said(value)
        if text:
            answer = doc.truth(text, field, f"{place}/{field}")
            found.add(answer)
            if answer is None:
                doc.text(field, text, f"{place}/{field}", *owner)
    return "yes" if True in found else "no" if False in found else None


def _facts(doc: ReportRows, person: Person, place: str, owner: tuple[str, str]) -> None:
    for name in _TEXTS:
        value = getattr(person, name)
        if value is not None and (text := said(value)):
            field = _FIELDS[name]
            doc.text(field, text, f"{place}/{field}", *owner)
    if person.additional_contact_information is not None:
        _texts(doc, person.additional_contact_information, "additionalContactInformation", place, owner)
    if person.additional_informations is not None:
        _texts(doc, person.additional_informations, "additionalInformations", place, owner)
    for name in WITHHELD:
        if getattr(person, name) not in (None, "", "N/A", [], {}):
            doc.issue("withheld-field", f"{name} is stated and not kept: special category", place)


def _texts(doc: ReportRows, given: Any, field: str, place: str, owner: tuple[str, str] | None) -> None:
    account, role = owner or (None, None)
    name = field.rsplit(".", 1)[-1]
    for index, one in values(given, "additional_informations"):
        if said(one.value):
            doc.text(field, str(one.value), f"{place}/{name}/{index}", account, role)


def files(doc: ReportRows, info: Information, here: str) -> None:
    """Rows of the uploaded files. A submittal id names a file where it stands once in the report."""
    found = listed(info.uploaded_files, "uploaded_files")
    numbers = [said(file.submittal_id) for _, file in found]
    for (index, file), number in zip(found, numbers, strict=True):
        place = f"{here}/uploadedFiles/uploadedFiles/{index}"
        name, original, md5 = said(file.filename), said(file.original_filename), said(file.verification_hash)
        if number and numbers.count(number) == 1:
            key = doc.of("file", doc.report_id, number)
        else:
            key = doc.of("file", doc.report_id, number, name, original, md5)
        tags = [
            text
            for _, group in listed(file.ncmec_tags, "groups")
            for _, tag in values(group.tags)
            if (text := said(tag.value))
        ]
        owner = {"file_id": key, "role": "unknown"}
        urls = captures(doc, file.source_information, place, owner, "file-location")
        doc.add(
            "files",
            {
                "file_id": key,
                "report_id": doc.report_id,
                "esp_file_id": number,
                "name": name,
                "original_name": original,
                "viewed_by_esp": doc.truth(said(file.viewed_by_esp), "viewedByEsp", place),
                "classification": said(file.industry_classification),
                "labels": "; ".join(tags) or None,
                "location": " ".join(urls) or None,
                "locator": place,
            },
        )
        if md5:
            doc.file_hash(key, "md5", md5, f"{place}/verificationHash")
        pairs = [
            f"{said(pair.name) or ''}: {said(pair.value) or ''}" for _, pair in listed(file.esp_metadata, "metadatas")
        ]
        if pairs:
            doc.text("espMetadata", "\n".join(pairs), f"{place}/espMetadata")
        _texts(doc, file.additional_informations, "uploadedFiles.additionalInformations", place, None)
