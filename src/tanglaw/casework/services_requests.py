"""Writing requests: a draft is a row; what became of it is a decision that the next run reads."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from tanglaw.casework import rights, services
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import Case, Decision, Draft, User
from tanglaw.casework.queries_cases import visible
from tanglaw.casework.queries_requests import Tracked, tracked
from tanglaw.errors import CheckUsage


@dataclass(frozen=True)
class Wanted:
    """What is asked for: of whom, what, from when to when (UTC), until when it is kept; `request_id` if a run proposed it."""

    holder: str
    data: str
    covers_from: datetime
    covers_to: datetime
    due: datetime | None = None
    request_id: str = ""
    account_id: str = ""
    report_id: str = ""


def draft(using: str, by: User, wanted: Wanted, case: int | None, reason: str) -> Draft:
    """Take a request up, for a case if one is named. Raises CheckUsage if that window of it is drafted already, or the case
    is not this user's to know."""
    rights.demand(by, rights.REQUEST)
    found: Case | None = visible(using, by, case).case if case else None
    if wanted.covers_to < wanted.covers_from:
        raise CheckUsage("the window ends before it begins")
    # One that no run proposed has an id of its own, which says nothing.
    wanted = replace(
        wanted,
        holder=said("the holder", wanted.holder, 200),
        data=said("what is asked for", wanted.data),
        request_id=wanted.request_id or f"own-{secrets.token_hex(16)}",
    )
    why = said("the reason", reason)
    with alone(using, Draft):
        window = {name: getattr(wanted, name) for name in ("request_id", "covers_from", "covers_to")}
        if Draft.objects.using(using).filter(**window).exists():
            raise CheckUsage("that request is drafted already")
        last = Draft.objects.using(using).order_by("-number").first()
        row = Draft(**vars(wanted), case=found, by=by, reason=why, at=stamp(last.at if last else None))
        row.save(using=using)
    return row


def record(using: str, by: User, number: int, kind: str, on: datetime, reason: str) -> Decision:
    """Record that draft `number` was sent, answered, or has lapsed at the instant `on`."""
    row = _known(using, by, number).draft
    asked = services.Asked(row.request_id, row.covers_from, row.covers_to)
    return services.record(using, kind, asked, on, by.full_name, said("the reason", reason))


def take_back(using: str, by: User, number: int, kind: str, reason: str) -> Decision:
    """Withdraw what was recorded of draft `number`. Raises CheckUsage if nothing of that kind stands."""
    found = _known(using, by, number).records.get(kind)
    if found is None:
        raise CheckUsage("that is not recorded")
    return services.withdraw(using, found.number, by.full_name, said("the reason", reason))


def _known(using: str, by: User, number: int) -> Tracked:
    rights.demand(by, rights.REQUEST)
    found = tracked(using, by, number=number)
    if not found:
        raise CheckUsage(f"there is no request {number}")
    return found[0]
