"""Notes that payments to one recipient become more frequent, with larger or smaller amounts.

Outcome: larger or smaller. Weak: it counts only beside another sign of danger. Published findings disagree on the amounts
(AIC Trends and Issues 589: larger; 634: small), so neither direction is taken for granted.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="changing_payments",
    criterion="T8.changing-payments",
    source="payment_changes",
    subject="x.other_id || ' ' || x.currency",
    outcome="case when x.amount_after > x.amount_before then 'larger' else 'smaller' end",
    reason="""
        cast(x.payments as varchar) || ' payments to one recipient become more frequent, median amount '
        || text3(x.amount_before) || ' then ' || text3(x.amount_after) || ' ' || x.currency
    """,
    limits={"least": "payments_min", "ratio": "gap_ratio_max"},
    condition="""
        x.payments >= n.least and x.gap_after <= x.gap_before * n.ratio and x.amount_after <> x.amount_before
    """,
)
_STEPS = (
    Sql(
        "payment_halves",
        """
        select report_id, other_id, currency, payment_id, cast(amount as double) as amount,
            at_micros - lag(at_micros) over (
                partition by report_id, other_id, currency order by at_micros nulls last, payment_id nulls last) as gap,
            ntile(2) over (
                partition by report_id, other_id, currency order by at_micros nulls last, payment_id nulls last) as half
        from indicator_payments where side = 'paid'
        """,
    ),
    Sql(
        "payment_changes",
        """
        select report_id, other_id, currency, count(*) as payments,
            median(case when half = 1 then amount end) as amount_before,
            median(case when half = 2 then amount end) as amount_after,
            median(case when half = 1 then gap end) as gap_before, median(case when half = 2 then gap end) as gap_after,
            joined_distinct(payment_id) as evidence
        from payment_halves group by report_id, other_id, currency
        """,
    ),
)

CHANGING_PAYMENTS = _INDICATOR.detector(__doc__ or "", *_STEPS)
