"""Where reports that led to something would have stood on the day they came in, with small numbers suppressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Any

import pyarrow as pa

from tanglaw.backtest.outcomes import Closed

LED_TO = ("child", "arrest")
LEAST = 5
FRONTS = (0.02, 0.1, 0.25)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one closed report stood at the end of its first day: share of the open queue before it, 0 the very front, and
    what order of arrival would have given. `size` is the open queue."""

    closed: Closed
    ours: float
    arrival: float
    size: int


@dataclass
class Found:
    """Places, and why other rows of the outcomes have none."""

    places: list[Place] = field(default_factory=list)
    days: int = 0
    unknown: int = 0
    undated: int = 0
    same_day: int = 0


Ranked = Callable[[datetime], pa.Table]


def backtest(
    received: Mapping[str, datetime | None], closed: Mapping[str, Closed], ranked: Ranked, every: int
) -> Found:
    """Places of the closed reports. `received` maps report numbers to their receipt, `ranked` gives the queue as of an instant
    (columns report_number, rank, received_at), asked at the end of each `every`-th day on which one of them came in.

    A report's place is among those open then: received, and not closed by the outcomes. One that was closed before the first such
    instant has none.
    """
    found = Found()
    due: dict[datetime, list[Closed]] = {}
    for number, one in sorted(closed.items()):
        if number not in received:
            found.unknown += 1
        elif (at := received[number]) is None:
            found.undated += 1
        elif one.closed_at <= (end := _end_of_day(at, every)):
            found.same_day += 1
        else:
            due.setdefault(end, []).append(one)
    found.days = len(due)
    for end, ones in sorted(due.items()):
        rows = ranked(end).sort_by("rank").to_pylist()
        still = [
            row
            for row in rows
            if not (row["report_number"] in closed and closed[row["report_number"]].closed_at <= end)
        ]
        ours = {row["report_number"]: at for at, row in enumerate(still)}
        oldest = sorted(still, key=lambda row: (row["received_at"], row["report_number"] or ""))
        arrival = {row["report_number"]: at for at, row in enumerate(oldest)}
        last = max(len(still) - 1, 1)
        found.places += [
            Place(one, ours[one.number] / last, arrival[one.number] / last, len(still))
            for one in ones
            if one.number in ours
        ]
    return found


def _end_of_day(at: datetime, every: int) -> datetime:
    """The end of the day, UTC, of every `every`-th day since 1970."""
    day = datetime.combine(at.astimezone(UTC).date(), time(), UTC) + timedelta(days=1)
    passed = (day - datetime(1970, 1, 1, tzinfo=UTC)).days
    return day + timedelta(days=-passed % every)


def summary(found: Found, led_to: Iterable[str], least: int = LEAST) -> list[dict[str, Any]]:
    """One row for each outcome that counts, for all of them together, and for all other closed reports.

    Columns: outcome; reports; median_place, median_place_by_arrival (percent of the open queue, 0 the very front); first_2,
    first_10, first_25 (percent of the reports that stood in that part). Counts are rounded to multiples of `least`; of fewer
    reports there is no figure, and a share that would speak of fewer is given as a bound.
    """
    wanted = [one.casefold() for one in led_to]
    groups: list[tuple[str, list[Place]]] = [
        (name, [one for one in found.places if name in one.closed.outcomes]) for name in wanted
    ]
    if len(wanted) > 1:
        groups.append((" or ".join(wanted), [one for one in found.places if one.closed.outcomes & set(wanted)]))
    groups.append(("none of these", [one for one in found.places if not one.closed.outcomes & set(wanted)]))
    return [_row(name, places, least) for name, places in groups]


def _row(name: str, places: list[Place], least: int) -> dict[str, Any]:
    row: dict[str, Any] = {"outcome": name, "reports": count(len(places), least)}
    enough = len(places) >= least
    row["median_place"] = round(100 * median(one.ours for one in places), 1) if enough else None
    row["median_place_by_arrival"] = round(100 * median(one.arrival for one in places), 1) if enough else None
    for front in FRONTS:
        inside = sum(one.ours < front or one.ours == 0 for one in places)
        row[f"first_{front * 100:.0f}"] = _share(inside, len(places), least) if enough else None
    return row


def count(number: int, least: int = LEAST) -> str:
    """A count that tells nobody apart: a multiple of `least`, or that it is below."""
    return "0" if not number else f"<{least}" if number < least else str(least * round(number / least))


def _share(inside: int, whole: int, least: int) -> str:
    edge = min(round(100 * least / whole), 100)
    if inside < least:
        return f"<{edge} %"
    return f">{100 - edge} %" if whole - inside < least else f"{100 * inside / whole:.0f} %"
