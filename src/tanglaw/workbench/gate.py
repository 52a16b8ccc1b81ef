"""The gate of pages: what the person who asks may not read, as `store.gate` says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tanglaw.casework.models import User
from tanglaw.casework.people import FILTER
from tanglaw.casework.queries_withheld import state
from tanglaw.lookups.desk.withheld import conversations_of, hits
from tanglaw.lookups.withheld import gate_of
from tanglaw.store.gate import Gate
from tanglaw.workbench.state import USING, desk

__all__ = ["Gate", "gate"]


@dataclass(frozen=True)
class _Known:
    """The gates of a run as long as locks, protected list and restrictions have no new row; threads see one or another."""

    asked: tuple[Any, ...]
    others: Gate
    filters: Gate


_KNOWN: list[_Known] = []


def gate(user: User) -> Gate:
    """What is withheld from this person: now, and then for the rest of the request, which has a user of its own."""
    run = desk().run
    of_run = (run.run_id, id(run.shelf))
    before, found = getattr(user, "gated", ((), Gate()))
    if before != of_run:
        asked = (*of_run, *state(USING))
        known = _KNOWN[0] if _KNOWN else None
        if known is None or known.asked != asked:
            known = _made(asked)
            _KNOWN[:] = [known]
        found = known.filters if user.role == FILTER else known.others
        user.gated = (of_run, found)
    return found


def _made(asked: tuple[Any, ...]) -> _Known:
    shelf = desk().run.shelf
    others = gate_of(USING, lambda kind, value: hits(shelf, kind, value), lambda ids: conversations_of(shelf, ids))
    return _Known(asked, others, Gate(held=others.held, values=others.values))
