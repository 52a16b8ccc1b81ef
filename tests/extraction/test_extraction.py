"""Selectors out of every field and text that holds them, with the country that phones are read in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.extraction import EXTRACTION
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]
Extract = Callable[..., Rows]


def tables(given: dict[str, Rows]) -> dict[str, pa.Table]:
    """Every table that the stage reads, those not given empty."""
    made = {}
    assert set(given) <= set(EXTRACTION.reads)
    for name in EXTRACTION.reads:
        schema, rows = TABLES[name].schema, given.get(name, [])
        assert not {key for row in rows for key in row} - set(schema.names), name
        made[name] = pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)
    return made


@pytest.fixture
def extract(duck: Engine) -> Extract:
    """extract(country="", table=[row, ...]) -> rows of `selectors`, on DuckDB."""

    def run(country: str = "", **given: Rows) -> Rows:
        for name, rows in tables(given).items():
            duck.put(name, rows)
        assert EXTRACTION.run is not None
        EXTRACTION.run(duck, Given(Ids(DEMO_KEY), country))
        order = (
            "table_name nulls first, record_id nulls first, report_id nulls first, start nulls first, type nulls first"
        )
        return duck.rows(f"select * from selectors order by {order}, role nulls first").to_pylist()

    return run


def values(rows: Rows) -> list[tuple[str, str, bool]]:
    return [(row["type"], row["value"], row["valid"]) for row in rows]


HASH = "0123456789abcdef0123456789abcdef"
# Table, row, what must be found in it: type, value, field.
FIELDS = [
    (
        "contacts",
        {"contact_id": "c", "kind": "email", "value": "Kim@Example.org"},
        ("email", "kim@example.org", "value"),
    ),
    ("contacts", {"contact_id": "c", "kind": "phone", "value": "+1 212 555 0123"}, ("phone", "+12125550123", "value")),
    ("captures", {"capture_id": "c", "ip": "203.0.113.7"}, ("ipv4", "203.0.113.7", "ip")),
    ("captures", {"capture_id": "c", "ip": "2001:DB8:0:0::1"}, ("ipv6", "2001:db8::1", "ip")),
    ("devices", {"device_id": "d", "kind": "IMEI", "value": "490154203237518"}, ("imei", "490154203237518", "value")),
    (
        "devices",
        {"device_id": "d", "kind": "advertising id", "value": "AB-12"},
        ("device", "advertisingid:ab-12", "value"),
    ),
    (
        "accounts",
        {"account_id": "a", "platform": "kik", "handle": "River.Stone"},
        ("handle", "kik:river.stone", "handle"),
    ),
    ("accounts", {"account_id": "a", "handle": "River.Stone"}, ("handle", "@river.stone", "handle")),
    (
        "accounts",
        {"account_id": "a", "identifier_kind": "email", "identifier": "kim@example.org"},
        ("email", "kim@example.org", "identifier"),
    ),
    (
        "accounts",
        {"account_id": "a", "profile_url": "https://t.me/river_stone"},
        ("handle", "telegram:river_stone", "profile_url"),
    ),
    (
        "accounts",
        {"account_id": "a", "profile_url": "https://t.me/river_stone https://www.instagram.com/river.stone"},
        ("handle", "instagram:river.stone", "profile_url"),
    ),
    (
        "web_pages",
        {"page_id": "p", "kind": "web-page", "url": "http://example.org/a"},
        ("domain", "example.org", "url"),
    ),
    ("web_pages", {"page_id": "p", "kind": "source", "url": "http://example.org/a"}, ("domain", "example.org", "url")),
    ("payments", {"payment_id": "p", "reference": "123-456-7890"}, ("remittance", "1234567890", "reference")),
    ("payments", {"payment_id": "p", "purpose": "thanks, kim@example.org"}, ("email", "kim@example.org", "purpose")),
    ("texts", {"text_id": "t", "text": "see you at noon, mail kim@example.org"}, ("email", "kim@example.org", "text")),
    (
        "messages",
        {"message_id": "m", "text": "see you at noon, mail kim@example.org"},
        ("email", "kim@example.org", "text"),
    ),
    (
        "watch_entries",
        {"watch_id": "w", "type": "phone", "value": "+1 212 555 0123"},
        ("phone", "+12125550123", "value"),
    ),
    (
        "watch_entries",
        {"watch_id": "w", "type": "handle", "value": "telegram: sunnyday"},
        ("handle", "telegram:sunnyday", "value"),
    ),
    ("watch_entries", {"watch_id": "w", "type": "ip", "value": "203.0.113.7"}, ("ipv4", "203.0.113.7", "value")),
    ("watch_entries", {"watch_id": "w", "type": "md5", "value": HASH.upper()}, ("md5", HASH, "value")),
]


@pytest.mark.parametrize(("table", "row", "expected"), FIELDS, ids=lambda part: part if isinstance(part, str) else "")
def test_every_field_gives_its_selector(extract, table, row, expected):
    """A field that states a selector gives it, normalised, with table, record, field and a valid mark."""
    found = [one for one in extract(**{table: [row]}) if one["type"] == expected[0] and one["value"] == expected[1]]
    assert [(one["field"], one["table_name"], one["valid"]) for one in found] == [(expected[2], table, True)]
    [one] = found
    assert one["record_id"] == next(iter(row.values()))
    text = row[one["field"]]
    assert one["original"] == text[one["start"] : one["end"]]


def test_rows_carry_report_account_role_and_time(extract, at):
    """What the evidence row says of report, account, role and instant stands beside the selector."""
    owner = {"report_id": "r1", "account_id": "a1", "role": "recipient"}
    found = extract(
        captures=[owner | {"capture_id": "c", "ip": "203.0.113.7", "at": at}],
        messages=[{"message_id": "m", "sender_account_id": "a2", "text": "kim@example.org", "sent_at": at}],
        payments=[
            {
                "payment_id": "p",
                "from_account_id": "a3",
                "to_account_id": "a4",
                "reference": "1234567890",
                "paid_at": at,
            }
        ],
    )
    rows = {one["table_name"]: one for one in found}
    assert {name: rows["captures"][name] for name in owner} == owner
    assert {one["at"] for one in found} == {at}
    assert (rows["messages"]["account_id"], rows["messages"]["report_id"]) == ("a2", None)
    assert (rows["payments"]["account_id"], rows["payments"]["role"]) == (None, None)


@pytest.fixture
def at():
    """An instant."""
    return datetime(2026, 6, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "rows", "value"),
    [
        ("", {"reports": [{"report_id": "r1", "country": "DE"}]}, ("phone", "+4930123456", True)),
        ("", {"persons": [{"report_id": "r1", "person_id": "p", "country": "DE"}]}, ("phone", "+4930123456", True)),
        ("", {"accounts": [{"report_id": "r1", "account_id": "a", "country": "DE"}]}, ("phone", "+4930123456", True)),
        ("DE", {}, ("phone", "+4930123456", True)),
        ("GB", {"reports": [{"report_id": "r1", "country": "DE"}]}, ("phone", "+4930123456", True)),
        (
            "",
            {"reports": [{"report_id": "r1", "country": "DE"}], "persons": [{"report_id": "r1", "country": "AT"}]},
            ("phone", "+4930123456", True),
        ),
        ("", {"reports": [{"report_id": "r1", "country": "Germany"}]}, ("phone", "030 123456", False)),
        ("", {"reports": [{"report_id": "r2", "country": "DE"}]}, ("phone", "030 123456", False)),
    ],
)
def test_a_national_number_is_read_in_the_reports_country(extract, country, rows, value):
    """Of the countries that a report states the one decides whose number it can be; none leaves the setting's default."""
    contact = {"contact_id": "c", "report_id": "r1", "kind": "phone", "value": "030 123456"}
    found = [one for one in extract(country, contacts=[contact], **rows) if one["table_name"] == "contacts"]
    assert values(found) == [value]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            {"persons": [{"report_id": "r1", "person_id": "p", "country": "AT"}]},
            [("+4315123456789", False, 0.4), ("+4915123456789", False, 0.6)],
        ),
        (
            {
                "persons": [{"report_id": "r1", "person_id": "p", "country": "AT"}],
                "accounts": [{"report_id": "r1", "account_id": "a", "country": "DE"}],
            },
            [("+4315123456789", False, 2 / 7), ("+4915123456789", True, 5 / 7)],
        ),
    ],
)
def test_a_number_that_fits_two_countries_keeps_both_readings(extract, rows, expected):
    """Each reading says its likelihood and how it was read; the likeliest is chosen, and valid, from two thirds on."""
    contact = {"contact_id": "c", "report_id": "r1", "kind": "phone", "value": "0151 23456789"}
    report = {"report_id": "r1", "country": "DE"}
    found = [one for one in extract("", contacts=[contact], reports=[report], **rows) if one["type"] == "phone"]
    said = sorted((one["value"], one["valid"], one["likelihood"]) for one in found)
    assert said == [(value, valid, pytest.approx(share)) for value, valid, share in expected]
    assert {one["reading"] for one in found} == {"national, in DE", "national, in AT"}
    assert len({one["selector_id"] for one in found}) == 2


