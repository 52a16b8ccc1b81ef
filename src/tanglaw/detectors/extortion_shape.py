"""Finds payments in the shape of extortion: a small first one, a burst to one recipient, then no more.

Outcome: burst. The report goes to the safeguarding lane: who pays like this may be the victim, and never counts as a payer.
The bounds are the policy pack's, by currency. Source: FATF 2025 (first under EUR 250, in all at most EUR 1,500).
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="extortion_shape",
    criterion="T16.extortion-shape",
    source="bursts",
    subject="x.other_id || ' ' || x.currency",
    outcome="'burst'",
    reason="""
        cast(x.payments as varchar) || ' payments to one recipient within ' || text3(x.days)
        || ' days, then none: the payer may be the victim'
    """,
    limits={"least": "payments_min", "days": "days_max", "quiet": "quiet_days_min"},
    condition="""
        x.payments >= n.least and x.first < f.number and x.total <= t.number and x.days <= n.days
        and (micros(r.as_of) - x.last) / 86400000000 >= n.quiet
    """,
    more="""
        join policy_numbers f on f.name = 'indicators.extortion_shape.first_max.' || x.currency
        join policy_numbers t on t.name = 'indicators.extortion_shape.total_max.' || x.currency
        cross join run_facts r
    """,
    lane="'safeguarding'",
)
_STEPS = (
    Sql(
        "burst_order",
        """
        select report_id, other_id, currency, payment_id, amount, at_micros, row_number() over (
            partition by report_id, other_id, currency order by at_micros nulls last, payment_id nulls last) as place
        from indicator_payments where side = 'paid'
        """,
    ),
    Sql(
        "bursts",
        """
        select report_id, other_id, currency, count(*) as payments, max(case when place = 1 then amount end) as first,
            sum(amount) as total, (max(at_micros) - min(at_micros)) / 86400000000 as days, max(at_micros) as last,
            joined_distinct(payment_id) as evidence
        from burst_order group by report_id, other_id, currency
        """,
    ),
)

EXTORTION_SHAPE = _INDICATOR.detector(__doc__ or "", *_STEPS)
