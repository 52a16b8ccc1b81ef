"""CyberTipline XML: every field of the schema arrives, disagreements are tolerated, broken parts stay apart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tanglaw.reading.xml import FREE, LEAF, MANY, SKIP
from tanglaw.sources.cybertipline_xml import (
    CYBERTIPLINE_FILE_DETAILS,
    CYBERTIPLINE_REPORT,
    CYBERTIPLINE_RESPONSE,
)
from tanglaw.sources.cybertipline_xml.shapes import FILE_FLAGS, REPORT_FLAGS, SHAPES
from tanglaw.tables import TABLES
from tanglaw.testing.rows import collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
FULL = (EXAMPLES / "report_full.xml").read_bytes()
FILE = (EXAMPLES / "file_details_full.xml").read_bytes()
XSD = Path(__file__).parents[3] / "shared" / "data" / "cybertipline" / "cyber_tipline.xsd"
SUMMARY = "<incidentSummary><platform>Example Chat</platform>{}</incidentSummary>"


def report(inner: str = "", summary: str = "") -> bytes:
    return f"<report>{SUMMARY.format(summary)}{inner}</report>".encode()


def reported(inner: str) -> bytes:
    return report(f"<personOrUserReported>{inner}</personOrUserReported>")


def read(data: bytes, **more: Any) -> dict[str, list[dict[str, Any]]]:
    return collect(CYBERTIPLINE_REPORT, data, **more)


def read_file(inner: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    return collect(CYBERTIPLINE_FILE_DETAILS, f"<fileDetails>{inner}</fileDetails>".encode(), **more)


def codes(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [row["code"] for row in found.get("issues", [])]


def by(rows: list[dict[str, Any]], column: str) -> dict[Any, dict[str, Any]]:
    return {row[column]: row for row in rows}


# The whole of a report


def test_a_full_report_gives_its_own_row() -> None:
    """The report's own fields stand in report_documents, times in UTC with their originals."""
    (row,) = read(FULL, path="in/123456789/report.xml")["report_documents"]
    assert row["report_number"] == "123456789"
    assert row["number_source"] == "folder"
    assert row["scheme"] == "ncmec"
    assert row["format"] == "cybertipline-xml"
    assert row["platform"] == "example-chat"
    assert row["incident_type"] == "Child Sexual Molestation"
    assert row["incident_at"] == datetime(2026, 3, 1, 8, 15, 30, tzinfo=UTC)
    assert row["incident_at_original"] == "2026-03-01T10:15:30+02:00"
    assert row["incident_meaning"] == "time of detection"
    assert row["escalation"] == "The reporter asks for a call back today."
    assert row["batched"] == "VIRAL_POTENTIAL_MEME"
    assert row["legal_process"] == "served"
    assert row["country"] == "PH"
    assert row["text"] == "The report's own words."
    assert row["locator"] == "/report"


def test_only_tables_that_are_declared_are_written() -> None:
    """Each table of a full report is one that the reader declares, and each row has source and locator."""
    found = read(FULL)
    assert set(found) - {"issues"} <= set(CYBERTIPLINE_REPORT.tables)
    for name, rows in found.items():
        if name == "issues":
            continue
        assert all(row["source_id"] and row["locator"] for row in rows), name


def test_keys_are_unique_in_a_full_report() -> None:
    """No two rows of a table have the same key."""
    for reader, data in ((CYBERTIPLINE_REPORT, FULL), (CYBERTIPLINE_FILE_DETAILS, FILE)):
        for name, rows in collect(reader, data).items():
            keys = [tuple(row[column] for column in TABLES[name].key) for row in rows]
            assert len(keys) == len(set(keys)), name


def test_reading_twice_gives_the_same_rows() -> None:
    """The same bytes give the same ids and rows."""
    assert read(FULL) == read(FULL)


def test_accounts_of_a_full_report() -> None:
    """Each account has the most stable identifier, its platform and what is stated of it."""
    rows = by(read(FULL)["accounts"], "identifier")
    first = rows["user-1001"]
    assert (first["role"], first["identifier_kind"], first["platform"]) == ("reported", "esp-id", "example-chat")
    assert (first["handle"], first["display_name"]) == ("Alex_D", "Alex | Alex D.")
    assert (first["compromised"], first["third_party"], first["disabled"]) == (True, False, "temporarily")
    assert (first["country"], first["region"], first["city"]) == ("PH", "NCR", "Manila")
    assert first["group_identifier"] == "garden club 7"
    paying = rows["pay@example.org"]
    assert (paying["role"], paying["association"], paying["third_party"]) == ("associated", "Billing", True)
    assert (paying["platform"], paying["identifier_kind"]) == ("example-pay", "email")
    assert rows["second_one"]["identifier_kind"] == "handle"
    assert rows["user-2002"]["role"] == "recipient"


