"""Police-side JSON: the same ids as the XML of the same report, messy shapes, streams, broken records."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.sources.cybertip_json import CYBERTIP_JSON
from tanglaw.sources.cybertip_json.structs import Information, Person, Report
from tanglaw.sources.cybertip_json.tidy import fields_of, options_of
from tanglaw.sources.cybertipline_xml import CYBERTIPLINE_FILE_DETAILS, CYBERTIPLINE_REPORT
from tanglaw.tables import TABLES
from tanglaw.testing.rows import collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
TIP = (EXAMPLES / "police_tip.json").read_bytes()
Found = dict[str, list[dict[str, Any]]]


def tip(**changes: Any) -> dict[str, Any]:
    """The example with keys of reportedInformation replaced (`reportId` and `dateReceived` at the top)."""
    document = json.loads(TIP)
    for key, value in changes.items():
        (document if key in ("reportId", "dateReceived") else document["reportedInformation"])[key] = value
    return document


def small(number: object = 7654321, **information: Any) -> dict[str, Any]:
    return {"reportId": number, "reportedInformation": {"reportingEsp": {"espName": "Example Chat"}, **information}}


def person(**fields: Any) -> dict[str, Any]:
    return small(reportedPeople={"reportedPersons": [{"espUserId": "u1", **fields}]})


def read(document: Any, **more: Any) -> Found:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return collect(CYBERTIP_JSON, data, **more)


def codes(found: Found) -> list[str]:
    return [row["code"] for row in found.get("issues", [])]


def same(one: Found, two: Found) -> bool:
    """Equal rows apart from what names the file."""

    def bare(found: Found) -> dict[str, list[dict[str, Any]]]:
        drop = ("source_id", "locator", "file")
        return {
            name: [{key: value for key, value in row.items() if key not in drop} for row in rows]
            for name, rows in found.items()
            if name != "issues"
        }

    return bare(one) == bare(two)


# The example


def test_the_report_of_the_example() -> None:
    """Number, ESP, times and incident stand in report_documents."""
    (row,) = read(TIP)["report_documents"]
    assert (row["report_number"], row["number_source"], row["scheme"]) == ("123456789", "document", "ncmec")
    assert (row["esp"], row["platform"], row["format"]) == ("Example Chat, Inc.", "example-chat", "cybertip-json")
    assert row["incident_at"] == datetime(2026, 3, 1, 8, 15, 30, tzinfo=UTC)
    assert row["received_at"] == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (row["incident_meaning"], row["country"]) == ("time of detection", "PH")
    assert row["text"] == "The report's own words."


def test_the_person_of_the_example() -> None:
    """A reported person has account, contacts, access to children and relationship as stated."""
    found = read(TIP)
    (row,) = found["persons"]
    assert (row["name"], row["age"], row["date_of_birth"]) == ("Alex Doe", 34, "1992-02-03")
    assert (row["child_access"], row["relationship"], row["occupation"]) == ("yes", "neighbour", "gardener")
    (account,) = found["accounts"]
    assert (account["identifier"], account["identifier_kind"], account["handle"]) == ("user-1001", "esp-id", "Alex_D")
    assert account["profile_url"] == "https://chat.example.org/u/alex_d"
    assert [(row["value"], row["verified"]) for row in found["contacts"]] == [
        ("+63 917 555 0101", None),
        ("alex@example.org", True),
    ]


def test_the_file_of_the_example() -> None:
    """A file has labels of the receiving office, its verification hash, and viewed as not stated."""
    found = read(TIP)
    (row,) = found["files"]
    assert (row["viewed_by_esp"], row["classification"]) == (None, "B2")
    assert row["labels"] == "label one; label two"
    assert found["file_hashes"][0]["hash_type"] == "md5"
    assert found["file_hashes"][0]["value"] == "aabbccddeeff00112233445566778899"
    uploads = [row for row in found["captures"] if row["file_id"]]
    assert [(row["event"], row["port"]) for row in uploads] == [("Upload", 50123)]


def test_the_example_gives_unique_keys_and_declared_tables() -> None:
    """Each row has source, locator and a key of its own, in a table that the reader declares."""
    found = read(TIP)
    assert set(found) - {"issues"} <= set(CYBERTIP_JSON.tables)
    for name, rows in found.items():
        keys = [tuple(row[column] for column in TABLES[name].key) for row in rows]
        assert len(keys) == len(set(keys)), name
        assert all(row["source_id"] and row["locator"] for row in rows), name
    assert found == read(TIP)


def test_xml_and_json_of_one_report_give_the_same_ids() -> None:
    """Report, account, person, captures, file, hash and pages have the same ids by both channels."""
    by_json = read(TIP)
    by_xml = collect(CYBERTIPLINE_REPORT, (EXAMPLES / "report_full.xml").read_bytes(), path="in/123456789/report.xml")
    by_file = collect(CYBERTIPLINE_FILE_DETAILS, (EXAMPLES / "file_details_full.xml").read_bytes())
    for table, column, shared in (
        ("report_documents", "report_id", 1),
        ("accounts", "account_id", 1),
        ("persons", "person_id", 1),
        ("captures", "capture_id", 2),
        ("files", "file_id", 1),
        ("web_pages", "page_id", 2),
    ):
        xml = {row[column] for found in (by_xml, by_file) for row in found.get(table, [])}
        assert len(xml & {row[column] for row in by_json[table]}) == shared, table


# Special categories


@pytest.mark.parametrize(
    "field",
    [
        "gender",
        "preferredPronouns",
        "physicalDescription",
        "languages",
        "races",
        "disabilities",
        "additionalDisabilityInformation",
    ],
)
@pytest.mark.parametrize("value", ["secret-value", {"values": ["secret-value"]}, ["secret-value"]])
def test_special_categories_are_withheld(field: str, value: object) -> None:
    """The field is told and its value stands in no row at all."""
    found = read(person(**{field: value}))
    assert codes(found) == ["withheld-field"]
    assert "secret-value" not in repr(found)


def test_special_categories_not_stated_are_no_issue() -> None:
    """Null and N/A say nothing."""
    assert codes(read(person(gender=None, races="N/A", languages=[]))) == []


# Messy shapes


def test_nulls_and_na_in_place_of_anything() -> None:
    """Every object and list may be null, absent or N/A; the rest is read."""
    for nothing in (None, "N/A", " ", "n/a"):
        information = dict.fromkeys(fields_of(Information), nothing)
        found = read({"reportId": 7654321, "dateReceived": nothing, "reportedInformation": information})
        assert [row["report_number"] for row in found["report_documents"]] == ["7654321"]
        assert codes(found) == []
        assert set(found) == {"report_documents"}


def test_every_field_of_a_person_may_be_na() -> None:
    """A person of nothing but N/A has an account without identifier and no person row."""
    found = read(small(reportedPeople={"reportedPersons": [dict.fromkeys(fields_of(Person), "N/A")]}))
    assert found["accounts"][0]["identifier_kind"] == "none"
    assert "persons" not in found
    assert codes(found) == []


WRAPPED: list[tuple[str, Any, Any]] = [
    ("emails", {"emails": [{"value": "a@example.org"}]}, [{"value": "a@example.org"}]),
    ("emails", {"emails": [{"value": "a@example.org"}]}, ["a@example.org"]),
    ("phones", {"phones": [{"value": "+1 555 0100"}]}, [{"value": "+1 555 0100"}]),
    ("addresses", {"addresses": [{"city": "Town"}]}, [{"city": "Town"}]),
    ("screenName", {"value": "bo"}, "bo"),
    ("additionalInformations", [{"value": "x"}], {"additionalInformations": [{"value": "x"}]}),
    (
        "sourceInformation",
        {"sourceCaptures": [{"captureType": "IP Address", "value": "192.0.2.1"}]},
        [{"captureType": "IP Address", "value": "192.0.2.1"}],
    ),
    (
        "sourceInformation",
        {"sourceCaptures": [{"captureType": "IP Address", "value": "192.0.2.1"}]},
        {"sourceCaptures": {"captureType": "IP Address", "value": "192.0.2.1"}},
    ),
]


@pytest.mark.parametrize(("field", "wrapped", "bare"), WRAPPED)
def test_wrapped_and_bare_lists_are_read_alike(field: str, wrapped: Any, bare: Any) -> None:
    """A list in an object of its name and the list itself give the same rows."""
    one, two = read(person(**{field: wrapped})), read(person(**{field: bare}))
    assert same(one, two)
    assert codes(two) == []


@pytest.mark.parametrize("key", ["reportedPeople", "intendedRecipients", "uploadedFiles"])
def test_top_lists_without_wrapper(key: str) -> None:
    """People and files may stand as plain lists."""
    inner = {"reportedPeople": "reportedPersons"}.get(key, key)
    content = [{"submittalId": "f1"}] if key == "uploadedFiles" else [{"espUserId": "u1"}]
    assert same(read(small(**{key: {inner: content}})), read(small(**{key: content})))


@pytest.mark.parametrize("written", ["UPLOAD", "upload", "Upload", "uPLoad "])
def test_event_names_take_the_official_spelling(written: str) -> None:
    """Upper-case event names become those of the schema."""
    capture = {"captureType": "IP Address", "value": "192.0.2.1", "eventName": written}
    found = read(person(sourceInformation={"sourceCaptures": [capture]}))
    assert found["captures"][0]["event"] == "Upload"
    assert codes(found) == []


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (False, False), (None, None), ("Yes", True), ("No", False), ("N/A", None)]
)
def test_viewed_by_esp_has_three_values(value: object, expected: bool | None) -> None:
    """True, false and not stated stay apart, as booleans or words."""
    found = read(small(uploadedFiles={"uploadedFiles": [{"submittalId": "f1", "viewedByEsp": value}]}))
    assert found["files"][0]["viewed_by_esp"] is expected
    assert codes(found) == []


@pytest.mark.parametrize(
    ("fields", "expected", "kept"),
    [
        ({"accessToChildVictim": "Yes"}, "yes", False),
        ({"accessToChildren": "No"}, "no", False),
        ({"accessToChildVictim": "No", "accessToChildren": "Yes"}, "yes", False),
        ({"accessToChildren": "Unknown"}, None, True),
        ({"accessToChildren": None}, None, False),
    ],
)
def test_child_access_has_three_values(fields: dict[str, Any], expected: str | None, kept: bool) -> None:
    """One yes is yes; words that are neither stay as a text."""
    found = read(person(firstName="Bo", **fields))
    assert found["persons"][0]["child_access"] == expected
    assert ("texts" in found) is kept


def test_unknown_keys_are_told_once_per_file() -> None:
    """An unknown key is one issue however many records carry it, and the records are read in full."""
    documents = [small(7000000 + n, newBlock={"a": 1}, incidentSummary={"incidentType": "x"}) for n in range(5)]
    found = read(documents)
    assert codes(found) == ["unknown-field"]
    assert "newBlock" in found["issues"][0]["reason"]
    assert [row["incident_type"] for row in found["report_documents"]] == ["x"] * 5


def test_a_value_of_a_strange_kind_is_left_out_and_told() -> None:
    """An object where a number was expected, or a number for an object, does not stop the record."""
    found = read(person(firstName={"x": 1}, emails=5, approximateAge=3.5, espService=["a"]))
    assert codes(found) == ["unexpected-value"] * 3 + ["out-of-range"]
    assert len(found["accounts"]) == 1


def test_other_capture_types_are_kept_as_text() -> None:
    """A capture that is neither address nor URL is told and kept."""
    capture = {"captureType": "Device", "value": "device-77"}
    found = read(person(sourceInformation={"sourceCaptures": [capture]}))
    assert found["texts"][0]["text"] == "device-77"
    assert codes(found) == ["unknown-value"]


def test_files_with_one_submittal_id_stay_apart() -> None:
    """Where a submittal id stands for several files, name and hash tell them apart."""
    files = [{"submittalId": "s", "filename": name} for name in ("a", "b")]
    assert len({row["file_id"] for row in read(small(uploadedFiles=files))["files"]}) == 2


@pytest.mark.parametrize(
    ("number", "path", "expected", "source"),
    [
        (7654321, "in/tip.json", "7654321", "document"),
        (" 007654321 ", "in/tip.json", "7654321", "document"),
        (None, "in/1234567.json", "1234567", "file-name"),
        (None, "in/1234567/tip.json", "1234567", "folder"),
        ("N/A", "in/tip.json", None, "none"),
        ("abc", "in/tip.json", None, "none"),
        (10**30, "in/tip.json", None, "none"),
        (-5, "in/tip.json", None, "none"),
    ],
)
def test_report_numbers(number: object, path: str, expected: str | None, source: str) -> None:
    """The document's own number, else that of its file or folder, else none."""
    row = read(small(number), path=path)["report_documents"][0]
    assert (row["report_number"], row["number_source"]) == (expected, source)


