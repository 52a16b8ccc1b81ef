"""Notes that payments to one recipient become more frequent, with larger or smaller amounts.

Outcome: larger or smaller. Weak: it counts only beside another sign of danger. Published findings disagree on the amounts
(AIC Trends and Issues 589: larger; 634: small), so neither direction is taken for granted.
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
    Sql(
        "found_changing_payments",
        f"""
        select x.report_id, {NO_TEXT} as account_id, x.other_id || ' '
                || x.currency as subject, 'T8.changing-payments' as criterion,
            case when x.amount_after > x.amount_before then 'larger' else 'smaller' end as outcome,
            cast(x.payments as varchar) || ' payments to one recipient become more frequent, median amount '
                || text3(x.amount_before) || ' then ' || text3(x.amount_after) || ' ' || x.currency
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from payment_changes x
        join indicator_precision i on i.name = 'changing_payments'
        cross join (
            select {indicator_number("changing_payments", "payments_min")} as least,
                {indicator_number("changing_payments", "gap_ratio_max")} as ratio
        ) n
        where x.payments >= n.least and x.gap_after <= x.gap_before * n.ratio and x.amount_after <> x.amount_before
        """,
    ),
)

CHANGING_PAYMENTS = Detector("changing_payments", __doc__ or "", INDICATOR_READS, _STEPS)