def test_persons_of_a_full_report() -> None:
    """Persons have role, full name, age, address and, for victims, the school."""
    rows = by(read(FULL)["persons"], "name")
    alex = rows["Alex Doe"]
    assert (alex["role"], alex["age"], alex["date_of_birth"], alex["region"]) == ("reported", 34, "1992-02-03", "NCR")
    assert rows["Alex B. Doe"]["middle_name"] == "B."
    assert (rows["Sam"]["role"], rows["Sam"]["school"], rows["Sam"]["account_id"]) == ("victim", "Example School", None)
    assert rows["Robin Officer"]["role"] == "mentioned"
    assert rows["Pat Reporter"]["role"] == rows["Kim Contact"]["role"] == "reporter"


def test_contacts_of_a_full_report() -> None:
    """A calling code given apart stands in front, an extension behind; verification has three values."""
    rows = by(read(FULL)["contacts"], "value")
    assert rows["+63917 555 0101 ext. 12"]["verified"] is True
    assert rows["alex@example.org"]["verified"] is False
    assert rows["news@example.org"]["verified"] is None
    assert rows["+490171 5550100"]["use"] == "Mobile"
    assert rows["alex@example.org"]["person_id"] is not None


def test_captures_and_devices_of_a_full_report() -> None:
    """Captures keep port, proxy and time; devices their kind; P2P captures have no account."""
    found = read(FULL)
    rows = by(found["captures"], "ip")
    login = rows["203.0.113.5"]
    assert (login["port"], login["proxy"], login["event"]) == (50123, False, "Login")
    assert login["at"] == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert (rows["2001:db8::5"]["port"], rows["2001:db8::5"]["proxy"], rows["2001:db8::5"]["at"]) == (None, None, None)
    assert (rows["198.51.100.7"]["account_id"], rows["198.51.100.7"]["role"]) == (None, "unknown")
    (device,) = found["devices"]
    assert (device["kind"], device["value"], device["account_id"]) == ("IMEI", "490154203237518", login["account_id"])


def test_associations_of_a_full_report() -> None:
    """Earlier reports (both spellings), group and associated account are links that the document states."""
    found = read(FULL)
    kinds = sorted((row["kind"], row["value"]) for row in found["associations"])
    assert kinds == [
        ("associated-account", "Billing"),
        ("group", "garden club 7"),
        ("prior-report", "90000001"),
        ("prior-report", "90000002"),
        ("prior-report", "90000003"),
    ]
    earlier = by(found["associations"], "value")["90000001"]["other_report_id"]
    assert earlier == read(report(), path="90000001.xml")["report_documents"][0]["report_id"]


def test_pages_of_a_full_report() -> None:
    """URLs, profiles, newsgroups, rooms and games are pages of their kind."""
    rows = read(FULL)["web_pages"]
    assert sorted(row["kind"] for row in rows) == ["chat-room", "game", "newsgroup", "profile", "web-page", "web-page"]
    assert {row["third_party"] for row in rows if row["kind"] == "web-page"} == {True}


def test_texts_of_a_full_report_leave_boilerplate_out() -> None:
    """Free texts arrive under their field; the ESP's boilerplate does not."""
    rows = read(FULL)["texts"]
    fields = {row["field"] for row in rows}
    assert {"content", "profileBio", "additionalInfo", "escalateToHighPriority", "lawEnforcement"} <= fields
    assert {"vehicleDescription", "cellPhoneIncident.latlong", "nonInternetIncident.incidentAddress"} <= fields
    together = " ".join(row["text"] for row in rows)
    for kept in ("fleaCountry: DE, AT", "EX-1", "userNotified=true", "14.5, 121.0", "two.bin", "note two"):
        assert kept in together
    assert "555 0199" not in together
    assert "Be kind" not in together


