"""VICS JSON: hash sets and cases of versions 1.x and 2.0."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.references.vics import Vics
from tanglaw.testing.rows import Found, collect, item_of

V1 = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"
V2 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#{}"
PHOTODNA = base64.b64encode(bytes(range(144))).decode()


def md5(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()


def sha1(number: int) -> str:
    return hashlib.sha1(str(number).encode()).hexdigest()


def media(number: int, **more: object) -> dict[str, Any]:
    """A media record as exporters write it: upper-case hex, booleans as text."""
    return {"MediaID": number, "Category": 1, "MD5": md5(number).upper(), "IsSuspected": "false", **more}


def hash_set(*records: object, header: str = V2.format("US", "Media")) -> bytes:
    key = "odata.metadata" if "/1." in header else "@odata.context"
    return json.dumps({key: header, "value": list(records)}).encode()


def case_file(*cases: object) -> bytes:
    return hash_set(*cases, header=V2.format("UK", "Cases"))


def read(data: bytes, path: str = "inbox/set 7.json", **limits: int) -> Found:
    return collect(Vics(), data, path, settings=Settings(**limits))  # type: ignore[arg-type]


def reasons(found: Found, code: str) -> list[str]:
    return [row["reason"] for row in found.get("issues", []) if row["code"] == code]


@pytest.mark.parametrize(
    ("header", "model"),
    [
        (V1, "vics-1"),
        (V2.format("US", "Media"), "vics-us"),
        (V2.format("UK", "Media"), "vics-uk"),
        (V2.format("CUSTOM", "Media"), "vics-custom"),
        (V2.format("Default", "Media"), "vics-default"),
    ],
)
def test_hash_set_gives_one_row_a_hash(header: str, model: str) -> None:
    """Each hash of a media record is a row with the record's id, category and the header's category model."""
    data = hash_set(media(1, SHA1=sha1(1), PhotoDNA=PHOTODNA, Series="north"), header=header)
    assert Vics().recognise(item_of(data))
    rows = read(data)["hash_entries"]
    assert [(row["hash_type"], row["value"]) for row in rows] == [
        ("md5", md5(1)),
        ("sha1", sha1(1)),
        ("photodna", PHOTODNA),
    ]
    for row in rows:
        assert (row["list_name"], row["entry"], row["category"]) == ("set 7", "1", "1")
        assert (row["category_model"], row["series"], row["locator"]) == (model, "north", "/value/0")
        assert row["withdrawn"] is False
        assert row["source_id"]


def test_case_gives_the_media_of_every_case() -> None:
    """In a case file the case number names the list and the organisation contributes it."""
    data = case_file(
        {"CaseID": "c-1", "CaseNumber": "A 12", "ContactOrganization": "Office", "Media": [media(1), media(2)]},
        {"CaseID": "c-2", "CaseNumber": None, "Media": [media(3)]},
    )
    assert Vics().recognise(item_of(data))
    found = read(data)
    assert [(row["list_name"], row["entry"], row["contributor"]) for row in found["hash_entries"]] == [
        ("A 12", "1", "Office"),
        ("A 12", "2", "Office"),
        ("c-2", "3", None),
    ]
    assert [row["locator"] for row in found["hash_entries"]] == [
        "/value/0/Media/0",
        "/value/0/Media/1",
        "/value/1/Media/0",
    ]
    assert "issues" not in found


def test_a_case_number_behind_its_media_is_said() -> None:
    """Media that come before their case number bear the file's name, and an issue says so."""
    found = read(case_file({"CaseID": "c", "Media": [media(1)], "CaseNumber": "B 1"}))
    assert found["hash_entries"][0]["list_name"] in ("c", "set 7")
    assert reasons(found, "late-field")


@pytest.mark.parametrize(
    ("category", "expected"), [(0, None), ("0", None), (None, None), ("", None), (2, "2"), ("2", "2"), (" 3 ", "3")]
)
def test_category_zero_is_none(category: object, expected: str | None) -> None:
    """Category 0, null or blank is uncategorised; numbers as text are numbers."""
    assert read(hash_set(media(1, Category=category)))["hash_entries"][0]["category"] == expected


