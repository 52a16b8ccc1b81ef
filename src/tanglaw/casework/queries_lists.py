"""Reading many cases at once: lists of cases, and the cases in which reports stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tanglaw.casework import cases, children
from tanglaw.casework.folding import CLOSED, MERGED, OPEN, fold
from tanglaw.casework.folding import Standing as Folded
from tanglaw.casework.models import Act, Case, ChildState, User
from tanglaw.casework.queries_duties import reviews
from tanglaw.casework.rights import sees

_AT_ONCE = 100


@dataclass(frozen=True)
class Standing:
    """A case in a list: who is on it, how much is in it, what waits, and the next step for a child."""

    number: int
    title: str
    status: str
    opened_at: datetime
    opened_by: str
    assigned: tuple[str, ...]
    mine: bool
    reports: int
    actors: int
    children_open: int
    due: date | None
    waiting: int
    tasks: int
    review: date


def list_cases(using: str, user: User, numbers: Iterable[int] | None = None) -> list[Standing]:
    """Cases that are this user's to know, newest first; of these numbers, if they are given."""
    rows = Case.objects.using(using).select_related("opened_by").order_by("-number")
    acts = Act.objects.using(using).select_related("about", "person").order_by("number")
    if numbers is not None:
        chosen = list(numbers)
        rows, acts = rows.filter(pk__in=chosen), acts.filter(case_id__in=chosen)
    each: dict[int, list[Act]] = {}
    for act in acts:
        each.setdefault(act.case_id, []).append(act)
    merges = Act.objects.using(using).filter(kind=cases.MERGE).exclude(answers__kind=cases.UNDO)
    into = set(merges.values_list("other_id", flat=True))
    waiting = _open_children(using)
    due = reviews(using, [(case.number, case.at) for case in rows])
    found = []
    for case in rows:
        folded = fold(each.get(case.number, ()))
        if sees(user, case.opened_by_id, case.team_id, frozenset(folded.assigned)):
            found.append(
                _standing(case, folded, case.number in into, waiting.get(case.number, []), user, due[case.number])
            )
    return found


def open_cases(using: str, user: User, most: int, but: int = 0) -> list[Standing]:
    """The newest cases that are open and this user's to know, but one; older ones are looked at only if need be."""
    numbers = list(Case.objects.using(using).order_by("-number").values_list("pk", flat=True))
    found: list[Standing] = []
    for start in range(0, len(numbers), _AT_ONCE):
        each = list_cases(using, user, numbers[start : start + _AT_ONCE])
        found += [one for one in each if one.status == OPEN and one.number != but]
        if len(found) >= most:
            break
    return found[:most]


def cases_with(using: str, user: User, reports: Iterable[str]) -> dict[str, list[Standing]]:
    """By report, the cases in which it stands that are this user's to know."""
    rows = Act.objects.using(using).filter(kind=cases.ADD, what=cases.REPORT, subject__in=list(reports))
    pairs = list(rows.values_list("subject", "case_id"))
    known = {one.number: one for one in list_cases(using, user, {number for _, number in pairs})} if pairs else {}
    found: dict[str, list[Standing]] = {}
    for report, number in sorted(set(pairs)):
        if number in known:
            found.setdefault(report, []).append(known[number])
    return found


def reports_of(using: str, user: User) -> list[str]:
    """Reports in the cases that this user is on."""
    mine = Act.objects.using(using).filter(kind=cases.ASSIGN, person=user).values_list("case_id", flat=True)
    acts = Act.objects.using(using).select_related("about").filter(case_id__in=set(mine)).order_by("number")
    each: dict[int, list[Act]] = {}
    for act in acts:
        each.setdefault(act.case_id, []).append(act)
    folded = [one for one in map(fold, each.values()) if user.pk in one.assigned and not one.closed]
    return sorted({subject for one in folded for what, subject in one.members if what == cases.REPORT})


def _open_children(using: str) -> dict[int, list[ChildState]]:
    """By case, the newest state of each child whose status is open."""
    newest: dict[int, ChildState] = {}
    for state in ChildState.objects.using(using).select_related("child").order_by("number"):
        newest[state.child_id] = state
    found: dict[int, list[ChildState]] = {}
    for state in newest.values():
        if state.status in children.OPEN:
            found.setdefault(state.child.case_id, []).append(state)
    return found


def _standing(
    case: Case, folded: Folded, merged: bool, waiting: list[ChildState], user: User, review: date
) -> Standing:
    kinds = [what for what, _ in folded.members]
    return Standing(
        case.number,
        case.title,
        MERGED if merged else CLOSED if folded.closed else OPEN,
        case.at,
        case.opened_by.full_name,
        tuple(act.person.full_name for act in folded.assigned.values()),
        user.pk in folded.assigned,
        kinds.count(cases.REPORT),
        kinds.count(cases.ACTOR),
        len(waiting),
        min((state.due for state in waiting if state.due), default=None),
        len(folded.waiting),
        len(folded.tasks) - len(folded.done),
        review,
    )
