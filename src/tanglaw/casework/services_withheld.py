"""Writing locks and the protected list: each statement is a row of a named person."""

from __future__ import annotations

from tanglaw.casework import rights, withheld
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import Lock, OwnSelector, Protection, User
from tanglaw.casework.queries_withheld import entries, locks
from tanglaw.errors import CheckUsage


def lock(using: str, by: User, subject: tuple[str, str], profession: str, reason: str) -> Lock:
    """Lock (what, id) for the privilege of a profession: from then on its text is the filter role's alone.

    Raises CheckUsage if it is locked already, or for what cannot be locked.
    """
    what, one = subject
    rights.demand(by, rights.LOCK)
    if what not in withheld.LOCKABLE or not one:
        raise CheckUsage(f"what is locked is {', '.join(withheld.LOCKABLE)}")
    if profession not in withheld.PROFESSIONS:
        raise CheckUsage(f"a privilege is that of a {', '.join(withheld.PROFESSIONS)}")
    return _on_lock(using, by, (withheld.LOCK, what, one, profession), reason)


def lift(using: str, by: User, subject: tuple[str, str], reason: str) -> Lock:
    """Say that (what, id) is not privileged after all. Raises CheckUsage if it is not locked."""
    rights.demand(by, rights.LIFT)
    return _on_lock(using, by, (withheld.LIFT, *subject, ""), reason)


def enter(using: str, by: User, selector: tuple[str, str], reason: str) -> Protection:
    """Enter a selector (type, normalised value) into the protected list."""
    rights.demand(by, rights.PROTECT)
    with alone(using, Protection):
        if any((one.type, one.value) == selector for one in entries(using)):
            raise CheckUsage("that stands on the protected list already")
        return _protected(using, by, reason, kind=withheld.ENTER, type=selector[0], value=selector[1])


def withdraw(using: str, by: User, number: int, reason: str) -> Protection:
    """Take an entry off the protected list."""
    rights.demand(by, rights.PROTECT)
    with alone(using, Protection):
        return _protected(using, by, reason, kind=withheld.WITHDRAW, about=_entry(using, number))


def decide(using: str, by: User, number: int, kind: str, subject: str, reason: str) -> Protection:
    """Decide on a report or conversation that entry `number` holds: `let` it through, or `hold` it; the newest row counts."""
    rights.demand(by, rights.PROTECT)
    if kind not in (withheld.LET, withheld.HOLD):
        raise CheckUsage("what is held is let through or held")
    with alone(using, Protection):
        return _protected(using, by, reason, kind=kind, about=_entry(using, number), subject=subject)


def own(using: str, user: User, digest: str) -> None:
    """Keep the keyed digest of a selector that is this person's own, once."""
    with alone(using, OwnSelector):
        if not OwnSelector.objects.using(using).filter(user=user, digest=digest).exists():
            OwnSelector(user=user, digest=digest, at=stamp(None)).save(using=using)


def _on_lock(using: str, by: User, stated: tuple[str, str, str, str], reason: str) -> Lock:
    kind, what, subject, profession = stated
    why = said("the reason", reason)
    with alone(using, Lock):
        standing = (what, subject) in {(one.what, one.subject) for one in locks(using)}
        if standing == (kind == withheld.LOCK):
            raise CheckUsage(f"the {what} is {'locked already' if standing else 'not locked'}")
        last = Lock.objects.using(using).order_by("-number").first()
        at = stamp(last.at if last else None)
        row = Lock(kind=kind, what=what, subject=subject, profession=profession, by=by, reason=why, at=at)
        row.save(using=using)
    return row


def _entry(using: str, number: int) -> Protection:
    for one in entries(using):
        if one.number == number:
            return one
    raise CheckUsage("that entry does not stand on the protected list")


def _protected(using: str, by: User, reason: str, **fields: object) -> Protection:
    last = Protection.objects.using(using).order_by("-number").first()
    row = Protection(by=by, reason=said("the reason", reason), at=stamp(last.at if last else None), **fields)
    row.save(using=using)
    return row
