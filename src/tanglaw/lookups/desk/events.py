"""What happened around accounts, in order of time: counted for a picture, or row by row for a reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tanglaw.engine.shelf import Shelf

Rows = list[dict[str, Any]]
# Accounts that are asked for at once; a case of more shows those that lead it.
MOST_ACCOUNTS = 200
_MOST = 400


def accounts_of(shelf: Shelf, reports: list[str], actors: list[str]) -> tuple[list[str], list[str]]:
    """Accounts that the reports state for whom they report, with those of the actors; and the other accounts of the same hands."""
    stated = shelf.among(
        "select distinct account_id from accounts where report_id in ({these}) and role = 'reported'", reports
    )
    of_actors = shelf.among("select distinct account_id from hands where actor_id in ({these})", actors)
    named = sorted({row["account_id"] for row in (*stated, *of_actors)})[:MOST_ACCOUNTS]
    hands = shelf.among("select distinct actor_id from actors where account_id in ({these})", named)
    others = shelf.among(
        "select account_id from hands where actor_id in ({these}) order by account_id",
        sorted(row["actor_id"] for row in hands),
    )
    known = set(named)
    return named, [row["account_id"] for row in others if row["account_id"] not in known][:MOST_ACCOUNTS]


def span(shelf: Shelf, accounts: list[str], reports: list[str]) -> tuple[datetime, datetime] | None:
    """The first and the last instant (UTC) of anything, or None if nothing has one."""
    found = shelf.among(
        "select min(happened_at) as first, max(happened_at) as last from events where account_id in ({these})", accounts
    ) + shelf.among(
        "select min(incident_at) as first, max(incident_at) as last from reports where report_id in ({these})", reports
    )
    ends = [row for row in found if row["first"] is not None]
    return (min(row["first"] for row in ends), max(row["last"] for row in ends)) if ends else None


def slots(
    shelf: Shelf, accounts: list[str], reports: list[str], between: tuple[datetime, datetime], count: int
) -> Rows:
    """Every event between two instants, counted in `count` equal parts of the time: kind, slot, n, happened_at of the first and
    its text, record_id, conversation_id, report_id, account_id, other."""
    first, last = between
    width = max((last - first).total_seconds(), 1.0) / count
    whole = f"""
        select kind, least({count - 1}, cast(floor(epoch(happened_at - ?) / ?) as integer)) as slot, count(distinct record_id) as n,
            min(happened_at) as happened_at, max(happened_at) as last_at,
            arg_min({{{{columns}}}}, happened_at) as first_one
        from ({{source}}) e where happened_at between ? and ?
        group by kind, slot order by kind, slot
    """
    found: Rows = []
    for source, these in ((_EVENTS, accounts), (_REPORTS, reports)):
        if these:
            marks = ", ".join("?" * len(these))
            sql = whole.replace("{{columns}}", _COLUMNS).replace("{source}", source.format(these=marks))
            found += shelf.rows(sql, first, width, *these, first, last)
    return [{**row, **row["first_one"]} for row in found]


_COLUMNS = (
    "{'text': text, 'record_id': record_id, 'conversation_id': conversation_id, 'report_id': report_id, "
    "'account_id': account_id, 'other': other}"
)
_EVENTS = (
    "select happened_at, kind, text, record_id, conversation_id, report_id, account_id, other from events "
    "where account_id in ({these})"
)
_REPORTS = (
    "select incident_at as happened_at, 'report' as kind, report_number as text, report_id as record_id, "
    "null as conversation_id, report_id, null as account_id, null as other from reports where report_id in ({these})"
)


def around(shelf: Shelf, accounts: list[str], first: datetime, last: datetime) -> tuple[Rows, bool]:
    """Events other than messages of the accounts between two instants, in order, each once, at most 400; and whether there are
    more. A row has happened_at, kind, text, record_id, account_id, other, report_id, source_id, locator."""
    if not accounts:
        return [], False
    rows = shelf.rows(
        "select happened_at, kind, text, record_id, min(account_id) as account_id, arg_min(other, account_id) as other, "
        "min(report_id) as report_id, min(source_id) as source_id, min(locator) as locator from events "
        f"where account_id in ({', '.join('?' * len(accounts))}) and happened_at between ? and ? and kind <> 'message' "
        f"group by happened_at, kind, text, record_id order by happened_at, kind, record_id limit {_MOST + 1}",
        *accounts,
        first,
        last,
    )
    return rows[:_MOST], len(rows) > _MOST


def by_record(shelf: Shelf, accounts: list[str], records: list[str]) -> Rows:
    """Events of the accounts with these record ids, each once, as of `around`."""
    if not accounts or not records:
        return []
    return shelf.rows(
        "select happened_at, kind, text, record_id, min(account_id) as account_id, arg_min(other, account_id) as other, "
        "min(report_id) as report_id, min(source_id) as source_id, min(locator) as locator from events "
        f"where account_id in ({', '.join('?' * len(accounts))}) and record_id in ({', '.join('?' * len(records))}) "
        "group by happened_at, kind, text, record_id order by happened_at, kind, record_id",
        *accounts,
        *records,
    )


def between(shelf: Shelf, one: str, other: str, most: int = 100) -> Rows:
    """Payments and calls of two accounts with each other, newest first."""
    return shelf.rows(
        "select * from events where account_id = ? and other = ? and kind in ('payment', 'call') "
        "order by happened_at desc, record_id limit ?",
        one,
        other,
        most,
    )


def among_themselves(shelf: Shelf, accounts: list[str], first: datetime, last: datetime, most: int) -> Rows:
    """Payments, calls and sessions in which one of the accounts has to do with another of them, in order, each once."""
    if not accounts:
        return []
    these = ", ".join("?" * len(accounts))
    return shelf.rows(
        "select happened_at, kind, text, record_id, min(account_id) as account_id, arg_min(other, account_id) as other, "
        f"min(report_id) as report_id from events where account_id in ({these}) and happened_at between ? and ? "
        "and kind in ('payment', 'call', 'session', 'protected') and other in "
        f"(select account_id from hands where actor_id in (select actor_id from actors where account_id in ({these}))) "
        "group by happened_at, kind, text, record_id order by happened_at, kind, record_id limit ?",
        *accounts,
        first,
        last,
        *accounts,
        most,
    )