def test_a_full_file_details_document() -> None:
    """A file has its three-valued facts, hashes, flags, upload event, device and metadata."""
    found = collect(CYBERTIPLINE_FILE_DETAILS, FILE)
    (file,) = found["files"]
    assert (file["viewed_by_esp"], file["exif_viewed_by_esp"], file["public"]) == (True, False, None)
    assert (file["classification"], file["relevance"]) == ("B2", "Reported")
    assert (file["name"], file["original_name"]) == ("file-1.bin", "IMG_0001.bin")
    assert file["uploaded_at"] == datetime(2026, 2, 28, 23, tzinfo=UTC)
    hashes = by(found["file_hashes"], "hash_type")
    assert hashes["md5"]["value"] == "aabbccddeeff00112233445566778899"
    assert hashes["sha1"]["valid"] is False
    assert hashes["sha256"]["valid"] is True
    assert {row["name"] for row in found["flags"]} == {"viral", "generativeAi", "potentialMeme"}
    assert {row["file_id"] for row in found["flags"]} == {file["file_id"]}
    assert (found["captures"][0]["event"], found["captures"][0]["file_id"]) == ("Upload", file["file_id"])
    assert found["devices"][0]["value"] == "home network"
    assert found["web_pages"][0]["kind"] == "file-location"
    assert by(found["texts"], "field")["details.EXIF"]["text"] == "Software: Camera 4.2\nModel: Example 9"
    assert codes(found) == ["hash-form"]
    assert "report_documents" not in found


def test_a_file_and_its_report_share_the_report_id() -> None:
    """fileDetails and report of the same number have the same report id."""
    number = read(report(), path="123456789.xml")["report_documents"][0]["report_id"]
    assert collect(CYBERTIPLINE_FILE_DETAILS, FILE)["files"][0]["report_id"] == number


# The schema


def _xsd_children(node: Any, inside: bool = True) -> tuple[set[str], set[str]]:
    """Names of child elements and attributes of a complex type, without those of types nested in children."""
    elements, attributes = set(), set()
    for child in node:
        if not isinstance(child.tag, str):
            continue
        kind = etree.QName(child).localname
        if kind == "element":
            elements.add(child.get("name") or child.get("ref"))
        elif kind == "attribute":
            attributes.add(child.get("name"))
        elif kind not in ("annotation", "simpleType"):
            below = _xsd_children(child)
            elements |= below[0]
            attributes |= below[1]
    return elements, attributes


@pytest.mark.shared
@pytest.mark.skipif(not XSD.is_file(), reason="the public schema is not beside the repository")
def test_every_name_of_the_schema_is_handled_or_left_out_by_name() -> None:
    """Each element and attribute that the official schema allows somewhere is in the shape of that place."""
    names = {"contactPerson": "person", "hash": "originalFileHash", "nameValue": "nameValuePair"}
    names |= {"reportResponse": "response", "reportDoneResponse": "response"}
    space = "{http://www.w3.org/2001/XMLSchema}"
    checked = 0
    for node in etree.parse(str(XSD)).getroot().iter(f"{space}complexType"):
        name = node.get("name") or node.getparent().get("name")
        elements, attributes = _xsd_children(node)
        if not elements and not attributes:
            continue
        if name in ("reportAnnotations", "fileAnnotations"):
            assert elements <= (REPORT_FLAGS if name == "reportAnnotations" else FILE_FLAGS)
            continue
        if name == "files":
            continue
        shape = SHAPES[names.get(name, name)]
        assert elements <= set(shape.kinds), name
        assert attributes <= shape.attributes, name
        checked += 1
    assert checked > 30


def test_every_shape_kind_is_one_that_take_knows() -> None:
    """Shapes use the four kinds only, so that no element falls through."""
    assert {kind for shape in SHAPES.values() for kind in shape.kinds.values()} <= {LEAF, FREE, MANY, SKIP}


# Disagreements between schema and models


@pytest.mark.parametrize(
    "text",
    [
        '<associatedAccount type="Linked"><platform thirdPartyUser="true">Example Pay</platform></associatedAccount>',
        '<associatedAccount accountType="Linked" thirdPartyUser="true"><platform>Example Pay</platform></associatedAccount>',
    ],
)
def test_attributes_in_old_and_new_places(text: str) -> None:
    """Kind and third party of an associated account are read from either place, without an issue."""
    found = read(reported(f"<espIdentifier>1</espIdentifier>{text}"))
    (row,) = [row for row in found["accounts"] if row["role"] == "associated"]
    assert (row["association"], row["third_party"], row["platform"]) == ("Linked", True, "example-pay")
    assert codes(found) == []


