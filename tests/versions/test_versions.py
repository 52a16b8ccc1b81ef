"""Sightings and documents: what stands, what was changed, what is left out, and that nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.tables import TABLES
from tanglaw.versions import SEEN_OFTEN, VERSIONS

TEN, NOON = datetime(2026, 6, 20, 10, tzinfo=UTC), datetime(2026, 6, 20, 12, tzinfo=UTC)


def document(report, source, locator="/", **more):
    return {"report_id": report, "source_id": source, "locator": locator, "report_number": report[1:]} | more


def test_a_report_by_two_channels_is_one_report_with_its_differences(versions, read):
    """The later document's stated values stand, what it leaves out stands as before, differences are listed."""
    first = document("r7", "s1", esp="Example", platform="example", text="one", format="cybertipline-xml")
    later = document("r7", "s2", esp="Example, Inc.", platform="example", country="DE", format="cybertip-json")
    found = versions(sources=[read("s1", 1), read("s2", 2)], report_documents=[later, first])
    [report] = found["reports"]
    assert {name: report[name] for name in ("version", "esp", "text", "country", "format", "source_id")} == {
        "version": 2,
        "esp": "Example, Inc.",
        "text": "one",
        "country": "DE",
        "format": "cybertip-json",
        "source_id": "s2",
    }
    assert [(row["version"], row["field"], row["before"], row["after"]) for row in found["report_versions"]] == [
        (2, "country", None, "DE"),
        (2, "esp", "Example", "Example, Inc."),
        (2, "text", "one", None),
    ]
    assert {row["source_id"] for row in found["report_versions"]} == {"s2"}


def test_each_supplement_is_compared_with_the_state_before_it(versions, read):
    """The third document differs from what the first two made, not from the second alone."""
    documents = [
        document("r7", "s1", esp="A", text="one"),
        document("r7", "s2", esp="B"),
        document("r7", "s3", esp="B", text="two"),
    ]
    found = versions(sources=[read(f"s{n}", n) for n in (1, 2, 3)], report_documents=documents)
    assert found["reports"][0]["version"] == 3
    assert [(row["version"], row["field"], row["before"], row["after"]) for row in found["report_versions"]] == [
        (2, "esp", "A", "B"),
        (2, "text", "one", None),
        (3, "text", "one", "two"),
    ]


def test_an_equal_copy_of_a_document_changes_nothing(versions, read):
    """A second channel that says the same makes version 2 without a difference."""
    documents = [document("r7", name, esp="A") for name in ("s1", "s2")]
    found = versions(sources=[read("s1", 1), read("s2", 2)], report_documents=documents)
    assert (found["reports"][0]["version"], found["report_versions"]) == (2, [])


def test_order_of_arrival_decides_not_that_of_ids(versions, read):
    """The document that was read later stands, though its source's id is smaller."""
    documents = [document("r7", "s9", esp="first"), document("r7", "s1", esp="later")]
    found = versions(sources=[read("s9", 1), read("s1", 2)], report_documents=documents)
    assert found["reports"][0]["esp"] == "later"


def test_copies_and_failed_tries_do_not_move_an_arrival(versions, read):
    """A copy of the older file that comes by later does not make its statements the newest."""
    sources = [read("s1", 1), read("s2", 2), read("s1", 3, "copy"), read("s2", 1, "quarantine")]
    documents = [document("r7", "s1", esp="older"), document("r7", "s2", esp="newer")]
    assert versions(sources=sources, report_documents=documents)["reports"][0]["esp"] == "newer"


def test_the_tenth_document_of_a_file_comes_after_the_ninth(versions, read):
    """Within one file the later place stands, counted and not spelled: /10 is after /9."""
    documents = [document("r7", "s1", f"/{n}", esp=f"at {n}") for n in (10, 9, 2)]
    assert versions(sources=[read("s1", 1)], report_documents=documents)["reports"][0]["esp"] == "at 10"


def moment(text=None, value=None, assumed=None):
    return {"incident_at": value, "incident_at_original": text, "incident_at_assumed": assumed}


@pytest.mark.parametrize(
    ("first", "later", "stands"),
    [
        (("10:00", TEN, "UTC"), ("12:00Z", NOON, None), ("12:00Z", NOON, None)),
        (("10:00", TEN, "UTC"), ("around noon", None, None), ("10:00", TEN, "UTC")),
        (("around noon", None, None), ("later still", None, None), ("later still", None, None)),
        (("10:00", TEN, "UTC"), (None, None, None), ("10:00", TEN, "UTC")),
        (("around noon", None, None), ("12:00", NOON, "UTC"), ("12:00", NOON, "UTC")),
    ],
)
def test_an_instant_its_text_and_its_zone_come_from_one_document(versions, read, first, later, stands):
    """The newest readable instant stands with its own text and zone, never with those of another document."""
    documents = [document("r7", name, **moment(*one)) for name, one in (("s1", first), ("s2", later))]
    [report] = versions(sources=[read("s1", 1), read("s2", 2)], report_documents=documents)["reports"]
    assert (report["incident_at_original"], report["incident_at"], report["incident_at_assumed"]) == stands