# Documents


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("layout", ["one", "array", "lines", "wrapper"])
def test_layouts_and_encodings(encoding: str, layout: str) -> None:
    """One object, an array, lines and an object around a list are read alike in the usual encodings."""
    documents = [small(7000000 + n) for n in range(1 if layout == "one" else 3)]
    text = {
        "one": json.dumps(documents[0]),
        "array": json.dumps(documents, indent=1),
        "lines": "\n".join(map(json.dumps, documents)) + "\n",
        "wrapper": json.dumps({"exported": "2026-03-01", "count": 3, "reports": documents}),
    }[layout]
    data = text.encode(encoding)
    assert CYBERTIP_JSON.recognise(item_of(data))
    found = read(data)
    assert [row["report_number"] for row in found["report_documents"]] == [str(doc["reportId"]) for doc in documents]
    assert "quarantine" not in found


def test_locators_lead_back_to_the_place() -> None:
    """In arrays they are JSON pointers, in lines the line stands in front."""
    documents = [person(ipAddress="192.0.2.1"), person(ipAddress="192.0.2.2")]
    place = "/reportedInformation/reportedPeople/reportedPersons/0/ipAddress"
    assert read(documents)["captures"][1]["locator"] == f"/1{place}"
    lines = "\n".join(map(json.dumps, documents)).encode()
    assert read(lines)["captures"][1]["locator"] == f"line 2: {place}"


