"""How pages are answered: a template over one dataclass, or a refusal that stays on the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tanglaw.errors import CheckUsage
from tanglaw.workbench.refusals import in_language


def shown(request: HttpRequest, template: str, page: Any, status: int = 200) -> HttpResponse:
    """The template over `page`."""
    found: HttpResponse = render(request, template, {"page": page}, status=status)
    return found


def back(request: HttpRequest, fallback: str, *given: Any) -> HttpResponse:
    """To the page that the form names, if it is one of this workbench, else to the one named here."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return HttpResponseRedirect(asked if safe(asked) else reverse(fallback, args=given))


def safe(address: str) -> bool:
    """Whether the address is a path of this workbench."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def tell(request: HttpRequest, refusal: CheckUsage) -> None:
    """Say on the next page why something was refused."""
    messages.error(request, in_language(str(refusal)))


def done(request: HttpRequest, what: str) -> None:
    """Say on the next page what was done."""
    messages.success(request, in_language(what))


def whole(text: str | None, least: int = 0) -> int:
    """A whole number out of a form or address; `least` for anything else."""
    try:
        return max(least, int(text or ""))
    except ValueError:
        return least
