"""Finds a recipient whom actors of several reports pay, and few others.

Outcome: shared. The most payers that a rare recipient may have is the policy pack's; shops and services have more. Source:
AIC cohort design and AMLC typologies, combined.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="shared_recipient",
    criterion="T8.shared-recipient",
    source="recipients_shared",
    subject="x.other_id",
    outcome="'shared'",
    reason="""
        'a recipient with ' || cast(x.payers as varchar) || ' payer(s) is paid by accounts of '
        || cast(x.reported as varchar) || ' other report(s)'' actors'
    """,
    limits={"most": "payers_max"},
    condition="x.payers <= n.most",
)
_STEPS = (
    Sql(
        "recipient_payers",
        """
        select coalesce(t.actor_id, p.to_account_id) as other_id,
            count(distinct coalesce(f.actor_id, p.from_account_id)) as payers
        from known_payments p
        left join actors f on f.account_id = p.from_account_id
        left join actors t on t.account_id = p.to_account_id
        where p.counted and p.from_account_id is not null and p.to_account_id is not null
        group by coalesce(t.actor_id, p.to_account_id)
        """,
    ),
    Sql(
        "recipient_reported",
        """
        select other_id, count(distinct actor_id) as actors
        from indicator_payments
        where side = 'paid'
        group by other_id
        having count(distinct actor_id) > 1
        """,
    ),
    Sql(
        "recipients_shared",
        """
        select p.report_id, p.other_id, r.payers, q.actors - 1 as reported, joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        join recipient_payers r on r.other_id = p.other_id
        join recipient_reported q on q.other_id = p.other_id
        where p.side = 'paid'
        group by p.report_id, p.other_id, r.payers, q.actors
        """,
    ),
)

SHARED_RECIPIENT = _INDICATOR.detector(__doc__ or "", *_STEPS)