@pytest.mark.parametrize(
    ("text", "flagged", "issues"),
    [
        ("<potentialMeme>true</potentialMeme>", True, []),
        ("<potentialMeme>false</potentialMeme>", False, []),
        ("<potentialMeme/>", True, []),
        ("<fileAnnotations><potentialMeme/></fileAnnotations>", True, []),
        ("<fileAnnotations><potentialMeme>1</potentialMeme></fileAnnotations>", True, []),
        ("<fileAnnotations><potentialMeme>false</potentialMeme></fileAnnotations>", False, ["flag-false"]),
        ("<fileAnnotations><somethingNew/></fileAnnotations>", False, ["unknown-field"]),
    ],
)
def test_the_meme_flag_both_ways(text: str, flagged: bool, issues: list[str]) -> None:
    """Presence alone is true, an explicit false in annotations is an issue, an unknown flag too."""
    found = read_file(f"<reportId>1234567</reportId><fileId>a</fileId>{text}")
    assert [row["name"] for row in found.get("flags", [])] == (["potentialMeme"] if flagged else [])
    assert codes(found) == issues


def test_newer_flags_are_known() -> None:
    """`informational` and `ageAssertionDiscrepancy` are flags although the schema of 2025 lacks them."""
    found = read(
        report(
            "<personOrUserReported><screenName>a</screenName><ageAssertionDiscrepancy/></personOrUserReported>",
            "<reportAnnotations><informational/></reportAnnotations>",
        )
    )
    assert sorted(row["name"] for row in found["flags"]) == ["ageAssertionDiscrepancy", "informational"]
    assert codes(found) == []


@pytest.mark.parametrize(
    ("element", "escalation", "issues"),
    [
        ("<escalateToHighPriority>call me</escalateToHighPriority>", "call me", []),
        ("<escalateToHighPriority>true</escalateToHighPriority>", "true", []),
        ("<escalateToHighPriority/>", "(no reason stated)", ["empty-escalation"]),
        ("<escalateToHighPriority>false</escalateToHighPriority>", None, ["flag-false"]),
        ("", None, []),
    ],
)
def test_escalation_is_a_text_whose_presence_is_urgent(element: str, escalation: str | None, issues: list[str]) -> None:
    """The reason is kept; an empty one is urgent all the same; a boolean false is not."""
    found = read(report("", element))
    assert found["report_documents"][0]["escalation"] == escalation
    assert codes(found) == issues


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<servedLegalProcessDomestic>true</servedLegalProcessDomestic>", "served"),
        ("<servedLegalProcessDomestic>false</servedLegalProcessDomestic>", "not-served"),
        ('<servedLegalProcessInternational fleaCountry="DE">true</servedLegalProcessInternational>', "served"),
        ("", None),
    ],
)
def test_legal_process_keeps_three_states(inner: str, expected: str | None) -> None:
    """Served, not served and not stated stay apart."""
    found = read(report(f"<lawEnforcement><agencyName>a</agencyName>{inner}</lawEnforcement>"))
    assert found["report_documents"][0]["legal_process"] == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("true", True), ("1", True), ("false", False), ("0", False), ("", None), ("maybe", None)]
)
def test_viewed_by_esp_has_three_values(word: str, expected: bool | None) -> None:
    """What is neither true nor false is not stated, and a strange word is an issue."""
    found = read_file(f"<reportId>1234567</reportId><fileId>a</fileId><fileViewedByEsp>{word}</fileViewedByEsp>")
    assert found["files"][0]["viewed_by_esp"] is expected
    assert ("not-boolean" in codes(found)) == (word == "maybe")


# Accounts


@pytest.mark.parametrize(
    ("inner", "kind", "identifier"),
    [
        ("<espIdentifier> 42 </espIdentifier><screenName>bo</screenName>", "esp-id", "42"),
        ("<screenName>@Bo_B</screenName>", "handle", "bo_b"),
        (
            "<personOrUserReportedPerson><phone>+1 555 0100</phone><email verified='true'>B@Example.org</email>"
            "</personOrUserReportedPerson>",
            "email",
            "b@example.org",
        ),
        (
            "<personOrUserReportedPerson><phone countryCallingCode='+63'>0917 5550101</phone>"
            "<email>b@example.org</email></personOrUserReportedPerson>",
            "phone",
            "+639175550101",
        ),
        ("<personOrUserReportedPerson><firstName>Bo</firstName></personOrUserReportedPerson>", "none", None),
    ],
)
def test_the_most_stable_identifier_names_the_account(inner: str, kind: str, identifier: str | None) -> None:
    """ESP id before handle before verified contacts before phone before e-mail; none is said as none."""
    (row,) = read(reported(inner))["accounts"]
    assert (row["identifier_kind"], row["identifier"]) == (kind, identifier)


