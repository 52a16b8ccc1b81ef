"""Notes payments that mostly lie in a low band, which families' payments do too.

Outcome: low-value. Weak: it counts only beside another sign of danger. The band and the least number of payments are the
policy pack's, by currency. Source: FATF 2025 (EUR 10 to 200), AUSTRAC (AUD 500 as outer bound); values in the pack only.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="low_value",
    criterion="T8.low-value",
    source="low_value_shares",
    subject="x.side",
    outcome="'low-value'",
    reason="""
        cast(x.low as varchar) || ' of ' || cast(x.payments as varchar) || ' payments ' || x.side || ' lie in the low band'
    """,
    limits={"least": "payments_min", "share": "share_min"},
    condition="x.payments >= n.least and cast(x.low as double) / nullif(x.payments, 0) >= n.share",
)
_STEPS = (
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
)

LOW_VALUE = _INDICATOR.detector(__doc__ or "", *_STEPS)
