"""Administration: whether machine and workspace are fit, the runs that were asked for, and how far the present one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import runs, services_runs
from tanglaw.casework.services_runs import Ordered
from tanglaw.errors import CheckUsage
from tanglaw.lookups.fitness import Check, checks_of
from tanglaw.store import working
from tanglaw.store.working import Progress
from tanglaw.workbench.pages.shown import shown, tell, whole
from tanglaw.workbench.state import USING, desk

# Progress that was not renewed for so long is told as such.
_SILENT = 60.0


@dataclass(frozen=True)
class RunsPart:
    """Runs, newest first; the present one with its progress in per cent; whether a worker is there."""

    orders: list[Ordered]
    present: Ordered | None
    progress: Progress | None
    percent: int
    worker: bool
    silent: bool

    @property
    def began(self) -> datetime | None:
        """When the worker began with the present run."""
        return datetime.fromtimestamp(self.progress.began, UTC) if self.progress else None


@dataclass(frozen=True)
class AdministrationPage:
    """Findings of the doctor, runs, and whether an inbox is configured; its path is never chosen in a browser."""

    checks: list[Check]
    runs: RunsPart
    inbox: str
    waiting: int


def view(request: HttpRequest) -> HttpResponse:
    """The page."""
    here = desk()
    inbox = here.folder / here.settings.inbox_folder if here.settings.inbox_folder else None
    entries = sum(1 for _ in inbox.iterdir()) if inbox is not None and inbox.is_dir() else 0
    told = here.settings.inbox_folder if inbox is not None and inbox.is_dir() else ""
    return shown(request, "administration.html", AdministrationPage(checks_of(here.folder), part(), told, entries))


def progress(request: HttpRequest) -> HttpResponse:
    """The part of the page that a script asks for again and again."""
    return shown(request, "runs.html", part())


def part() -> RunsPart:
    """How the runs stand now."""
    orders = services_runs.ordered(USING)
    present = next((one for one in orders if one.open), None)
    told = working.told(desk().folder)
    if present is None or told is None or told.order != present.order.number:
        return RunsPart(orders, present, None, 0, _worker(), False)
    percent = round(100 * told.done / told.whole) if told.whole else 0
    silent = datetime.now(UTC).timestamp() - told.at > _SILENT
    return RunsPart(orders, present, told, min(100, percent), _worker(), silent)


def order(request: HttpRequest) -> HttpResponse:
    """Ask for a run of the configured inbox, or for a rebuilding."""
    posted = _posted(request)
    what = posted.get("what", "")
    try:
        if what == runs.INBOX and not desk().settings.inbox_folder:
            raise CheckUsage("no inbox is configured: set inbox_folder in settings.toml")
        made = services_runs.order(USING, request.user, what, posted.get("reason", ""))
        request.told = f"run {made.number}: {what}"
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("administration")


def stop(request: HttpRequest) -> HttpResponse:
    """Ask for the end of a run."""
    posted = _posted(request)
    number = whole(posted.get("order"))
    request.told = f"run {number}: stop"
    try:
        services_runs.stop(USING, request.user, number, posted.get("reason", ""))
    except CheckUsage as refusal:
        tell(request, refusal)
    return redirect("administration")


def _posted(request: HttpRequest) -> dict[str, str]:
    if request.method != "POST":
        raise Http404
    found: dict[str, str] = request.POST.dict()
    return found


def _worker() -> bool:
    return working.working(Path(desk().folder))