def test_a_big_array_is_streamed() -> None:
    """An array larger than the document limit is read, element by element."""
    documents = [small(7_000_000 + n, additionalInformations=[{"value": "x" * 500}]) for n in range(500)]
    found = read(documents, settings=Settings(max_document_bytes=10_000))
    assert len(found["report_documents"]) == 500


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TIP[: len(TIP) // 2], "json-truncated"),
        (TIP.replace(b'"espUserId"', b"espUserId"), "json-broken"),
        (TIP.replace(b"Quezon", b"Que\x00zon"), "json-broken"),
        (TIP.replace(b"Quezon", b"Que\xffzon"), "json-broken"),
        (b'{"reportId": 1e999, "reportedInformation": {"reportedInformation": 1}}', "json-broken"),
        (b'{"reportedInformation": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}", "json-deep"),
        (b'{"x": 1}', "json-shape"),
        (b"7", "json-shape"),
        (b'"reportedInformation"', "json-shape"),
        (b"", "json-truncated"),
    ],
)
def test_broken_documents_are_quarantined_whole(data: bytes, code: str) -> None:
    """One quarantine row with reason and digest, and nothing else."""
    found = read(data)
    assert set(found) == {"quarantine"}
    assert found["quarantine"][0]["code"] == code
    assert found["quarantine"][0]["reason"]


