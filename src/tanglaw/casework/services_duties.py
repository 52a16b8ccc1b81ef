"""Writing reviews of cases and restriction of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from tanglaw.casework import duties, rights
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import Restriction, Review, User
from tanglaw.casework.queries_cases import visible
from tanglaw.casework.queries_duties import restricted
from tanglaw.errors import CheckUsage


def review(using: str, by: User, case: int, due: date, reason: str) -> Review:
    """Say why the case is still needed, and until when it is looked at again: within twice the usual time from today."""
    rights.demand(by, rights.REVIEW)
    today = stamp(None).date()
    if not today < due <= today + timedelta(days=2 * duties.REVIEW_DAYS):
        raise CheckUsage(f"the next look lies within {2 * duties.REVIEW_DAYS} days from today")
    with alone(using, Review):
        found = visible(using, by, case).case
        row = Review(case=found, due=due, by=by, reason=said("the reason", reason), at=stamp(None))
        row.save(using=using)
    return row


def restrict(using: str, accounts: Iterable[str], by: str, reason: str, lift: bool = False) -> list[Restriction]:
    """Restrict accounts, or lift that. Raises CheckUsage if none of them changes by it."""
    kind = duties.LIFT if lift else duties.RESTRICT
    with alone(using, Restriction):
        standing = restricted(using)
        chosen = sorted(one for one in set(accounts) if (one in standing) == lift)
        if not chosen:
            raise CheckUsage("that is not restricted" if lift else "that is restricted already")
        name, why = said("--by", by, 200), said("--reason", reason)
        rows = [Restriction(kind=kind, account_id=one, stated_by=name, reason=why, at=stamp(None)) for one in chosen]
        for row in rows:
            row.save(using=using)
    return rows
