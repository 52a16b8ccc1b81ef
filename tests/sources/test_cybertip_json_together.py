"""Police-side reports read together give what reports read one by one give: the same rows, ids, issues and quarantine."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.odd import TEXTS

from tanglaw.config import Settings
from tanglaw.sources.cybertip_json import scan_loops
from tanglaw.sources.cybertip_json.columns import Records
from tanglaw.sources.cybertip_json.reader import CybertipJson
from tanglaw.sources.cybertip_json.scan import SCHEMA, Scan
from tanglaw.testing.rows import collect, memory_rows

EXAMPLE = Path(__file__).parent / "examples" / "police_tip.json"
ONE_BY_ONE, TOGETHER = CybertipJson(many_from=1 << 60), CybertipJson(many_from=0)
RECORD: dict[str, Any] = {
    "reportId": 100000001,
    "dateReceived": "2026-06-15T04:34:42",
    "reportedInformation": {
        "reportingEsp": {"espName": "Pages, Inc.", "firstName": "Pages Chat", "lastName": None},
        "incidentSummary": {
            "incidentType": "Misleading Domain Name",
            "incidentDateTime": "2026-06-14T04:34:42Z",
            "incidentDateTimeDescription": "Time of upload",
        },
        "incidentDetails": "N/A",
        "additionalInformations": {"additionalInformations": [{"value": "see you at noon"}, "N/A", None, {"value": 12}]},
        "reportedPeople": {
            "reportedPersons": [
                {
                    "firstName": "Alex", "middleName": "", "lastName": "Keller", "dateOfBirth": "1976-11-25T00:00:00",
                    "approximateAge": "34", "vehicleDescription": "a blue van", "occupation": "baker", "espService": "Pages",
                    "espUserId": 716345, "screenName": {"value": "garden1"}, "gender": "N/A", "languages": None,
                    "awareOfReport": "no", "accessToChildren": "N/A",
                    "emails": {"emails": [{"value": "alex@example.org", "verified": True, "type": "Home"}]},
                    "phones": {"phones": [None, {"value": "+4915555000123", "verified": "false"}]},
                    "addresses": {"addresses": [{"street1": "1 High Street", "city": "Leeds", "country": "GB"}]},
                    "additionalInformations": {"additionalInformations": [{"value": "one account"}]},
                    "sourceInformation": {
                        "sourceCaptures": [
                            {"captureType": "IP Address", "value": "198.51.100.7", "dateTime": "2026-06-14T05:00:00+02:00",
                             "eventName": "LOGIN", "port": "50123", "possibleProxy": False},
                            {"captureType": "Profile URL", "value": "https://pages.example.com/u/1"},
                            {"captureType": "URL", "value": "https://pages.example.com/x"}, "N/A",
                            {"captureType": "ip", "value": None, "eventName": "Registration"},
                        ]
                    },
                },
                {"screenName": "@Sam", "emails": "N/A", "phones": None, "espService": None},
            ]
        },
        "intendedRecipients": {"intendedRecipients": [{"espUserId": "99", "firstName": "Kim"}]},
        "uploadedFiles": {
            "uploadedFiles": [
                {"filename": "a.bin", "originalFilename": "b.bin", "submittalId": "f1", "viewedByEsp": True,
                 "verificationHash": "900150983CD24FB0D6963F7D28E17F72", "industryClassification": "B2", "ncmecTags": "N/A",
                 "sourceInformation": {"sourceCaptures": [{"captureType": "URL", "value": "https://pages.example.com/f"}]},
                 "additionalInformations": {"additionalInformations": [{"value": "from the gallery"}]}},
                {"filename": "c.bin", "submittalId": "f2", "verificationHash": None, "viewedByEsp": "N/A"},
            ]
        },
    },
}  # fmt: skip


def rows_of(reader: CybertipJson, data: bytes, given_settings: Settings | None = None) -> dict[str, Counter[str]]:
    found = collect(reader, data, settings=given_settings)
    return {table: Counter(map(repr, rows)) for table, rows in found.items()}


def assert_equal(data: bytes, given_settings: Settings | None = None) -> None:
    assert rows_of(TOGETHER, data, given_settings) == rows_of(ONE_BY_ONE, data, given_settings)


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every container with a key or index of it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found.append((value, key))
        places(inner, found)
    return found


def changed(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The record with one thing changed."""
    holder, key = chance.choice(places(record, []))
    value = holder[key]
    odd: list[Any] = [
        *TEXTS[:60],
        None,
        True,
        False,
        0,
        17,
        -3,
        1.5,
        10**20,
        [],
        {},
        [None],
        {"value": "x"},
        ["x"],
        "\ud83d",
    ]
    kind = chance.randrange(7)
    if kind == 0:
        del holder[key]
    elif kind in (1, 2, 3):
        holder[key] = chance.choice(odd)
    elif kind == 4 and isinstance(holder, dict):
        holder[chance.choice(["extra", "type", "value", "Emails"])] = copy.deepcopy(value)
    elif kind == 5 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(value))
    else:
        holder[key] = [value] if chance.random() < 0.5 else {key if isinstance(key, str) else "value": value}
    return record


