"""Counts of a year from the shelf: reports, incidents and actors apart, for they are not the same thing."""

from __future__ import annotations

from typing import Any

from tanglaw.engine.shelf import Shelf


def years(shelf: Shelf) -> list[int]:
    """Years in which reports were received, newest first."""
    rows = shelf.rows(
        "select distinct year(received_at) as one from queue where received_at is not null order by one desc"
    )
    return [int(row["one"]) for row in rows]


def reports(shelf: Shelf, year: int) -> dict[tuple[str, int], int]:
    """Reports received in the year, by lane and quarter (1 to 4)."""
    rows = shelf.rows(
        "select coalesce(lane, 'none') as lane, quarter(received_at) as q, count(*) as n from queue "
        "where year(received_at) = ? group by all",
        year,
    )
    return {(row["lane"], row["q"]): row["n"] for row in rows}


def incidents(shelf: Shelf, year: int) -> int:
    """Different incidents among them: reports that repeat the same viral or batched material are one."""
    return _one(
        shelf, "select count(distinct coalesce(group_id, report_id)) as n from queue where year(received_at) = ?", year
    )


def actors(shelf: Shelf, year: int) -> int:
    """Different hands that they report: accounts that the evidence joins count once."""
    return _one(
        shelf,
        "select count(distinct coalesce(t.actor_id, a.account_id)) as n from accounts a "
        "join queue q on q.report_id = a.report_id left join actors t on t.account_id = a.account_id "
        "where a.role = 'reported' and year(q.received_at) = ?",
        year,
    )


def _one(shelf: Shelf, sql: str, *values: Any) -> int:
    return int(shelf.rows(sql, *values)[0]["n"])