def test_the_accounts_country_reads_what_it_writes(extract):
    """A message states no country: that of its sender's account hints at national numbers."""
    message = {"message_id": "m", "sender_account_id": "a", "text": "my number is 0917 123 4567"}
    found = extract(messages=[message], accounts=[{"account_id": "a", "country": "PH"}])
    assert ("phone", "+639171234567", True) in values(found)


def test_a_card_number_reaches_the_table_only_as_hash_and_mask(extract):
    """Neither text nor field leaves more of a card number than its mask; both spellings give one keyed value."""
    found = extract(
        messages=[{"message_id": "m", "text": "card 4111 1111 1111 1111, exp 12/27"}],
        watch_entries=[
            {"watch_id": "w", "type": "card", "value": "4111111111111111"},
            {"watch_id": "x", "type": "card", "value": "4111111111111112"},
        ],
    )
    assert [(one["type"], one["original"], one["valid"]) for one in found] == [
        ("card", "4111 11** **** 1111", True),
        ("card", "411111******1111", True),
        ("card", "411111******1112", False),
    ]
    assert found[0]["value"] == found[1]["value"] == Ids(DEMO_KEY).of("card", "4111111111111111")
    assert "1111111" not in str(found)


def test_the_country_also_reads_running_text(extract):
    """A national number in a report's text is read in the report's country."""
    text = {"text_id": "t", "report_id": "r1", "text": "call me: 030 12345678"}
    assert ("phone", "+493012345678", True) in values(
        extract(texts=[text], reports=[{"report_id": "r1", "country": "DE"}])
    )