def delivered(*days):
    return [{"delivery_id": f"d{n}", "path": f"{n}", "received_at": day} for n, day in enumerate(days, 1)]


@pytest.mark.parametrize(
    ("own", "stands"),
    [
        ({}, (TEN, None, "delivery")),
        ({"received_at": NOON, "received_at_original": "12:00Z"}, (NOON, "12:00Z", None)),
        ({"received_at_original": "around noon"}, (TEN, "around noon", "delivery")),
    ],
)
def test_the_first_delivery_dates_reports_that_state_no_reception(versions, read, own, stands):
    """Its time stands in and says so; a time that the document states and that can be read is never replaced."""
    [report] = versions(
        deliveries=delivered(NOON, TEN, None),
        sources=[read("s1", n, delivery_id=f"d{n}") for n in (1, 2, 3)],
        report_documents=[document("r7", "s1", **own)],
    )["reports"]
    assert (report["received_at"], report["received_at_original"], report["received_at_assumed"]) == stands


def test_a_report_known_only_from_its_files_has_a_row(versions, read):
    """Files whose report document never came give a report that says so; with the document it is an ordinary one."""
    files = [
        {"file_id": f"f{n}", "report_id": "r8", "report_number": "8", "source_id": f"s{n}", "locator": f"/{n}"}
        for n in (2, 1)
    ]
    [report] = versions(sources=[read("s1", 1), read("s2", 2)], files=files)["reports"]
    stated = {name: value for name, value in report.items() if value is not None}
    assert stated == {
        "report_id": "r8",
        "report_number": "8",
        "number_source": "file-details",
        "scheme": "ncmec",
        "format": "file-details-only",
        "version": 1,
        "source_id": "s1",
        "locator": "/1",
    }
    known = versions(
        sources=[read("s1", 1), read("s3", 3)], files=files, report_documents=[document("r8", "s3", esp="A")]
    )
    assert [(row["report_id"], row["esp"], row["version"]) for row in known["reports"]] == [("r8", "A", 1)]


def test_files_without_any_number_are_a_report_without_number(versions, read):
    """A lone file whose document names no report is a report of its own and claims no number."""
    files = [{"file_id": "f1", "report_id": "r8", "source_id": "s1", "locator": "/"}]
    [report] = versions(sources=[read("s1", 1)], files=files)["reports"]
    assert (report["report_number"], report["number_source"]) == (None, "none")


def test_the_newest_sighting_of_a_row_stands(versions, read):
    """Of two sightings of an account the one read later stands; the other is named as superseded."""
    account = {"account_id": "a1", "report_id": "r7", "role": "reported"}
    sightings = [
        account | {"handle": "river", "source_id": "s1", "locator": "/a"},
        account | {"handle": "stone", "source_id": "s2", "locator": "/b"},
        account | {"report_id": "r8", "handle": "lake", "source_id": "s1", "locator": "/c"},
    ]
    found = versions(sources=[read("s1", 1), read("s2", 2)], accounts=sightings)
    assert [row["handle"] for row in found["accounts"]] == ["stone", "lake"]
    assert found["superseded"] == [
        {"table_name": "accounts", "row_key": "a1|r7|reported", "source_id": "s1", "locator": "/a", "twice": False}
    ]


def test_keys_with_empty_parts_are_keys(versions, read):
    """A report's own flag, without file, is one flag in two documents, and not that of a file."""
    flags = [
        {"report_id": "r7", "name": "viral", "source_id": "s1", "locator": "/f"},
        {"report_id": "r7", "name": "viral", "source_id": "s2", "locator": "/f"},
        {"report_id": "r7", "name": "viral", "file_id": "f1", "source_id": "s2", "locator": "/g"},
    ]
    found = versions(sources=[read("s1", 1), read("s2", 2)], flags=flags)
    assert [(row["file_id"], row["source_id"]) for row in found["flags"]] == [(None, "s2"), ("f1", "s2")]


def message(number, source, index):
    return {
        "message_id": f"m{number}",
        "conversation_id": "k1",
        "text": f"see you at {number}",
        "source_index": index,
        "source_id": source,
        "locator": f"/messages/{index}",
    }


def test_a_chat_exported_by_both_sides_is_one_set_of_messages(versions, read):
    """Each message stands once, whichever side has it; what one side deleted is still there."""
    one = [message(n, "s1", n) for n in range(5)]
    other = [message(n, "s2", place) for place, n in enumerate((1, 2, 4, 5))]
    found = versions(sources=[read("s1", 1), read("s2", 2)], messages=one + other)
    assert [(row["message_id"], row["source_id"]) for row in found["messages"]] == [
        ("m0", "s1"),
        ("m1", "s2"),
        ("m2", "s2"),
        ("m3", "s1"),
        ("m4", "s2"),
        ("m5", "s2"),
    ]


