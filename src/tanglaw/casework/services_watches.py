"""Writing watch entries, and reading those that a person may know."""

from __future__ import annotations

from datetime import date, timedelta

from tanglaw.casework import rights, watches
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.folding import OPEN
from tanglaw.casework.models import User, Watch
from tanglaw.casework.queries_cases import visible
from tanglaw.casework.queries_lists import list_cases
from tanglaw.errors import CheckUsage


def place(using: str, by: User, case: int, selector: tuple[str, str], expires: date, reason: str) -> Watch:
    """Watch for a selector (type, normalised value) in a case until the end of a day.

    Raises CheckUsage for a case that is not open or not this user's to know, a day that is over or too far, and an entry that
    stands already.
    """
    rights.demand(by, rights.WATCH)
    found = visible(using, by, case)
    if found.status != OPEN:
        raise CheckUsage("only an open case watches")
    today = stamp(None).date()
    if not today <= expires <= today + timedelta(days=watches.DAYS_MAX):
        raise CheckUsage(f"the last day lies within {watches.DAYS_MAX} days from today")
    with alone(using, Watch):
        if any((one.type, one.value, one.case_id) == (*selector, case) for one in in_force(using, by)):
            raise CheckUsage("this case watches for that already")
        row = Watch(
            kind=watches.PLACE,
            type=selector[0],
            value=selector[1],
            expires=expires,
            case=found.case,
            by=by,
            reason=said("the reason", reason),
            at=stamp(None),
        )
        row.save(using=using)
    return row


def withdraw(using: str, by: User, number: int, reason: str) -> Watch:
    """Watch no longer. Raises CheckUsage if the entry does not stand, or is not this user's to know."""
    rights.demand(by, rights.WATCH)
    with alone(using, Watch):
        entry = next((one for one in placed(using, by) if one.number == number), None)
        if entry is None or hasattr(entry, "withdrawn"):
            raise CheckUsage("that entry does not stand")
        why = said("the reason", reason)
        row = Watch(kind=watches.WITHDRAW, about=entry, case=entry.case, by=by, reason=why, at=stamp(entry.at))
        row.save(using=using)
    return row


def placed(using: str, user: User | None = None) -> list[Watch]:
    """Every entry that was ever placed, with its withdrawal if there is one: those of cases that are this user's to know, or,
    for the command line, all."""
    rows = list(Watch.objects.using(using).select_related("by", "case", "withdrawn").filter(kind=watches.PLACE))
    if user is None:
        return rows
    known = {one.number for one in list_cases(using, user, {row.case_id for row in rows})}
    return [row for row in rows if row.case_id in known]


def in_force(using: str, user: User | None = None) -> list[Watch]:
    """Entries that stand today."""
    today = stamp(None).date()
    return [row for row in placed(using, user) if not hasattr(row, "withdrawn") and row.expires >= today]
