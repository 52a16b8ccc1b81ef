"""A conversation, a hundred messages at a time: texts folded until asked for, selectors marked, events in their place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tanglaw.lookups.desk import events
from tanglaw.lookups.desk import talk as asked
from tanglaw.workbench.gate import gate
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import desk
from tanglaw.workbench.tags import zone_of
from tanglaw.workbench.timeline import leads_to

Rows = list[dict[str, Any]]
# What happened so long before the first and after the last message of a page stands beside them.
AROUND = timedelta(hours=3)
# So many events in a row are one line that unfolds.
_RUN = 3
_JUMPS = 60
_TOLD = ("payment", "call", "session", "protected")


@dataclass(frozen=True)
class Piece:
    """A part of a text: itself, and the selector that it is, if it is one."""

    text: str
    selector: dict[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """A message, or events that happened before the next one. `side` numbers who takes part; `day` is named where it begins."""

    kind: str
    at: datetime | None
    day: str = ""
    row: dict[str, Any] | None = None
    side: int = 0
    pieces: tuple[Piece, ...] = ()
    selectors: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class ConversationPage:
    """The conversation: its lines, who takes part with their side, where what else happened can be jumped to, and places of
    the pages before and after."""

    talk: asked.Talk
    lines: list[Line]
    people: list[tuple[int, dict[str, Any]]]
    jumps: list[dict[str, Any]]
    more_jumps: bool
    more_events: bool
    readable: bool
    unfolded: bool
    at: int
    end: int
    before: int
    after: int
    last: int


def view(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """The page on which a place, a message, an instant or a day stands."""
    shelf = desk().run.shelf
    at = _place(request, conversation_id)
    found = asked.talk(shelf, conversation_id, at)
    if found is None or not gate(request.user).there(conversation_id):
        raise Http404
    found.messages = gate(request.user).passed(found.messages)
    accounts = [one for one in found.people if gate(request.user).there(one)]
    sides = {one: number for number, one in enumerate(accounts, 1)}
    happened, more = _around(request, found, accounts)
    readable = gate(request.user).reads(conversation_id)
    whole_span = (found.about["first_at"], found.about["last_at"])
    jumps, more_jumps = _jumps(request, whole_span, accounts)
    length = found.about["messages"]
    end = min(length, found.start + asked.PAGE - 1)
    page = ConversationPage(
        found,
        _lines(found, happened, sides, zone_of(request.user), readable),
        [(sides[one], found.people[one]) for one in accounts],
        jumps,
        more_jumps,
        more,
        readable,
        bool(request.GET.get("texts")) and readable,
        at if request.GET else 0,
        end,
        max(1, found.start - asked.PAGE) if found.start > 1 else 0,
        found.start + asked.PAGE if end < length else 0,
        max(1, length),
    )
    texts = ", unfolded" if page.unfolded else ""
    request.told = f"conversation {conversation_id}, messages {found.start} to {end}{texts}"
    return shown(request, "conversation.html", page)


def _place(request: HttpRequest, conversation_id: str) -> int:
    shelf = desk().run.shelf
    if message := request.GET.get("message"):
        return asked.place_of(shelf, conversation_id, message)
    instant = _instant(request.GET.get("time", ""))
    if instant is None and (day := _day(request.GET.get("day", ""))):
        instant = datetime.combine(day, time.min, zone_of(request.user))
    if instant is not None:
        found = asked.place_of(shelf, conversation_id, at=instant.astimezone(UTC))
        # A day begins with its first message, not with the last one before it.
        return found + 1 if request.GET.get("day") and found > 1 else found
    return whole(request.GET.get("at"), 1)


def _around(request: HttpRequest, found: asked.Talk, accounts: list[str]) -> tuple[Rows, bool]:
    times = [row["sent_at"] for row in found.messages if row["sent_at"] is not None]
    if not times:
        return [], False
    rows, more = events.around(desk().run.shelf, accounts, times[0] - AROUND, times[-1] + AROUND)
    return _told(request, rows), more


def _jumps(request: HttpRequest, between: tuple[Any, Any], accounts: list[str]) -> tuple[Rows, bool]:
    """Payments, calls and sessions of those who take part with each other."""
    if between[0] is None:
        return [], False
    rows = events.among_themselves(desk().run.shelf, accounts, between[0] - AROUND, between[1] + AROUND, _JUMPS + 1)
    return _told(request, rows[:_JUMPS]), len(rows) > _JUMPS


def _told(request: HttpRequest, rows: Rows) -> Rows:
    return [{**row, "href": leads_to({**row, "conversation_id": None})} for row in gate(request.user).passed(rows)]


def _lines(found: asked.Talk, happened: Rows, sides: dict[str, int], zone: tzinfo, readable: bool) -> list[Line]:
    """Messages with the events between them, days named where they begin."""
    lines: list[Line] = []
    waiting = list(happened)
    day = ""
    for row in found.messages:
        at = row["sent_at"]
        earlier = [one for one in waiting if at is not None and one["happened_at"] <= at]
        waiting = waiting[len(earlier) :]
        lines += _runs(earlier)
        today = f"{at.astimezone(zone):%A %Y-%m-%d}" if at is not None else ""
        marked = found.selectors.get(row["place"], [])
        text = row["text"] if readable else None
        side = sides.get(row["sender_account_id"], 0)
        lines.append(
            Line(
                "message",
                at,
                today if today != day else "",
                row,
                side,
                pieces(text, marked),
                tuple(marked if readable else ()),
            )
        )
        day = today
    return lines + _runs(waiting)


def _runs(rows: Rows) -> list[Line]:
    if len(rows) > _RUN:
        return [Line("run", rows[0]["happened_at"], events=tuple(rows))]
    return [Line("event", row["happened_at"], events=(row,)) for row in rows]


def pieces(text: str | None, selectors: Rows) -> tuple[Piece, ...]:
    """The text in parts, cut at the offsets of its selectors (code points); of two that overlap the longer first one stands."""
    if not text:
        return ()
    found: list[Piece] = []
    at = 0
    for one in sorted(selectors, key=lambda row: (row["start"], -row["end"])):
        start, end = one["start"], one["end"]
        if start < at or end > len(text) or end <= start:
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], one))
        at = end
    return (*found, Piece(text[at:])) if at < len(text) else tuple(found)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