def test_the_very_same_row_at_the_very_same_place_stands_once(versions, read):
    """A file that gives a row twice at one place gives it once; that it did is noted, and no other row is lost."""
    row = {"conversation_id": "k1", "account_id": "a1", "source_id": "s1", "locator": "/p"}
    found = versions(sources=[read("s1", 1)], participants=[row, row, row, row | {"account_id": "a2"}])
    assert [one["account_id"] for one in found["participants"]] == ["a1", "a2"]
    assert found["superseded"] == [
        {"table_name": "participants", "row_key": "k1|a1", "source_id": "s1", "locator": "/p", "twice": True}
    ]


def test_two_statements_of_one_place_leave_one_row(versions, read):
    """Rows of one key and place that differ elsewhere do not both stand, and which one does is always the same."""
    rows = [
        {"file_id": "f", "hash_type": "md5", "value": "a", "original": text, "source_id": "s1", "locator": "/h"}
        for text in ("A", "a")
    ]
    for order in (rows, rows[::-1]):
        found = versions(sources=[read("s1", 1)], file_hashes=order)
        assert [row["original"] for row in found["file_hashes"]] == ["A"]


def test_the_same_row_twice_in_an_older_file_is_left_out_twice(versions, read):
    """Where the newer file states it once, both of the older file's are superseded, in one row."""
    row = {"conversation_id": "k1", "account_id": "a1", "locator": "/p"}
    sightings = [row | {"source_id": "s1"}, row | {"source_id": "s1"}, row | {"source_id": "s2"}]
    found = versions(sources=[read("s1", 1), read("s2", 2)], participants=sightings)
    assert [one["source_id"] for one in found["participants"]] == ["s2"]
    assert [(one["source_id"], one["twice"]) for one in found["superseded"]] == [("s1", False)]


def test_what_was_seen_once_passes_untouched(versions, read):
    """Without a second sighting nothing is superseded, whatever stands in the columns."""
    row = {"watch_id": "w", "type": "phone", "value": "a | b", "note": None, "expires_at": NOON}
    entry = row | {"source_id": "s1", "locator": "watch/0", "case_number": "C", "placed_by": "d"}
    found = versions(sources=[read("s1", 1)], watch_entries=[entry])
    assert (found["watch_entries"], found["superseded"]) == ([entry], [])


_SIGHTINGS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(("reported", "victim")), st.integers(1, 4), st.integers(0, 12)),
    max_size=25,
)


@settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=_SIGHTINGS)
def test_every_key_stands_exactly_once(versions, read, made):
    """Whatever sightings come, each key has one current row, and it is that of the newest file and last place."""
    sources = [read(f"s{n}", n) for n in (1, 2, 3, 4)]
    sightings = [
        {"account_id": f"a{a}", "report_id": "r", "role": role, "source_id": f"s{s}", "locator": f"/{place}"}
        for a, role, s, place in made
    ]
    found = versions(sources=sources, accounts=sightings)["accounts"]
    newest = {}
    for a, role, s, place in made:
        newest[f"a{a}", role] = max(newest.get((f"a{a}", role), (0, 0)), (s, place))
    expected = {key: (f"s{s}", f"/{place}") for key, (s, place) in newest.items()}
    assert {(row["account_id"], row["role"]): (row["source_id"], row["locator"]) for row in found} == expected
    assert len(found) == len(expected)


@pytest.mark.spark
def test_both_engines_agree(versions, spark_versions, read):
    """Documents, sightings, duplicates and lone files in one world give equal tables on DuckDB and Spark."""
    rows = {
        "deliveries": delivered(NOON, TEN),
        "sources": [read(f"s{n}", n, delivery_id=f"d{min(n, 2)}") for n in (1, 2, 3)],
        "report_documents": [
            document("r7", "s1", esp="A", **moment("10:00", TEN, "UTC")),
            document("r7", "s2", esp="B", **moment("12:00Z", NOON)),
            document("r7", "s2", "/10", text="x"),
            document("r9", "s3"),
        ],
        "accounts": [
            {"account_id": "a1", "report_id": "r7", "role": "reported", "handle": h, "source_id": s, "locator": p}
            for h, s, p in (("x", "s1", "/a"), ("y", "s2", "/9"), ("z", "s2", "/10"))
        ],
        "participants": [{"conversation_id": "k", "account_id": "a1", "source_id": "s1", "locator": "/p"}] * 2,
        "files": [{"file_id": "f", "report_id": "r8", "report_number": "8", "source_id": "s1", "locator": "/"}],
        "flags": [{"report_id": "r7", "name": "viral", "source_id": s, "locator": "/"} for s in ("s1", "s2")],
        "messages": [message(1, "s1", 1), message(1, "s2", 0)],
    }
    duck, spark = versions(**rows), spark_versions(**rows)
    for name in (*VERSIONS.writes, *(name for name in rows if TABLES[name].seen_often)):
        assert duck[name] == spark[name], name
    assert [row["report_id"] for row in duck["reports"]] == ["r7", "r8", "r9"]
    assert [row["handle"] for row in duck["accounts"]] == ["z"]


def test_tables_seen_often_have_what_the_stage_needs():
    """Each has a key of text columns, a source and a place."""
    for table in SEEN_OFTEN:
        assert {"source_id", "locator"} <= set(table.names), table.name
        assert all(str(table.schema.field(column).type) == "string" for column in table.key), table.name
        assert table.name in TABLES
