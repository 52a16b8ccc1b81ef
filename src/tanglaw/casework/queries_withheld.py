"""Reading locks and the protected list as they stand."""

from __future__ import annotations

from tanglaw.casework import withheld
from tanglaw.casework.models import Lock, OwnSelector, Protection, Restriction, User


def locks(using: str) -> list[Lock]:
    """The lock of each subject that is locked now, in order of locking."""
    newest: dict[tuple[str, str], Lock] = {}
    for row in Lock.objects.using(using).select_related("by").order_by("number"):
        newest[row.what, row.subject] = row
    return sorted((row for row in newest.values() if row.kind == withheld.LOCK), key=lambda row: int(row.number))


def entries(using: str) -> list[Protection]:
    """Entries of the protected list that stand."""
    rows = Protection.objects.using(using).select_related("by").filter(kind=withheld.ENTER)
    return list(rows.exclude(answers__kind=withheld.WITHDRAW))


def decisions(using: str) -> dict[tuple[int, str], Protection]:
    """The newest decision by entry and report or conversation."""
    rows = Protection.objects.using(using).select_related("by").filter(kind__in=(withheld.LET, withheld.HOLD))
    return {(row.about_id, row.subject): row for row in rows.order_by("number")}


def state(using: str) -> tuple[int, ...]:
    """Numbers of the last lock, row of the protected list and restriction: what is derived from them holds while these stand."""
    each = (model.objects.using(using).order_by("-number") for model in (Lock, Protection, Restriction))
    return tuple(rows.values_list("number", flat=True).first() or 0 for rows in each)


def own_digests(using: str) -> dict[str, list[User]]:
    """Whose own selector each keyed digest is."""
    found: dict[str, list[User]] = {}
    for row in OwnSelector.objects.using(using).select_related("user"):
        found.setdefault(row.digest, []).append(row.user)
    return found
