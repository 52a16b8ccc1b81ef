"""What every page has around it: who is logged in, where they may go, and which run they look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tanglaw.casework.people import ROLES
from tanglaw.workbench import purposes
from tanglaw.workbench.registry import ADMINISTRATORS as ADMINISTRATION
from tanglaw.workbench.registry import AUDITORS, CUSTODIANS, FILTERS, KEEPERS, READERS
from tanglaw.workbench.state import Run, desk

# Name of the page, its word, the key that leads there after `g`, and who may.
_PLACES = (
    ("queue", _("Queue"), "q", READERS),
    ("cases", _("Cases"), "c", READERS),
    ("requests", _("Requests"), "r", READERS),
    ("watches", _("Watch lists"), "w", READERS),
    ("alerts", _("Alerts"), "l", READERS),
    ("search", _("Search"), "s", READERS),
    ("quarantine", _("Quarantine"), "z", READERS),
    ("custody", _("Custody"), "u", CUSTODIANS),
    ("statistics", _("Statistics"), "t", CUSTODIANS),
    ("privileged", _("Privileged"), "v", FILTERS),
    ("protected", _("Protected"), "k", KEEPERS),
    ("audit", _("Audit"), "a", AUDITORS),
    ("people", _("People"), "p", ADMINISTRATION),
    ("administration", _("Administration"), "d", ADMINISTRATION),
)


@dataclass(frozen=True)
class Frame:
    """The surroundings of a page; `places` are name, word, key, and whether it is the present one."""

    user: Any
    role: str
    theme: str
    places: tuple[tuple[str, Any, str, bool], ...]
    purposes: dict[str, str]
    run: Run | None

    @property
    def searches(self) -> bool:
        """Whether this role searches."""
        return any(name == "search" for name, *_ in self.places)


def frame(request: HttpRequest) -> dict[str, Any]:
    """For templates: `frame`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": Frame(None, "", "", (), {}, None), "provider": settings.OIDC}
    here = request.resolver_match.url_name if request.resolver_match else ""
    places = tuple((name, word, key, name == here) for name, word, key, roles in _PLACES if user.role in roles)
    return {"frame": Frame(user, ROLES[user.role], user.theme, places, purposes.every(request), desk().run)}
