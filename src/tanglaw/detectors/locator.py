"""Shows what in a report can be acted on to find the account holder: address with time and port, phone, e-mail, account.

Outcome: ip (time to the second and port, or IPv6 with that time, not marked as a possible proxy), phone, email,
billing or account.
Actionability only: it says nothing about danger.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, TO_THE_SECOND, Detector
from tanglaw.engine.steps import Sql

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
        select report_id, 'ip' as outcome, capture_id as record_id from captures c
        where c.role = 'reported' and {TO_THE_SECOND} and not coalesce(proxy, false)
            and (port is not null or strpos(ip, ':') > 0)
        union all
        select report_id, kind as outcome, contact_id as record_id from contacts
        where role = 'reported' and kind in ('phone', 'email')
        union all
        select report_id, 'billing' as outcome, account_id as record_id from accounts where association = 'Billing'
        union all
        select report_id, 'billing' as outcome, capture_id as record_id from captures
        where event = 'Purchase' and coalesce(role, 'unknown') not in ('victim', 'recipient')
        union all
        select report_id, 'account' as outcome, account_id as record_id from accounts
        where role = 'reported' and identifier_kind in ('esp-id', 'handle')
    ) l
    where report_id is not null
    group by report_id, outcome
    """,
)

LOCATOR = Detector("locator", __doc__ or "", ("captures", "contacts", "accounts"), (_FOUND,))
