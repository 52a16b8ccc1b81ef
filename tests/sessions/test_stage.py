"""The stage over small stories: who is looked at, what becomes a session, who is protected, what must not matter."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import DAY0, Run, Story


def parties(rows: list[dict[str, Any]]) -> set[tuple[str, str, str | None]]:
    """Payer, recipient and arranger of each session."""
    return {(row["buyer_account_id"], row["seller_account_id"], row["facilitator_account_id"]) for row in rows}


def test_paid_meetings_become_sessions(rebuilt: Run, told: Story) -> None:
    """Calls and a pause soon after a payment are sessions with their amount; the arranger is named."""
    found = rebuilt(told.rows)["sessions"]
    assert parties(found) == {("buyer", "seller", None), ("other", "seller", "arranger")}
    assert len(found) == 6
    assert all(row["amount"] == 50 and row["currency"] == "EUR" and 0.2 <= row["probability"] <= 1 for row in found)
    pause = [row for row in found if row["buyer_account_id"] == "buyer" and "call log" in (row["missing"] or "")]
    assert len(pause) == 1
    assert abs(pause[0]["start_at"] - (DAY0 + timedelta(days=11, hours=1))) < timedelta(minutes=5)


def test_a_weekly_lesson_is_no_session(rebuilt: Run, told: Story) -> None:
    """Meetings at one hour of the week weigh against, however promptly they are paid."""
    found = rebuilt(told.rows)
    assert not any(row["seller_account_id"] == "tutor" for row in found["sessions"])
    lessons = [row for row in found["session_candidates"] if row["seller_account_id"] == "tutor"]
    assert len(lessons) == 8


def test_nobody_outside_the_expansion_is_scored(rebuilt: Run, told: Story) -> None:
    """Accounts that no contact ties to a report are in no table, whatever their timing."""
    found = rebuilt(told.rows)
    texts = [str(value) for rows in found.values() for row in rows for value in row.values()]
    assert not any(text.startswith("far") for text in texts)


def test_without_a_report_nothing_is_scored(rebuilt: Run, told: Story) -> None:
    """Timing alone makes no session: with no report and no watch list every table is empty."""
    for row in told.rows["accounts"]:
        row["report_id"] = None
    assert {name: rows for name, rows in rebuilt(told.rows).items() if rows} == {}


def test_a_hub_is_not_expanded_through(rebuilt: Run, story: Story) -> None:
    """An account with thousands of contacts brings nobody into the expansion."""
    story.account("start", "reported", "r1")
    for name in ("hub", *(f"n{number:03d}" for number in range(80))):
        story.account(name)
    story.pay("start", "hub", DAY0)
    for number in range(80):
        story.pay(f"n{number:03d}", "hub", DAY0)
    edges = rebuilt(story.rows)["network_edges"]
    assert {(row["payer_account_id"], row["recipient_account_id"]) for row in edges} == {("start", "hub")}


def test_a_childs_account_is_protected(rebuilt: Run, told: Story) -> None:
    """A recipient whom a record states to be under age is in no list of recipients, and in the safeguarding lane."""
    told.rows["persons"].append({"person_id": "x", "account_id": "seller", "date_of_birth": "2012-05-01"})
    found = rebuilt(told.rows)
    assert found["sessions"] == []
    assert {row["protected_account_id"] for row in found["protected_contacts"]} == {"seller"}
    roles = {row["account_id"]: (row["role"], row["lane"]) for row in found["roles"]}
    assert roles["seller"] == ("unknown", "safeguarding")
    for name in ("network_edges", "recipient_groups", "network_keys", "requests"):
        assert "seller" not in str(found[name]), name


def test_roles_are_assessed_and_unknown_by_default(rebuilt: Run, told: Story) -> None:
    """Parties of shown sessions have a role; a tutor whom a payer pays is no recipient."""
    roles = {row["account_id"]: row["role"] for row in rebuilt(told.rows)["roles"]}
    assert {name: roles.get(name, "unknown") for name in ("buyer", "seller", "other", "arranger")} == {
        "buyer": "payer",
        "seller": "recipient",
        "other": "payer",
        "arranger": "arranger",
    }
    assert roles.get("tutor", "unknown") in ("unknown", "bystander")


def test_reversed_payments_make_no_session(rebuilt: Run, told: Story) -> None:
    """A payment that was reversed or rejected belongs to no session."""
    for row in told.rows["payments"]:
        row["counted"] = False
    assert rebuilt(told.rows)["sessions"] == []


def test_two_payments_for_one_session_are_added_up(rebuilt: Run, told: Story) -> None:
    """The rest of a price, paid soon before or after, adds to the session's amount."""
    told.pay("buyer", "seller", DAY0 - timedelta(minutes=20), "25")
    first = min(rebuilt(told.rows)["sessions"], key=lambda row: row["start_at"])
    assert first["amount"] == 75


