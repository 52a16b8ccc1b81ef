"""Reading requests: each draft with what became of it, for those who may know its case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tanglaw.casework.models import ON_REQUESTS, Decision, Draft, User
from tanglaw.casework.queries import in_force
from tanglaw.casework.queries_lists import list_cases

DRAFT, SENT, ANSWERED, LAPSED = "draft", "sent", "answered", "lapsed"
STATUSES = (DRAFT, SENT, ANSWERED, LAPSED)


@dataclass(frozen=True)
class Tracked:
    """A draft and the decisions on it that stand, by kind."""

    draft: Draft
    records: dict[str, Decision]

    @property
    def status(self) -> str:
        """draft, sent, answered or lapsed."""
        return next((kind for kind in (ANSWERED, LAPSED, SENT) if kind in self.records), DRAFT)

    @property
    def due(self) -> datetime | None:
        """When the log lapses, while nobody has asked for it."""
        return self.draft.due if self.status == DRAFT else None

    def at(self, kind: str) -> datetime | None:
        """When it was sent, answered or lapsed."""
        return self.records[kind].happened_at if kind in self.records else None

    @property
    def sent(self) -> datetime | None:
        """When it was sent."""
        return self.at(SENT)

    @property
    def ended(self) -> datetime | None:
        """When it was answered or lapsed."""
        return self.at(ANSWERED) or self.at(LAPSED)


def tracked(using: str, user: User, **of: Any) -> list[Tracked]:
    """Drafts that are this user's to know, what lapses first leading; `of` narrows as Django's filters do."""
    rows = list(Draft.objects.using(using).select_related("by", "case").filter(**of))
    named = {row.case_id for row in rows if row.case_id}
    known = {one.number for one in list_cases(using, user, named)} if named else set()
    mine = [row for row in rows if row.case_id is None or row.case_id in known]
    about = records(using, {row.request_id for row in mine})
    found = [Tracked(row, about.get((row.request_id, row.covers_from, row.covers_to), {})) for row in mine]
    return sorted(found, key=lambda one: (one.draft.due is None, one.draft.due, one.draft.number))


def taken(using: str, ids: Iterable[str]) -> set[str]:
    """Those requests that somebody drafted."""
    return set(Draft.objects.using(using).filter(request_id__in=list(ids)).values_list("request_id", flat=True))


def records(using: str, ids: Iterable[str]) -> dict[tuple[str, Any, Any], dict[str, Decision]]:
    """Decisions on requests that stand: by request and window, then by kind."""
    wanted = set(ids)
    found: dict[tuple[str, Any, Any], dict[str, Decision]] = {}
    for row in in_force(using) if wanted else ():
        if row.kind in ON_REQUESTS and row.request_id in wanted:
            found.setdefault((row.request_id, row.covers_from, row.covers_to), {})[row.kind] = row
    return found
