"""People: who may log in, in which role and team; each change is a row with who and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tanglaw.casework import people as kinds
from tanglaw.casework import services_people
from tanglaw.casework.models import Appointment, Team, User
from tanglaw.errors import CheckUsage
from tanglaw.workbench.access import has_second_factor
from tanglaw.workbench.pages.shown import shown, tell
from tanglaw.workbench.state import USING

_MOST = 100


@dataclass(frozen=True)
class PeoplePage:
    """Users, each with whether they have a second factor; what was said of them; and once, a new one-time password."""

    people: list[tuple[User, bool]]
    appointments: list[Appointment]
    teams: list[str]
    roles: dict[str, str]
    given: tuple[User, str] | None = None


def view(request: HttpRequest) -> HttpResponse:
    """Who may log in, and who said so."""
    return _shown(request)


def add(request: HttpRequest) -> HttpResponse:
    """Add a person; their one-time password is shown once, on the answer to this form."""
    if request.method != "POST":
        raise Http404
    posted = request.POST
    stated = {
        "full_name": posted.get("full_name", ""),
        "team": posted.get("team", "").strip(),
        "by": request.user.full_name,
    }
    try:
        given = services_people.add_user(
            USING, posted.get("name", ""), posted.get("role", ""), stated, posted.get("reason", "")
        )
    except CheckUsage as refusal:
        tell(request, refusal)
        return redirect("people")
    request.told = f"{given[0].name} made {given[0].role}"
    return _shown(request, given)


def act(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """One change of a person by somebody else; what is refused is said on the page."""
    person = User.objects.using(USING).filter(pk=number).first()
    if request.method != "POST" or kind not in ACTS or person is None:
        raise Http404
    posted = request.POST
    request.told = f"{person.name} {kind} {posted.get('role', '')}{posted.get('team', '')}".strip()[:200]
    try:
        if person.pk == request.user.pk:
            raise CheckUsage("nobody changes what they themselves may do: another administrator does")
        password = ACTS[kind](person, request.user.full_name, posted)
    except CheckUsage as refusal:
        tell(request, refusal)
        return redirect("people")
    return _shown(request, (person, password)) if password else redirect("people")


def _shown(request: HttpRequest, given: tuple[User, str] | None = None) -> HttpResponse:
    rows = User.objects.using(USING).select_related("team").order_by("name")
    said_of = Appointment.objects.using(USING).select_related("user").order_by("-number")[:_MOST]
    teams = list(Team.objects.using(USING).order_by("name").values_list("name", flat=True))
    page = PeoplePage([(row, has_second_factor(row)) for row in rows], list(said_of), teams, kinds.ROLES, given)
    return shown(request, "people.html", page)


# What a form of the page may do, by the last part of its address; each gives back a new password or None.
ACTS: dict[str, Callable[[User, str, Any], str | None]] = {
    kinds.ROLE: lambda one, by, p: services_people.set_role(USING, one, p.get("role", ""), by, p.get("reason", "")),
    kinds.TEAM: lambda one, by, p: services_people.set_team(USING, one, p.get("team", ""), by, p.get("reason", "")),
    kinds.BLOCKED: lambda one, by, p: services_people.block(USING, one, by, p.get("reason", "")),
    kinds.UNBLOCKED: lambda one, by, p: services_people.block(USING, one, by, p.get("reason", ""), again=True),
    kinds.RESET: lambda one, by, p: services_people.new_password(USING, one, by, p.get("reason", "")),
}
