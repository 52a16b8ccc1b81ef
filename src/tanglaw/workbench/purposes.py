"""Why a person reads: stated once for the work of a session, for searches, and for each case; kept, editable, in each audit row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from tanglaw.workbench.registry import CASE

_KEPT = "purposes"


def key(kind: str, named: Mapping[str, Any]) -> str:
    """What a purpose is kept under: work, search, or case and its number."""
    return f"{kind}-{named['number']}" if kind == CASE else kind


def stated(request: HttpRequest, kind: str, named: Mapping[str, Any]) -> str:
    """The purpose that this session stated, or nothing."""
    return str(request.session.get(_KEPT, {}).get(key(kind, named), ""))


def state(request: HttpRequest, kept_under: str, text: str) -> None:
    """Keep a purpose for this session."""
    request.session[_KEPT] = {**request.session.get(_KEPT, {}), kept_under: text}


def every(request: HttpRequest) -> dict[str, str]:
    """Every purpose that this session stated."""
    return dict(request.session.get(_KEPT, {}))
