"""What links add to a report: its actor's other accounts and reports, watched contacts; and labels read as flags."""

from __future__ import annotations

import pytest

from tanglaw.detectors.evidence_clock import EVIDENCE_CLOCK
from tanglaw.detectors.generated import GENERATED
from tanglaw.detectors.locator import LOCATOR
from tanglaw.detectors.stated_urgency import STATED_URGENCY
from tanglaw.detectors.unlisted import UNLISTED
from tanglaw.detectors.viral import VIRAL
from tanglaw.detectors.watch_list import WATCH_LIST

HAND = [{"account_id": name, "actor_id": "a1"} for name in ("a1", "a2", "a3")]
ACCOUNTS = [
    {"report_id": "r1", "account_id": "a1"},
    {"report_id": "r2", "account_id": "a2"},
    {"report_id": "r3", "account_id": "b1"},
    {"report_id": None, "account_id": "a3"},
]
WATCHED = [{"watch_id": "w1", "type": "phone", "value": "+15550100", "case_number": "C-7", "placed_by": "desk 4"}]


def phone(record, account, value="+15550100", **more):
    row = {"record_id": record, "account_id": account, "type": "phone", "value": value, "table_name": "contacts"}
    return row | more


@pytest.mark.spark
def test_a_watched_selector_of_another_account_of_the_hand(find_on_both, short):
    """A watched phone that only a subscriber record states hits every report on its actor; who talks to it has contact."""
    found = find_on_both(
        WATCH_LIST,
        watch_entries=WATCHED,
        selectors=[phone("w1", None, table_name="watch_entries"), phone("k1", "a3")],
        accounts=ACCOUNTS,
        actors=HAND,
        participants=[
            {"conversation_id": "t1", "account_id": "a2"},
            {"conversation_id": "t1", "account_id": "b1"},
            {"conversation_id": "t1", "account_id": "a1"},
        ],
        calls=[
            {"call_id": "s1", "caller_account_id": "b1", "callee_account_id": "a1"},
            {"call_id": "s2", "caller_account_id": "b1", "callee_account_id": None},
        ],
    )
    assert short(found) == [
        ("r1", "T5.watched-hand", "same-hand", "k1; w1"),
        ("r2", "T5.watched-hand", "same-hand", "k1; w1"),
        ("r3", "T5.watched-contact", "contact", "s1; t1"),
    ]
    assert found[0]["reason"] == (
        "of another account of the same actor: phone +15550100 is watched for case C-7 (placed by desk 4)"
    )
    assert found[2]["reason"] == "2 conversation(s) or call(s) with an actor on the watch list"


def test_a_report_that_states_the_watched_selector_says_so_once(find, short):
    """Where the report itself holds the value, the hand adds nothing; and nobody is in contact with themselves."""
    found = find(
        WATCH_LIST,
        watch_entries=WATCHED,
        selectors=[phone("w1", None, table_name="watch_entries"), phone("k1", "a1", report_id="r1")],
        accounts=ACCOUNTS[:1],
        actors=HAND,
        calls=[{"call_id": "s1", "caller_account_id": "a2", "callee_account_id": "a1"}],
    )
    assert short(found) == [("r1", "T5.watch-list", "watched", "k1; w1")]


@pytest.mark.parametrize(("people", "hits"), [(20, 1), (21, 0)])
def test_a_room_of_many_is_no_contact(find, people, hits):
    """Up to twenty people talk to each other; in a larger room nobody is in contact by being there."""
    room = [{"conversation_id": "t1", "account_id": name} for name in ("a1", "b1")]
    others = [{"conversation_id": "t1", "account_id": f"x{n}"} for n in range(people - 2)]
    found = find(
        WATCH_LIST,
        watch_entries=WATCHED,
        selectors=[phone("w1", None, table_name="watch_entries"), phone("k1", "a1")],
        accounts=ACCOUNTS[2:3],
        participants=room + others,
    )
    assert len(found) == hits