def test_an_account_in_several_reports_has_a_selector_in_each(extract):
    """Each row of an account has selectors of its own, so that each report has them and no id stands twice."""
    rows = [
        {"account_id": "a1", "report_id": report, "role": role, "handle": "river", "platform": "kik"}
        for report, role in (("r1", "reported"), ("r2", "reported"), ("r2", "victim"), (None, "participant"))
    ]
    found = extract(accounts=rows)
    assert [(one["report_id"], one["role"]) for one in found] == [
        (None, "participant"),
        ("r1", "reported"),
        ("r2", "reported"),
        ("r2", "victim"),
    ]
    assert len({one["selector_id"] for one in found}) == 4
    assert {one["record_id"] for one in found} == {"a1"}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("web_pages", {"page_id": "p", "kind": "newsgroup", "url": "alt.example"}),
        ("accounts", {"account_id": "a", "identifier_kind": "esp-id", "identifier": "12345678"}),
        ("messages", {"message_id": "m", "text": ""}),
        ("messages", {"message_id": "m", "text": None}),
        ("texts", {"text_id": "t", "text": "see you at noon"}),
        ("contacts", {"contact_id": "c", "kind": "email", "value": "  "}),
    ],
)
def test_what_holds_no_selector_gives_none(extract, table, row):
    """Group names, provider ids, empty and plain texts give nothing."""
    assert extract(**{table: [row]}) == []


def test_what_does_not_hold_is_kept_not_valid(extract):
    """A field that says e-mail and is none stays as written, marked not valid."""
    assert values(extract(contacts=[{"contact_id": "c", "kind": "email", "value": "river at lake"}])) == [
        ("email", "river at lake", False)
    ]


def test_offsets_count_code_points(extract):
    """Signs outside the basic plane before a selector count one each."""
    text = "👍🏽 é kim@example.org"
    [found] = [one for one in extract(texts=[{"text_id": "t", "text": text}]) if one["type"] == "email"]
    assert text[found["start"] : found["end"]] == found["original"] == "kim@example.org"


@pytest.mark.spark
def test_both_engines_find_the_same(both):
    """Every field and text of one world gives equal selectors on DuckDB and Spark."""
    given: dict[str, Rows] = {}
    for number, (table, row, _) in enumerate(FIELDS):
        key = TABLES[table].key[0]
        made = row | {key: f"{row[key]}{number}"}
        if "report_id" in TABLES[table].names:
            made |= {"report_id": f"r{number % 3}"}
        given.setdefault(table, []).append(made)
    given["contacts"].append({"contact_id": "n", "report_id": "r1", "kind": "phone", "value": "030 123456"})
    given["reports"] = [{"report_id": "r1", "country": "DE"}, {"report_id": "r2", "country": "US"}]
    found = both.stage(EXTRACTION, tables(given))["selectors"].to_pylist()
    assert len({one["selector_id"] for one in found}) == len(found) > len(FIELDS)
    assert {one["type"] for one in found} >= {expected[0] for _, _, expected in FIELDS}
    assert "+4930123456" in {one["value"] for one in found}
