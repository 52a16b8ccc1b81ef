"""Watch lists: complete entries are watched for, others are set aside with what is missing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.references.watch_lists import TYPES, WatchList
from tanglaw.selectors import SELECTORS
from tanglaw.testing.rows import Found, collect, item_of

HEAD = "type,value,case_number,placed_by,expires_at,note"
GOOD = "Email,ann@example.org,C-7,officer 12,2030-06-30T12:00:00+02:00,asked by team B"


def read(data: bytes | str, **more: str) -> Found:
    raw = data.encode() if isinstance(data, str) else data
    return collect(WatchList(), raw, "inbox/watch.csv", settings=Settings(**more))  # type: ignore[arg-type]


def recognised(data: bytes | str) -> bool:
    return WatchList().recognise(item_of(data.encode() if isinstance(data, str) else data))


def test_a_complete_entry_is_watched_for() -> None:
    """Type, value, case, placer, expiry and note arrive; the expiry in UTC."""
    data = f"{HEAD}\n{GOOD}\n"
    assert recognised(data)
    found = read(data)
    assert set(found) == {"watch_entries"}
    row = found["watch_entries"][0]
    assert (row["type"], row["value"], row["case_number"]) == ("email", "ann@example.org", "C-7")
    assert (row["placed_by"], row["note"], row["locator"]) == ("officer 12", "asked by team B", "line 2")
    assert row["expires_at"] == datetime(2030, 6, 30, 10, tzinfo=UTC)
    assert row["watch_id"] == read(data)["watch_entries"][0]["watch_id"]


def test_toml() -> None:
    """The same entries may be written as TOML tables, with dates of its own."""
    data = """
    # watched by team B
    [[watch]]
    type = "phone"
    value = "+63 917 000 0000"
    case = "C-7"
    placed_by = "officer 12"
    expires = 2030-06-30

    [[watch]]
    type = "handle"
    value = "@ann"
    case_number = 8
    placed_by = "officer 12"
    expires_at = 2030-06-30T10:00:00Z
    colour = "red"

    [[watch]]
    type = "handle"
    value = "@bob"
    """
    assert recognised(data)
    found = read(data)
    assert [(row["type"], row["case_number"], row["locator"]) for row in found["watch_entries"]] == [
        ("phone", "C-7", "watch/0"),
        ("handle", "8", "watch/1"),
    ]
    assert found["watch_entries"][0]["expires_at"] == datetime(2030, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)
    assert found["watch_entries"][1]["expires_at"] == datetime(2030, 6, 30, 10, tzinfo=UTC)
    assert sorted(row["code"] for row in found["issues"]) == ["unknown-field", "zone-assumed"]
    assert [row["locator"] for row in found["quarantine"]] == ["watch/2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",ann@example.org,C-7,o,2030-01-01,", "type"),
        ("email,,C-7,o,2030-01-01,", "value"),
        ("email,ann@example.org, ,o,2030-01-01,", "case_number"),
        ("email,ann@example.org,C-7,,2030-01-01,", "placed_by"),
        ("email,ann@example.org,C-7,o,,", "expires_at"),
        ("email,ann@example.org,,,,", "case_number, placed_by, expires_at"),
        ("email,ann@example.org,C-7,o,soon,", "ISO 8601"),
        ("email,ann@example.org,C-7,o,2030-13-45,", "ISO 8601"),
        ("email,ann@example.org,C-7,o,9999-01-01,", "ISO 8601"),
        (f"url,{'x' * 3000},C-7,o,2030-01-01,", "2083"),
        ("email,ann@example.org", "cells"),
    ],
)
def test_an_incomplete_entry_is_set_aside(line: str, said: str) -> None:
    """An entry without case, placer, expiry, type or value is not watched for; its reason says what is missing."""
    found = read(f"{HEAD}\n{line}\n{GOOD}\n")
    assert len(found["watch_entries"]) == 1
    assert [row["locator"] for row in found["quarantine"]] == ["line 2"]
    assert said in found["quarantine"][0]["reason"]


def test_a_column_that_is_missing_sets_every_entry_aside() -> None:
    """A list without a placer column holds no entry that may be watched for."""
    data = "type,value,case_number,expires_at\nemail,ann@example.org,C-7,2030-01-01\n"
    assert recognised(data)
    found = read(data)
    assert set(found) == {"quarantine"}


def test_a_day_holds_until_its_end_in_the_assumed_zone() -> None:
    """A date without a time ends with that day in the default zone, which is said."""
    found = read(f"{HEAD}\nemail,ann@example.org,C-7,o,2030-01-01,\n", default_zone="Asia/Manila")
    assert found["watch_entries"][0]["expires_at"] == datetime(2030, 1, 1, 15, 59, 59, 999999, tzinfo=UTC)
    assert "Asia/Manila" in found["issues"][0]["reason"]
    assert found["watch_entries"][0]["note"] is None


def test_one_case_one_entry() -> None:
    """The id is that of type, value and case: another case is another entry, a new expiry is not."""
    lines = [GOOD, GOOD.replace("2030", "2031"), GOOD.replace("C-7", "C-8")]
    ids = [row["watch_id"] for row in read("\n".join([HEAD, *lines]))["watch_entries"]]
    assert ids[0] == ids[1] != ids[2]


def test_a_type_that_nothing_has_is_said() -> None:
    """An entry of such a type stays on record and is said to match nothing; known ones are not."""
    found = read(f"{HEAD}\n{GOOD}\n{GOOD.replace('Email', 'colour')}\n{GOOD.replace('Email', 'device:imei')}\n")
    assert len(found["watch_entries"]) == 3
    assert [(row["code"], row["locator"]) for row in found["issues"]] == [("unknown-value", "line 3")]


def test_every_selector_type_can_be_watched_for() -> None:
    """The types that are known here are those that selectors have, and words for several of them."""
    assert set(SELECTORS) <= TYPES
    assert TYPES - set(SELECTORS) == {"pdq", "photodna", "ip", "hash", "wallet", "device", "name"}


def test_other_columns_are_said() -> None:
    """An unknown column becomes an issue; other names of known ones do not."""
    found = read("type;value;case;placed_by;expires;mood\nemail;ann@example.org;C-7;o;2030-01-01T00:00Z;calm\n")
    assert found["watch_entries"][0]["case_number"] == "C-7"
    assert [row["code"] for row in found["issues"]] == ["unknown-field"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "type,value\nmd5,x\n",
        "case_number,placed_by\n1,b\n",
        "see you at noon",
        "[[watch]]\nname = 1\n",
        "[watch]\n",
    ],
)
def test_other_files_are_not_taken(data: str) -> None:
    """Without type, value and two of the other three, it is no watch list."""
    assert not recognised(data)


def test_broken_toml_is_set_aside_as_a_whole() -> None:
    """TOML that does not parse gives one quarantine row."""
    found = read('[[watch]]\ntype = "email"\nvalue = "a@example.org"\ncase = "open\nplaced_by = "o"\n')
    assert [row["code"] for row in found["quarantine"]] == ["toml-malformed"]
    assert set(found) == {"quarantine"}


def test_an_endless_line_is_set_aside() -> None:
    """One huge line is quarantined, the entries around it arrive."""
    found = read(f"{HEAD}\n{GOOD}\n{'x' * 9_000_000}\n{GOOD}\n")
    assert [row["locator"] for row in found["watch_entries"]] == ["line 2", "line 4"]
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("line-too-long", "line 3")]


words = st.one_of(st.sampled_from(["", "email", "a@example.org", "2030-01-01", '"', "[[watch]]"]), st.text(max_size=8))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(words, min_size=5, max_size=7), max_size=6))
def test_every_entry_is_watched_for_or_set_aside(rows: list[list[str]]) -> None:
    """Each line ends as an entry or in quarantine, unless it is blank or a comment."""
    lines = [",".join(row).replace("\n", "").replace("\r", "") for row in rows]
    found = read("\n".join([HEAD, GOOD, *lines]))
    places = {row["locator"] for name in ("watch_entries", "quarantine") for row in found.get(name, [])}
    for number, line in enumerate(lines, 3):
        if line.strip() and not line.strip().startswith("#"):
            assert f"line {number}" in places