@pytest.mark.spark
def test_locators_that_only_another_account_of_the_hand_has(find_on_both, short, at):
    """A phone of the actor that this report lacks can be acted on; what it has itself, and what others mention, adds nothing."""
    noon = at("06-29T12:00:00")
    found = find_on_both(
        LOCATOR,
        accounts=ACCOUNTS,
        actors=HAND,
        contacts=[
            {"report_id": "r1", "account_id": "a1", "contact_id": "k1", "kind": "phone"},
            {"report_id": "r1", "account_id": "a1", "contact_id": "k2", "kind": "email"},
            {"report_id": "r2", "account_id": "a2", "contact_id": "k3", "kind": "email"},
            {"report_id": None, "account_id": "a3", "contact_id": "k4", "kind": "phone", "role": None},
            {"report_id": None, "account_id": "a3", "contact_id": "k5", "kind": "phone", "role": "mentioned"},
        ],
        captures=[
            {"report_id": "r2", "account_id": "a2", "capture_id": "c1", "at": noon, "ip": "203.0.113.7", "port": 5},
        ],
    )
    assert short([one for one in found if one["outcome"] == "same-hand"]) == [
        ("r1", "T9.same-hand", "same-hand", "c1"),
        ("r2", "T9.same-hand", "same-hand", "k1; k4"),
    ]
    told = {one["report_id"]: one["reason"] for one in found if one["outcome"] == "same-hand"}
    assert told["r2"] == "not in this report, but known of another account of the same actor: phone"


@pytest.mark.spark
def test_the_clock_of_the_hand(find_on_both, short, at):
    """A log that only another report on the actor points to sets this report's clock; other actors' logs do not."""
    seen = {"at": at("06-28T12:00:00"), "ip": "203.0.113.7", "port": 5}
    found = find_on_both(
        EVIDENCE_CLOCK,
        reports=[{"report_id": f"r{n}", "country": "DE"} for n in (1, 2, 3)],
        accounts=ACCOUNTS,
        actors=HAND,
        captures=[{"report_id": f"r{n}", "capture_id": f"c{n}", **seen} for n in (2, 3)],
    )
    assert [one for one in short(found) if one[2] == "same-hand"] == [("r1", "T10", "same-hand", "c2")]
    due = {(one["report_id"], one["outcome"]): one["due_at"] for one in found}
    assert due["r1", "same-hand"] == due["r2", "open"]


@pytest.mark.spark
def test_unlisted_files_from_a_repeat_sender(find_on_both, short, at):
    """The later of two reports on one actor says that the earlier held unlisted files too; the earlier says nothing."""
    one, other = "a" * 32, "b" * 32
    found = find_on_both(
        UNLISTED,
        accounts=ACCOUNTS,
        actors=HAND,
        reports=[{"report_id": f"r{n}", "incident_at": at(f"06-0{n}T10:00:00")} for n in (1, 2, 3)],
        file_hashes=[
            {"report_id": f"r{n}", "file_id": f"f{n}", "hash_type": "md5", "value": value}
            for n, value in ((1, one), (2, other), (3, other))
        ],
        hash_lists=[{"list_name": "alpha", "hash_type": "md5", "standing": 1}],
        hash_sightings=[{"hash_type": "md5", "value": value, "reports": 2} for value in (one, other)],
    )
    assert [row for row in short(found) if row[2] == "repeat"] == [("r2", "T7.repeat", "repeat", "r1")]


@pytest.mark.spark
def test_a_label_with_an_official_name_counts_as_the_flag(find_on_both, short):
    """Labels of the receiving office count by their whole official name, once a file, and the reason says whose they are."""
    files = [
        {"report_id": "r1", "file_id": "f1", "labels": "liveStreaming; other words"},
        {"report_id": "r2", "file_id": "f2", "labels": "not liveStreaming, liveStreamings"},
        {"report_id": "r3", "file_id": "f3", "labels": "liveStreaming; viral"},
    ]
    flags = [{"report_id": "r3", "file_id": "f3", "name": "liveStreaming"}]
    found = find_on_both(STATED_URGENCY, files=files, flags=flags)
    assert short(found) == [("r1", "T2", "live", "f1"), ("r3", "T2", "live", "f3")]
    assert [one["reason"] for one in found] == [
        "the receiving office flags 1 file(s) as liveStreaming",
        "the ESP and the receiving office flag 1 file(s) as liveStreaming",
    ]


def test_labels_set_lane_and_order_too(find, short):
    """A label sends a report to the lane of generated material, and lowers the order of what is marked viral."""
    files = [{"report_id": "r1", "file_id": "f1", "labels": "generativeAi; viral"}]
    assert [one["lane"] for one in find(GENERATED, files=files)] == ["generated"]
    assert short(find(VIRAL, files=files)) == [("r1", "T11", "flagged", "f1")]
