"""A time line as a picture made on the server: one row for each kind of event, dots where they happened."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

KINDS = ("report", "capture", "message", "call", "payment", "session")
WIDTH, LEFT, ROW, TOP = 1000, 90, 26, 24
_SLOTS = 400
_TICKS = 8


@dataclass(frozen=True)
class Dot:
    """One place on the line: where, how large, and what it says."""

    x: float
    y: float
    r: float
    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """The picture: rows by kind, dots, ticks of the axis, its height, how many events it shows, and the span to zoom by."""

    rows: tuple[tuple[str, float, int], ...] = ()
    dots: tuple[Dot, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    height: int = 0
    events: int = 0
    start: str = ""
    end: str = ""
    zoomed: bool = False
    width: int = WIDTH
    left: int = LEFT
    closer: tuple[tuple[str, str, str], ...] = ()


def drawn(events: list[dict[str, Any]], start: str = "", end: str = "") -> Line:
    """The events between two days (YYYY-MM-DD, both shown); of all time if none is given."""
    low, high = _instant(start, time.min), _instant(end, time.max)
    inside = [
        row
        for row in events
        if (low is None or row["happened_at"] >= low) and (high is None or row["happened_at"] <= high)
    ]
    if not inside:
        return Line(zoomed=bool(low or high))
    first, last = inside[0]["happened_at"], inside[-1]["happened_at"]
    whole = max((last - first).total_seconds(), 3600.0)
    counts = Counter(row["kind"] for row in inside)
    kinds = [kind for kind in KINDS if counts[kind]]
    y = {kind: TOP + ROW * at + ROW / 2 for at, kind in enumerate(kinds)}
    height = TOP + ROW * len(kinds) + 22
    return Line(
        tuple((kind, y[kind], counts[kind]) for kind in kinds),
        tuple(_dots(inside, y, first, whole)),
        tuple(_ticks(first, whole)),
        height,
        len(inside),
        f"{first:%Y-%m-%d}",
        f"{last:%Y-%m-%d}",
        bool(low or high),
        closer=tuple(_closer(first, last)),
    )


def _dots(rows: list[dict[str, Any]], y: dict[str, float], first: datetime, whole: float) -> list[Dot]:
    slots: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        if row["kind"] in y:
            at = int((row["happened_at"] - first).total_seconds() / whole * _SLOTS)
            slots.setdefault((row["kind"], at), []).append(row)
    dots = []
    for (kind, at), found in sorted(slots.items()):
        head = f"{found[0]['happened_at'].astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        text = f"{head}: {found[0]['text'] or kind}" if len(found) == 1 else f"{head}: {len(found)} × {kind}"
        dots.append(Dot(_x(at / _SLOTS), y[kind], round(min(9.0, 3 + math.log2(len(found))), 1), kind, text))
    return dots


def _ticks(first: datetime, whole: float) -> list[tuple[float, str]]:
    form = "%Y-%m-%d" if whole > 3 * 86_400 else "%m-%d %H:%M"
    steps = [first + timedelta(seconds=whole * at / _TICKS) for at in range(_TICKS + 1)]
    return [(_x(at / _TICKS), f"{step.astimezone(UTC):{form}}") for at, step in enumerate(steps)]


def _closer(first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    """Parts of the span to look at more closely: a word, and its first and last day."""
    parts = 4
    step = (last - first) / parts
    if step < timedelta(days=1):
        return []
    spans = [(first + step * at, first + step * (at + 1)) for at in range(parts)]
    return [(f"{at + 1}/{parts}", f"{a:%Y-%m-%d}", f"{b:%Y-%m-%d}") for at, (a, b) in enumerate(spans)]


def _x(part: float) -> float:
    return round(LEFT + part * (WIDTH - LEFT - 10), 1)


def _instant(text: str, at: time) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), at, UTC) if text else None
    except ValueError:
        return None
