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

    def condition(self, shelf: Shelf) -> tuple[str, list[object]]:
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
        # By rank, for the queue lies in its order, and numbers compare ten times as fast as ids.
        without = ranks_of(shelf, self.without)
        if self.reports is not None:
            also(f"rank in ({_listed(ranks_of(shelf, self.reports))})")
        elif not self.each:
            # What stands behind a report that is not shown stands by itself.
            also(f"(leads or lead_rank in ({_listed(without)}))" if without else "leads")
        if without:
            also(f"rank not in ({_listed(without)})")
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
    condition, values = wanted.condition(shelf)
    rows = shelf.rows(
        f"select * from queue where {condition} and rank > ? order by rank limit ?", *values, after, most + 1
    )
    matching = shelf.rows(f"select count(*) as n from queue where {condition}", *values)[0]["n"]
    whole = len_of(shelf, "queue") - len(ranks_of(shelf, wanted.without))
    return Part(rows[:most], matching, whole, len(rows) > most, **_choices(shelf))


def beside(shelf: Shelf, wanted: Wanted, rank: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The rows before and after a rank, of those wanted."""
    condition, values = wanted.condition(shelf)
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
    column = "lead_rank" if equal else "rank"
    return shelf.rows(
        f"select report_id, report_number, rank from queue where {column} in ({_listed(ranks_of(shelf, reports))}) "
        "order by rank limit 1000"
    )


def ranks_of(shelf: Shelf, reports: Sequence[str]) -> list[int]:
    """Ranks of the reports that stand in the queue, best first."""
    rows = shelf.among("select rank from ranks where report_id in ({these}) order by rank", reports)
    return [row["rank"] for row in rows]


def len_of(shelf: Shelf, name: str) -> int:
    """How many rows a table has."""
    return int(shelf.rows(f"select count(*) as n from {name}")[0]["n"])


def _listed(ranks: Sequence[int]) -> str:
    return ", ".join(map(str, ranks)) or "null"


def _choices(shelf: Shelf) -> dict[str, Any]:
    """What the queue may be filtered by, as the run's shelf has it counted."""
    found: dict[str, dict[str, int]] = {}
    for row in shelf.rows("select * from choices order by kind, value"):
        found.setdefault(row["kind"], {})[row["value"]] = row["n"]
    return {
        "lanes": found.get("lane", {}),
        "bands": dict(sorted((int(band), n) for band, n in found.get("band", {}).items())),
        "criteria": [one for one in found.get("criterion", {}) if one],
        "esps": list(found.get("esp", {})),
        "policy": next(iter(found.get("policy", {})), None) or "",
    }
