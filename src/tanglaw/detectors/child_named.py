"""Shows that a report names a child or gives means to find one, or states access to a child.

Outcome: named (a victim block with a person, account, school, place or contact, or a guardian's account), access or
no-access (as stated; not stated gives no finding, and a stated no is shown and counts for nothing). An account that
the ESP associates as Parent/Guardian counts as access; beside a victim's account it is means to find the child.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        "guardian_accounts",
        """
        select g.report_id, g.account_id, max(case when o.account_id is not null then 1 else 0 end) as of_victim
        from known_accounts g
        left join associations s on s.report_id = g.report_id and s.other_account_id = g.account_id
            and s.kind = 'associated-account'
        left join known_accounts o on o.report_id = s.report_id and o.account_id = s.account_id and o.role = 'victim'
        where g.association = 'Parent/Guardian' and g.report_id is not null
        group by g.report_id, g.account_id
        """,
        keep=True,
    ),
    Sql(
        "found_child_named",
        f"""
        select report_id, {NO_TEXT} as account_id, 'victim' as subject, 'T3' as criterion, 'named' as outcome,
            'the report names a child or gives means to find one: ' || joined_distinct(what) as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(record_id) as evidence
        from (
            select report_id, case when school is not null then 'school' when name is not null then 'name'
                else 'place' end as what, person_id as record_id
            from persons
            where role = 'victim' and coalesce(name, school, address, postal_code, city) is not null
            union all
            select report_id, 'account' as what, account_id as record_id
            from known_accounts where role = 'victim' and identifier_kind <> 'none'
            union all
            select report_id, 'place' as what, account_id as record_id
            from known_accounts where role = 'victim' and city is not null
            union all
            select report_id, kind as what, contact_id as record_id from contacts where role = 'victim'
            union all
            select report_id, 'guardian''s account' as what, account_id as record_id
            from guardian_accounts where of_victim = 1
        ) v
        where report_id is not null
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'child access' as subject, 'T4' as criterion, 'access' as outcome,
            'the report states access to a child: ' || joined_distinct(what) as reason, {NO_TEXT} as lane,
            {NO_TIME} as due_at, joined_distinct(record_id) as evidence
        from (
            select report_id, 'as written' as what, person_id as record_id
            from persons where child_access = 'yes' and coalesce(role, 'unknown') <> 'victim'
            union all
            select report_id, 'an associated Parent/Guardian account' as what, account_id as record_id
            from guardian_accounts where of_victim = 0
        ) a
        where report_id is not null
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'child access' as subject, {NO_TEXT} as criterion,
            'no-access' as outcome, 'the report states that there is no access to a child' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(person_id) as evidence
        from persons
        where child_access = 'no' and coalesce(role, 'unknown') <> 'victim' and report_id is not null
        group by report_id
        """,
    ),
)

CHILD_NAMED = Detector("child_named", __doc__ or "", ("persons", "accounts", "contacts", "associations"), _STEPS)
