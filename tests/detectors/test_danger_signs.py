"""Stated urgency, a child named or within reach, and what the ESP calls the incident."""

from __future__ import annotations

import pytest

from tanglaw.detectors.child_named import CHILD_NAMED
from tanglaw.detectors.incident_kind import INCIDENT_KIND
from tanglaw.detectors.stated_urgency import STATED_URGENCY


def event(report, number, when, **more):
    return {"report_id": report, "capture_id": f"{report}-c{number}", "at": when} | more


@pytest.mark.spark
def test_urgency_live_and_ongoing(find_on_both, short, at):
    """The reporter's reason is quoted, live files are counted, three recent events are ongoing, two are not."""
    found = find_on_both(
        STATED_URGENCY,
        reports=[
            {"report_id": "r1", "escalation": "please call 📞 us"},
            {"report_id": "r2", "escalation": ""},
            {"report_id": "r3"},
        ],
        flags=[
            {"report_id": "r2", "file_id": "f1", "name": "liveStreaming"},
            {"report_id": "r2", "file_id": "f2", "name": "liveStreaming"},
            {"report_id": "r3", "file_id": "f3", "name": "viral"},
        ],
        captures=[
            *(event("r3", n, at(f"06-2{n}T08:00:00")) for n in (1, 2, 3)),
            *(event("r1", n, at(f"06-2{n}T08:00:00")) for n in (1, 2)),
        ],
    )
    assert short(found) == [
        ("r1", "T1", "escalated", "r1"),
        ("r2", "T2", "live", "f1; f2"),
        ("r3", "T2.ongoing", "ongoing", "r3-c1; r3-c2; r3-c3"),
    ]
    assert [f["reason"] for f in found] == [
        "the reporter asks for urgency: please call 📞 us",
        "the ESP flags 2 file(s) as liveStreaming",
        "3 events of the account in the last 30 days, the latest 2026-06-23T08:00:00Z",
    ]


@pytest.mark.parametrize(
    ("times", "role", "found_ones"),
    [
        (("05-31T12:00:00", "06-01T12:00:00", "06-02T12:00:00"), "reported", 1),
        (("05-31T11:59:59", "06-01T12:00:00", "06-02T12:00:00"), "reported", 0),
        (("06-30T12:00:01", "06-01T12:00:00", "06-02T12:00:00"), "reported", 0),
        (("06-01T12:00:00", "06-01T12:00:00", "06-01T12:00:00"), "reported", 0),
        (("06-01T12:00:00", "06-02T12:00:00", "06-03T12:00:00"), "victim", 0),
    ],
)
def test_ongoing_at_its_edges(find, at, times, role, found_ones):
    """Events count from thirty days before the as-of up to it, at different instants, of reported accounts only."""
    captures = [event("r1", n, at(text), role=role) for n, text in enumerate(times)]
    assert len(find(STATED_URGENCY, captures=captures)) == found_ones


def test_long_reasons_are_cut(find):
    """Of a reason for urgency 300 characters are shown; the report has the rest."""
    [found] = find(STATED_URGENCY, reports=[{"report_id": "r1", "escalation": "é" * 3000}])
    assert found["reason"] == "the reporter asks for urgency: " + "é" * 300


@pytest.mark.spark
def test_a_child_is_named_or_within_reach(find_on_both, short):
    """Each kind of victim block counts once a report; access is said as stated, a stated no counts for nothing."""
    found = find_on_both(
        CHILD_NAMED,
        persons=[
            {"report_id": "r1", "person_id": "p1", "role": "victim", "school": "Hill School", "name": "Kim"},
            {"report_id": "r1", "person_id": "p2", "role": "reported", "name": "Lee", "child_access": "yes"},
            {"report_id": "r2", "person_id": "p3", "role": "victim", "city": "Springfield"},
            {"report_id": "r3", "person_id": "p4", "role": "reported", "child_access": "no"},
            {"report_id": "r4", "person_id": "p5", "role": "victim", "age": 14},
        ],
        accounts=[
            {"report_id": "r5", "account_id": "v1", "role": "victim"},
            {"report_id": "r5", "account_id": "g1", "role": "associated", "association": "Parent/Guardian"},
            {"report_id": "r6", "account_id": "a6", "role": "reported"},
            {"report_id": "r6", "account_id": "g2", "role": "associated", "association": "Parent/Guardian"},
            {"report_id": "r7", "account_id": "v2", "role": "victim", "identifier_kind": "none"},
        ],
        contacts=[{"report_id": "r7", "contact_id": "c1", "role": "victim", "kind": "phone"}],
        associations=[
            {
                "association_id": f"s{n}",
                "report_id": report,
                "account_id": owner,
                "kind": "associated-account",
                "value": "Parent/Guardian",
                "other_account_id": other,
            }
            for n, (report, owner, other) in enumerate((("r5", "v1", "g1"), ("r6", "a6", "g2")))
        ],
    )
    assert short(found) == [
        ("r1", "T4", "access", "p2"),
        ("r1", "T3", "named", "p1"),
        ("r2", "T3", "named", "p3"),
        ("r3", None, "no-access", "p4"),
        ("r5", "T3", "named", "g1; v1"),
        ("r6", "T4", "access", "g2"),
        ("r7", "T3", "named", "c1"),
    ]
    reasons = {(f["report_id"], f["outcome"]): f["reason"] for f in found}
    assert reasons["r1", "named"].endswith(": school")
    assert reasons["r5", "named"].endswith(": account; guardian's account")
    assert "Kim" not in "".join(reasons.values())


def test_what_is_not_stated_is_no_finding(find):
    """A victim of whom nothing is said, and access that is not stated, give nothing."""
    persons = [
        {"report_id": "r1", "person_id": "p1", "role": "victim"},
        {"report_id": "r1", "person_id": "p2", "role": "reported"},
        {"report_id": "r1", "person_id": "p3", "role": "victim", "child_access": "yes"},
    ]
    accounts = [{"report_id": "r1", "account_id": "a", "role": "victim", "identifier_kind": "none"}]
    assert find(CHILD_NAMED, persons=persons, accounts=accounts) == []


@pytest.mark.spark
def test_official_names_of_the_incident(find_on_both, short):
    """Type, annotation, file flag and industry class each count by their own criterion."""
    found = find_on_both(
        INCIDENT_KIND,
        reports=[
            {"report_id": "r1", "incident_type": "Online Enticement of Children for Sexual Acts"},
            {"report_id": "r2", "incident_type": "Misleading Domain Name"},
            {"report_id": "r3"},
        ],
        flags=[
            {"report_id": "r1", "name": "csamSolicitation"},
            {"report_id": "r2", "file_id": "f1", "name": "infant"},
            {"report_id": "r2", "file_id": "f2", "name": "infant"},
            {"report_id": "r3", "name": "informational"},
        ],
        files=[
            {"report_id": "r3", "file_id": "f3", "classification": "A1"},
            {"report_id": "r3", "file_id": "f4", "classification": "A1"},
            {"report_id": "r3", "file_id": "f5", "classification": ""},
            {"report_id": "r3", "file_id": "f6", "classification": "Z9"},
        ],
    )
    assert short(found) == [
        ("r1", "T6.csamSolicitation", "csamSolicitation", "r1"),
        ("r1", "T6.enticement", "enticement", "r1"),
        ("r2", "T6.infant", "infant", "f1; f2"),
        ("r3", "category", "industry:A1", "f3; f4"),
    ]