def test_an_account_is_the_same_in_two_reports() -> None:
    """account_id depends on platform and identifier, not on report or spelling of the service."""
    one = read(
        reported("<espIdentifier>42</espIdentifier><espService>Example Chat, Inc.</espService>"), path="1234567.xml"
    )
    two = read(reported("<espIdentifier>42</espIdentifier>"), path="7654321.xml")
    assert one["accounts"][0]["account_id"] == two["accounts"][0]["account_id"]
    assert one["accounts"][0]["report_id"] != two["accounts"][0]["report_id"]


def test_accounts_without_identifier_never_fall_together() -> None:
    """Two unnamed accounts have different ids, also in one report."""
    found = read(report("<personOrUserReported/><personOrUserReported/>"))
    assert len({row["account_id"] for row in found["accounts"]}) == 2


def test_the_same_account_twice_in_one_role_is_an_issue() -> None:
    """Both rows are kept and the repetition is told."""
    block = "<personOrUserReported><screenName>bo</screenName></personOrUserReported>"
    found = read(report(block + block))
    assert len(found["accounts"]) == 2
    assert codes(found) == ["duplicate-account"]


def test_a_third_partys_account_without_service_is_not_taken_for_the_reports_own() -> None:
    """An associated account elsewhere, its service not named, has no platform."""
    found = read(
        reported(
            '<screenName>a</screenName><associatedAccount type="Other" thirdPartyUser="true">'
            "<screenName>a</screenName></associatedAccount>"
        )
    )
    platforms = {row["role"]: row["platform"] for row in found["accounts"]}
    assert platforms == {"reported": "example-chat", "associated": None}


@pytest.mark.parametrize(
    ("person", "esp"),
    [
        ("<firstName>Example Chat, Inc.</firstName><email>a@box.example.org</email>", "Example Chat, Inc."),
        (
            "<firstName>Pat</firstName><lastName>Lee</lastName><email>pat@safety.chat.example</email>",
            "safety.chat.example",
        ),
        ("<firstName>Pat</firstName><lastName>Lee</lastName><email>pat@gmail.com</email>", "Pat Lee"),
        ("", None),
    ],
)
def test_who_reports(person: str, esp: str | None) -> None:
    """A single name is the organisation, else the domain of the address, else the full name."""
    found = read(report(f"<reporter><reportingPerson>{person}</reportingPerson></reporter>"))
    assert found["report_documents"][0]["esp"] == esp


# Numbers


def test_number_from_the_only_neighbour() -> None:
    """One distinct number among the neighbours is the report's."""
    row = read(report(), neighbours=("7654321", "7654321"))["report_documents"][0]
    assert (row["report_number"], row["number_source"]) == ("7654321", "file-details")


def test_several_neighbours_are_no_number() -> None:
    """Two numbers among the neighbours say nothing; the report stands under its digest."""
    row = read(report(), path="in/report.xml", neighbours=("7654321", "1234567"))["report_documents"][0]
    assert (row["report_number"], row["number_source"]) == (None, "none")


@pytest.mark.parametrize(
    ("path", "number", "source"),
    [
        ("in/report-7654321.xml", "7654321", "file-name"),
        ("in/7654321/report.xml", "7654321", "folder"),
        ("in/a.zip!/7654321/report.xml", "7654321", "folder"),
        ("in/20260401.xml", None, "none"),
        ("in/7654321-1234567.xml", None, "none"),
        ("in/550e8400-e29b-41d4-a716-446655440000.xml", None, "none"),
        ("in/abc7654321.xml", None, "none"),
        ("in/1234.xml", None, "none"),
    ],
)
def test_number_from_names(path: str, number: str | None, source: str) -> None:
    """A run of 5 to 12 digits standing alone is a number; a day, a UUID or one of several runs is not."""
    row = read(report(), path=path)["report_documents"][0]
    assert (row["report_number"], row["number_source"]) == (number, source)