def test_one_call_in_two_records_is_one_candidate(rebuilt: Run, told: Story) -> None:
    """A call that the log and the chat show, minutes apart, is looked at once."""
    before = len(rebuilt(told.rows)["session_candidates"])
    told.call("buyer", "seller", DAY0 + timedelta(minutes=4), conversation_id="buyer-seller")
    assert len(rebuilt(told.rows)["session_candidates"]) == before


def test_a_chat_without_zone_is_set_by_what_it_quotes(rebuilt: Run, story: Story) -> None:
    """References quoted eight hours off their payments tell the zone; the session stands at its true time."""
    story.account("seller", "reported", "r1")
    story.account("buyer")
    late = timedelta(hours=8)
    for week in range(3):
        start = DAY0 + timedelta(days=11 * week, hours=3 * week)
        story.pay("buyer", "seller", start - timedelta(minutes=12))
        reference = story.rows["payments"][-1]["reference"]
        story.write("buyer", "seller", start + late, sent_at_assumed="UTC", text=f"reference {reference}")
        story.write("buyer", "seller", start + late + timedelta(minutes=26), 2, sent_at_assumed="UTC")
    starts = [row["start_at"] for row in rebuilt(story.rows)["sessions"]]
    assert len(starts) == 3
    assert all(
        min(abs(at - DAY0 - timedelta(days=11 * w, hours=3 * w)) for w in range(3)) < timedelta(hours=1)
        for at in starts
    )


def test_requests_lapse_by_the_retention_table(rebuilt: Run, told: Story) -> None:
    """What a holder keeps too short a time is lapsed; addresses are asked for with port and second."""
    at = DAY0 + timedelta(days=22, minutes=-5)
    told.rows["captures"].append(
        {"capture_id": "x", "account_id": "buyer", "ip": "192.0.2.7", "port": 4711, "at": at, "event": "Login"}
    )
    rows = rebuilt(told.rows)["requests"]
    carrier = [row for row in rows if row["holder"] == "carrier of 192.0.2.7"]
    assert [(row["lapsed"], row["due"]) for row in carrier] == [(True, at + timedelta(days=30))]
    assert "port 4711 at 2026-03-24T" in carrier[0]["data"]
    assert all(row["instrument"] == ("none" if row["lapsed"] else "preservation request") for row in rows)


def test_what_people_recorded_of_a_request_shows_while_it_covers_the_window(rebuilt: Run, told: Story) -> None:
    """Sent in time, a log no longer lapses; a window that grew beyond what was asked for is open again."""
    at = DAY0 + timedelta(days=22, minutes=-5)
    told.rows["captures"].append(
        {"capture_id": "x", "account_id": "buyer", "ip": "192.0.2.7", "port": 4711, "at": at, "event": "Login"}
    )
    carrier = next(row for row in rebuilt(told.rows)["requests"] if row["holder"] == "carrier of 192.0.2.7")
    record = {
        "request_id": carrier["request_id"],
        "kind": "sent",
        "happened_at": at + timedelta(days=9),
        "covers_from": carrier["from_at"],
        "covers_to": carrier["to_at"],
    }

    def shown(*records: dict[str, Any]) -> dict[str, Any]:
        rows = rebuilt(told.rows | {"request_records": list(records)})["requests"]
        return next(row for row in rows if row["request_id"] == carrier["request_id"])

    sent = shown(record)
    assert (sent["sent"], sent["lapsed"], sent["instrument"]) == (record["happened_at"], False, "preservation request")
    assert shown(record | {"covers_to": carrier["to_at"] - timedelta(days=1)}) == carrier
    assert shown(record | {"happened_at": at + timedelta(days=31)})["lapsed"]
    assert shown(record | {"kind": "lapsed"})["lapsed"]


def test_a_verified_fact_is_where_looking_begins(rebuilt: Run, story: Story) -> None:
    """Without report or watch list nobody is looked at; with a verified account its payers are."""
    for name in ("buyer", "seller"):
        story.account(name)
    story.meet("buyer", "seller", DAY0)
    assert rebuilt(story.rows)["session_candidates"] == []
    found = rebuilt(story.rows | {"verified": [{"decision_id": 1, "account_id": "seller"}]})
    assert [row["seller_account_id"] for row in found["sessions"]] == ["seller"]


def test_the_order_of_rows_does_not_matter(rebuilt: Run, told: Story) -> None:
    """Shuffled input gives the same rows and ids in every table."""
    wanted = rebuilt(told.rows)

    @settings(max_examples=5, deadline=None)
    @given(seed=st.integers(0, 1_000_000))
    def shuffled(seed: int) -> None:
        assert (
            rebuilt({name: random.Random(seed).sample(rows, len(rows)) for name, rows in told.rows.items()}) == wanted
        )

    shuffled()


