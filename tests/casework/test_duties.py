"""Reviews and restrictions; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tanglaw.casework import queries_duties, services_duties
from tanglaw.casework.queries_lists import list_cases
from tanglaw.errors import CheckUsage
from tests.casework.people import case, person

TODAY = datetime.now(UTC).date()


def test_a_case_is_looked_at_again_and_is_listed_when_its_day_has_come(using: str) -> None:
    """Half a year after opening, or on the day that somebody said with a reason; nobody sets a day that is years away."""
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    assert list_cases(using, analyst)[0].review == TODAY + timedelta(days=183)
    assert queries_duties.overdue(using, TODAY) == []
    assert queries_duties.overdue(using, TODAY + timedelta(days=184)) == [number]
    services_duties.review(using, analyst, number, TODAY + timedelta(days=30), "the return is still out")
    assert queries_duties.overdue(using, TODAY + timedelta(days=31)) == [number]
    for days in (0, 400):
        with pytest.raises(CheckUsage, match="next look"):
            services_duties.review(using, analyst, number, TODAY + timedelta(days=days), "because")
    with pytest.raises(CheckUsage, match="no case"):
        services_duties.review(
            using, person(using, "sy", "analyst", "south"), number, TODAY + timedelta(days=9), "because"
        )


def test_a_restriction_stands_until_it_is_lifted(using: str) -> None:
    """Each is a row with who and why; what changes nothing is refused."""
    services_duties.restrict(using, ["a1", "a2"], "A. Cruz", "accuracy is disputed")
    assert queries_duties.restricted(using) == {"a1", "a2"}
    with pytest.raises(CheckUsage, match="restricted already"):
        services_duties.restrict(using, ["a1"], "A. Cruz", "again")
    services_duties.restrict(using, ["a1"], "B. Lim", "it is right", lift=True)
    assert queries_duties.restricted(using) == {"a2"}
    with pytest.raises(CheckUsage, match="not restricted"):
        services_duties.restrict(using, ["a1"], "B. Lim", "twice", lift=True)
