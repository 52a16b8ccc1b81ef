"""Every address of the workbench with the roles that may see it. What is not listed here is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tanglaw.casework.people import ADMINISTRATOR, ANALYST, AUDITOR, FILTER, KEEPER, ROLES, SUPERVISOR, TRIAGE

# Kinds of purpose that a page asks for: none, the work on the queue, a search, or a case by its number.
NONE, WORK, SEARCH, CASE = "", "work", "search", "case"

NOBODY: frozenset[str] = frozenset()
# Also who is not logged in.
ANYONE = frozenset({"anyone"})
ALL = frozenset(ROLES)
CASEWORK = frozenset({TRIAGE, ANALYST, SUPERVISOR})
READERS = frozenset({*CASEWORK, AUDITOR})
CUSTODIANS = frozenset({*READERS, ADMINISTRATOR})
AUDITORS = frozenset({AUDITOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})
FILTERS = frozenset({FILTER})
KEEPERS = frozenset({KEEPER})
LOCKERS = frozenset({*CASEWORK, FILTER})

View = Callable[..., Any]


@dataclass(frozen=True)
class Page:
    """One address: its path, name, view, the roles that may see it, the kind of purpose it asks for, whether a log-in that
    lacks a password of its own or a second factor may see it, whether seeing it is a row of the audit, and whether a script asks
    for it again and again: that is no reading, and keeps no idle session open."""

    path: str
    name: str
    view: View
    roles: frozenset[str]
    purpose: str = NONE
    unready: bool = False
    audited: bool = True
    example: tuple[Any, ...] = ()
    polled: bool = False

    @property
    def callback(self) -> View:
        """The view as Django calls it, marked with its page, by which the guard knows it."""

        def called(request: Any, *given: Any, **named: Any) -> Any:
            return self.view(request, *given, **named)

        called.page = self  # type: ignore[attr-defined]
        called.__name__ = self.name
        return called
