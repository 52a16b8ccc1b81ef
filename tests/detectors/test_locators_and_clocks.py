"""What can be acted on, and until when."""

from __future__ import annotations

import pytest

from tanglaw.detectors.evidence_clock import EVIDENCE_CLOCK
from tanglaw.detectors.locator import LOCATOR


def capture(report, number, when=None, ip="203.0.113.7", port=50_000, **more):
    return {"report_id": report, "capture_id": f"{report}-c{number}", "at": when, "ip": ip, "port": port} | more


@pytest.mark.spark
def test_what_can_be_acted_on(find_on_both, short, at):
    """Addresses with second and port, contacts, billing and identifiers of reported accounts are locators."""
    noon = at("06-29T12:00:00")
    found = find_on_both(
        LOCATOR,
        captures=[
            capture("r1", 1, noon, at_original="2026-06-29T12:00:00Z"),
            capture("r1", 2, noon, ip="2001:db8::1", port=None),
            capture("r2", 1, noon, port=None),
            capture("r2", 2, None),
            capture("r2", 3, noon, proxy=True),
            capture("r2", 4, noon, role="victim"),
            capture("r2", 5, noon, at_original="2026-06-29T12:00Z"),
            capture("r3", 1, noon, port=None, event="Purchase", role="unknown"),
            capture("r3", 2, noon, port=None, event="Purchase", role="victim"),
        ],
        contacts=[
            {"report_id": "r3", "contact_id": "k1", "kind": "phone"},
            {"report_id": "r3", "contact_id": "k2", "kind": "email"},
            {"report_id": "r3", "contact_id": "k3", "kind": "email", "role": "reporter"},
        ],
        accounts=[
            {"report_id": "r4", "account_id": "a1", "identifier_kind": "handle"},
            {"report_id": "r4", "account_id": "a2", "role": "associated", "association": "Billing"},
            {"report_id": "r5", "account_id": "a3", "identifier_kind": "none"},
            {"report_id": None, "account_id": "a4"},
        ],
    )
    assert short(found) == [
        ("r1", "T9.ip", "ip", "r1-c1; r1-c2"),
        ("r3", "T9.billing", "billing", "r3-c1"),
        ("r3", "T9.email", "email", "k2"),
        ("r3", "T9.phone", "phone", "k1"),
        ("r4", "T9.account", "account", "a1"),
        ("r4", "T9.billing", "billing", "a2"),
    ]
    assert found[0]["reason"] == "2 IP capture(s) precise enough to ask for the subscriber"


@pytest.mark.spark
def test_clocks_by_country(find_on_both, at):
    """The log of a capture lapses by the report's country, content by its own clock; what lapsed has none."""
    seen = at("06-20T12:00:00")
    found = find_on_both(
        EVIDENCE_CLOCK,
        reports=[
            {"report_id": "r1", "country": "DE", "received_at": at("06-25T00:00:00")},
            {"report_id": "r2", "country": "US"},
            {"report_id": "r3", "country": "XX"},
            {"report_id": "r4"},
        ],
        captures=[
            *(capture(report, 1, seen) for report in ("r1", "r2", "r3", "r4")),
            capture("r1", 2, at("06-25T12:00:00")),
            capture("r1", 3, at("06-26T12:00:00")),
        ],
    )
    assert [(f["report_id"], f["outcome"], f["evidence"], f["due_at"]) for f in found] == [
        ("r1", "open", "r1-c2; r1-c3", at("07-02T12:00:00")),
        ("r1", "lapsed", "r1-c1", None),
        ("r1", "preserved", "r1", at("09-23T00:00:00")),
        *((report, "open", f"{report}-c1", at("07-20T12:00:00")) for report in ("r2", "r3", "r4")),
    ]
    reasons = {(f["report_id"], f["outcome"]): f["reason"] for f in found}
    assert "lapses 2026-07-02T12:00:00Z (7 days for country DE, source: commonly stated" in reasons["r1", "open"]
    assert reasons["r1", "preserved"].startswith("the ESP preserves the content until 2026-09-23 (90 days, source: ")
    assert "30 days for country *" in reasons["r3", "open"]
    assert {f["criterion"] for f in found} == {"T10"}


@pytest.mark.parametrize(
    ("row", "insufficient"),
    [
        ({}, False),
        ({"port": None}, True),
        ({"when": None}, True),
        ({"at_original": "2026-06-29 12:00:00"}, False),
        ({"at_original": "20260629T120000Z"}, False),
        ({"at_original": "1782734400"}, False),
        ({"at_original": "29.06.2026 12:00"}, True),
        ({"at_original": "2026-06-29"}, True),
        ({"ip": "2001:db8::1", "port": None}, False),
        ({"ip": "2001:db8::1", "port": None, "when": None}, True),
        ({"ip": None, "port": None}, False),
    ],
)
def test_captures_that_identify_nobody_are_flagged(find, at, row, insufficient):
    """An IPv4 address needs port and second, an IPv6 address the second; a date or a minute is not enough."""
    rows = [capture("r1", 1, **({"when": at("06-29T12:00:00")} | row))]
    found = find(EVIDENCE_CLOCK, reports=[{"report_id": "r1"}], captures=rows)
    assert ("insufficient" in {f["outcome"] for f in found}) is insufficient


def test_the_last_day_of_a_log_is_still_open(find, at):
    """A log that lapses at the very as-of is open, one microsecond later it has lapsed."""
    for text, outcome in (("05-31T12:00:00", "open"), ("05-31T11:59:59", "lapsed")):
        found = find(EVIDENCE_CLOCK, reports=[{"report_id": "r1"}], captures=[capture("r1", 1, at(text))])
        assert [f["outcome"] for f in found] == [outcome]


def test_nothing_to_lapse_gives_no_clock(find):
    """A report without captures and without a time of reception has no clock of its own."""
    assert find(EVIDENCE_CLOCK, reports=[{"report_id": "r1", "country": "DE"}]) == []
