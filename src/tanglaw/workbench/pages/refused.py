"""Refusals, each with its reason."""

from __future__ import annotations

import errno
import sys
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tanglaw.errors import FreeSpace


@dataclass(frozen=True)
class RefusedPage:
    """What was refused and why."""

    status: int
    reason: str


def refused(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """A page that says why there is nothing to see."""
    page = RefusedPage(status, reason or reasons()[status])
    answer: HttpResponse = render(request, "refused.html", {"page": page}, status=status)
    return answer


def reasons() -> dict[int, str]:
    """What each refusal says, in the reader's language."""
    return {
        403: _("Your role may not see this page. If you need it, ask an administrator."),
        404: _("There is nothing at this address, or it is not yours to know."),
        400: _("The request could not be read."),
        503: _(
            "The casework database does not answer. What was decided before stands; your last click was not recorded. "
            "Try again in a minute."
        ),
        507: _(
            "The disk of the server is full. What was decided before stands; your last click was not recorded. "
            "Tell your administrator."
        ),
        500: _("A fault of Tanglaw itself. What was decided before stands; try again, and tell your administrator."),
    }


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


def fault(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """A fault of the workbench, said without asking anything of the database; its text goes to the server's own log, never to a
    page. A database that is away, and a disk that is full, are said as such."""
    status = _status(sys.exc_info()[1])
    page = RefusedPage(status, reasons()[status])
    answer = HttpResponse(render_to_string("refused.html", {"page": page}), status=status)
    if status != 500:
        answer["Retry-After"] = "60"
    return answer


def _status(error: BaseException | None) -> int:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or isinstance(error, FreeSpace) or "disk is full" in str(error) or "No space left" in str(error):
            return 507
        if isinstance(error, OperationalError | InterfaceError):
            return 503
        error = error.__cause__ or error.__context__
    return 500
