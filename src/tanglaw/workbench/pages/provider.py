"""To the identity provider and back; where none is configured, there is nothing at these addresses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, by a form of the log-in page alone."""
    views = _views()
    if request.user.is_authenticated or request.method != "POST" or "process" in {**request.GET, **request.POST}:
        return redirect("home")
    answer: HttpResponse = views.login(request, provider_id)
    return answer


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    views = _views()
    if request.user.is_authenticated:
        return redirect("home")
    answer: HttpResponse = views.callback(request, provider_id)
    return answer


def _views() -> Any:
    if settings.OIDC is None:
        raise Http404
    # An optional dependency, whose models Django knows only where a provider is configured.
    from allauth.socialaccount.providers.openid_connect import views  # noqa: PLC0415

    return views
