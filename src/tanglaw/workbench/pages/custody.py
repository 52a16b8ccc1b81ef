"""What was delivered, what was read from where, and what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from tanglaw.lookups.desk.queue import len_of
from tanglaw.workbench.pages.shown import shown, whole
from tanglaw.workbench.state import desk

Rows = list[dict[str, Any]]
_PAGE = 200


@dataclass(frozen=True)
class QuarantinePage:
    """Records and files that could not be read, with reason, place and digest."""

    rows: Rows
    codes: list[dict[str, Any]]
    whole: int
    code: str
    start: int
    next_start: int | None


@dataclass(frozen=True)
class CustodyPage:
    """Deliveries, and the files in them that name or digest match."""

    deliveries: Rows
    sources: Rows
    text: str
    counts: dict[str, int]
    start: int
    next_start: int | None


def quarantine(request: HttpRequest) -> HttpResponse:
    """What was set aside, by kind of fault."""
    shelf = desk().run.shelf
    code, start = request.GET.get("code", ""), whole(request.GET.get("start"))
    rows = shelf.rows(
        "select * from quarantine where ? in ('', code) order by file, locator, quarantine_id limit ? offset ?",
        code,
        _PAGE + 1,
        start,
    )
    codes = shelf.rows("select code, count(*) as n from quarantine group by code order by n desc, code")
    more = start + _PAGE if len(rows) > _PAGE else None
    request.told = code
    return shown(
        request,
        "quarantine.html",
        QuarantinePage(rows[:_PAGE], codes, len_of(shelf, "quarantine"), code, start, more),
    )


def view(request: HttpRequest) -> HttpResponse:
    """Chain of custody: what came, who brought it, under which authority, and what was made of it."""
    shelf = desk().run.shelf
    text, start = request.GET.get("q", "").strip(), whole(request.GET.get("start"))
    deliveries = shelf.rows("select * from deliveries order by taken_in_at desc, path limit 100")
    sources = shelf.rows(
        "select * from sources where ? = '' or contains(lower(path), lower(?)) or starts_with(sha256, lower(?)) "
        "order by path, source_id limit ? offset ?",
        text,
        text,
        text,
        _PAGE + 1,
        start,
    )
    counts = {name: len_of(shelf, name) for name in ("deliveries", "sources", "quarantine", "issues")}
    more = start + _PAGE if len(sources) > _PAGE else None
    request.told = text
    return shown(request, "custody.html", CustodyPage(deliveries, sources[:_PAGE], text, counts, start, more))
