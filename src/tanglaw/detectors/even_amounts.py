"""Notes payments whose amounts are mostly round in the payer's currency, as people's amounts often are.

Outcome: even. Weak: it counts only beside another sign of danger. Source: FATF 2025; share and least number of payments are
the policy pack's.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="even_amounts",
    criterion="T8.even-amounts",
    source="even_shares",
    subject="'amounts'",
    outcome="'even'",
    reason="""
        cast(x.even as varchar) || ' of ' || cast(x.payments as varchar) || ' amounts paid are multiples of five'
    """,
    limits={"least": "payments_min", "share": "share_min"},
    condition="x.payments >= n.least and cast(x.even as double) / nullif(x.payments, 0) >= n.share",
)
_STEPS = (
    Sql(
        "even_shares",
        """
        select report_id, count(*) as payments,
            sum(case when amount % 5 = 0 then 1 else 0 end) as even,
            joined_distinct(payment_id) as evidence
        from indicator_payments where side = 'paid'
        group by report_id
        """,
    ),
)

EVEN_AMOUNTS = _INDICATOR.detector(__doc__ or "", *_STEPS)
