"""What a case is now: the fold of its acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tanglaw.casework import cases
from tanglaw.casework.cases import Act

OPEN, CLOSED, MERGED = "open", "closed", "merged"
Member = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """The acts of one case that are in force.

    `members` are those of the case itself by (report or actor, id), `merged` the cases that were merged into it,
    `decided` its decisions, `signed` the signature of a decision by its number, `waiting` decisions that nobody signed yet.
    """

    members: Mapping[Member, Act] = field(default_factory=dict)
    merged: tuple[int, ...] = ()
    assigned: Mapping[int, Act] = field(default_factory=dict)
    notes: tuple[Act, ...] = ()
    tasks: tuple[Act, ...] = ()
    done: Mapping[int, Act] = field(default_factory=dict)
    decided: tuple[Act, ...] = ()
    signed: Mapping[int, Act] = field(default_factory=dict)
    outcomes: tuple[Act, ...] = ()
    undone: Mapping[int, Act] = field(default_factory=dict)
    closed: bool = False
    last: int = 0

    @property
    def waiting(self) -> tuple[Act, ...]:
        """Decisions that count only once a second person has signed."""
        return tuple(act for act in self.decided if act.kind in cases.SIGNED and act.number not in self.signed)


def fold(acts: Iterable[Act]) -> Standing:
    """The state of one case after its acts, in their order."""
    rows = list(acts)
    undone = {act.about_id: act for act in rows if act.kind == cases.UNDO}
    members: dict[Member, Act] = {}
    assigned: dict[int, Act] = {}
    signed: dict[int, Act] = {}
    closed = False
    by_kind: dict[str, list[Act]] = {}
    for act in rows:
        if act.number in undone:
            continue
        by_kind.setdefault(act.kind, []).append(act)
        if act.kind == cases.ADD:
            members[act.what, act.subject] = act
        elif act.kind == cases.REMOVE:
            members.pop((act.what, act.subject), None)
        elif act.kind == cases.ASSIGN:
            assigned[act.person_id] = act
        elif act.kind == cases.UNASSIGN:
            assigned.pop(act.person_id, None)
        elif act.kind == cases.SIGN and act.about_id not in undone:
            signed[act.about_id] = act
            closed = closed or act.about.kind == cases.CLOSE
        elif act.kind == cases.REOPEN:
            closed = False
    return Standing(
        members,
        tuple(act.other_id for act in by_kind.get(cases.MERGE, ())),
        assigned,
        tuple(by_kind.get(cases.NOTE, ())),
        tuple(by_kind.get(cases.TASK, ())),
        {act.about_id: act for act in by_kind.get(cases.DONE, ())},
        tuple(act for act in rows if act.kind in cases.DECIDED and act.number not in undone),
        signed,
        tuple(by_kind.get(cases.OUTCOME, ())),
        undone,
        closed,
        rows[-1].number if rows else 0,
    )