def test_plain_records_are_read_together() -> None:
    """A record with nearly everything that is plain is read together, not left to the reader record by record."""
    rows, _ = memory_rows()
    data = np.frombuffer(json.dumps(RECORD).encode(), np.uint8)
    assert Records(rows, data, np.array([[0, len(data)]]), ["/0"]).unsure == [False]


def test_the_example_of_the_format_is_equal() -> None:
    """The fullest record that the tests have, among others and wrapped or not, gives the same rows on both ways."""
    example = json.loads(EXAMPLE.read_bytes())
    for document in ([example, RECORD], {"count": 2, "reports": [RECORD, example]}, [RECORD] * 3, RECORD):
        assert_equal(json.dumps(document).encode())


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_issues_beyond_the_limit_are_the_same_ones(zone: str) -> None:
    """The issues that a file may have are the first ones in its order, whoever told them."""
    records = [{**RECORD, "reportId": number, **({"extra": 1} if number % 3 else {})} for number in range(1, 12)]
    assert_equal(json.dumps(records).encode(), Settings(max_issues_per_file=5, default_zone=zone))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32), changes=st.integers(1, 4), ascii_only=st.booleans(), indent=st.sampled_from([None, 1])
)
def test_changed_records_are_equal(seed: int, changes: int, ascii_only: bool, indent: int | None) -> None:
    """Missing, repeated, unknown, wrapped, odd and null values, escaped or not: both ways give the same."""
    chance = random.Random(seed)
    records = []
    for number in range(8):
        record = copy.deepcopy(RECORD) | {"reportId": 100000001 + number}
        for _ in range(chance.randint(0, changes)):
            record = changed(record, chance)
        records.append(record)
    text = json.dumps(records, ensure_ascii=ascii_only, indent=indent)
    assert_equal(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes_are_equal(seed: int) -> None:
    """Bytes changed, cut out or put in anywhere: what one way accepts, the other accepts with the same rows."""
    chance = random.Random(seed)
    data = bytearray(json.dumps([RECORD | {"reportId": number} for number in range(1, 6)]).encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(1, len(data))
        if chance.random() < 0.6:
            data[place] = chance.choice(b'"\\{}[],: \t\r\n\x00\x80\xc3\xffx0-.tfn')
        else:
            del data[place : place + chance.randint(1, 20)]
    assert_equal(bytes(data))


def test_the_compiled_scan_is_that_of_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop that takes records apart finds the same whether Numba compiled it or Python walks it."""
    chance = random.Random(3)
    records = [json.dumps(changed(copy.deepcopy(RECORD), chance)).encode() for _ in range(40)]
    ends = np.cumsum([len(one) for one in records])
    spans = np.stack([ends - [len(one) for one in records], ends], 1)
    data = np.frombuffer(b"".join(records), np.uint8).copy()
    compiled = Scan(data, spans)
    for name, loop in list(vars(scan_loops).items()):
        if hasattr(loop, "py_func"):
            monkeypatch.setattr(scan_loops, name, loop.py_func)
    plain = Scan(data, spans)
    assert compiled.plain.sum() > 5
    assert plain.plain.tolist() == compiled.plain.tolist()
    for node in SCHEMA.nodes:
        mine, theirs = compiled.of(node.path), plain.of(node.path)
        assert (mine.doc.tolist(), mine.parent.tolist()) == (theirs.doc.tolist(), theirs.parent.tolist())
        assert mine.ordinal.tolist() == theirs.ordinal.tolist()
