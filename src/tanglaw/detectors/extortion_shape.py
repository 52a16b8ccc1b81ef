"""Finds payments in the shape of extortion: a small first one, a burst to one recipient, then no more.

Outcome: burst. The report goes to the safeguarding lane: who pays like this may be the victim, and never counts as a payer.
The bounds are the policy pack's, by currency. Source: FATF 2025 (first under EUR 250, in all at most EUR 1,500).
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
    Sql(
        "found_extortion_shape",
        f"""
        select x.report_id, {NO_TEXT} as account_id, x.other_id || ' '
                || x.currency as subject, 'T16.extortion-shape' as criterion,
            'burst' as outcome,
            cast(x.payments as varchar) || ' payments to one recipient within ' || text3(x.days)
                || ' days, then none: the payer may be the victim'
                || '; ' || i.told as reason,
            'safeguarding' as lane, {NO_TIME} as due_at, x.evidence
        from bursts x
        join indicator_precision i on i.name = 'extortion_shape'
        join policy_numbers f on f.name = 'indicators.extortion_shape.first_max.' || x.currency
        join policy_numbers t on t.name = 'indicators.extortion_shape.total_max.' || x.currency
        cross join run_facts r
        cross join (
            select {indicator_number("extortion_shape", "payments_min")} as least,
                {indicator_number("extortion_shape", "days_max")} as days,
                {indicator_number("extortion_shape", "quiet_days_min")} as quiet
        ) n
        where x.payments >= n.least and x.first < f.number and x.total <= t.number and x.days <= n.days
            and (micros(r.as_of) - x.last) / 86400000000 >= n.quiet
        """,
    ),
)

EXTORTION_SHAPE = Detector("extortion_shape", __doc__ or "", INDICATOR_READS, _STEPS)
