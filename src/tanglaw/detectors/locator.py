"""Shows what in a report can be acted on to find the account holder: address with time and port, phone, e-mail, account.

Outcome: ip (time to the second and port, or IPv6 with that time, not marked as a possible proxy), phone, email,
billing, account, or same-hand (another account of the actor, as links propose it, has a phone, e-mail or such an address).
Actionability only: it says nothing about danger.
"""

from __future__ import annotations

from tanglaw.detectors.base import HANDS, NO_TEXT, NO_TIME, REPORTED_HANDS, TO_THE_SECOND, Detector
from tanglaw.engine.steps import Sql

_OWN = """
        select report_id, account_id, 'ip' as outcome, capture_id as record_id, role from captures c
        where {second} and not coalesce(proxy, false) and (port is not null or strpos(ip, ':') > 0)
        union all
        select report_id, account_id, kind as outcome, contact_id as record_id, role from contacts
        where kind in ('phone', 'email')
"""
_PLACES = Sql("locator_places", _OWN.format(second=TO_THE_SECOND), keep=True)
_OTHERS = Sql(
    "locator_others",
    """
    select h.report_id, p.outcome, p.record_id
    from locator_places p
    left join actors t on t.account_id = p.account_id
    join hands h on h.actor_id = coalesce(t.actor_id, p.account_id)
    left join (select distinct report_id, outcome from locator_places where role = 'reported') o
        on o.report_id = h.report_id and o.outcome = p.outcome
    where p.account_id is not null and coalesce(p.report_id, '') <> h.report_id and o.report_id is null
        and coalesce(p.role, 'unknown') not in ('mentioned', 'reporter', 'victim', 'recipient')
    """,
)
_FOUND = Sql(
    "found_locator",
    f"""
    select report_id, {NO_TEXT} as account_id, outcome as subject, 'T9.' || outcome as criterion, outcome,
        case when outcome = 'ip' then cast(count(*) as varchar) || ' IP capture(s) precise enough to ask for the subscriber'
            when outcome = 'phone' then cast(count(*) as varchar) || ' phone number(s) of the account'
            when outcome = 'email' then cast(count(*) as varchar) || ' e-mail address(es) of the account'
            when outcome = 'billing' then 'a billing account or purchase'
            else 'an account that the ESP can identify' end as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(record_id) as evidence
    from (
        select report_id, outcome, record_id from locator_places where role = 'reported'
        union all
        select report_id, 'billing' as outcome, account_id as record_id from known_accounts where association = 'Billing'
        union all
        select report_id, 'billing' as outcome, capture_id as record_id from captures
        where event = 'Purchase' and coalesce(role, 'unknown') not in ('victim', 'recipient')
        union all
        select report_id, 'account' as outcome, account_id as record_id from known_accounts
        where role = 'reported' and identifier_kind in ('esp-id', 'handle')
    ) l
    where report_id is not null
    group by report_id, outcome
    union all
    select report_id, {NO_TEXT} as account_id, 'same-hand' as subject, 'T9.same-hand' as criterion, 'same-hand' as outcome,
        'not in this report, but known of another account of the same actor: ' || joined_distinct(outcome) as reason,
        {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(record_id) as evidence
    from locator_others
    group by report_id
    """,
)

LOCATOR = Detector(
    "locator",
    __doc__ or "",
    ("captures", "contacts", "accounts", "actors"),
    (REPORTED_HANDS, HANDS, _PLACES, _OTHERS, _FOUND),
)
