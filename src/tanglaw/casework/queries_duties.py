"""Reading when cases are looked at again, and which accounts are restricted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tanglaw.casework import duties
from tanglaw.casework.models import Case, Restriction, Review


def reviews(using: str, cases: Iterable[tuple[int, datetime]]) -> dict[int, date]:
    """The day on which each case (number, opened at) is to be looked at again."""
    opened = {number: (at + timedelta(days=duties.REVIEW_DAYS)).date() for number, at in cases}
    rows = Review.objects.using(using).filter(case_id__in=list(opened)).order_by("number")
    return opened | dict(rows.values_list("case_id", "due"))


def overdue(using: str, today: date) -> list[int]:
    """Numbers of cases whose day has come."""
    each = reviews(using, Case.objects.using(using).values_list("pk", "at"))
    return sorted(number for number, due in each.items() if due <= today)


def restricted(using: str) -> frozenset[str]:
    """Accounts that are restricted now."""
    newest: dict[str, str] = {}
    for account, kind in Restriction.objects.using(using).order_by("number").values_list("account_id", "kind"):
        newest[account] = kind
    return frozenset(account for account, kind in newest.items() if kind == duties.RESTRICT)
