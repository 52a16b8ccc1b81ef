"""Refusals, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class RefusedPage:
    """What was refused and why."""

    status: int
    reason: str


def refused(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """A page that says why there is nothing to see."""
    told = {
        403: _("Your role may not see this page. If you need it, ask an administrator."),
        404: _("There is nothing at this address, or it is not yours to know."),
        400: _("The request could not be read."),
        500: _("A fault of Tanglaw itself. What was decided before stands; try again, and tell your administrator."),
    }
    page = RefusedPage(status, reason or told[status])
    answer: HttpResponse = render(request, "refused.html", {"page": page}, status=status)
    return answer


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that this workbench did not give out, or gave out to another session."""
    return refused(request, 403, _("This form is out of date, or comes from another site. Load the page again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """No such address."""
    return refused(request, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Not for this user."""
    return refused(request, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """No request that could be read."""
    return refused(request, 400)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of the workbench; its text goes to the server's own log, never to a page."""
    return refused(request, 500)
