"""Shows that a report names a child or gives means to find one, or states access to a child.

Outcome: named (a victim block with a person, account, school or contact), access or no-access (as stated; not stated
gives no finding). Says nothing about who the reported person is.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_child_named",
    f"""
    select report_id, {NO_TEXT} as account_id, 'victim' as subject, 'T3' as criterion, 'named' as outcome,
        'the report names a child or gives means to find one: ' || joined_distinct(what) as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(record_id) as evidence
    from (
        select report_id, case when school is not null then 'school' when name is not null then 'name'
            else 'person' end as what, person_id as record_id
        from persons where role = 'victim' and (name is not null or school is not null or address is not null)
        union all
        select report_id, 'account' as what, account_id as record_id
        from accounts where role = 'victim' and identifier_kind <> 'none'
        union all
        select report_id, kind as what, contact_id as record_id from contacts where role = 'victim'
    ) v
    where report_id is not null
    group by report_id
    union all
    select report_id, {NO_TEXT} as account_id, 'child access' as subject, 'T4' as criterion, 'access' as outcome,
        'the report states access to a child' as reason, {NO_TEXT} as lane, {NO_TIME} as due_at,
        joined_distinct(record_id) as evidence
    from (
        select report_id, person_id as record_id from persons where child_access = 'yes' and role <> 'victim'
        union all
        select report_id, account_id as record_id from accounts where association = 'Parent/Guardian'
    ) a
    where report_id is not null
    group by report_id
    """,
)

CHILD_NAMED = Detector("child_named", __doc__ or "", ("persons", "accounts", "contacts"), (_FOUND,))
