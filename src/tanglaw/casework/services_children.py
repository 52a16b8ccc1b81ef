"""Writing about children: each statement is a row; a referral for protection is a record of its own."""

from __future__ import annotations

from datetime import date

from tanglaw.casework import children, rights
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import Child, ChildState, Referral, User
from tanglaw.casework.queries_cases import Children, opened, sees
from tanglaw.errors import CheckUsage

_NAME = 100


def enter(using: str, by: User, number: int, pseudonym: str, next_step: tuple[str, date], reason: str) -> Child:
    """Enter a child that the case is about, unidentified. `next_step` is the authority that acts next and its day.

    Raises CheckUsage if the pseudonym stands in the case already, or the case is not this user's to know.
    """
    name, why = said("the pseudonym", pseudonym, _NAME), said("the reason", reason)
    authority = said("the authority", next_step[0], 200)
    with alone(using, Child, ChildState):
        found = _seen(using, by, number, rights.CHILD)
        if any(one.child.pseudonym == name for one in found):
            raise CheckUsage("that pseudonym stands for a child of this case already")
        at = stamp(None)
        child = Child(case_id=number, pseudonym=name, by=by, reason=why, at=at)
        child.save(using=using)
        ChildState(
            child=child,
            status=children.UNIDENTIFIED,
            authority=authority,
            due=next_step[1],
            by=by,
            reason=why,
            at=at,
        ).save(using=using)
    return child


def restate(
    using: str, by: User, child: Child, status: str, next_step: tuple[str, date | None], reason: str
) -> ChildState:
    """Append what is known of the child from now on. An open status names the authority and the day of the next step."""
    if status not in children.STATUSES:
        raise CheckUsage(f"a child's status is {', '.join(children.STATUSES)}")
    authority, due = said("the authority", next_step[0], 200), next_step[1]
    if status in children.OPEN and due is None:
        raise CheckUsage("an open status names the day of the next step")
    why = said("the reason", reason)
    with alone(using, ChildState):
        _seen(using, by, child.case_id, rights.CHILD)
        last = ChildState.objects.using(using).filter(child=child).order_by("-number").first()
        row = ChildState(
            child=child,
            status=status,
            authority=authority,
            due=due,
            by=by,
            reason=why,
            at=stamp(last.at if last else None),
        )
        row.save(using=using)
    return row


def refer(using: str, by: User, child: Child, authority: str, reference: str = "") -> Referral:
    """Record that the child was referred for protection: authority, its reference if known, and nothing else."""
    _seen(using, by, child.case_id, rights.REFERRAL)
    row = Referral(
        child=child,
        authority=said("the authority", authority, 200),
        reference=said("the reference", reference, _NAME) if reference.strip() else "",
        by=by,
        at=stamp(None),
    )
    row.save(using=using)
    return row


def of_case(using: str, number: int, child: int) -> Child:
    """A child by number, of that case or of one merged into it. Raises CheckUsage."""
    for one in opened(using, number).children:
        if one.child.pk == child:
            return one.child
    raise CheckUsage("there is no such child in this case")


def _seen(using: str, by: User, number: int, act: str) -> tuple[Children, ...]:
    rights.demand(by, act)
    found = opened(using, number)
    if not sees(by, found):
        raise CheckUsage(f"there is no case {number}")
    return found.children