def test_conflicting_numbers_are_told() -> None:
    """fileDetails win over the file name, and the issue names both."""
    found = read(report(), path="in/1234567.xml", neighbours=("7654321",))
    assert found["report_documents"][0]["report_number"] == "7654321"
    (issue,) = found["issues"]
    assert issue["code"] == "number-conflict"
    assert "7654321" in issue["reason"]
    assert "1234567" in issue["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "<tip><reportId>7654321</reportId>{}</tip>",
        "<tip>{}<reportNumber>7654321</reportNumber></tip>",
        '<tip reportId="7654321">{}</tip>',
        "<export><tip><CyberTipId>7654321</CyberTipId><body>{}</body></tip></export>",
    ],
)
def test_number_from_an_envelope(text: str) -> None:
    """A number beside or around the report is its number, whatever the file is called."""
    found = read(text.format(report().decode()).encode(), path="1234567.xml")
    row = found["report_documents"][0]
    assert (row["report_number"], row["number_source"]) == ("7654321", "envelope")
    assert codes(found) == ["number-conflict"]


def test_several_reports_in_one_envelope_keep_their_numbers() -> None:
    """Reports side by side take the number in front of them; fileDetails among them their own."""
    text = "<all>"
    for number in (1111111, 2222222, 3333333):
        text += f"<reportId>{number}</reportId>{report().decode()}"
    text += "<fileDetails><reportId>2222222</reportId><fileId>x</fileId></fileDetails></all>"
    found = read(text.encode(), path="9999999.xml")
    assert [row["report_number"] for row in found["report_documents"]] == ["1111111", "2222222", "3333333"]
    assert found["files"][0]["report_id"] == found["report_documents"][1]["report_id"]
    assert codes(found) == []


def test_received_time_of_an_envelope() -> None:
    """An envelope's date of receipt belongs to its report."""
    text = f"<tip><dateReceived>2026-03-02T08:00:00Z</dateReceived>{report().decode()}</tip>"
    assert read(text.encode())["report_documents"][0]["received_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_reports_without_number_are_told_apart_by_their_content() -> None:
    """Two numberless reports of one envelope have different ids, equal at the next reading."""
    one, two = report("<additionalInfo>one</additionalInfo>"), report("<additionalInfo>two</additionalInfo>")
    data = b"<all>" + one + two + b"</all>"
    ids = [row["report_id"] for row in read(data)["report_documents"]]
    assert len(set(ids)) == 2
    assert ids == [row["report_id"] for row in read(data, path="elsewhere.xml")["report_documents"]]


def test_file_details_without_number_stand_alone() -> None:
    """A file that names no report yields its row and an issue; the folder may name it, its file name not."""
    found = read_file("<fileId>a</fileId>", path="in/7654321.xml")
    assert codes(found) == ["no-number"]
    named = read_file("<fileId>a</fileId>", path="7654321/1234567.xml")
    assert named["files"][0]["report_id"] == read(report(), path="7654321.xml")["report_documents"][0]["report_id"]


def test_hints_of_file_details_and_answers() -> None:
    """fileDetails and the service's answers tell their neighbours the report number."""
    assert CYBERTIPLINE_FILE_DETAILS.hints(item_of(FILE)) == ("123456789",)
    assert CYBERTIPLINE_FILE_DETAILS.hints(item_of(FILE.decode().replace("UTF-8", "UTF-16").encode("utf-16"))) == (
        "123456789",
    )
    answer = b"<reportResponse><responseCode>0</responseCode><reportId>123456789</reportId></reportResponse>"
    assert CYBERTIPLINE_RESPONSE.recognise(item_of(answer))
    assert CYBERTIPLINE_RESPONSE.hints(item_of(answer)) == ("123456789",)
    assert collect(CYBERTIPLINE_RESPONSE, answer) == {}


# Recognition


@pytest.mark.parametrize(
    ("data", "is_report", "is_file"),
    [
        (FULL, True, False),
        (FILE, False, True),
        (b"\xef\xbb\xbf<!-- note --><report><incidentSummary/></report>", True, False),
        ("\ufeff<report><incidentSummary/></report>".encode("utf-16-le"), True, False),
        (b"<x:report xmlns:x='urn:x'><x:incidentSummary/></x:report>", True, False),
        (b"<tips><tip><report><incidentSummary/></report></tip></tips>", True, False),
        (b"<files><fileDetails><reportId>1</reportId></fileDetails></files>", False, True),
        (b"<files a='https://report.cybertip.org/ispws/xsd'><fileDetails></fileDetails></files>", False, True),
        (b"<report><rentity_id>1</rentity_id><transaction/></report>", False, False),
        (b"<!DOCTYPE html><html><body><report><incidentSummary/></report></body></html>", False, False),
        (b"<html><fileDetails></fileDetails></html>", False, False),
        (b"{}", False, False),
        (b"", False, False),
        (b"\x00\x01\x02", False, False),
    ],
)
def test_recognition_by_content(data: bytes, is_report: bool, is_file: bool) -> None:
    """Reports and fileDetails are known by what they hold; a report element of another format is not one."""
    assert CYBERTIPLINE_REPORT.recognise(item_of(data)) is is_report
    assert CYBERTIPLINE_FILE_DETAILS.recognise(item_of(data)) is is_file


# Nothing is silent


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (report("<newThing>x</newThing>"), "unknown-field"),
        (report().replace(b"<report>", b'<report newThing="1">'), "unknown-field"),
        (report("<additionalInfo>a <b>bold</b> word</additionalInfo>"), "markup-in-text"),
        (report("<additionalInfo lang='x'>a</additionalInfo>"), "unknown-field"),
        (report("stray"), "stray-text"),
        (report("", "<incidentType>a</incidentType><incidentType>b</incidentType>"), "duplicate-element"),
        (report("", "<incidentDateTime>soon</incidentDateTime>"), "time-unreadable"),
        (report("", "<incidentDateTime>9999-12-31T23:59:59Z</incidentDateTime>"), "time-unreadable"),
        (report("", "<incidentDateTime>2026-03-01T10:00:00</incidentDateTime>"), "zone-assumed"),
        (
            reported("<personOrUserReportedPerson><age>4000000000000000000000</age></personOrUserReportedPerson>"),
            "out-of-range",
        ),
        (reported("<ipCaptureEvent><ipAddress>x</ipAddress><port>70000</port></ipCaptureEvent>"), "out-of-range"),
        (reported("<ipCaptureEvent><eventName>Login</eventName></ipCaptureEvent>"), "no-address"),
        (
            reported("<ipCaptureEvent><ipAddress>x</ipAddress><eventName>Dance</eventName></ipCaptureEvent>"),
            "unknown-value",
        ),
        (reported("<priorCTReports>many</priorCTReports>"), "number-unusable"),
        (report("<incidentSummary><incidentType>b</incidentType></incidentSummary>"), "duplicate-element"),
    ],
)
def test_what_is_odd_becomes_an_issue(data: bytes, code: str) -> None:
    """The report is read all the same, and the oddity is told with its place."""
    found = read(data)
    assert len(found["report_documents"]) == 1
    assert code in codes(found)
    assert all(row["locator"].startswith("/report") for row in found["issues"])