def test_a_category_that_is_no_number_is_kept_and_said() -> None:
    """A category outside the model is kept as written and becomes an issue."""
    found = read(hash_set(media(1, Category="other")))
    assert found["hash_entries"][0]["category"] == "other"
    assert reasons(found, "unknown-value")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/Date(1700000000000)/", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("/Date(1700000000000+0200)/", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("2023-11-14T22:13:20Z", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("/Date(99999999999999999)/", None),
        ("last week", None),
    ],
)
def test_dates(written: str, expected: datetime | None) -> None:
    """DateUpdated is read as a .NET or ISO date; what is neither leaves it empty and becomes an issue."""
    found = read(hash_set(media(1, DateUpdated=written)))
    assert found["hash_entries"][0]["listed_at"] == expected
    assert bool(reasons(found, "time-unreadable")) == (expected is None)


@pytest.mark.parametrize(
    ("empty", "code"),
    [
        ({"MD5": "D41D8CD98F00B204E9800998ECF8427E"}, "empty-file-hash"),
        ({"SHA1": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}, "empty-file-hash"),
        ({"MediaSize": 0}, "contradicting-entry"),
        ({"MediaSize": "0"}, "contradicting-entry"),
    ],
)
def test_records_of_the_empty_file_are_kept_and_counted(empty: dict[str, object], code: str) -> None:
    """Records of the empty file, or that say size 0 of another, are kept; one issue says how many there were."""
    found = read(hash_set(media(1, **empty), media(2, MediaSize="4711"), media(3, **empty)))
    assert {row["entry"] for row in found["hash_entries"]} == {"1", "2", "3"}
    assert len(reasons(found, code)) == 1
    assert reasons(found, code)[0].endswith("(2 times; this is the first place)")


def test_alternative_hashes_are_read() -> None:
    """Alternative hashes are rows of the type they name; equal ones come once, nameless ones become an issue."""
    others = [
        {"MD5": md5(1), "HashName": "SHA-256", "HashValue": hashlib.sha256(b"1").hexdigest()},
        {"MD5": md5(1), "HashName": "MD5", "HashValue": md5(1)},
        {"HashName": "Videntifier", "HashValue": "v-1"},
        {"HashValue": "lonely"},
    ]
    found = read(hash_set(media(1, AlternativeHashes=others)))
    assert [row["hash_type"] for row in found["hash_entries"]] == ["md5", "sha256", "videntifier"]
    assert reasons(found, "unknown-value")


def test_thumbnails_and_file_facts_are_left_out_by_name() -> None:
    """A thumbnail leaves no byte, and known fields that no comparison needs raise no issue."""
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(600)).decode()
    known = {"Miniature": picture, "MediaFiles": [{"FileName": "a.bin"}], "Exifs": [], "Tags": "x", "MimeType": "y"}
    found = read(hash_set(media(1, **known, **{"Exifs@odata.navigationLinkUrl": "z"})))
    assert "issues" not in found
    assert picture[:40] not in str(found)


def test_a_picture_in_place_of_a_hash_leaves_no_byte() -> None:
    """A picture in a hash field ends in quarantine as its digest."""
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4).decode()
    found = read(hash_set(media(1, SHA1=picture, AlternativeHashes=[{"HashName": "other", "HashValue": picture}])))
    assert picture[:40] not in str(found)
    assert [row["code"] for row in found["quarantine"]] == ["bad-hash"]


def test_unknown_fields_become_issues() -> None:
    """A field that nobody knows is said once, with its number, at top, in cases and in media."""
    found = read(hash_set(media(1, Colour="a"), media(2, Colour="b")))
    assert len(reasons(found, "unknown-field")) == 1
    assert "2 times" in reasons(found, "unknown-field")[0]
    found = read(case_file({"CaseNumber": "1", "Weather": 1, "Media": [media(1)]}))
    assert "Weather" in reasons(found, "unknown-field")[0]


def test_records_that_cannot_be_read_are_quarantined_by_themselves() -> None:
    """Records that are no object, have no hash or a bad one are set aside; the others all arrive."""
    found = read(hash_set(media(1), 17, media(2, MD5="zz"), {"MediaID": 3}, media(4, SHA1="12"), media(5)))
    assert [row["entry"] for row in found["hash_entries"]] == ["1", "4", "5"]
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [
        ("bad-record", "/value/1"),
        ("bad-hash", "/value/2/MD5"),
        ("no-hash", "/value/2"),
        ("no-hash", "/value/3"),
        ("bad-hash", "/value/4/SHA1"),
    ]


