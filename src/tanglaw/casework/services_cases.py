"""Writing in cases: each act is checked against the case as it stands and appended, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tanglaw.casework import cases, rights
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.folding import CLOSED, MERGED, Member
from tanglaw.casework.models import Act, Case, User
from tanglaw.casework.queries_cases import Opened, opened, sees
from tanglaw.errors import CheckUsage

# What may still be said in a case that is closed.
_STILL = {cases.NOTE, cases.OUTCOME, cases.REOPEN, cases.ASSIGN, cases.UNASSIGN}
_NAME = 200


def open_case(using: str, by: User, title: str, origin: Member, members: Iterable[Member], reason: str) -> Case:
    """Open a case from a proposal or a report, put its members in, and assign it to who opened it.

    `origin` is (proposal or report, id). Raises CheckUsage if the role may not, or a text is empty.
    """
    rights.demand(by, rights.OPEN)
    if origin[0] not in (cases.PROPOSAL, cases.REPORT):
        raise CheckUsage("a case is opened from a proposal or a report")
    why = said("the reason", reason)
    with alone(using, Case, Act):
        case = _new(using, by, (title, origin[0], origin[1], why))
        for member in sorted(set(members)):
            _put(using, case, by, cases.ADD, why, what=member[0], subject=member[1])
        _put(using, case, by, cases.ASSIGN, why, person=by)
    return case


def add(using: str, by: User, number: int, member: Member, reason: str) -> Act:
    """Put a report or actor into the case. Raises CheckUsage if it is in it."""

    def fits(found: Opened) -> None:
        if member in found.members:
            raise CheckUsage(f"the {member[0]} is in this case already")

    return _act(using, by, number, cases.ADD, reason, fits, what=member[0], subject=member[1])


def remove(using: str, by: User, number: int, member: Member, reason: str) -> Act:
    """Take a report or actor out of the case. Raises CheckUsage if it is not in it by an act of this very case."""

    def fits(found: Opened) -> None:
        if member not in found.standing.members:
            raise CheckUsage(f"the {member[0]} is not in this case by itself")

    return _act(using, by, number, cases.REMOVE, reason, fits, what=member[0], subject=member[1])


def merge(using: str, by: User, number: int, other: int, reason: str) -> Act:
    """Merge another case into this one; undoing the act parts them again as they were."""
    inner = opened(using, other)

    def fits(_found: Opened) -> None:
        if not sees(by, inner):
            raise CheckUsage(f"there is no case {other}")
        if other == number or number in inner.merged or inner.into is not None:
            raise CheckUsage("that case is part of this one or of another")

    return _act(using, by, number, cases.MERGE, reason, fits, other=inner.case)


def split(using: str, by: User, number: int, members: Iterable[Member], title: str, reason: str) -> Case:
    """Open a new case with some members of this one, which leave it. Raises CheckUsage if one is not in it by itself, or
    if nothing would stay."""
    rights.demand(by, cases.SPLIT)
    leaving = sorted(set(members))
    why = said("the reason", reason)
    with alone(using, Case, Act):
        found = _fit(using, by, number, cases.REMOVE)
        if not leaving or any(member not in found.standing.members for member in leaving):
            raise CheckUsage("choose members that are in this case by themselves")
        if len(leaving) == len(found.members):
            raise CheckUsage("nothing would stay in this case")
        case = _new(using, by, (title, cases.SPLIT, str(number), why))
        for what, subject in leaving:
            _put(using, found.case, by, cases.REMOVE, why, what=what, subject=subject)
            _put(using, case, by, cases.ADD, why, what=what, subject=subject)
        _put(using, case, by, cases.ASSIGN, why, person=by)
    return case


def assign(using: str, by: User, number: int, person: User, reason: str, away: bool = False) -> Act:
    """Put a person on the case, or take them off. Raises CheckUsage for whose role works no cases."""
    kind = cases.UNASSIGN if away else cases.ASSIGN

    def fits(found: Opened) -> None:
        if not away and (person.role not in rights.MAY[cases.NOTE] or not person.is_active):
            raise CheckUsage("that person works no cases")
        if away != (person.pk in found.standing.assigned):
            raise CheckUsage("that person is not on this case" if away else "that person is on this case already")

    return _act(using, by, number, kind, reason, fits, person=person)


def note(using: str, by: User, number: int, text: str) -> Act:
    """Add a note, paragraphs kept."""
    return _act(using, by, number, cases.NOTE, "a note", value=said("the note", text, lines=True))


def task(using: str, by: User, number: int, text: str, due: date | None) -> Act:
    """Add what is to be done, until a day if one is given."""
    return _act(using, by, number, cases.TASK, "a task", value=said("the task", text), on=due)


def done(using: str, by: User, number: int, about: int, reason: str) -> Act:
    """Say that a task is done. Raises CheckUsage if it is no task of this case, or done already."""
    row = _of(using, number, about)

    def fits(found: Opened) -> None:
        if row not in found.standing.tasks or about in found.standing.done:
            raise CheckUsage("that is no open task of this case")

    return _act(using, by, number, cases.DONE, reason, fits, about=row)


def decide(using: str, by: User, number: int, kind: str, reason: str, **given: Any) -> Act:
    """Append a decision on the case: `value` says the jurisdiction, or what it repeats; `seen` is the number of the last act
    that the person had before them.

    Raises CheckUsage if somebody acted since, if the same decision stands, or, for closing, while a child's status is open.
    """
    if kind not in cases.DECIDED:
        raise CheckUsage(f"a decision is one of {', '.join(cases.DECIDED)}")
    seen = given.pop("seen", None)
    if kind in (cases.REFER, cases.DUPLICATE):
        given["value"] = said("what it refers to", str(given.get("value", "")), _NAME)

    def fits(found: Opened) -> None:
        if seen is not None and found.standing.last != seen:
            newest = found.acts[-1]
            raise CheckUsage(f"{newest.by} has acted meanwhile ({newest.kind}): look again, then decide")
        if any(act.kind == kind for act in found.standing.waiting):
            raise CheckUsage("that is decided and waits for a second person's signature")
        if kind == cases.CLOSE:
            _closes(found)
        if kind == cases.REOPEN and found.status != CLOSED:
            raise CheckUsage("this case is not closed")

    return _act(using, by, number, kind, reason, fits, **given)


def sign(using: str, by: User, number: int, about: int, reason: str) -> Act:
    """Sign another person's decision, from when on it counts. Raises CheckUsage for one's own, or while a child is open."""
    row = _of(using, number, about)

    def fits(found: Opened) -> None:
        if row not in found.standing.waiting:
            raise CheckUsage("that decision waits for no signature")
        if row.by_id == by.pk:
            raise CheckUsage("a second person signs, not the one who decided")
        if row.kind == cases.CLOSE:
            _closes(found)

    return _act(using, by, number, cases.SIGN, reason, fits, about=row)


def outcome(using: str, by: User, number: int, kind: str, reason: str, **given: Any) -> Act:
    """Record what came of the case, or of its report `subject` (a number), on the day `on`."""
    if kind not in cases.OUTCOMES:
        raise CheckUsage(f"an outcome is one of {', '.join(cases.OUTCOMES)}")
    day = given["on"]
    if day > stamp(None).date():
        raise CheckUsage("the day lies ahead: record what has happened")
    return _act(using, by, number, cases.OUTCOME, reason, value=kind, subject=given.get("subject", ""), on=day)


def undo(using: str, by: User, number: int, about: int, reason: str) -> Act:
    """Take an act of this case back by a row of its own. The same role is needed as for the act."""
    row = _of(using, number, about)
    if row.kind == cases.UNDO:
        raise CheckUsage("an undoing is not undone: act again instead")
    rights.demand(by, row.kind)

    def fits(found: Opened) -> None:
        if about in found.standing.undone:
            raise CheckUsage("that is undone already")

    return _act(using, by, number, cases.UNDO, reason, fits, about=row)


def _closes(found: Opened) -> None:
    waiting = [one.child.pseudonym for one in found.children if one.open]
    if waiting:
        raise CheckUsage(f"the case does not close while a child's status is open: {', '.join(waiting)}")


def _act(using: str, by: User, number: int, kind: str, reason: str, fits: Any = None, **fields: Any) -> Act:
    why = said("the reason", reason)
    with alone(using, Case, Act):
        found = _fit(using, by, number, kind)
        if fits is not None:
            fits(found)
        return _put(using, found.case, by, kind, why, **fields)


def _fit(using: str, by: User, number: int, kind: str) -> Opened:
    """The case, if this person may do such an act in it now."""
    rights.demand(by, kind)
    found = opened(using, number)
    if not sees(by, found):
        raise CheckUsage(f"there is no case {number}")
    if found.status == MERGED and kind != cases.NOTE:
        raise CheckUsage(f"this case was merged into case {found.into}")
    if found.status == CLOSED and kind not in _STILL:
        raise CheckUsage("this case is closed: reopen it first")
    return found


def _of(using: str, number: int, about: int) -> Act:
    row: Act | None = Act.objects.using(using).select_related("by").filter(number=about, case_id=number).first()
    if row is None:
        raise CheckUsage(f"there is no act {about} in case {number}")
    return row


def _new(using: str, by: User, stated: tuple[str, str, str, str]) -> Case:
    title, origin, origin_id, why = stated
    last = Case.objects.using(using).order_by("-number").first()
    case = Case(
        title=said("the title", title, _NAME),
        origin=origin,
        origin_id=origin_id,
        team=by.team,
        opened_by=by,
        reason=why,
        at=stamp(last.at if last else None),
    )
    case.save(using=using)
    return case


def _put(using: str, case: Case, by: User, kind: str, why: str, **fields: Any) -> Act:
    last = Act.objects.using(using).order_by("-number").first()
    row = Act(case=case, kind=kind, by=by, reason=why, at=stamp(last.at if last else None), **fields)
    row.save(using=using)
    return row