def test_an_overlong_line_does_not_stop_the_others() -> None:
    """A line beyond the limit is set aside; lines before and after it are read."""
    long = json.dumps(small(7000002, additionalInformations=[{"value": "x" * 50_000}]))
    data = "\n".join((json.dumps(small(7000001)), long, json.dumps(small(7000003)))).encode()
    found = read(data, settings=Settings(max_line_bytes=10_000))
    assert [row["report_number"] for row in found["report_documents"]] == ["7000001", "7000003"]
    assert [row["code"] for row in found["quarantine"]] == ["too-large"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TIP, True),
        (b'{"messages": []}', False),
        (b"<report>reportedInformation</report>", False),
        (b'{"xarf_version": "4.0.0"}', False),
        (b"", False),
    ],
)
def test_recognition_by_content(data: bytes, expected: bool) -> None:
    """JSON that holds reportedInformation is this format, anything else is not."""
    assert CYBERTIP_JSON.recognise(item_of(data)) is expected


BROKEN = (
    b'{"reportId": 1, "reportedInformation": {"reportingEsp": }}',
    b'{"reportId": 1, "reportedInformation": {"a" 1}}',
    b'{"reportId" 1}',
    b'{"reportedInformation": nul}',
    b"5",
    b'"text"',
    b"{}",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(BROKEN) + 3), min_size=2, max_size=12), st.booleans())
def test_good_records_survive_broken_ones(kinds: list[int], as_lines: bool) -> None:
    """N good and M broken records in an array or in lines: N reports and M quarantine rows."""
    parts, good = [json.dumps(small(6999999)).encode()], ["6999999"]
    for index, kind in enumerate(kinds):
        if kind < len(BROKEN):
            parts.append(BROKEN[kind])
        else:
            parts.append(json.dumps(small(7_000_000 + index)).encode())
            good.append(str(7_000_000 + index))
    parts.append(json.dumps(small(7999999)).encode())
    good.append("7999999")
    data = b"\n".join(parts) if as_lines else b"[" + b",\n".join(parts) + b"]"
    found = read(data)
    assert [row["report_number"] for row in found["report_documents"]] == good
    assert len(found.get("quarantine", [])) == len(parts) - len(good)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.just("N/A"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_in_any_place_is_survived(data: st.DataObject) -> None:
    """Whatever stands in place of any value, the record gives its row and never raises."""
    document = copy.deepcopy(tip())
    node: Any = document["reportedInformation"]
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        below = node[key]
        if isinstance(below, dict | list) and below and data.draw(st.booleans()):
            node = below
            continue
        node[key] = data.draw(JUNK)
        break
    found = read(document)
    assert [row["report_number"] for row in found["report_documents"]] == ["123456789"]
    assert "quarantine" not in found


def test_options_of_every_field_are_understood() -> None:
    """Each field takes single values, so that N/A fits everywhere."""

    def walk(struct: Any) -> int:
        count = 0
        for hint in fields_of(struct).values():
            options = options_of(hint)
            assert options.scalar
            count += 1
            for below in (options.struct, options_of(options.item).struct if options.item else None):
                count += walk(below) if below else 0
        return count

    assert walk(Report) > 80
