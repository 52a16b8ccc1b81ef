"""Reading decisions: the list of them, and the tables that a run takes over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db.models import Q

from tanglaw.casework.database import standalone
from tanglaw.casework.models import (
    CORRECT,
    LEAVE_OUT,
    ON_ALERTS,
    ON_PAIRS,
    ON_REQUESTS,
    ON_ROLES,
    ON_SESSIONS,
    VERIFY,
    WITHDRAW,
    Decision,
)
from tanglaw.casework.queries_cases import member_rows
from tanglaw.casework.queries_watches import watch_rows
from tanglaw.ids import Ids
from tanglaw.tables import TABLES

__all__ = ["decisions", "in_force", "standalone", "tables"]

_KINDS = {
    "judgements": ON_PAIRS,
    "corrections": (CORRECT,),
    "left_out": (LEAVE_OUT,),
    "verified": (VERIFY,),
    "request_records": ON_REQUESTS,
    "alert_records": ON_ALERTS,
    "assessments": (*ON_SESSIONS, *ON_ROLES),
}


def in_force(using: str, as_of: datetime | None = None) -> list[Decision]:
    """Decisions that stand at `as_of` (UTC; default now), in the order of deciding: made by then, and not withdrawn by
    then. Withdrawals themselves are not among them."""
    rows = Decision.objects.using(using).exclude(kind=WITHDRAW)
    if as_of is None:
        return list(rows.filter(withdrawn_by__isnull=True))
    return list(rows.filter(Q(withdrawn_by__isnull=True) | Q(withdrawn_by__at__gt=as_of), at__lte=as_of))


def tables(using: str, as_of: datetime | None = None, ids: Ids | None = None) -> dict[str, pa.Table]:
    """The tables that a run takes over as they stand at `as_of`, rows in the order of deciding.

    `ids` are those of the workspace; without them there are no watch entries.
    """
    rows = in_force(using, as_of)
    found = {}
    for name, kinds in _KINDS.items():
        schema = TABLES[name].schema
        chosen = [row for row in rows if row.kind in kinds]
        columns = {"decision_id": [row.number for row in chosen]} | {
            field.name: [getattr(row, field.name) for row in chosen] for field in schema if field.name != "decision_id"
        }
        found[name] = pa.table(columns, schema=schema)
    found["verified"] = pa.concat_tables([found["verified"], _confirmed(rows)])
    found["case_members"] = pa.Table.from_pylist(member_rows(using, as_of), schema=TABLES["case_members"].schema)
    watched = watch_rows(using, ids, as_of) if ids is not None else []
    found["placed_watches"] = pa.Table.from_pylist(watched, schema=TABLES["placed_watches"].schema)
    return found


def _confirmed(rows: list[Decision]) -> pa.Table:
    """Parties of confirmed sessions as verified facts, each account that no earlier decision names."""
    known = {row.account_id for row in rows}
    found = []
    for row in rows:
        for account in row.parties.split():
            if account not in known:
                known.add(account)
                stated = {"stated_by": row.stated_by, "reason": row.reason, "at": row.at}
                found.append({"decision_id": row.number, "account_id": account, **stated})
    return pa.Table.from_pylist(found, schema=TABLES["verified"].schema)


def decisions(using: str, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Every decision made by `as_of`, newest first: number, kind, subject, value, by, reason, at, withdrawn_by (the
    number of the withdrawal, or empty)."""
    rows = Decision.objects.using(using).select_related("withdrawn_by").order_by("-number")
    if as_of is not None:
        rows = rows.filter(at__lte=as_of)
    return [_shown(row, as_of) for row in rows]


def _shown(row: Decision, as_of: datetime | None) -> dict[str, Any]:
    taken_back = getattr(row, "withdrawn_by", None)
    if taken_back is not None and as_of is not None and taken_back.at > as_of:
        taken_back = None
    return {
        "number": row.number,
        "kind": row.kind,
        "subject": row.subject or str(row.withdraws_id),
        "value": row.account_open
        or (row.value if row.happened_at is None else f"{row.happened_at:%Y-%m-%dT%H:%M:%SZ}"),
        "by": row.stated_by,
        "reason": row.reason,
        "at": row.at,
        "withdrawn_by": taken_back.number if taken_back is not None else None,
    }
