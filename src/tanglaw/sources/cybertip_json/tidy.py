"""The slow path: a record that does not fit as it stands is brought into shape, each step with an issue."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from tanglaw.sources.cybertip_json.structs import Known

Note = Callable[[str, str, str], None]
_SCALARS = (str, int, float, bool, NoneType)


class Options(NamedTuple):
    """What a field takes: an object of `struct`, a list of `item`, and single values if `scalar`."""

    struct: type[Known] | None
    item: Any
    scalar: bool
    anything: bool


def tidy(value: Any, hint: Any, place: str, note: Note) -> Any:
    """`value` as `hint` can take it: unknown keys left out, bare lists wrapped, single objects made lists.

    `note` gets code, reason and place; places carry no indices, so that equal faults are equal.
    """
    options = options_of(hint)
    if options.anything:
        return value
    if isinstance(value, dict):
        if options.struct is not None:
            return _object(value, options.struct, place, note)
        if options.item is not None:
            return [tidy(value, options.item, place, note)]
    elif isinstance(value, list):
        if options.item is not None:
            return [tidy(one, options.item, place, note) for one in value]
        wrapped = _wrapped(options.struct)
        if wrapped:
            return _object({wrapped: value}, options.struct, place, note)
    elif options.scalar and _allowed(value, hint):
        return value
    elif isinstance(value, int | float) and options.struct is None and options.item is None:
        return str(value)
    if value is not None:
        note("unexpected-value", "a value of another kind than this field takes; it is left out", place)
    return None


def _object(value: dict[str, Any], struct: type[Known] | None, place: str, note: Note) -> dict[str, Any]:
    result: dict[str, Any] = {}
    known = fields_of(struct) if struct is not None else {}
    for key, one in value.items():
        if key in known:
            result[key] = tidy(one, known[key], f"{place}/{key}", note)
        else:
            note("unknown-field", f"key {key[:80]!r} is not known here", place)
    return result


def _allowed(value: Any, hint: Any) -> bool:
    return type(value) in (hint, *get_args(hint))


@cache
def fields_of(struct: type[Known]) -> dict[str, Any]:
    """Key in the document -> type hint."""
    hints = get_type_hints(struct)
    return {field.encode_name: hints[field.name] for field in msgspec.structs.fields(struct)}


def _wrapped(struct: type[Known] | None) -> str:
    """The single list that an object of this kind wraps, if it does."""
    if struct is None:
        return ""
    lists = [key for key, hint in fields_of(struct).items() if options_of(hint).item is not None]
    return lists[0] if len(lists) == 1 and len(fields_of(struct)) == 1 else ""


def options_of(hint: Any) -> Options:
    """What a type hint of structs.py lets in."""
    if hint is Any:
        return Options(None, None, True, True)
    parts = get_args(hint) if get_origin(hint) is not list else ()
    struct, item, scalar = None, None, False
    for part in parts or (hint,):
        if get_origin(part) is list:
            item = get_args(part)[0]
        elif isinstance(part, type) and issubclass(part, Known):
            struct = part
        elif part in _SCALARS:
            scalar = True
    return Options(struct, item, scalar, False)
