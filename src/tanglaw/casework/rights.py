"""Who may do what: rights hang on the role, and for a case on being on it. What is not named here, nobody may do."""

from __future__ import annotations

from tanglaw.casework import cases
from tanglaw.casework.people import ADMINISTRATOR, ANALYST, AUDITOR, FILTER, KEEPER, ROLES, SUPERVISOR, TRIAGE, User
from tanglaw.errors import CheckUsage

OPEN, CHILD, REFERRAL, JUDGE, RUN = "open", "child", "referral", "judge", "run"
REQUEST, WATCH, REVIEW = "request", "watch", "review"
LOCK, LIFT, PROTECT = "lock for privilege", "lift a privilege", "protect"
_CASEWORK = frozenset({TRIAGE, ANALYST, SUPERVISOR})
_ANALYSIS = frozenset({ANALYST, SUPERVISOR})
_SUPERVISION = frozenset({SUPERVISOR})
MANAGES_PEOPLE = frozenset({ADMINISTRATOR})

MAY: dict[str, frozenset[str]] = {
    OPEN: _CASEWORK,
    CHILD: _CASEWORK,
    REFERRAL: _CASEWORK,
    JUDGE: _ANALYSIS,
    REQUEST: _CASEWORK,
    WATCH: _CASEWORK,
    REVIEW: _ANALYSIS,
    "release-alert": _SUPERVISION,
    "recall-alert": _SUPERVISION,
    "refuse-alert": _ANALYSIS,
    LOCK: frozenset({*_CASEWORK, FILTER}),
    LIFT: frozenset({FILTER}),
    PROTECT: frozenset({KEEPER}),
    cases.ADD: _ANALYSIS,
    cases.REMOVE: _ANALYSIS,
    cases.MERGE: _ANALYSIS,
    cases.SPLIT: _ANALYSIS,
    cases.ASSIGN: _CASEWORK,
    cases.UNASSIGN: _CASEWORK,
    cases.NOTE: _CASEWORK,
    cases.TASK: _CASEWORK,
    cases.DONE: _CASEWORK,
    cases.ESCALATE: _CASEWORK,
    cases.SAFEGUARDING: _CASEWORK,
    cases.DUPLICATE: _CASEWORK,
    cases.INSUFFICIENT: _CASEWORK,
    cases.REFER: _ANALYSIS,
    cases.CLOSE: _ANALYSIS,
    cases.REOPEN: _ANALYSIS,
    cases.OUTCOME: _ANALYSIS,
    cases.UNDO: _CASEWORK,
    cases.SIGN: _SUPERVISION,
    RUN: MANAGES_PEOPLE,
}
READS_CASES = frozenset({*_CASEWORK, AUDITOR})


def demand(user: User, act: str) -> None:
    """Raises CheckUsage, with the roles that may, unless the user's role may do this act."""
    roles = MAY.get(act, frozenset())
    if not user.is_active:
        raise CheckUsage("this user is blocked")
    if user.role not in roles:
        who = ", ".join(ROLES[role] for role in ROLES if role in roles) or "nobody"
        raise CheckUsage(f"{act} is for {who}, not for a {ROLES[user.role]}")


def sees(user: User, opened_by: int, team: int | None, assigned: frozenset[int]) -> bool:
    """Whether the case is this user's to know: they opened it, are on it, or it is of their team; an auditor sees all."""
    if not user.is_active or user.role not in READS_CASES:
        return False
    if user.role == AUDITOR or user.pk == opened_by or user.pk in assigned:
        return True
    return team is not None and team == user.team_id
