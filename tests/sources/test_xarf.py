"""XARF v4: both content types, every field of the schema, hostile input."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.reading.reports import report_id
from tanglaw.sources.xarf import KNOWN, XARF
from tanglaw.tables import TABLES
from tanglaw.testing.rows import collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
CSEM = json.loads((EXAMPLES / "xarf_csem.json").read_bytes())
CSAM = json.loads((EXAMPLES / "xarf_csam.json").read_bytes())
SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "formats" / "xarf" / "schemas" / "v4"
IDS = Ids(DEMO_KEY)


def read(document: Any) -> dict[str, list[dict[str, Any]]]:
    return collect(XARF, document if isinstance(document, bytes) else json.dumps(document).encode())


def codes(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    return [row["code"] for row in found.get("issues", [])]


def test_a_csem_report() -> None:
    """Its own row has the UUID as number, the reporter as ESP and the service of its domain."""
    found = read(CSEM)
    (row,) = found["report_documents"]
    assert (row["scheme"], row["format"], row["number_source"]) == ("xarf", "xarf", "document")
    assert row["report_number"] == "a8b9c0d1-e2f3-4567-abcd-ef0123456789"
    assert (row["esp"], row["platform"], row["incident_type"]) == ("Example Safety Team", "example", "content/csem")
    assert row["incident_at"] == datetime(2026, 3, 1, 14, 20, tzinfo=UTC)
    assert row["text"] == "see you at noon"
    assert codes(found) == []


def test_the_account_and_captures_of_a_csem_report() -> None:
    """The account has the same id as elsewhere; the source's capture has port and time, the others none."""
    found = read(CSEM)
    (account,) = found["accounts"]
    assert account["account_id"] == account_id(IDS, "example", "esp-id", "user-1001")
    assert (account["role"], account["identifier_kind"]) == ("reported", "esp-id")
    rows = [(row["ip"], row["port"], row["role"], row["account_id"] is not None) for row in found["captures"]]
    assert rows == [
        ("203.0.113.55", 50123, "unknown", False),
        ("203.0.113.55", None, "reported", True),
        ("203.0.113.56", None, "reported", True),
    ]


def test_texts_of_a_csem_report() -> None:
    """Facts without a column stand in one text; evidence is told with its digest and never kept."""
    texts = {row["field"]: row["text"] for row in read(CSEM)["texts"]}
    assert "exploitation_type: distribution" in texts["details"]
    assert "evidence_type: chat_logs, user_profile" in texts["details"]
    assert "sha256 2cf24dba" in texts["evidence"]
    assert texts["pattern_of_behavior"] == "writes at noon"
    together = json.dumps(texts)
    assert "aGVsbG8=" not in together
    assert "ns1.host.example" not in together


def test_a_csam_report() -> None:
    """It yields a file with class, place and hashes, and the NCMEC report it names."""
    found = read(CSAM)
    (file,) = found["files"]
    assert (file["classification"], file["location"]) == ("baseline", "https://host.example.net/f/1")
    assert {row["hash_type"]: row["valid"] for row in found["file_hashes"]} == {"md5": True, "sha1": False}
    (link,) = found["associations"]
    assert (link["kind"], link["value"]) == ("prior-report", "123456789")
    assert link["other_report_id"] == report_id(IDS, "ncmec", "123456789", "")
    assert {row["kind"]: row["url"] for row in found["web_pages"]}["source"] == "host.example.net"
    assert len(found["persons"]) == 1


