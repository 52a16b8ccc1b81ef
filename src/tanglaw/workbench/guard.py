"""Who may see a page: decided before it is made, and written down after it was shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tanglaw.casework import audit
from tanglaw.casework.audit import Said
from tanglaw.workbench import purposes
from tanglaw.workbench.access import has_second_factor
from tanglaw.workbench.pages.refused import refused
from tanglaw.workbench.registry import ANYONE, CASE, Page
from tanglaw.workbench.settings import IDLE_SECONDS
from tanglaw.workbench.state import USING, desk

_SEEN = "seen"
_METHODS = "account_authentication_methods"


class Guard:
    """Default deny: a view that no page of the registry wraps is refused, and so is a role that the page does not name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.told = ""
        request.page = None
        request.sent = False
        response = self._get_response(request)
        page: Page | None = request.page
        if page is None or not page.audited or page.polled or request.sent or not request.user.is_authenticated:
            return response
        outcome = "" if response.status_code < 400 else " refused"
        told = str(request.told or request.path)
        record(request, f"{page.name}{outcome}" if request.method != "POST" else f"{page.name} act{outcome}", told)
        return response

    def process_view(self, request: HttpRequest, view: Any, _given: Any, named: dict[str, Any]) -> HttpResponse | None:
        """Refuses, sends to log in or asks for a purpose; None lets the view go on."""
        page: Page | None = getattr(view, "page", None)
        if page is None:
            return refused(request, 403)
        request.page = page
        if page.roles == ANYONE:
            return None
        if not request.user.is_authenticated:
            return _sent(request, "account_login")
        if not request.user.is_active or _idle(request):
            record(request, "locked", "blocked" if not request.user.is_active else "idle")
            logout(request)
            return _sent(request, "account_login")
        if request.user.role not in page.roles:
            return refused(request, 403)
        if not page.unready:
            if request.user.must_change and not _provided(request):
                return _sent(request, "account_change_password")
            if settings.SECOND_FACTOR and not has_second_factor(request.user):
                return _sent(request, "mfa_activate_totp")
            if page.purpose and not purposes.stated(request, page.purpose, named):
                return _sent(request, "purpose", kind=purposes.key(page.purpose, named))
        return None


def record(request: HttpRequest, verb: str, subject: str) -> None:
    """Append who did this, when, why, and about what to the audit; the page that follows is not shown if that fails."""
    page: Page | None = request.page
    named = request.resolver_match.kwargs if request.resolver_match else {}
    case = str(named.get("number", "")) if page is not None and page.purpose == CASE else ""
    purpose = purposes.stated(request, page.purpose, named) if page is not None and page.purpose else ""
    user = request.user
    row = audit.append(
        USING,
        Said(str(user.full_name), verb, user.role, subject[:2_000], case, purpose),
    )
    if row.number % audit.EVERY == 0:
        audit.seal(USING, desk().folder)


def _provided(request: HttpRequest) -> bool:
    """Whether an identity provider let this session in: then no password of this workbench's is used."""
    return any(one.get("method") == "socialaccount" for one in request.session.get(_METHODS, ()))


def _idle(request: HttpRequest) -> bool:
    now = time.time()
    last = request.session.get(_SEEN, now)
    if now - last > IDLE_SECONDS:
        return True
    # Once a minute is enough, and spares a write for each page.
    # A clock that was set back must not keep a session open for longer.
    if _SEEN not in request.session or last > now or (now - last > 60 and not request.page.polled):
        request.session[_SEEN] = now
    return False


def _sent(request: HttpRequest, name: str, **query: str) -> HttpResponse:
    """To another page, and back here after it; nothing was read."""
    request.sent = True
    back = request.get_full_path() if request.method == "GET" else "/"
    target = f"{reverse(name)}?{urlencode({**query, 'next': back})}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        return answer
    return HttpResponseRedirect(target)