def test_country_age_and_sex_move_nothing(rebuilt: Run, told: Story) -> None:
    """Other countries and adult ages leave probability and roles as they are."""
    before = rebuilt(told.rows)
    for row in told.rows["accounts"]:
        row["country"] = "XX"
        told.rows["persons"].append({"person_id": row["account_id"], "account_id": row["account_id"], "age": 44})
    after = rebuilt(told.rows)
    for name in ("sessions", "session_candidates", "roles"):
        assert after[name] == before[name]


def assessed(number: int, kind: str, inference: str, role: str = "") -> dict[str, Any]:
    """A decision on an inference."""
    return {"decision_id": number, "kind": kind, "inference": inference, "role": role, "stated_by": "A. Cruz"}


def test_a_rejected_session_feeds_nothing(rebuilt: Run, told: Story) -> None:
    """Rejected sessions are in no session, role, network or request, and stay among what was looked at; without the decisions
    everything is as it was."""
    before = rebuilt(told.rows)
    gone = [row["session_id"] for row in before["sessions"] if row["buyer_account_id"] == "buyer"]
    rows = [assessed(number, "reject-session", one) for number, one in enumerate(gone, 1)]
    after = rebuilt(told.rows | {"assessments": rows})
    assert after["sessions"] == [row for row in before["sessions"] if row["session_id"] not in gone]
    assert not [row for row in after["roles"] if row["account_id"] == "buyer" and row["sessions"]]
    edges = [row for row in after["network_edges"] if row["payer_account_id"] == "buyer" and row["sessions"]]
    assert edges == []
    assert not [row for row in after["requests"] if row["account_id"] == "buyer"]
    looked = {row["session_id"]: row for row in after["session_candidates"]}
    assert all(not looked[one]["stands"] for one in gone)
    assert {one: row["probability"] for one, row in looked.items()} == {
        row["session_id"]: row["probability"] for row in before["session_candidates"]
    }
    assert rebuilt(told.rows) == before


def test_a_confirmed_session_is_a_fact_with_its_person(rebuilt: Run, told: Story) -> None:
    """What the machine would not show stands once it is confirmed, with probability 1 and who confirmed it first."""
    before = rebuilt(told.rows)
    lesson = next(row for row in before["session_candidates"] if row["seller_account_id"] == "tutor")
    assert lesson["session_id"] not in {row["session_id"] for row in before["sessions"]}
    after = rebuilt(told.rows | {"assessments": [assessed(7, "confirm-session", lesson["session_id"])]})
    found = next(row for row in after["sessions"] if row["session_id"] == lesson["session_id"])
    assert found["probability"] == 1
    assert found["evidence"].startswith("confirmed by A. Cruz, decision 7; ")
    roles = {row["account_id"]: row["role"] for row in after["roles"]}
    assert (roles["tutor"], roles["buyer"]) == ("recipient", "payer")


def test_a_role_that_a_person_judged_stands(rebuilt: Run, told: Story) -> None:
    """A confirmed role takes the place of `unknown` and of what sessions say; a rejected one becomes unknown; of several the
    last counts; without the decisions it is as before."""
    before = rebuilt(told.rows)
    decided = [
        assessed(1, "confirm-role", "tutor", "payer"),
        assessed(2, "confirm-role", "tutor", "bystander"),
        assessed(3, "reject-role", "seller", "recipient"),
        assessed(4, "reject-role", "buyer", "arranger"),
    ]
    after = {row["account_id"]: row for row in rebuilt(told.rows | {"assessments": decided})["roles"]}
    assert (after["tutor"]["role"], after["seller"]["role"], after["buyer"]["role"]) == (
        "bystander",
        "unknown",
        "payer",
    )
    assert after["tutor"]["evidence"].startswith("confirmed by A. Cruz, decision 2; ")
    assert after["seller"]["evidence"].startswith("recipient is rejected by A. Cruz, decision 3; ")
    assert rebuilt(told.rows) == before


def test_a_rejection_takes_nothing_out_of_the_safeguarding_lane(rebuilt: Run, told: Story) -> None:
    """A contact of an account that may be a child's stays one, and the account's role stays unknown, whatever anybody says."""
    told.rows["persons"].append({"person_id": "x", "account_id": "seller", "age": 15})
    before = rebuilt(told.rows)
    contacts = [row["session_id"] for row in before["protected_contacts"]]
    rows = [assessed(number, "reject-session", one) for number, one in enumerate(contacts, 1)]
    after = rebuilt(told.rows | {"assessments": [*rows, assessed(99, "confirm-role", "seller", "recipient")]})
    assert contacts
    assert [row for row in after["protected_contacts"] if row["session_id"] in contacts] == before["protected_contacts"]
    assert {row["role"] for row in after["roles"] if row["account_id"] == "seller"} == {"unknown"}
