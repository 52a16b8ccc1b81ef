"""Coins on a ledger: addresses of reports, whom they deal with, and sites that take them. All weak, none acts alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanglaw.detectors.attributed_address import ATTRIBUTED_ADDRESS
from tanglaw.detectors.kiosk_use import KIOSK_USE
from tanglaw.detectors.mixer_use import MIXER_USE
from tanglaw.detectors.paid_site import PAID_SITE
from tanglaw.detectors.repeated_price import REPEATED_PRICE
from tanglaw.detectors.reused_address import REUSED_ADDRESS
from tanglaw.policy import demo

SEED = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"


def named(report="r", address=SEED, **more):
    return {"selector_id": f"{report}{address}", "type": "btc", "value": address, "report_id": report} | {
        "record_id": f"x-{report}-{address}",
        **more,
    }


def account(name, address=None):
    return {"account_id": name, "network": "btc", "address": address or name}


def paid(number, of, to="a", amount="0.0123", **more):
    return {
        "payment_id": f"p{number}",
        "from_account_id": of,
        "to_account_id": to,
        "amount": Decimal(amount),
        "currency": "BTC",
        "counted": True,
    } | more


def tag(address, kind="other", **more):
    return {"network": "btc", "address": address, "kind": kind, "list_name": "pack"} | more


ACCOUNTS = [account("a", SEED), account("b"), account("c")]


@pytest.mark.spark
def test_an_address_that_a_list_ties_to_abuse_is_found(find_on_both) -> None:
    """A payment with a sanctioned address is found; with an exchange's it is not, nor with one that lists quarrel about."""
    given = {"selectors": [named()], "chain_accounts": ACCOUNTS, "chain_payments": [paid(1, "b"), paid(2, "a", "c")]}
    tags = [tag("b", category="sanctioned"), tag("c", "service", category="exchange")]
    found = find_on_both(ATTRIBUTED_ADDRESS, **given, tag_in_force=tags)
    assert [(one["report_id"], one["outcome"], one["evidence"]) for one in found] == [("r", "listed", "p1")]
    assert "estimated precision 0.029 at a prevalence of 0.001" in found[0]["reason"]
    quarrel = [{"network": "btc", "level": "address", "subject": "b"}]
    assert find_on_both(ATTRIBUTED_ADDRESS, **given, tag_in_force=tags, tag_conflicts=quarrel) == []


@pytest.mark.spark
def test_a_payment_between_addresses_of_two_reports_is_found(find_on_both) -> None:
    """Both reports have it; an address that a reporter gives as his own, or that a service owns, gives nothing."""
    given = {"chain_accounts": ACCOUNTS, "chain_payments": [paid(1, "b"), paid(2, "b", counted=False)]}
    both = [named(), named("s", "b")]
    found = find_on_both(ATTRIBUTED_ADDRESS, **given, selectors=both)
    assert [(one["report_id"], one["outcome"], one["evidence"]) for one in found] == [
        ("r", "reported", "p1"),
        ("s", "reported", "p1"),
    ]
    assert find_on_both(ATTRIBUTED_ADDRESS, **given, selectors=[named(), named("s", "b", role="reporter")]) == []
    assert find_on_both(ATTRIBUTED_ADDRESS, **given, selectors=both, tag_in_force=[tag("b", "service")]) == []


@pytest.mark.spark
def test_mixers_and_kiosks_are_noted(find_on_both) -> None:
    """A payment to a mixer's address, and one from a kiosk's, each with the lists that say so."""
    given = {"selectors": [named()], "chain_accounts": ACCOUNTS, "chain_payments": [paid(1, "b"), paid(2, "a", "c")]}
    tags = [tag("b", "service", category="kiosk"), tag("c", "mixer", category="mixing_service")]
    mixed = find_on_both(MIXER_USE, **given, tag_in_force=tags)
    assert [(one["subject"], one["evidence"]) for one in mixed] == [("paid", "p2")]
    assert "lists: pack" in mixed[0]["reason"]
    bought = find_on_both(KIOSK_USE, **given, tag_in_force=tags)
    assert [(one["subject"], one["evidence"]) for one in bought] == [("received", "p1")]


@pytest.mark.spark
def test_an_address_in_several_reports_is_found(find_on_both) -> None:
    """Two reports that name one address; a service's address, and one that hundreds name, are not."""
    rows = [named(), named("s"), named("t", "b")]
    found = find_on_both(REUSED_ADDRESS, selectors=rows)
    assert [(one["report_id"], one["evidence"]) for one in found] == [("r", f"x-r-{SEED}"), ("s", f"x-s-{SEED}")]
    assert find_on_both(REUSED_ADDRESS, selectors=rows, tag_in_force=[tag(SEED, "service")]) == []
    assert find_on_both(REUSED_ADDRESS, selectors=[named(f"r{n}") for n in range(301)]) == []


@pytest.mark.spark
def test_one_price_of_several_payers_is_noted(find_on_both) -> None:
    """Four payers of one uneven amount; a round one, and one payer four times, say nothing."""
    payers = [account(f"n{number}") for number in range(4)]
    given = {"selectors": [named()], "chain_accounts": [*ACCOUNTS, *payers]}
    same = [paid(number, f"n{number}") for number in range(4)]
    found = find_on_both(REPEATED_PRICE, **given, chain_payments=same)
    assert [(one["subject"], one["evidence"]) for one in found] == [("BTC 0.0123", "p0; p1; p2; p3")]
    even = [row | {"amount": Decimal("0.1")} for row in same]
    assert find_on_both(REPEATED_PRICE, **given, chain_payments=even) == []
    alone = [row | {"from_account_id": "n0"} for row in same]
    assert find_on_both(REPEATED_PRICE, **given, chain_payments=alone) == []


@pytest.mark.spark
def test_a_site_that_takes_coins_is_noted(find_on_both) -> None:
    """A site in two reports with an address, under one host or several; without an address, or in one report, it is not."""
    site = {
        "site_id": "h1",
        "hosts": "north[.]example; south[.]test",
        "host_count": 2,
        "reports": 2,
        "address_count": 1,
    }
    seen = [
        {
            "site_id": "h1",
            "report_id": report,
            "kind": "url",
            "value": "hxxp://north[.]example",
            "record_id": f"w-{report}",
        }
        for report in ("r", "s")
    ]
    found = find_on_both(PAID_SITE, sites=[site], site_evidence=seen)
    assert [(one["report_id"], one["outcome"], one["evidence"]) for one in found] == [
        ("r", "disguised", "w-r"),
        ("s", "disguised", "w-s"),
    ]
    assert "north[.]example and 1 other host(s)" in found[0]["reason"]
    alone = find_on_both(PAID_SITE, sites=[site | {"hosts": "north[.]example", "host_count": 1}], site_evidence=seen)
    assert {one["outcome"] for one in alone} == {"paid-site"}
    assert find_on_both(PAID_SITE, sites=[site | {"address_count": 0}], site_evidence=seen) == []
    assert find_on_both(PAID_SITE, sites=[site | {"reports": 1}], site_evidence=seen[:1]) == []


def test_none_acts_alone() -> None:
    """In the demo pack each counts only beside another sign of danger."""
    names = ("attributed-address", "mixer-use", "kiosk-use", "reused-address", "repeated-price", "paid-site")
    assert [name for name in names if demo().criteria[f"T8.{name}"].alone] == []
