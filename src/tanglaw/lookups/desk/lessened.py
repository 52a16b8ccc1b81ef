"""Counts of the queue and of a year without reports that are not there for the reader: what they would tell is taken off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from tanglaw.engine.shelf import Shelf
from tanglaw.lookups.desk.queue import Part

_QUEUED = "select report_id, rank, lane, band, danger, group_id, criteria, esp from queue"
_DATED = "select report_id, group_id, coalesce(lane, 'none') as lane, quarter(received_at) as quarter from queue"
_HANDS = (
    "select a.report_id, a.account_id, coalesce(t.actor_id, a.account_id) as hand from accounts a "
    "left join actors t on t.account_id = a.account_id where a.role = 'reported'"
)


@dataclass(frozen=True)
class Less:
    """What held reports add to the counts of a year: reports by lane and quarter, incidents and actors of theirs alone."""

    reports: Counter[tuple[str, int]] = field(default_factory=Counter)
    incidents: int = 0
    actors: int = 0


def lessened(shelf: Shelf, part: Part, held: Collection[str]) -> Part:
    """The part with lanes, bands, criteria and services as they are without the held reports."""
    rows = shelf.among(f"{_QUEUED} where report_id in ({{these}})", sorted(held))
    if not rows:
        return part
    lanes, bands = Counter(part.lanes), Counter(part.bands)
    for row, more in _led(shelf, rows, held):
        lanes[row["lane"]] += more
        bands[row["band"]] += more
    criteria = {one for row in rows for one in row["criteria"] or ()}
    gone = {one for one in criteria if not _elsewhere(shelf, "list_contains(criteria, ?)", one, held)}
    esps = {row["esp"] for row in rows if row["esp"] and not _elsewhere(shelf, "esp = ?", row["esp"], held)}
    return replace(
        part,
        lanes={lane: n for lane, n in lanes.items() if n > 0},
        bands={band: n for band, n in bands.items() if n > 0},
        criteria=[one for one in part.criteria if one not in gone],
        esps=[one for one in part.esps if one not in esps],
    )


def less(shelf: Shelf, year: int, held: Collection[str]) -> Less:
    """What the held reports add to the counts of a year."""
    mine = shelf.among(f"{_DATED} where year(received_at) = {year:d} and report_id in ({{these}})", sorted(held))
    if not mine:
        return Less()
    ids = {row["report_id"] for row in mine}
    groups = {row["group_id"] for row in mine}
    all_ = shelf.among(f"{_DATED} where year(received_at) = {year:d} and group_id in ({{these}})", sorted(groups))
    alone = groups - {row["group_id"] for row in all_ if row["report_id"] not in ids}
    hands = {row["hand"] for row in shelf.among(f"{_HANDS} and a.report_id in ({{these}})", sorted(ids))}
    accounts = {row["account_id"] for row in shelf.among(_OF_HANDS, sorted(hands))} | hands
    seen = shelf.among(
        f"select x.report_id, x.hand from ({_HANDS} and a.account_id in ({{these}})) x "
        f"join queue q on q.report_id = x.report_id where year(q.received_at) = {year:d}",
        sorted(accounts),
    )
    others = {row["hand"] for row in seen if row["report_id"] not in ids}
    return Less(
        Counter((row["lane"], row["quarter"]) for row in mine),
        len(alone),
        len(hands - others),
    )


_OF_HANDS = "select account_id from actors where actor_id in ({these})"


def _led(shelf: Shelf, rows: list[dict[str, Any]], held: Collection[str]) -> list[tuple[dict[str, Any], int]]:
    """By row that stands for equal ones and is held: by how much its count of rows changes, for those stand by themselves then."""
    groups = sorted({row["group_id"] for row in rows})
    same: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in shelf.among(f"{_QUEUED} where group_id in ({{these}}) order by rank", groups):
        same.setdefault((row["group_id"], row["danger"], row["lane"]), []).append(row)
    return [
        (each[0], sum(row["report_id"] not in held for row in each) - 1)
        for each in same.values()
        if each[0]["report_id"] in held
    ]


def _elsewhere(shelf: Shelf, condition: str, value: str, held: Collection[str]) -> bool:
    """Whether a report that is there has it."""
    marks = ", ".join("?" * len(held))
    return bool(
        shelf.rows(
            f"select 1 as n from queue where {condition} and report_id not in ({marks}) limit 1", value, *sorted(held)
        )
    )
