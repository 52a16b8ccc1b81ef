"""The figures of docs/simulation.md hold in a world of 8,000 reports and 900 buyers."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import numpy as np
import pytest


@pytest.fixture(scope="module")
def documents(middle) -> list[tuple[str, str]]:
    return [(name, data.decode()) for name, data in middle.documents()]


@pytest.fixture(scope="module")
def payers(middle) -> np.ndarray:
    counts = Counter(row["sender"] for row in middle.truth("payments") if row["kind"] == "session")
    return np.sort(np.array(list(counts.values())))[::-1]


def file_hashes(documents: list[tuple[str, str]]) -> list[str]:
    return [re.search(r'"MD5">(\w+)<', text)[1] for name, text in documents if "fileDetails" in name]


def test_few_buyers_make_half_of_the_payments(payers: np.ndarray) -> None:
    """3 % of the buyers make about half of their payments (published: 0.50; fit: 0.39 to 0.58)."""
    assert 0.39 <= payers[: round(0.03 * len(payers))].sum() / payers.sum() <= 0.58


def test_a_quarter_of_the_buyers_makes_little(payers: np.ndarray) -> None:
    """The quietest quarter makes about 3 % of the payments."""
    assert 0.015 <= payers[-(len(payers) // 4) :].sum() / payers.sum() <= 0.045


def test_payments_per_buyer(payers: np.ndarray) -> None:
    """About ten payments a buyer, and more than one for about half of them."""
    assert 6.9 <= payers.mean() <= 13.6
    assert 0.48 <= (payers > 1).mean() <= 0.60
    assert payers.max() <= 400


def test_arrangers(middle) -> None:
    """An arranger stands between in about 35 % of the sessions."""
    assert abs(np.mean([row["facilitator"] != "" for row in middle.truth("sessions")]) - 0.35) < 0.03


def test_prolific_amounts(middle, payers: np.ndarray) -> None:
    """Buyers with more than 20 payments pay a median of about A$ 51, with gaps under 20 days."""
    rates = {"USD": 0.66, "CAD": 0.9, "GBP": 0.5, "EUR": 0.6, "AUD": 1.0, "PHP": 37, "BRL": 3.6, "KES": 85, "JPY": 98}
    paid = {row["reference"]: row for row in middle.table("payments/*.csv")}
    counts = Counter(row["sender"] for row in middle.truth("payments") if row["kind"] == "session")
    amounts, gaps = [], []
    for sender in (s for s, n in counts.items() if n > 20):
        mine = [
            paid[r["reference"]] for r in middle.truth("payments") if (r["sender"], r["kind"]) == (sender, "session")
        ]
        amounts += [float(row["amount"]) / rates[row["currency"]] for row in mine]
        times = sorted(datetime.fromisoformat(row["paid_at"]).timestamp() for row in mine)
        gaps.append(np.median(np.diff(times)) / 86_400)
        if len(gaps) >= 25:
            break
    assert 45 <= np.median(amounts) <= 58
    assert np.median(gaps) < 20


def test_honest_people_pay_alike(middle) -> None:
    """Tutors' pupils pay the amounts of prolific buyers and families those of the rest: medians are close."""
    paid = {
        row["reference"]: float(row["amount"]) for row in middle.table("payments/*.csv") if row["currency"] == "USD"
    }
    by_kind: dict[str, list[float]] = {}
    for row in middle.truth("payments"):
        if row["reference"] in paid:
            by_kind.setdefault(row["kind"], []).append(paid[row["reference"]])
    session = np.median(by_kind["session"])
    assert np.median(by_kind["tutor"]) / 1.6 <= session <= np.median(by_kind["family"]) * 1.6
    assert len(by_kind["session"]) < 0.6 * sum(map(len, by_kind.values()))


def test_corridors_are_the_same_for_all(middle) -> None:
    """The share of each sender currency is the same for sessions and for everybody else, within chance of few."""
    kinds = {row["reference"]: row["kind"] for row in middle.truth("payments")}
    people: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for row in middle.table("payments/*.csv"):
        people[kinds[row["reference"]] == "session"][row["sender_account"]] = row["currency"]
    shares = {key: Counter(found.values()) for key, found in people.items()}
    for currency, count in shares[True].items():
        mine, rest = count / shares[True].total(), shares[False][currency] / shares[False].total()
        assert abs(mine - rest) < 0.07, currency


def test_half_of_the_files_are_duplicates(documents: list[tuple[str, str]]) -> None:
    """About half of all listed files are exact duplicates of others."""
    hashes = file_hashes(documents)
    assert 0.42 <= len(set(hashes)) / len(hashes) <= 0.58


def test_some_files_are_viral(documents: list[tuple[str, str]]) -> None:
    """The ten most frequent files stand for a large part of the duplicates: a heavy tail."""
    hashes = Counter(file_hashes(documents))
    assert sum(count for _, count in hashes.most_common(10)) > 0.1 * hashes.total()


def test_files_per_report(middle) -> None:
    """About 2.9 files a report."""
    assert 2.6 <= middle.counts["files"] / middle.counts["reports"] <= 3.2


def test_urgent_share(documents: list[tuple[str, str]], middle) -> None:
    """0.18 % of the reports ask for priority; not all truly urgent ones do."""
    stated = {re.search(r"(\d+)/", name)[1] for name, text in documents if "<escalateToHighPriority>" in text}
    assert len(stated) == round(0.00176 * 8_000)
    urgent = {row["report_number"] for row in middle.truth("reports") if row["urgent_true"] == "1"}
    assert stated & urgent
    assert stated != urgent


def test_age_of_addresses(documents: list[tuple[str, str]], middle) -> None:
    """The newest address of a report is as old on arrival as the published fit says: median 2.3 days."""
    received = {row["report_number"]: datetime.fromisoformat(row["received_at"]) for row in middle.truth("reports")}
    ages = []
    for name, text in documents:
        event = re.search(r"<personOrUserReported>.*?<ipCaptureEvent>(.*?)</ipCaptureEvent>", text)
        stamp = re.search(r"<dateTime>(.*?)<", event[1]) if event else None
        if stamp and name.endswith("report.xml"):
            age = received[name.split("/")[-2]] - datetime.fromisoformat(stamp[1])
            ages.append(age.total_seconds() / 86_400)
    days = np.array(ages)
    assert abs(np.median(days) - 2.3) < 0.35
    for limit, share in ((7, 0.69), (14, 0.80), (30, 0.90)):
        assert abs((days <= limit).mean() - share) < 0.03


def test_reporting_services(middle) -> None:
    """The mix of services follows the counts of 2023: half of the reports come from the largest."""
    services = Counter(
        re.search(r"<firstName>(.*?)<", data.decode())[1]
        for name, data in middle.documents()
        if name.endswith("report.xml")
    )
    assert 0.42 < services["Facebook"] / services.total() < 0.56
    assert 0.25 < services["Instagram, Inc."] / services.total() < 0.39
    assert len(services) == 11


def test_the_largest_service_rarely_says_viewed(middle) -> None:
    """Meta's "no" is the usual answer there, and the three answers all occur."""
    viewed = Counter(
        fact["viewedByEsp"]
        for report in middle.police()
        if report["reportedInformation"]["reportingEsp"]["espName"] == "Facebook"
        for fact in _files(report)
    )
    assert viewed[False] > 3 * viewed[True] > 0
    assert viewed[None] > 0


def _files(report: dict) -> list[dict]:
    uploaded = report["reportedInformation"]["uploadedFiles"]
    return uploaded["uploadedFiles"] if isinstance(uploaded, dict) else []