def test_byte_order_mark_and_utf16() -> None:
    """A BOM and UTF-16 change nothing."""
    data = hash_set(media(1))
    for other in (b"\xef\xbb\xbf" + data, data.decode().encode("utf-16")):
        assert Vics().recognise(item_of(other))
        assert [row["value"] for row in read(other)["hash_entries"]] == [md5(1)]


def test_a_cut_file_keeps_what_came_before() -> None:
    """Of a truncated file the complete records arrive and the cut is quarantined."""
    data = hash_set(*(media(number) for number in range(50)))
    found = read(data[: len(data) * 3 // 4])
    assert 30 <= len(found["hash_entries"]) < 50
    assert [row["code"] for row in found["quarantine"]] == ["json-truncated"]


def test_a_document_that_is_no_object_is_quarantined_as_a_whole() -> None:
    """Text that is no JSON object gives one quarantine row and nothing else."""
    found = read(b"[1, 2")
    assert list(found) == ["quarantine"]
    assert len(found["quarantine"]) == 1


def test_a_huge_record_is_set_aside() -> None:
    """A record over the limit is quarantined; its neighbours arrive."""
    found = read(hash_set(media(1), media(2, Comments="x" * 9_000_000), media(3)), max_line_bytes=1_000_000)
    assert [row["entry"] for row in found["hash_entries"]] == ["1", "3"]
    assert [row["code"] for row in found["quarantine"]] == ["too-large"]


def test_deep_nesting_is_set_aside() -> None:
    """A bomb of brackets neither crashes nor takes its neighbours along."""
    bomb = '{"MediaID": 9, "Exifs": ' + "[" * 50_000 + "]" * 50_000 + "}"
    data = hash_set(media(1), "BOMB", media(2)).decode().replace('"BOMB"', bomb).encode()
    found = read(data)
    assert [row["entry"] for row in found["hash_entries"]] == ["1", "2"]
    assert found["quarantine"]


def test_other_json_is_not_taken() -> None:
    """Other documents, also those that mention hashes, are not this format."""
    for data in (b"{}", b'{"value": []}', b'[{"MD5": "x"}]', b'{"messages": [{"MD5": "MediaID"}]}', b"", b"{\x00"):
        assert not Vics().recognise(item_of(data))


def test_a_set_without_header_is_taken_by_its_records() -> None:
    """Some exporters write no header: records with MediaID and MD5 tell it, the category model stays open."""
    data = json.dumps({"value": [media(1)]}).encode()
    assert Vics().recognise(item_of(data))
    assert read(data)["hash_entries"][0]["category_model"] == "vics"


def test_reading_twice_gives_the_same_rows() -> None:
    """Same bytes, same rows in the same order."""
    data = hash_set(*(media(number, SHA1=sha1(number), Odd=1) for number in range(20)))
    assert read(data) == read(data)


records = st.one_of(
    st.integers(0, 999).map(media),
    st.builds(
        media,
        st.integers(0, 999),
        MD5=st.one_of(st.none(), st.text(max_size=40), st.integers(), st.lists(st.integers(), max_size=2)),
        Category=st.one_of(st.none(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
        MediaSize=st.one_of(st.none(), st.integers(), st.text(max_size=5)),
        DateUpdated=st.one_of(st.none(), st.text(max_size=20), st.integers()),
        AlternativeHashes=st.one_of(
            st.none(), st.integers(), st.lists(st.dictionaries(st.text(max_size=9), st.none()))
        ),
    ),
    st.none(),
    st.text(max_size=10),
    st.lists(st.integers(), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(records, max_size=8))
def test_every_good_record_arrives_and_every_other_is_accounted_for(values: list[Any]) -> None:
    """Good records give their row, whatever stands beside them; no record is passed over in silence."""
    found = read(hash_set(*values, media(1_000_000)))
    entries = [row["locator"] for row in found["hash_entries"]]
    said = " ".join(row["locator"] for row in found.get("quarantine", []))
    dropped = "empty-file-hash" in {row["code"] for row in found.get("issues", [])}
    for index, value in enumerate([*values, media(1_000_000)]):
        place = f"/value/{index}"
        assert place in entries or place in said or dropped
        if isinstance(value, dict) and value == media(value["MediaID"]):
            assert place in entries


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_damage_anywhere_never_escapes(noise: bytes, at: int) -> None:
    """Bytes written over any place of a file end in rows and quarantine, never in another error."""
    data = hash_set(*(media(number) for number in range(5)))
    found = read(data[:at] + noise + data[at + len(noise) :])
    assert set(found) <= {"hash_entries", "quarantine", "issues"}
