"""Single values and lists as they come: null, blank, "N/A", bare or wrapped."""

from __future__ import annotations

from typing import Any

from tanglaw.sources.cybertip_json.structs import Value

_NOTHING = frozenset(("", "N/A", "n/a"))


def said(value: object) -> str | None:
    """A value as trimmed text; None for null, blanks and "N/A"."""
    if value is None:
        return None
    if type(value) is str:
        text = value.strip()
        return None if text in _NOTHING else text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def listed(value: Any, name: str = "") -> list[tuple[int, Any]]:
    """The elements of a list, wrapped in an object under `name` or not, with their index; texts are nothing."""
    if value is None or type(value) is str:
        return []
    if type(value) is not list:
        value = getattr(value, name) if name else [value]
        if value is None or isinstance(value, str):
            return []
    return [(index, one) for index, one in enumerate(value) if one is not None and not isinstance(one, str)]


def values(value: Any, name: str = "") -> list[tuple[int, Value]]:
    """As `listed`, for texts that stand in objects or bare."""
    if value is None:
        return []
    if isinstance(value, str):
        return [(0, Value(value))] if said(value) else []
    if not isinstance(value, list):
        value = getattr(value, name) if name and not isinstance(value, Value) else [value]
        if isinstance(value, str):
            return values(value)
    return [
        (index, Value(one) if isinstance(one, str) else one) for index, one in enumerate(value or ()) if one is not None
    ]
