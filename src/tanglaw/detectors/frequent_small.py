"""Finds small payments at short intervals to one recipient.

Outcome: frequent-small. The median amount (by currency), the median gap and the least number of payments are the policy
pack's. Source: AIC Trends and Issues 634 (under AUD 55, under 20 days); lessons and pocket money look alike.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="frequent_small",
    criterion="T8.frequent-small",
    source="small_series",
    subject="x.other_id || ' ' || x.currency",
    outcome="'frequent-small'",
    reason="""
        cast(x.payments as varchar) || ' payments to one recipient, median ' || text3(x.amount) || ' '
        || x.currency || ' every ' || text3(x.days) || ' days'
    """,
    limits={"least": "payments_min", "days": "gap_days_max"},
    condition="x.payments >= n.least and x.amount < m.number and x.days < n.days",
    more="join policy_numbers m on m.name = 'indicators.frequent_small.max.' || x.currency",
)
_STEPS = (
    Sql(
        "small_gaps",
        """
        select report_id, other_id, currency, payment_id, amount,
            at_micros - lag(at_micros) over (
                partition by report_id, other_id order by at_micros nulls last, payment_id nulls last) as gap
        from indicator_payments where side = 'paid'
        """,
    ),
    Sql(
        "small_series",
        """
        select report_id, other_id, currency, count(*) as payments, median(cast(amount as double)) as amount,
            median(gap) / 86400000000 as days, joined_distinct(payment_id) as evidence
        from small_gaps group by report_id, other_id, currency
        """,
    ),
)

FREQUENT_SMALL = _INDICATOR.detector(__doc__ or "", *_STEPS)
