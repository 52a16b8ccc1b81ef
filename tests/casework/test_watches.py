"""Watch entries: a selector for a case, until a day, withdrawn by a row; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tanglaw.casework import queries, services_cases, services_watches
from tanglaw.casework.services_watches import in_force, placed
from tanglaw.errors import CheckUsage
from tanglaw.ids import Ids
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


def test_a_run_takes_over_what_stands_at_an_instant(using: str) -> None:
    """Each selector of a case once, until the end of its day; after a withdrawal it ends with that, and before it was placed it is
    not there; placed again, it holds again."""
    analyst, ids = person(using, "cruz", "analyst"), Ids(b"k" * 32)
    number = case(using, analyst).number
    before = datetime.now(UTC) - timedelta(minutes=1)
    entry = services_watches.place(using, analyst, number, MAIL, SOON, "the address of the return")
    assert queries.tables(using)["placed_watches"].num_rows == 0
    assert queries.tables(using, before, ids)["placed_watches"].num_rows == 0
    row = queries.tables(using, None, ids)["placed_watches"].to_pylist()[0]
    assert (row["type"], row["value"], row["case_number"], row["stated_by"]) == (*MAIL, str(number), "Cruz")
    assert row["watch_id"] == ids.of("watch", *MAIL, str(number))
    assert f"{row['expires_at']:%Y-%m-%d %H:%M:%S}" == f"{SOON} 23:59:59"
    gone = services_watches.withdraw(using, analyst, entry.number, "of another household")
    ended = queries.tables(using, None, ids)["placed_watches"].to_pylist()[0]
    assert ended == row | {"expires_at": gone.at.replace(microsecond=0)}
    services_watches.place(using, analyst, number, MAIL, SOON, "of this one after all")
    again = queries.tables(using, None, ids)["placed_watches"].to_pylist()
    assert [(one["expires_at"], one["reason"]) for one in again] == [(row["expires_at"], "of this one after all")]
