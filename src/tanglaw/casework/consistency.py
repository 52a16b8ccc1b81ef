"""Do judgements agree? `same` is an equivalence: it reaches along chains, and no `not-same` may stand inside one group."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Judged(Protocol):
    """A judgement in force: `kind` is same or not-same, `a` and `b` are account ids."""

    kind: str
    a: str
    b: str


J = TypeVar("J", bound=Judged)


def contradiction(kind: str, a: str, b: str, standing: Iterable[J]) -> list[J]:
    """The judgements that a new one would contradict, in the order of their chain; empty if it fits.

    `same` is contradicted by a `not-same` that it would enclose, together with the chains of `same` that lead there;
    `not-same` by the shortest chain of `same` between the two.
    """
    rows = list(standing)
    beside: dict[str, list[tuple[str, J]]] = {}
    for row in rows:
        if row.kind == "same":
            beside.setdefault(row.a, []).append((row.b, row))
            beside.setdefault(row.b, []).append((row.a, row))
    from_a, from_b = _reached(a, beside), _reached(b, beside)
    if kind == "not-same":
        return _chain(b, from_a) if b in from_a else []
    for row in rows:
        if row.kind == "not-same":
            for one, other in ((row.a, row.b), (row.b, row.a)):
                if one in from_a and other in from_b:
                    return [*_chain(one, from_a), row, *reversed(_chain(other, from_b))]
    return []


def _reached(start: str, beside: dict[str, list[tuple[str, J]]]) -> dict[str, tuple[str, J] | None]:
    """Each account that `same` leads to from `start`, with the step before it; shortest chains."""
    found: dict[str, tuple[str, J] | None] = {start: None}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for there, row in beside.get(here, ()):
            if there not in found:
                found[there] = (here, row)
                ahead.append(there)
    return found


def _chain(end: str, found: dict[str, tuple[str, J] | None]) -> list[J]:
    """The judgements from the start to `end`."""
    steps: list[J] = []
    while (step := found[end]) is not None:
        end, row = step
        steps.append(row)
    return steps[::-1]
