"""The queue, page by page: filtered, in order of rank, with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tanglaw.engine.shelf import Shelf

Rows = list[dict[str, Any]]
PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What of the queue is asked for: a lane, a danger band, a criterion, a service, a start of numbers, a clock that runs
    out within so many hours of `now`, or `reports` alone; `each` report by itself instead of one row for equal ones; none of
    those `without` which the queue is shown."""

    lane: str = ""
    band: int = 0
    criterion: str = ""
    esp: str = ""
    number: str = ""
    hours: int = 0
    now: datetime | None = None
    reports: Sequence[str] | None = None
    each: bool = False
    without: Sequence[str] = ()

    def condition(self) -> tuple[str, list[object]]:
        """SQL text over `queue`, and the values of its question marks."""
        parts, values = ["true"], list[object]()

        def also(text: str, *given: object) -> None:
            parts.append(text)
            values.extend(given)

        if self.lane:
            also("lane = ?", self.lane)
        if self.band:
            also("band = ?", self.band)
        if self.criterion:
            also("list_contains(criteria, ?)", self.criterion)
        if self.esp:
            also("esp = ?", self.esp)
        if self.number:
            also("starts_with(report_number, ?)", self.number)
        if self.hours and self.now is not None:
            also("clock_at <= ?", self.now + timedelta(hours=self.hours))
        if self.reports is not None:
            also(f"report_id in ({_marks(self.reports)})", *self.reports)
        elif not self.each:
            # What stands behind a report that is not shown stands by itself.
            also(f"(leader = report_id or leader in ({_marks(self.without)}))", *self.without)
        if self.without:
            also(f"report_id not in ({_marks(self.without)})", *self.without)
        return " and ".join(parts), values


@dataclass(frozen=True)
class Part:
    """Some rows of the queue after rank `after`; how many match, how many there are, and what may be filtered by."""

    rows: Rows
    matching: int
    whole: int
    more: bool
    lanes: dict[str, int] = field(default_factory=dict)
    bands: dict[int, int] = field(default_factory=dict)
    criteria: list[str] = field(default_factory=list)
    esps: list[str] = field(default_factory=list)
    policy: str = ""


def part(shelf: Shelf, wanted: Wanted, after: int = 0, most: int = PAGE) -> Part:
    """The next rows of the queue."""
    condition, values = wanted.condition()
    rows = shelf.rows(
        f"select * from queue where {condition} and rank > ? order by rank limit ?", *values, after, most + 1
    )
    matching = shelf.rows(f"select count(*) as n from queue where {condition}", *values)[0]["n"]
    hidden = shelf.among("select count(*) as n from ranks where report_id in ({these})", wanted.without)
    whole = len_of(shelf, "queue") - (hidden[0]["n"] if hidden else 0)
    return Part(rows[:most], matching, whole, len(rows) > most, **_choices(shelf))


def beside(shelf: Shelf, wanted: Wanted, rank: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The rows before and after a rank, of those wanted."""
    condition, values = wanted.condition()
    before = shelf.rows(
        f"select report_id, report_number, rank from queue where {condition} and rank < ? order by rank desc limit 1",
        *values,
        rank,
    )
    after = shelf.rows(
        f"select report_id, report_number, rank from queue where {condition} and rank > ? order by rank limit 1",
        *values,
        rank,
    )
    return (before[0] if before else None), (after[0] if after else None)


def marked(shelf: Shelf, reports: Sequence[str], equal: bool) -> Rows:
    """The named reports that there are, best rank first, with `equal` also those that their row stands for: report_id,
    report_number, rank; at most 1,000."""
    column = "leader" if equal else "report_id"
    return shelf.among(
        f"select report_id, report_number, rank from queue where {column} in ({{these}}) order by rank limit 1000",
        list(reports),
    )


def len_of(shelf: Shelf, name: str) -> int:
    """How many rows a table has."""
    return int(shelf.rows(f"select count(*) as n from {name}")[0]["n"])


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values)) or "null"


def _choices(shelf: Shelf) -> dict[str, Any]:
    """What the queue may be filtered by: a run's shelf never changes, so it is asked once."""
    known = _KNOWN.get(shelf)
    if known is None:
        lanes = shelf.rows("select lane, count(*) as n from queue where leader = report_id group by lane order by lane")
        bands = shelf.rows("select band, count(*) as n from queue where leader = report_id group by band order by band")
        criteria = shelf.rows("select distinct unnest(criteria) as one from queue order by one")
        esps = shelf.rows(
            "select esp, count(*) as n from queue where esp is not null group by esp order by n desc, esp limit 50"
        )
        policy = shelf.rows("select policy from queue limit 1")
        known = {
            "lanes": {row["lane"]: row["n"] for row in lanes},
            "bands": {row["band"]: row["n"] for row in bands},
            "criteria": [row["one"] for row in criteria if row["one"]],
            "esps": sorted(row["esp"] for row in esps),
            "policy": policy[0]["policy"] if policy else "",
        }
        _KNOWN.clear()
        _KNOWN[shelf] = known
    return known


_KNOWN: dict[Shelf, dict[str, Any]] = {}
