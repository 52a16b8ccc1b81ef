"""Finds a recipient whom actors of several reports pay, and few others.

Outcome: shared. The most payers that a rare recipient may have is the policy pack's; shops and services have more. Source:
AIC cohort design and AMLC typologies, combined.
"""

from __future__ import annotations

from tanglaw.detectors.base import (
    INDICATOR_PAYMENTS,
    INDICATOR_PRECISION,
    INDICATOR_READS,
    NO_TEXT,
    NO_TIME,
    Detector,
    indicator_number,
)
from tanglaw.engine.steps import Sql

_STEPS = (
    INDICATOR_PAYMENTS,
    INDICATOR_PRECISION,
    Sql(
        "recipient_payers",
        """
        select coalesce(t.actor_id, p.to_account_id) as other_id,
            count(distinct coalesce(f.actor_id, p.from_account_id)) as payers
        from payments p
        left join actors f on f.account_id = p.from_account_id
        left join actors t on t.account_id = p.to_account_id
        where p.counted and p.from_account_id is not null and p.to_account_id is not null
        group by coalesce(t.actor_id, p.to_account_id)
        """,
    ),
    Sql(
        "recipients_shared",
        """
        select p.report_id, p.other_id, r.payers, count(distinct q.actor_id) as reported,
            joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        join recipient_payers r on r.other_id = p.other_id
        join indicator_payments q on q.other_id = p.other_id and q.side = 'paid' and q.actor_id <> p.actor_id
        where p.side = 'paid'
        group by p.report_id, p.other_id, r.payers
        """,
    ),
    Sql(
        "found_shared_recipient",
        f"""
        select x.report_id, {NO_TEXT} as account_id, x.other_id as subject, 'T8.shared-recipient' as criterion,
            'shared' as outcome,
            'a recipient with ' || cast(x.payers as varchar) || ' payer(s) is paid by accounts of '
                || cast(x.reported as varchar) || ' other report(s)'' actors'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from recipients_shared x
        join indicator_precision i on i.name = 'shared_recipient'
        cross join (select {indicator_number("shared_recipient", "payers_max")} as most) n
        where x.payers <= n.most
        """,
    ),
)

SHARED_RECIPIENT = Detector("shared_recipient", __doc__ or "", INDICATOR_READS, _STEPS)
