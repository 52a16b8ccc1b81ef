"""What open cases watch for."""

from __future__ import annotations

import pytest

from tanglaw.detectors.watch_list import WATCH_LIST


def watched(watch, type_, value, **entry):
    """A watch entry and the selector that the extraction makes of it."""
    row = {"watch_id": watch, "type": type_, "value": value, "case_number": "C-7", "placed_by": "desk 4"} | entry
    return row, {"record_id": watch, "table_name": "watch_entries", "type": type_, "value": value}


def held(report, type_, value, record, **more):
    return {"report_id": report, "type": type_, "value": value, "record_id": record, "table_name": "contacts"} | more


def run(find, entries, selectors, **more):
    rows, made = zip(*entries, strict=True)
    return find(WATCH_LIST, watch_entries=list(rows), selectors=[*made, *selectors], **more)


@pytest.mark.spark
def test_a_hit_names_case_and_placer(find_on_both, short, at):
    """A watched value hits in a field, in what a reported account wrote, and as a file's hash."""
    found = run(
        find_on_both,
        [
            watched("w1", "phone", "+15550100", expires_at=at("07-01T00:00:00")),
            watched("w2", "email", "kim@example.org", case_number=None, placed_by=None),
            watched("w3", "md5", "a" * 32),
            watched("w4", "phone", "+15550199", expires_at=at("06-30T11:59:59")),
        ],
        [
            held("r1", "phone", "+15550100", "c1"),
            held("r1", "phone", "+15550100", "c2"),
            held(None, "email", "kim@example.org", "m1", table_name="messages", account_id="a1"),
            held("r1", "phone", "+15550199", "c3"),
        ],
        accounts=[
            {"report_id": "r2", "account_id": "a1"},
            {"report_id": "r3", "account_id": "a1", "role": "victim"},
            {"report_id": None, "account_id": "a1"},
        ],
        file_hashes=[{"report_id": "r4", "file_id": "f1", "hash_type": "md5", "value": "a" * 32}],
    )
    assert short(found) == [
        ("r1", "T5.watch-list", "watched", "c1; c2; w1"),
        ("r2", "T5.watch-list", "watched", "m1; w2"),
        ("r4", "T5.watch-list", "watched", "f1; w3"),
    ]
    assert found[0]["reason"] == "phone +15550100 is watched for case C-7 (placed by desk 4)"
    assert found[1]["reason"] == "email kim@example.org is watched for case not stated (placed by not stated)"


@pytest.mark.parametrize(("expires", "hits"), [("06-30T11:59:59", 0), ("06-30T12:00:00", 1), (None, 1)])
def test_an_entry_holds_to_its_last_instant(find, at, expires, hits):
    """An entry hits up to the instant it expires, the run's as-of included, and not after."""
    entry = watched("w1", "phone", "+15550100", expires_at=expires and at(expires))
    assert len(run(find, [entry], [held("r1", "phone", "+15550100", "c1")])) == hits


@pytest.mark.spark
def test_a_handle_on_another_service_is_another_account(find_on_both, short):
    """Equal service and name hit; equal name with one service unknown is said apart; other services do not hit."""
    found = run(
        find_on_both,
        [watched("w1", "handle", "telegram:river.stone"), watched("w2", "handle", "@lake.side")],
        [
            held("r1", "handle", "telegram:river.stone", "a1"),
            held("r2", "handle", "kik:river.stone", "a2"),
            held("r3", "handle", "@river.stone", "t1"),
            held("r4", "handle", "kik:lake.side", "a3"),
            held("r5", "handle", "@lake.side", "t2"),
        ],
    )
    assert short(found) == [
        ("r1", "T5.watch-list", "watched", "a1; w1"),
        ("r3", "T5.same-name", "same-name", "t1; w1"),
        ("r4", "T5.same-name", "same-name", "a3; w2"),
        ("r5", "T5.watch-list", "watched", "t2; w2"),
    ]


def test_invitations_and_ids_are_no_names(find):
    """An invitation to a chat, or a numeric id, is never taken for somebody's name."""
    entry = watched("w1", "handle", "discord-invite:river")
    assert run(find, [entry], [held("r1", "handle", "@river", "t1")]) == []


def test_the_host_of_a_watched_link_is_not_watched(find):
    """A watched profile link hits on the account it names, not on every report that names the service's host."""
    row, link = watched("w1", "url", "https://t.me/river_stone")
    made = [link | {"type": "domain", "value": "t.me"}, link | {"type": "handle", "value": "telegram:river_stone"}]
    places = [held("r1", "domain", "t.me", "p1"), held("r2", "handle", "telegram:river_stone", "p2")]
    found = find(WATCH_LIST, watch_entries=[row], selectors=[link, *made, *places])
    assert [f["report_id"] for f in found] == ["r2"]


def test_types_are_kept_apart(find):
    """The same digits as phone and as a reference are not the same thing."""
    assert run(find, [watched("w1", "phone", "15550100")], [held("r1", "remittance", "15550100", "p1")]) == []


def test_two_cases_on_one_value_are_two_findings(find):
    """Each case that watches a value is named."""
    entries = [watched(f"w{n}", "phone", "+15550100", case_number=f"C-{n}") for n in (1, 2)]
    found = run(find, entries, [held("r1", "phone", "+15550100", "c1")])
    assert [f["reason"].split("case ")[1][:3] for f in found] == ["C-1", "C-2"]
