"""What a person says for themselves: the purpose of reading, zone and theme; and the list of people for an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.urls.exceptions import Resolver404

from tanglaw.casework import services_withheld
from tanglaw.casework.appending import said
from tanglaw.errors import CheckUsage
from tanglaw.workbench import purposes
from tanglaw.workbench.access import has_second_factor
from tanglaw.workbench.pages.shown import back, safe, shown, tell
from tanglaw.workbench.registry import SEARCH, WORK
from tanglaw.workbench.staff import digests
from tanglaw.workbench.state import USING, desk

_THEMES = ("", "light", "dark")
_LONGEST = 500


@dataclass(frozen=True)
class PurposePage:
    """What the purpose is for, what was stated before, and where to go afterwards."""

    kind: str
    case: str
    stated: str
    after: str


@dataclass(frozen=True)
class AccountPage:
    """What the person may set for themselves."""

    zones: list[str]
    themes: tuple[str, ...]
    second_factor: bool
    purposes: dict[str, str]
    languages: list[tuple[str, str]]


def purpose(request: HttpRequest) -> HttpResponse:
    """Ask why, and keep it for the session; only kinds that there are, and cases by number."""
    kind = request.GET.get("kind", WORK)
    case = kind.removeprefix("case-") if kind.startswith("case-") and kind.removeprefix("case-").isdigit() else ""
    if kind not in (WORK, SEARCH) and not case:
        kind, case = WORK, ""
    after = request.GET.get("next", "/")
    request.told = kind
    if request.method == "POST":
        try:
            text = said("the purpose", request.POST.get("purpose", ""), _LONGEST)
        except CheckUsage as refusal:
            tell(request, refusal)
            return redirect(request.get_full_path() if safe(request.get_full_path()) else "purpose")
        purposes.state(request, kind, text)
        request.told = f"{kind}: {text}"
        return back(request, "home")
    page = PurposePage(kind, case, purposes.every(request).get(kind, ""), after if _known(after) else "/")
    return shown(request, "purpose.html", page)


def account(request: HttpRequest) -> HttpResponse:
    """Zone, theme and language of the person."""
    user = request.user
    if request.method == "POST":
        zone, theme = request.POST.get("zone", ""), request.POST.get("theme", "")
        user.zone = zone if zone in available_timezones() else "UTC"
        user.theme = theme if theme in _THEMES else ""
        language = request.POST.get("language", "")
        user.language = language if language in dict(settings.LANGUAGES) else ""
        user.save(using=USING, update_fields=["zone", "theme", "language"])
        here = desk()
        for one in digests(request.POST.get("own", ""), here.workspace.ids, here.settings.default_country):
            services_withheld.own(USING, user, one)
        return redirect("mfa_index")
    page = AccountPage(
        sorted(available_timezones()), _THEMES, has_second_factor(user), purposes.every(request), settings.LANGUAGES
    )
    return shown(request, "own.html", page)


def _known(address: str) -> bool:
    """Whether an address is one of this workbench's."""
    if not safe(address):
        return False
    try:
        resolve(address.partition("?")[0])
    except Resolver404:
        return False
    return True
