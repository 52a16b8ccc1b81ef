"""A time line as a picture made on the server: one row for each kind of event, dots where they happened, each a link."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.urls import reverse

KINDS = ("report", "capture", "message", "call", "payment", "session", "protected")
WIDTH, LEFT, ROW, TOP, RIGHT = 1000, 110, 28, 22, 16
SLOTS = 140
_TICKS = 6
_LEAST = timedelta(minutes=10)
_STEPS = (1, 5, 15, 60, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600)
Between = tuple[datetime, datetime]


@dataclass(frozen=True)
class Dot:
    """One place on the line: where, how large, what it says, and where it leads."""

    x: float
    y: float
    r: float
    kind: str
    text: str
    href: str


@dataclass(frozen=True)
class Line:
    """The picture: rows by kind, dots, ticks of the axis, its height, how many events it shows, the span that is shown (UTC),
    and the addresses that move or narrow it, by what they do."""

    rows: tuple[tuple[str, float, int], ...] = ()
    dots: tuple[Dot, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    height: int = 0
    events: int = 0
    between: Between | None = None
    moves: tuple[tuple[str, str], ...] = ()
    zone: str = "UTC"
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT


def wanted(whole: Between, start: str, end: str) -> Between:
    """The span that an address asks for by `from` and `to` (ISO 8601, UTC), inside of the whole; the whole for nonsense."""
    low, high = _instant(start), _instant(end)
    first = min(max(low or whole[0], whole[0]), whole[1])
    last = max(min(high or whole[1], whole[1]), whole[0])
    if last - first < _LEAST:
        last = first + _LEAST if low or high or last <= first else last
    return first, last


def drawn(slots: list[dict[str, Any]], whole: Between, between: Between, zone: tzinfo = UTC) -> Line:
    """The picture of counted events (`lookups.desk.events.slots`) between two instants, with its axis in a zone."""
    counts: Counter[str] = Counter()
    for row in slots:
        counts[row["kind"]] += row["n"]
    kinds = [kind for kind in KINDS if counts[kind]]
    y = {kind: TOP + ROW * at + ROW / 2 for at, kind in enumerate(kinds)}
    return Line(
        tuple((kind, y[kind], counts[kind]) for kind in kinds),
        tuple(_dot(row, y[row["kind"]], between, zone) for row in slots if row["kind"] in y),
        tuple(_ticks(between, zone)),
        TOP + ROW * len(kinds) + 22,
        sum(counts.values()),
        between,
        tuple(_moves(whole, between)),
        str(between[0].astimezone(zone).tzname() or zone),
    )


def asked(between: Between) -> str:
    """A span as the part of an address behind `?`."""
    return f"from={between[0]:%Y-%m-%dT%H:%M:%S}&to={between[1]:%Y-%m-%dT%H:%M:%S}"


def _dot(row: dict[str, Any], y: float, between: Between, zone: tzinfo) -> Dot:
    at = row["happened_at"]
    n = row["n"]
    head = f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    if zone is not UTC:
        head += f" ({at.astimezone(UTC):%H:%M} UTC)"
    x = _x(((row["slot"] or 0) + 0.5) / SLOTS)
    if n == 1:
        return Dot(x, y, 2.5, row["kind"], f"{head}: {row['kind']} {row['text'] or ''}".strip(), leads_to(row))
    near = max((row["last_at"] - at) * 0.1, _LEAST / 2)
    closer = (at - near, row["last_at"] + near)
    narrower = closer[1] - closer[0] < between[1] - between[0]
    href = f"?{asked(closer)}" if narrower else leads_to(row)
    return Dot(x, y, round(min(6.5, 2.5 + 0.6 * math.log2(n)), 1), row["kind"], f"{head}: {n} × {row['kind']}", href)


def _address(name: str, *given: str) -> str:
    return str(reverse(name, args=given))


def _message(row: dict[str, Any]) -> str:
    if not row["conversation_id"]:
        return ""
    return f"{_address('conversation', row['conversation_id'])}?message={row['record_id']}#at"


def _pair(row: dict[str, Any]) -> str:
    one, other = row["account_id"], row["other"]
    if not other:
        return _address("account_of", one)
    return _address("pair", one, other) if one != other else ""


def _report(row: dict[str, Any]) -> str:
    if row["report_id"]:
        return _address("report", row["report_id"])
    return _address("account_of", row["account_id"]) if row["account_id"] else ""


def _episode(row: dict[str, Any]) -> str:
    return _address("session", row["record_id"])


_LEADS: dict[str, Callable[[dict[str, Any]], str]] = {
    "message": _message,
    "payment": _pair,
    "call": _pair,
    "capture": _report,
    "report": _report,
    "session": _episode,
    "protected": _episode,
}


def leads_to(row: dict[str, Any]) -> str:
    """Where an event is read: its conversation, its two accounts, its report or its session."""
    return _LEADS[row["kind"]](row)


def _ticks(between: Between, zone: tzinfo) -> list[tuple[float, str]]:
    """Round instants of the zone, six or so."""
    first, last = between
    length = max((last - first).total_seconds() / 60, 1)
    step = next((one for one in _STEPS if length / one <= _TICKS), _STEPS[-1])
    form = "%Y-%m-%d" if step >= 1440 else "%m-%d %H:%M"
    day = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (first - day).total_seconds() / 60
    at = day + timedelta(minutes=math.ceil(passed / step) * step)
    found: list[tuple[float, str]] = []
    while at <= last and len(found) < 2 * _TICKS:
        # Near the edge a date would be cut off.
        found.append((min(_x((at - first) / (last - first)), WIDTH - 34.0), f"{at:{form}}"))
        at += timedelta(minutes=step)
    return found


def _moves(whole: Between, between: Between) -> list[tuple[str, str]]:
    """Addresses behind `?` by what they do; what would change nothing is left out."""
    first, last = between
    quarter = (last - first) / 4
    # At the edges of the whole the span shifts instead of shrinking.
    moves = {
        "in": (first + quarter, last - quarter) if last - first > 2 * _LEAST else between,
        "out": (first - 2 * quarter, last + 2 * quarter),
        "earlier": _shifted(whole, between, -2 * quarter),
        "later": _shifted(whole, between, 2 * quarter),
        "whole": whole,
    }
    held = {name: (max(a, whole[0]), min(b, whole[1])) for name, (a, b) in moves.items()}
    return [(name, asked(span) if name != "whole" else "") for name, span in held.items() if span != between]


def _shifted(whole: Between, between: Between, by: timedelta) -> Between:
    first, last = between
    by = max(whole[0] - first, by) if by < timedelta() else min(whole[1] - last, by)
    return first + by, last + by


def _x(part: float) -> float:
    return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
