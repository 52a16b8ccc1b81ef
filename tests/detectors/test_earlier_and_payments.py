"""Earlier reports on the same hand, and payments with hands that others name."""

from __future__ import annotations

import pytest

from tanglaw.detectors.earlier_report import EARLIER_REPORT
from tanglaw.detectors.payment_contact import PAYMENT_CONTACT


def reports(at, *days):
    return [
        {"report_id": f"r{n}", "report_number": str(900 + n * 60), "incident_at": at(f"06-{day:02d}T10:00:00")}
        for n, day in enumerate(days, 1)
    ]


def on(report, account, **more):
    return {"report_id": report, "account_id": account} | more


@pytest.mark.spark
def test_earlier_reports_on_account_and_actor(find_on_both, short, at):
    """The later of two reports names the earlier; another account of the same actor is said to be that."""
    found = find_on_both(
        EARLIER_REPORT,
        reports=[*reports(at, 3, 2, 1, 4, 5), {"report_id": "r6", "legal_process": "served"}],
        accounts=[
            *(on(f"r{n}", "a1") for n in (1, 2, 3, 6)),
            on("r4", "a2"),
            on("r5", "b1"),
            on("r5", "a1", role="victim"),
        ],
        actors=[{"account_id": "a1", "actor_id": "a1"}, {"account_id": "a2", "actor_id": "a1"}],
        associations=[
            {"association_id": "s1", "report_id": "r5", "kind": "prior-report", "value": "77"},
            {"association_id": "s2", "report_id": "r5", "kind": "prior-report", "value": "78"},
            {"association_id": "s3", "report_id": "r4", "kind": "group", "value": "lanterns"},
            {"association_id": "s4", "report_id": "r4", "kind": "associated-account", "value": "Billing"},
        ],
    )
    assert short(found) == [
        ("r1", "T5", "same-account", "r2; r3"),
        ("r2", "T5", "same-account", "r3"),
        ("r4", "T5.group", "group", "s3"),
        ("r4", "T5.same-actor", "same-actor", "r1; r2; r3"),
        ("r5", "T5", "stated", "s1; s2"),
        ("r6", "T5.legal-process", "legal-process", "r6"),
    ]
    # The third report is the earliest, though the second's number sorts before it as text.
    assert found[0]["reason"] == "the account was reported before, in 2 report(s), the earliest 1080"


def test_neither_equal_times_nor_nameless_accounts_are_earlier(find, at):
    """Reports of the same instant are not earlier than each other; accounts without identifier are nobody's."""
    same = find(EARLIER_REPORT, reports=reports(at, 1, 1), accounts=[on("r1", "a1"), on("r2", "a1")])
    nameless = [on(f"r{n}", "a1", identifier_kind="none") for n in (1, 2)]
    assert same == [] == find(EARLIER_REPORT, reports=reports(at, 1, 2), accounts=nameless)


def test_an_account_in_very_many_reports_still_has_its_earlier_ones(find, at):
    """Beyond two hundred reports only the earliest is named, and other accounts of the actor are left alone."""
    many = [
        {"report_id": f"r{n:03d}", "report_number": str(n), "incident_at": at(f"06-01T{n // 60:02d}:{n % 60:02d}:00")}
        for n in range(202)
    ]
    accounts = [on(row["report_id"], "a1") for row in many[:-1]] + [on("r201", "a2")]
    actors = [{"account_id": "a1", "actor_id": "a1"}, {"account_id": "a2", "actor_id": "a1"}]
    found = find(EARLIER_REPORT, reports=many, accounts=accounts, actors=actors)
    assert [f["report_id"] for f in found] == [row["report_id"] for row in many[1:-1]]
    assert {f["evidence"] for f in found} == {"r000"}
    assert found[0]["reason"] == "the account was reported before, it stands in 201 reports, the earliest 0"


def payment(number, payer, payee, **more):
    return {"payment_id": f"p{number}", "from_account_id": payer, "to_account_id": payee} | more


@pytest.mark.spark
def test_payments_with_reported_and_watched_hands(find_on_both, short):
    """A payment counts where its other side is reported elsewhere or watched, in either direction."""
    found = find_on_both(
        PAYMENT_CONTACT,
        accounts=[
            on("r1", "a1"),
            on("r2", "b1"),
            on("r3", "c1"),
            on("r3", "c2"),
            on("r4", "d1"),
            on("r5", "e1"),
            on("r5", "e2", role="victim"),
        ],
        actors=[{"account_id": "wallet-b", "actor_id": "b1"}, {"account_id": "b1", "actor_id": "b1"}],
        payments=[
            payment(1, "a1", "wallet-b"),
            payment(2, "a1", "b1", counted=False),
            payment(3, "a1", "shop"),
            payment(4, "c1", "c2"),
            payment(5, "d1", "w9"),
            payment(6, "e1", "e2"),
            payment(7, "a1", None),
            payment(8, "e1", "v1"),
        ],
        verified=[{"decision_id": 1, "account_id": "v1"}],
        watch_entries=[{"watch_id": "w1", "type": "phone", "value": "+15550100"}],
        selectors=[
            {"record_id": "w1", "table_name": "watch_entries", "type": "phone", "value": "+15550100"},
            {"record_id": "w9", "table_name": "accounts", "type": "phone", "value": "+15550100", "account_id": "w9"},
            {"record_id": "m1", "table_name": "messages", "type": "phone", "value": "+15550100", "account_id": "shop"},
        ],
    )
    assert short(found) == [
        ("r1", "T8", "with-reported", "p1"),
        ("r2", "T8", "with-reported", "p1"),
        ("r4", "T8.watched", "with-watched", "p5"),
        ("r5", "T8.watched", "with-verified", "p8"),
    ]
    assert found[0]["reason"] == "1 payment(s) between the account's actor and an account of another report"


def test_payments_inside_one_report_or_one_hand_say_nothing(find):
    """Two accounts of the same report, and two of the same actor, pay each other without a finding."""
    accounts = [on("r1", "a1"), on("r1", "a2"), on("r2", "b1"), on("r3", "b2")]
    actors = [{"account_id": name, "actor_id": "b1"} for name in ("b1", "b2")]
    payments = [payment(1, "a1", "a2"), payment(2, "b1", "b2")]
    assert find(PAYMENT_CONTACT, accounts=accounts, actors=actors, payments=payments) == []


def test_an_expired_entry_watches_no_payment(find, at):
    """After its last instant an entry says nothing about payments either."""
    rows = {
        "accounts": [on("r1", "a1")],
        "payments": [payment(1, "a1", "w9")],
        "watch_entries": [{"watch_id": "w1", "type": "phone", "value": "1", "expires_at": at("06-30T11:59:59")}],
        "selectors": [
            {"record_id": "w1", "table_name": "watch_entries", "type": "phone", "value": "1"},
            {"record_id": "w9", "table_name": "accounts", "type": "phone", "value": "1", "account_id": "w9"},
        ],
    }
    assert find(PAYMENT_CONTACT, **rows) == []
