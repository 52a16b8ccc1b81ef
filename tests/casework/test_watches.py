"""Watch entries: a selector for a case, until a day, withdrawn by a row; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tanglaw.casework import services_cases, services_watches
from tanglaw.casework.services_watches import in_force, placed
from tanglaw.errors import CheckUsage
from tests.casework.people import case, person

MAIL = ("email", "someone@example.org")
SOON = datetime.now(UTC).date() + timedelta(days=30)


def test_an_entry_stands_until_it_is_withdrawn(using: str) -> None:
    """It says for which case, who, why and until when; withdrawing is a row, after which it may be placed again."""
    analyst = person(using, "cruz", "analyst")
    number = case(using, analyst).number
    entry = services_watches.place(using, analyst, number, MAIL, SOON, "the address of the return")
    assert [(one.case_id, one.by.name, one.expires) for one in in_force(using, analyst)] == [(number, "cruz", SOON)]
    with pytest.raises(CheckUsage, match="already"):
        services_watches.place(using, analyst, number, MAIL, SOON, "again")
    services_watches.withdraw(using, analyst, entry.number, "of another household")
    assert in_force(using, analyst) == []
    with pytest.raises(CheckUsage, match="does not stand"):
        services_watches.withdraw(using, analyst, entry.number, "twice")
    services_watches.place(using, analyst, number, MAIL, SOON, "of this one after all")
    assert len(placed(using)) == 2


def test_an_entry_needs_an_open_case_and_a_day(using: str) -> None:
    """A closed case watches for nothing new; a day that is over or years away is refused; strangers know of none."""
    analyst, supervisor = person(using, "cruz", "analyst"), person(using, "lim", "supervisor")
    number = case(using, analyst).number
    for day in (SOON - timedelta(days=60), SOON + timedelta(days=900)):
        with pytest.raises(CheckUsage, match="last day"):
            services_watches.place(using, analyst, number, MAIL, day, "because")
    services_watches.place(using, analyst, number, MAIL, SOON, "because")
    assert placed(using, person(using, "sy", "analyst", "south")) == []
    act = services_cases.decide(using, analyst, number, "close", "done")
    services_cases.sign(using, supervisor, number, act.number, "seen")
    with pytest.raises(CheckUsage, match="open case"):
        services_watches.place(using, analyst, number, ("email", "b@example.org"), SOON, "because")
