"""The language of pages: what the person chose, else what the browser asks for (Django's LocaleMiddleware)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


class Language:
    """Comes after Django has found the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A session cookie is what a person has who could have chosen; asking for them costs a question to the database.
        chosen = request.user.language if request.COOKIES and request.user.is_authenticated else ""
        if chosen and translation.check_for_language(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        return self._get_response(request)
