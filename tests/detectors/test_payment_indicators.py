"""Payment indicators and what sessions add to the queue: each fires on its shape, and families' payments on few."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanglaw.detectors.changing_payments import CHANGING_PAYMENTS
from tanglaw.detectors.crypto_payment import CRYPTO_PAYMENT
from tanglaw.detectors.even_amounts import EVEN_AMOUNTS
from tanglaw.detectors.extortion_shape import EXTORTION_SHAPE
from tanglaw.detectors.fan_in import FAN_IN
from tanglaw.detectors.fan_out import FAN_OUT
from tanglaw.detectors.frequent_small import FREQUENT_SMALL
from tanglaw.detectors.low_value import LOW_VALUE
from tanglaw.detectors.named_processor import NAMED_PROCESSOR
from tanglaw.detectors.no_known_tie import NO_KNOWN_TIE
from tanglaw.detectors.purpose_term import PURPOSE_TERM
from tanglaw.detectors.session_clock import SESSION_CLOCK
from tanglaw.detectors.session_found import SESSION_FOUND
from tanglaw.detectors.shared_recipient import SHARED_RECIPIENT
from tanglaw.policy import demo

WEAK = (
    "named-processor",
    "no-known-tie",
    "purpose-term",
    "low-value",
    "even-amounts",
    "changing-payments",
    "crypto-payment",
    "fan-out",
    "fan-in",
    "session",
)


@pytest.fixture
def paid(at):
    """paid("06-01", "EUR 20", to="b", of="a") -> a payment."""
    numbers = iter(range(10_000))

    def row(day: str, money: str, to: str = "b", of: str = "a", **more):
        currency, amount = money.split()
        return {
            "payment_id": f"p{next(numbers):03d}",
            "paid_at": at(f"{day}T10:00:00"),
            "amount": Decimal(amount),
            "currency": currency,
            "from_account_id": of,
            "to_account_id": to,
        } | more

    return row


ONE = [{"account_id": "a", "report_id": "r"}]


@pytest.mark.spark
def test_small_payments_at_short_intervals_are_found(find_on_both, paid) -> None:
    """Four small payments within a month to one recipient are found, with the precision at its prevalence."""
    rows = [paid(day, "EUR 30") for day in ("05-01", "05-09", "05-17", "05-25")]
    found = find_on_both(FREQUENT_SMALL, accounts=ONE, payments=rows)
    assert [(one["report_id"], one["outcome"], one["criterion"]) for one in found] == [
        ("r", "frequent-small", "T8.frequent-small")
    ]
    assert "estimated precision 0.004 at a prevalence of 0.001" in found[0]["reason"]


def test_large_or_rare_payments_are_not_small_and_frequent(find, paid) -> None:
    """Monthly money, larger amounts and payments that bounced give nothing."""
    monthly = [paid(f"0{month}-01", "EUR 30") for month in range(2, 7)]
    large = [paid(day, "EUR 300", to="c") for day in ("05-01", "05-09", "05-17", "05-25")]
    bounced = [paid(day, "EUR 30", to="d", counted=False) for day in ("05-01", "05-09", "05-17", "05-25")]
    assert find(FREQUENT_SMALL, accounts=ONE, payments=[*monthly, *large, *bounced]) == []


@pytest.mark.spark
def test_low_and_even_amounts_are_noted(find_on_both, paid) -> None:
    """Payments in the band, and multiples of five, are noted for whoever pays or is paid."""
    rows = [paid(f"05-0{day}", "EUR 20") for day in range(1, 8)]
    assert [one["subject"] for one in find_on_both(LOW_VALUE, accounts=ONE, payments=rows)] == ["paid"]
    assert [one["outcome"] for one in find_on_both(EVEN_AMOUNTS, accounts=ONE, payments=rows)] == ["even"]


def test_an_unknown_currency_has_no_band(find, paid) -> None:
    """Where the pack states no band for a currency, nothing is compared."""
    rows = [paid(f"05-0{day}", "XYZ 20") for day in range(1, 8)]
    assert find(LOW_VALUE, accounts=ONE, payments=rows) == []


@pytest.mark.spark
def test_several_recipients_and_several_payers_are_noted(find_on_both, paid) -> None:
    """Five others on either side within a year are noted; accounts of one hand count once."""
    out = [paid("05-01", "EUR 20", to=other) for other in "bcdef"]
    assert [one["outcome"] for one in find_on_both(FAN_OUT, accounts=ONE, payments=out)] == ["fan-out"]
    into = [paid("05-01", "EUR 20", to="a", of=other) for other in "bcdef"]
    assert [one["outcome"] for one in find_on_both(FAN_IN, accounts=ONE, payments=into)] == ["fan-in"]
    hands = [{"account_id": other, "actor_id": "b"} for other in "bcdef"]
    assert find_on_both(FAN_OUT, accounts=ONE, payments=out, actors=hands) == []


@pytest.mark.spark
def test_payments_that_come_closer_are_noted_either_way(find_on_both, paid) -> None:
    """Shorter gaps are noted, with larger and with smaller amounts alike."""
    days = ("01-01", "02-01", "03-05", "04-08", "04-12", "04-16", "04-20", "04-24")
    larger = [paid(day, f"EUR {20 + 10 * place}") for place, day in enumerate(days)]
    smaller = [paid(day, f"EUR {200 - 10 * place}", to="c") for place, day in enumerate(days)]
    found = find_on_both(CHANGING_PAYMENTS, accounts=ONE, payments=[*larger, *smaller])
    assert sorted(one["outcome"] for one in found) == ["larger", "smaller"]


@pytest.mark.spark
def test_a_rare_recipient_of_two_reports_is_found(find_on_both, paid) -> None:
    """Two reported accounts that pay one recipient are found; a shop that everybody pays is not."""
    accounts = [*ONE, {"account_id": "x", "report_id": "s"}]
    rows = [paid("05-01", "EUR 20"), paid("05-02", "EUR 20", of="x")]
    found = find_on_both(SHARED_RECIPIENT, accounts=accounts, payments=rows)
    assert sorted(one["report_id"] for one in found) == ["r", "s"]
    crowd = [paid("05-03", "EUR 20", of=f"n{number}") for number in range(60)]
    assert find_on_both(SHARED_RECIPIENT, accounts=accounts, payments=[*rows, *crowd]) == []


@pytest.mark.spark
def test_crypto_payments_are_noted(find_on_both, paid) -> None:
    """A payment by that method is noted."""
    rows = [paid("05-01", "USD 30", method="crypto"), paid("05-01", "USD 30", method="bank")]
    assert [one["evidence"] for one in find_on_both(CRYPTO_PAYMENT, accounts=ONE, payments=rows)] == ["p000"]


@pytest.mark.spark
def test_the_shape_of_extortion_goes_to_safeguarding(find_on_both, paid) -> None:
    """A small first payment, a burst and silence ask for the safeguarding lane and move no danger."""
    rows = [paid(day, "EUR 100") for day in ("05-01", "05-02", "05-04")]
    found = find_on_both(EXTORTION_SHAPE, accounts=[ONE[0] | {"role": "victim"}], payments=rows)
    assert [(one["lane"], one["criterion"]) for one in found] == [("safeguarding", "T16.extortion-shape")]
    going_on = [*rows, *(paid(day, "EUR 100") for day in ("05-20", "06-29"))]
    assert find_on_both(EXTORTION_SHAPE, accounts=ONE, payments=going_on) == []


@pytest.mark.spark
def test_no_tie_is_noted_only_where_both_sides_are_named(find_on_both, paid) -> None:
    """A shared name, address or phone is a tie; a side without a name says nothing and is counted as unknown."""
    people = [("a", "Ana Cruz"), ("b", "Ben Cruz"), ("c", "Cleo Lim"), ("d", "Dan Tan"), ("e", "Eva Go")]
    found = find_on_both(
        NO_KNOWN_TIE,
        accounts=ONE,
        persons=[{"person_id": one, "account_id": one, "name": name} for one, name in people],
        payments=[paid("05-01", "EUR 20", to=to) for to in ("b", "c", "d", "e", "f")],
        selectors=[
            {
                "selector_id": one,
                "table_name": "accounts",
                "type": "phone",
                "value": "+1",
                "account_id": one,
                "valid": True,
            }
            for one in ("a", "e")
        ],
    )
    assert [(one["outcome"], one["evidence"]) for one in found] == [("no-known-tie", "p001; p002")]
    assert found[0]["reason"].startswith("2 recipient(s) with whom")
    assert "; 1 of whom records do not say" in found[0]["reason"]


@pytest.mark.spark
def test_a_term_in_the_purpose_is_noted(find_on_both, paid) -> None:
    """Only a term of the agency's list, read in the purpose of a payment, counts."""
    term = {"selector_id": "s", "table_name": "payments", "type": "term", "record_id": "p000", "valid": True}
    rows = [paid("05-01", "EUR 20"), paid("05-02", "EUR 20")]
    assert [one["evidence"] for one in find_on_both(PURPOSE_TERM, accounts=ONE, payments=rows, selectors=[term])] == [
        "p000"
    ]
    other = term | {"type": "phone"}
    assert find_on_both(PURPOSE_TERM, accounts=ONE, payments=rows, selectors=[other]) == []


