"""Reading cases: what each is now, who may see it, and the tables that a run takes over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tanglaw.casework import cases, children, rights
from tanglaw.casework.folding import CLOSED, MERGED, OPEN, Member, Standing, fold
from tanglaw.casework.models import Act, Case, Child, ChildState, User
from tanglaw.errors import CheckUsage


@dataclass(frozen=True)
class Children:
    """A child and what is known of it: the newest state, and those before."""

    child: Child
    state: ChildState
    states: tuple[ChildState, ...]

    @property
    def open(self) -> bool:
        """Whether the case waits for this child."""
        return self.state.status in children.OPEN


@dataclass(frozen=True)
class Opened:
    """A case as it stands: `members` with those of cases merged into it, each with the act that put it there; `into` the
    case that it was merged into, or None; `acts` all of its acts in order; `history` also those of cases merged into it."""

    case: Case
    standing: Standing
    members: dict[Member, Act]
    merged: tuple[int, ...]
    into: int | None
    children: tuple[Children, ...]
    acts: tuple[Act, ...]

    @property
    def status(self) -> str:
        """open, closed or merged."""
        return MERGED if self.into is not None else CLOSED if self.standing.closed else OPEN


def opened(using: str, number: int) -> Opened:
    """The case of that number. Raises CheckUsage if there is none."""
    case = Case.objects.using(using).select_related("opened_by", "team").filter(number=number).first()
    if case is None:
        raise CheckUsage(f"there is no case {number}")
    related = ("by", "person", "about", "other")
    acts = tuple(Act.objects.using(using).select_related(*related).filter(case_id=number))
    standing = fold(acts)
    members = dict(standing.members)
    merged: list[int] = []
    for other in standing.merged:
        inner = opened(using, other)
        members = {**inner.members, **members}
        merged += [other, *inner.merged]
    return Opened(
        case, standing, members, tuple(merged), _into(using, number), _children(using, (number, *merged)), acts
    )


def visible(using: str, user: User, number: int) -> Opened:
    """The case, if it is this user's to know. Raises CheckUsage with the same words if not, or if there is none."""
    found = opened(using, number)
    if not sees(user, found):
        raise CheckUsage(f"there is no case {number}")
    return found


def sees(user: User, found: Opened) -> bool:
    """Whether the case is this user's to know."""
    return rights.sees(user, found.case.opened_by_id, found.case.team_id, frozenset(found.standing.assigned))


def cases_of(using: str, user: User) -> list[Opened]:
    """Every case that is this user's to know, newest first."""
    each = (
        opened(using, number) for number in Case.objects.using(using).order_by("-number").values_list("pk", flat=True)
    )
    return [one for one in each if sees(user, one)]


def standing_by_member(using: str) -> dict[Member, list[int]]:
    """Numbers of the cases in which a report or actor stands, cases that were merged into others left out."""
    found: dict[Member, list[int]] = {}
    for number in Case.objects.using(using).order_by("number").values_list("pk", flat=True):
        one = opened(using, number)
        if one.into is None:
            for member in one.members:
                found.setdefault(member, []).append(number)
    return found


def member_rows(using: str, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Members of cases as they stood at `as_of` (UTC; default now), as rows of the table `case_members`."""
    acts = Act.objects.using(using).select_related("by", "about").order_by("number")
    if as_of is not None:
        acts = acts.filter(at__lte=as_of)
    each: dict[int, list[Act]] = {}
    for act in acts:
        each.setdefault(act.case_id, []).append(act)
    folded = {number: fold(rows) for number, rows in each.items()}
    into = {other: number for number, one in folded.items() for other in one.merged}
    rows: dict[tuple[int, str, str], Act] = {}
    for number, one in folded.items():
        whole = number
        while whole in into:
            whole = into[whole]
        for (what, subject), act in one.members.items():
            rows.setdefault((whole, what, subject), act)
    return [
        {
            "case_number": number,
            "kind": what,
            "member_id": subject,
            "decision_id": act.number,
            "stated_by": act.by.full_name,
            "reason": act.reason,
            "at": act.at.replace(microsecond=0),
        }
        for (number, what, subject), act in sorted(rows.items())
    ]


def _into(using: str, number: int) -> int | None:
    merges = Act.objects.using(using).filter(kind=cases.MERGE, other_id=number).exclude(answers__kind=cases.UNDO)
    found = merges.order_by("-number").first()
    return found.case_id if found is not None else None


def _children(using: str, numbers: Iterable[int]) -> tuple[Children, ...]:
    rows = Child.objects.using(using).filter(case_id__in=list(numbers)).order_by("number")
    found = []
    for child in rows:
        states = tuple(ChildState.objects.using(using).select_related("by").filter(child=child))
        found.append(Children(child, states[-1], states))
    return tuple(found)
