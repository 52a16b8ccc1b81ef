"""Notes payments that mostly lie in a low band, which families' payments do too.

Outcome: low-value. Weak: it counts only beside another sign of danger. The band and the least number of payments are the
policy pack's, by currency. Source: FATF 2025 (EUR 10 to 200), AUSTRAC (AUD 500 as outer bound); values in the pack only.
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
        "low_value_shares",
        """
        select p.report_id, p.side, count(*) as payments,
            sum(case when p.amount between l.number and h.number then 1 else 0 end) as low,
            joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        join policy_numbers l on l.name = 'indicators.low_value.min.' || p.currency
        join policy_numbers h on h.name = 'indicators.low_value.max.' || p.currency
        group by p.report_id, p.side
        """,
    ),
    Sql(
        "found_low_value",
        f"""
        select x.report_id, {NO_TEXT} as account_id, x.side as subject, 'T8.low-value' as criterion,
            'low-value' as outcome,
            cast(x.low as varchar) || ' of ' || cast(x.payments as varchar) || ' payments ' || x.side || ' lie in the low band'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from low_value_shares x
        join indicator_precision i on i.name = 'low_value'
        cross join (
            select {indicator_number("low_value", "payments_min")} as least, {indicator_number("low_value", "share_min")} as share
        ) n
        where x.payments >= n.least and cast(x.low as double) / nullif(x.payments, 0) >= n.share
        """,
    ),
)

LOW_VALUE = Detector("low_value", __doc__ or "", INDICATOR_READS, _STEPS)