def test_rows_have_provenance_and_unique_keys() -> None:
    """Each row has source and locator, each key stands once, and a second reading gives the same."""
    for document in (CSEM, CSAM):
        found = read(document)
        assert set(found) - {"issues"} <= set(XARF.tables)
        for name, rows in found.items():
            keys = [tuple(row[column] for column in TABLES[name].key) for row in rows]
            assert len(keys) == len(set(keys)), name
            assert all(row["source_id"] and row["locator"] for row in rows), name
        assert found == read(document)


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the public schemas are not beside the repository")
@pytest.mark.parametrize("name", ["csam", "csem"])
def test_every_property_of_the_schema_is_known(name: str) -> None:
    """Each property that the official schemas name is handled or left out by name; their examples are read."""
    core = json.loads((SCHEMAS / "xarf-core.json").read_bytes())
    own = json.loads((SCHEMAS / "types" / f"content-{name}.json").read_bytes())
    base = json.loads((SCHEMAS / "types" / "content-base.json").read_bytes())
    specific = own["allOf"][1]["properties"]
    for properties in (core["properties"], base["allOf"][1]["properties"], specific):
        assert set(properties) <= KNOWN["report"]
    assert set(core["$defs"]["contact_info"]["properties"]) <= KNOWN["reporter"]
    assert set(core["$defs"]["evidence_item"]["properties"]) <= KNOWN["evidence"]
    if "perpetrator_indicators" in specific:
        assert set(specific["perpetrator_indicators"]["properties"]) <= KNOWN["perpetrator_indicators"]
    for example in own["examples"]:
        found = read(example)
        assert len(found["report_documents"]) == 1
        assert codes(found) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"new_key": 1}, "unknown-field"),
        ({"reporter": {"org": "a", "new_key": 1}}, "unknown-field"),
        ({"evidence": [{"new_key": "x"}]}, "unknown-field"),
        ({"evidence": ["x"]}, "unexpected-value"),
        ({"perpetrator_indicators": "none"}, "unexpected-value"),
        ({"perpetrator_indicators": {"ip_addresses": [7]}}, "unexpected-value"),
        ({"hash_values": ["x"]}, "unexpected-value"),
        ({"timestamp": "soon"}, "time-unreadable"),
        ({"timestamp": "2026-03-01T10:00:00"}, "zone-assumed"),
        ({"source_port": 70_000, "source_identifier": "192.0.2.1"}, "out-of-range"),
        ({"xarf_version": "3.0"}, "unknown-version"),
        ({"ncmec_report_id": "none yet"}, "number-unusable"),
    ],
)
def test_what_is_odd_becomes_an_issue(change: dict[str, Any], code: str) -> None:
    """The report is read all the same."""
    found = read({**CSAM, **change})
    assert len(found["report_documents"]) == 1
    assert code in codes(found)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (json.dumps(CSAM).encode()[:200], "json-truncated"),
        (b'{"xarf_version": "4.0.0", "type": "csam",}', "json-broken"),
        (json.dumps({**CSAM, "type": "fraud"}).encode(), "json-shape"),
        (b"[]x", "json-broken"),
        (b"\x00", "json-broken"),
        (b"3", "json-shape"),
    ],
)
def test_broken_documents_are_quarantined(data: bytes, code: str) -> None:
    """Nothing of them is kept but the quarantine row."""
    found = read(data)
    assert set(found) == {"quarantine"}
    assert [row["code"] for row in found["quarantine"]] == [code]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (json.dumps(CSAM).encode(), True),
        (json.dumps([CSEM], indent=2).encode("utf-16"), True),
        (json.dumps({**CSAM, "type": "fraud"}).encode(), False),
        (b'{"type": "csam"}', False),
        (b'<xarf_version type="csam"/>', False),
    ],
)
def test_recognition_by_content(data: bytes, expected: bool) -> None:
    """Version and type must both be there."""
    assert XARF.recognise(item_of(data)) is expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["good", "shape", "syntax"]), min_size=1, max_size=8))
def test_good_records_survive_broken_ones(kinds: list[str]) -> None:
    """N good and M broken records in one array: N reports and M quarantine rows."""
    first = json.dumps(CSAM)
    parts = [first]
    for index, kind in enumerate(kinds):
        document = {**CSEM, "report_id": f"00000000-0000-4000-8000-{index:012}"}
        if kind == "shape":
            document["type"] = "fraud"
        text = json.dumps(document)
        parts.append(text.replace('"category":', '"category"') if kind == "syntax" else text)
    found = read(("[" + ",\n".join(parts) + "]").encode())
    assert len(found["report_documents"]) == 1 + kinds.count("good")
    assert len(found.get("quarantine", [])) == len(kinds) - kinds.count("good")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(CSEM | CSAM)),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
)
def test_any_value_in_any_place_is_survived(key: str, value: object) -> None:
    """Whatever stands in place of a value, the record is read or set aside, never both, and nothing is raised."""
    found = read({**CSEM, **CSAM, key: value})
    assert ("report_documents" in found) != ("quarantine" in found)
