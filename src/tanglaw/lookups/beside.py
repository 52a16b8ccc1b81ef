"""Two reports side by side: what both state, and what differs; and which reports are nearly the same as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tanglaw.engine import Engine

# Of all facts that two reports state, so many must be equal for them to be nearly the same [setting of the display].
NEARLY = 0.7
_MOST = 5
# A value in more reports than this finds no neighbours: everybody shares it.
COMMON = 200

# Facts of a report as report_id, field, value; times and numbers are no facts to compare by.
FACTS = """
    select report_id, 'ESP' as field, esp as value from reports
    union all select report_id, 'incident type', incident_type from reports
    union all select report_id, 'country', country from reports
    union all select report_id, 'flag', name from flags
    union all select report_id, coalesce(role, 'unknown') || ' account',
        coalesce(platform, '?') || ':' || coalesce(identifier, handle, 'not stated') from accounts
    union all select report_id, 'name', display_name from accounts where role = 'reported'
    union all select report_id, coalesce(role, 'unknown') || ' person', name from persons
    union all select report_id, 'born', date_of_birth from persons
    union all select report_id, 'file', hash_type || ' ' || value from file_hashes where valid
    union all select report_id, 'file class', classification from files
    union all select report_id, 'address', ip from captures
    union all select report_id, type, value from selectors where valid and type not in ('ipv4', 'ipv6', 'ip')
"""
_OF = (
    "select distinct f.report_id, f.field, cast(f.value as varchar) as value from ({facts}) f "
    "join asked_reports a on a.report_id = f.report_id where f.value is not null and cast(f.value as varchar) <> ''"
)
_NEIGHBOURS = """
    select distinct o.report_id
    from (
        select report_id, hash_type || ' ' || value as value from file_hashes where valid
        union all select report_id, account_id as value from accounts where role = 'reported'
    ) o
    join (
        select value from (
            select report_id, hash_type || ' ' || value as value from file_hashes where valid
            union all select report_id, account_id as value from accounts where role = 'reported'
        ) v
        group by value having count(distinct report_id) between 2 and {most}
    ) s on s.value = o.value
    join (
        select h.hash_type || ' ' || h.value as value from file_hashes h
        join asked_reports a on a.report_id = h.report_id where h.valid
        union
        select t.account_id as value from accounts t
        join asked_reports a on a.report_id = t.report_id where t.role = 'reported'
    ) m on m.value = o.value
    where o.report_id is not null
"""
Facts = dict[str, frozenset[str]]


@dataclass
class Beside:
    """Two reports: `same` facts that both state, `differing` rows with `field`, and what only `one` or `other` states."""

    one: str
    other: str
    same: int
    share: float
    differing: list[dict[str, Any]]


def beside(engine: Engine, one: str, other: str) -> Beside:
    """The two reports of these ids, compared field by field."""
    facts = _facts(engine, (one, other))
    return compared((one, facts[one]), (other, facts[other]))


def near_reports(engine: Engine, report: str) -> list[Beside]:
    """Up to five reports that share a file or reported account with it and state NEARLY all that it states, nearest
    first, each with what differs."""
    engine.put("asked_reports", pa.table({"report_id": [report]}))
    found = engine.rows(_NEIGHBOURS.format(most=COMMON)).column("report_id").to_pylist()
    others = sorted({str(one) for one in found} - {report})
    if not others:
        return []
    facts = _facts(engine, (report, *others))
    each = [compared((report, facts[report]), (other, facts[other])) for other in others]
    near = [one for one in each if one.share >= NEARLY]
    return sorted(near, key=lambda one: (-one.share, one.other))[:_MOST]


def _facts(engine: Engine, reports: Iterable[str]) -> dict[str, Facts]:
    wanted = sorted(set(reports))
    engine.put("asked_reports", pa.table({"report_id": wanted}))
    found: dict[str, dict[str, set[str]]] = {report: {} for report in wanted}
    for row in engine.rows(_OF.format(facts=FACTS)).to_pylist():
        found[row["report_id"]].setdefault(row["field"], set()).add(row["value"])
    return {report: {field: frozenset(values) for field, values in of.items()} for report, of in found.items()}


def compared(one: tuple[str, Facts], other: tuple[str, Facts]) -> Beside:
    """What both state, and what differs, of two reports given as (id, facts)."""
    (a, mine), (b, theirs) = one, other
    same = whole = 0
    differing = []
    for field in sorted({*mine, *theirs}):
        left, right = mine.get(field, frozenset()), theirs.get(field, frozenset())
        same += len(left & right)
        whole += len(left | right)
        if left != right:
            differing.append({"field": field, "one": sorted(left - right), "other": sorted(right - left)})
    return Beside(a, b, same, same / whole if whole else 1.0, differing)
