"""Requests from draft to answer or lapse; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tanglaw.casework import queries, queries_requests, services_requests
from tanglaw.casework.models import User
from tanglaw.casework.services_requests import Wanted
from tanglaw.errors import CheckUsage
from tests.casework.people import case, person

FROM, TO, DUE = (datetime(2026, 6, day, 12, tzinfo=UTC) for day in (1, 3, 9))
SENT = datetime(2026, 6, 4, 9, tzinfo=UTC)
PROPOSED = Wanted("carrier of 192.0.2.7", "subscriber of 192.0.2.7", FROM, TO, DUE, "q1", "a1")


@pytest.fixture
def analyst(using: str) -> User:
    return person(using, "cruz", "analyst")


def status(using: str, user: User) -> list[str]:
    return [one.status for one in queries_requests.tracked(using, user)]


def test_a_request_goes_from_draft_to_sent_to_answered(using: str, analyst: User) -> None:
    """Each step is a row, the next run reads them, and what was recorded wrongly is taken back."""
    number = services_requests.draft(using, analyst, PROPOSED, None, "the log lapses first").number
    assert status(using, analyst) == ["draft"]
    with pytest.raises(CheckUsage, match="drafted already"):
        services_requests.draft(using, analyst, PROPOSED, None, "again")
    with pytest.raises(CheckUsage, match="sent by then"):
        services_requests.record(using, analyst, number, "answered", SENT, "letter 44")
    services_requests.record(using, analyst, number, "sent", SENT, "letter 44")
    services_requests.record(using, analyst, number, "answered", SENT + timedelta(days=1), "return 12/26")
    found = queries_requests.tracked(using, analyst)[0]
    assert (found.status, found.sent, found.ended, found.due) == ("answered", SENT, SENT + timedelta(days=1), None)
    rows = queries.tables(using)["request_records"].to_pylist()
    assert [(row["kind"], row["request_id"], row["stated_by"]) for row in rows] == [
        ("sent", "q1", "Cruz"),
        ("answered", "q1", "Cruz"),
    ]
    services_requests.take_back(using, analyst, number, "answered", "of another request")
    assert status(using, analyst) == ["sent"]
    services_requests.record(using, analyst, number, "lapsed", SENT + timedelta(days=2), "the holder says so")
    assert status(using, analyst) == ["lapsed"]


def test_the_clock_counts_while_nobody_asked(using: str, analyst: User) -> None:
    """A draft has the day on which the log lapses; what lapses first leads, what has no day stands last."""
    for holder, due in (("later", DUE + timedelta(days=2)), ("none", None), ("first", DUE)):
        services_requests.draft(using, analyst, Wanted(holder, "log-ins", FROM, TO, due), None, "by hand")
    found = queries_requests.tracked(using, analyst)
    assert [one.draft.holder for one in found] == ["first", "later", "none"]
    assert [one.due for one in found] == [DUE, DUE + timedelta(days=2), None]
    assert all(one.draft.request_id.startswith("own-") for one in found)


def test_requests_of_a_case_are_known_with_it(using: str, analyst: User) -> None:
    """Who may not know the case knows of no request in it, and can record nothing on it."""
    stranger = person(using, "sy", "analyst", "south")
    number = case(using, analyst).number
    draft = services_requests.draft(using, analyst, PROPOSED, number, "for the case")
    assert status(using, stranger) == []
    with pytest.raises(CheckUsage, match="no request"):
        services_requests.record(using, stranger, draft.number, "sent", SENT, "letter 44")
    with pytest.raises(CheckUsage, match="no case"):
        services_requests.draft(using, stranger, Wanted("x", "y", FROM, TO), number, "guessed")
    with pytest.raises(CheckUsage, match="not for a"):
        services_requests.draft(using, person(using, "ong", "auditor"), Wanted("x", "y", FROM, TO), None, "no")


def test_a_request_that_makes_no_sense_is_refused(using: str, analyst: User) -> None:
    """A window that ends before it begins, a holder without a name, an instant that lies ahead."""
    for wanted in (Wanted("x", "y", TO, FROM), Wanted(" ", "y", FROM, TO), Wanted("x", "\u202e", FROM, TO)):
        with pytest.raises(CheckUsage):
            services_requests.draft(using, analyst, wanted, None, "because")
    number = services_requests.draft(using, analyst, PROPOSED, None, "because").number
    with pytest.raises(CheckUsage, match="lies ahead"):
        services_requests.record(using, analyst, number, "sent", datetime.now(UTC) + timedelta(days=1), "soon")
