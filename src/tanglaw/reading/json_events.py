"""What reading a JSON document piece by piece gives, and what decodes the pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

Place = tuple[str | int, ...]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive elements of the array at `place`: `values[i]` is element `first + i`.

    Where the document's bytes from `begin` to `end` are just these elements and the commas between them, those are
    stated; -1 otherwise.
    """

    place: Place
    first: int
    values: list[Any]
    begin: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Members:
    """Raw values of an object's members, without the arrays that are read element by element.

    Comes when a member on the way to such an array begins (`into` names it), with what stood before it; at the
    end of the object, `complete`; or where the file ends inside.
    """

    place: Place
    members: dict[str, bytes]
    complete: bool = False
    into: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be read. `code` is json-broken, json-shape, json-deep, json-truncated, too-large or
    bad-encoding; the last one loses nothing (bad bytes were replaced). `raw` is what stood there, of `size` bytes
    at byte `offset`; of very large ones only the start. `index` is the place it takes in its array."""

    code: str
    reason: str
    place: Place
    index: int
    offset: int
    raw: bytes
    size: int


Event = Batch | Members | Fault


class Decodes(Protocol):
    """Turns JSON text into values; raises what msgspec raises where it cannot."""

    def many(self, data: bytes, /) -> list[Any]:
        """The elements of a JSON array."""

    def one(self, data: bytes, /) -> Any:
        """One element."""


class Typed:
    """Decodes elements of any type that msgspec knows."""

    def __init__(self, kind: Any) -> None:
        self.many: Callable[[bytes], list[Any]] = msgspec.json.Decoder(list[kind]).decode
        self.one: Callable[[bytes], Any] = msgspec.json.Decoder(kind).decode


def pointer(place: Place, *more: str | int) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in (*place, *more))