def test_markup_inside_a_text_loses_no_words() -> None:
    """Texts of elements inside a free text are joined in order."""
    found = read(report("<additionalInfo>a <b>bold</b> word</additionalInfo>"))
    assert found["report_documents"][0]["text"] == "a bold word"


# Hostile documents


BOMB = (
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    b"<report><incidentSummary><incidentType>&d;&d;&d;</incidentType></incidentSummary></report>"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (FULL[: len(FULL) // 2], "xml-malformed"),
        (FULL.replace(b"</incidentSummary>", b"</incident>"), "xml-malformed"),
        (FULL.replace(b"Springfield", b"Spring\x00field"), "xml-malformed"),
        (FULL.replace(b"Springfield", b"Spring\xff\xfefield"), "xml-malformed"),
        (FULL.replace(b"Springfield", b"&undefined;"), "xml-malformed"),
        (FULL.replace(b'encoding="UTF-8"', b'encoding="no-such"'), "xml-malformed"),
        (BOMB, "xml-dtd"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/hostname"><report><incidentSummary/></report>', "xml-dtd"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "http://localhost:9/x">]><report><incidentSummary/>&x;</report>', "xml-dtd"),
        (b"<!-- a --><!DOCTYPE report><report><incidentSummary/></report>", "xml-dtd"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE report><report><incidentSummary/></report>'.encode(
                "utf-16"
            ),
            "xml-dtd",
        ),
        ("<!DOCTYPE report><report><incidentSummary/></report>".encode("utf-16-be"), "xml-dtd"),
        ("<!DOCTYPE report><report><incidentSummary/></report>".encode("utf-32"), "xml-dtd"),
        (b"<!DOCTYPE html><html><body>not found</body></html>", "xml-dtd"),
        (b"<html><body>not found</body></html>", "not-this-format"),
        (b"<html><body>not found<br></body></html>", "xml-malformed"),
        (b"<report></report>", "empty-report"),
        (b"<report>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</report>", "xml-malformed"),
        (b"", "xml-malformed"),
    ],
)
def test_hostile_documents_are_quarantined_whole(data: bytes, code: str) -> None:
    """Nothing but one quarantine row comes of them, with reason, place and digest."""
    found = read(data)
    assert set(found) == {"quarantine"}
    (row,) = found["quarantine"]
    assert row["code"] == code
    assert row["reason"]
    assert row["locator"]
    assert len(row["sha256"]) == 64
    assert "root:" not in row["excerpt"]


def test_the_place_of_a_fault_is_line_and_column_with_the_text_around_it() -> None:
    """A malformed document says where it broke and shows what stands there, not its start."""
    data = b"<report>\n<incidentSummary>\n" + b"<!-- filler -->\n" * 40 + b"<incidentType>a</wrong>\n</report>"
    (row,) = read(data)["quarantine"]
    line, column = map(int, row["locator"].split(":"))
    assert line == 43
    assert column > 1
    assert "</wrong>" in row["excerpt"]


def test_entities_are_never_expanded() -> None:
    """Character references are text, and a doctype inside CDATA is text too."""
    found = read(report("<additionalInfo>&#65;&amp;<![CDATA[<!DOCTYPE x>]]></additionalInfo>"))
    assert found["report_documents"][0]["text"] == "A&<!DOCTYPE x>"


def test_a_document_over_the_limit_is_refused() -> None:
    """A document larger than the setting allows is quarantined without being parsed."""
    from tanglaw.config import Settings

    data = FULL + b" " * 200_000
    found = read(data, settings=Settings(max_document_bytes=100_000))
    assert [row["code"] for row in found["quarantine"]] == ["too-large"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings_that_say_what_they_are(encoding: str) -> None:
    """Documents in the usual encodings are read alike."""
    declared = {"latin-1": '<?xml version="1.0" encoding="ISO-8859-1"?>'}.get(encoding, "")
    text = declared + report("<additionalInfo>Grüße</additionalInfo>").decode()
    assert read(text.encode(encoding))["report_documents"][0]["text"] == "Grüße"


# Good among broken


GOOD = "<tip><reportId>{}</reportId>" + report("<additionalInfo>see you at noon</additionalInfo>").decode() + "</tip>"
BROKEN = (
    "<tip><reportId>{}</reportId><report><incidentSummary></report></tip>",
    "<tip><reportId>{}</reportId><report><incidentSummary><platform>a & b</platform></incidentSummary></report></tip>",
    "<tip><reportId>{}</reportId><report><incidentSummary>&nothing;</incidentSummary></report></tip>",
    "<tip><reportId>{}</reportId><report><incidentSummary>\x01</incidentSummary></report></tip>",
    "<tip><reportId>{}</reportId><report><incidentSummary></incidentSummary>",
    "<tip><reportId>{}</reportId><report></report></tip>",
    "<tip><reportId>{}</reportId><report a=1><incidentSummary/></report></tip>",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(BROKEN) + 3), min_size=1, max_size=12))
def test_good_reports_survive_broken_ones_in_the_same_envelope(kinds: list[int]) -> None:
    """N good and M broken reports in one envelope: N reports, M quarantine rows, each good one with its number."""
    parts, good = [], []
    for index, kind in enumerate(kinds):
        number = 1_000_000 + index
        if kind < len(BROKEN):
            parts.append(BROKEN[kind].format(number))
        else:
            parts.append(GOOD.format(number))
            good.append(str(number))
    found = read(f'<?xml version="1.0"?>\n<tips>\n{"".join(parts)}\n</tips>\n'.encode())
    assert [row["report_number"] for row in found.get("report_documents", [])] == good
    assert len(found.get("quarantine", [])) == len(kinds) - len(good)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.integers(0, len(FULL)), st.integers(0, 60))
def test_any_damage_ends_in_rows_or_quarantine(junk: bytes, at: int, gone: int) -> None:
    """Whatever bytes are put into a report, it is read or quarantined; it never raises or gives both."""
    found = read(FULL[:at] + junk + FULL[at + gone :])
    assert ("report_documents" in found) != ("quarantine" in found)
