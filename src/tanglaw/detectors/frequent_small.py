"""Finds small payments at short intervals to one recipient.

Outcome: frequent-small. The median amount (by currency), the median gap and the least number of payments are the policy
pack's. Source: AIC Trends and Issues 634 (under AUD 55, under 20 days); lessons and pocket money look alike.
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
    Sql(
        "found_frequent_small",
        f"""
        select x.report_id, {NO_TEXT} as account_id, x.other_id || ' '
                || x.currency as subject, 'T8.frequent-small' as criterion,
            'frequent-small' as outcome,
            cast(x.payments as varchar) || ' payments to one recipient, median ' || text3(x.amount) || ' '
                || x.currency || ' every ' || text3(x.days) || ' days'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from small_series x
        join indicator_precision i on i.name = 'frequent_small'
        join policy_numbers m on m.name = 'indicators.frequent_small.max.' || x.currency
        cross join (
            select {indicator_number("frequent_small", "payments_min")} as least,
                {indicator_number("frequent_small", "gap_days_max")} as days
        ) n
        where x.payments >= n.least and x.amount < m.number and x.days < n.days
        """,
    ),
)

FREQUENT_SMALL = Detector("frequent_small", __doc__ or "", INDICATOR_READS, _STEPS)