@pytest.mark.spark
def test_a_listed_processor_is_noted(find_on_both, paid) -> None:
    """A payment whose provider or method is named like a processor of the list, and no other, is a finding with its precision."""
    rows = [
        paid("05-01", "EUR 20", provider="Example-Veil-Pay "),
        paid("05-02", "EUR 20", provider="harbour-pay", method="example-mask-desk"),
        paid("05-03", "EUR 20", provider="example-veil-pay-not"),
        paid("05-04", "EUR 20"),
        paid("05-05", "EUR 20", provider="example-veil-pay", counted=False),
    ]
    found = find_on_both(NAMED_PROCESSOR, accounts=ONE, payments=rows)
    assert [(one["outcome"], one["criterion"], one["evidence"]) for one in found] == [
        ("named-processor", "T8.named-processor", "p000; p001")
    ]
    assert found[0]["reason"].startswith(
        "2 payment(s) through a processor of the agency's list: example-mask-desk; example-veil-pay; estimated precision "
    )
    assert find_on_both(NAMED_PROCESSOR, accounts=ONE, payments=rows[2:]) == []


@pytest.mark.spark
def test_sessions_of_a_reported_account_are_shown(find_on_both) -> None:
    """A session from the shown threshold on is a finding of its reports; one below it is not."""
    session = {"session_id": "s1", "buyer_account_id": "a", "seller_account_id": "b"}
    found = find_on_both(SESSION_FOUND, accounts=ONE, sessions=[session | {"probability": 0.97}])
    assert [(one["report_id"], one["evidence"]) for one in found] == [("r", "s1")]
    assert "simulated worlds only" in found[0]["reason"]
    assert find_on_both(SESSION_FOUND, accounts=ONE, sessions=[session | {"probability": 0.4}]) == []


@pytest.mark.spark
def test_the_first_log_to_lapse_sets_the_clock(find_on_both, at) -> None:
    """Of the open requests about a session's parties the first sets the due date; lapsed ones do not."""
    session = {"session_id": "s1", "buyer_account_id": "a", "seller_account_id": "b", "probability": 0.97}
    requests = [
        {"request_id": "q1", "holder": "one", "account_id": "b", "due": at("07-09T00:00:00"), "lapsed": False},
        {"request_id": "q2", "holder": "two", "account_id": "a", "due": at("07-05T00:00:00"), "lapsed": False},
        {"request_id": "q3", "holder": "three", "account_id": "a", "due": at("06-05T00:00:00"), "lapsed": True},
    ]
    accounts = [*ONE, {"account_id": "b", "role": "participant"}]
    found = find_on_both(SESSION_CLOCK, accounts=accounts, sessions=[session], requests=requests)
    assert [(one["due_at"], one["evidence"]) for one in found] == [(at("07-05T00:00:00"), "q1; q2")]


def test_weak_indicators_never_act_alone() -> None:
    """In the demo pack the weak ones, and sessions, count only beside another sign of danger."""
    assert [name for name in WEAK if demo().criteria[f"T8.{name}"].alone] == []
