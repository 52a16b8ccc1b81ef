"""Notes payments whose amounts are mostly round in the payer's currency, as people's amounts often are.

Outcome: even. Weak: it counts only beside another sign of danger. Source: FATF 2025; share and least number of payments are
the policy pack's.
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
        "even_shares",
        """
        select report_id, count(*) as payments,
            sum(case when amount % 5 = 0 then 1 else 0 end) as even,
            joined_distinct(payment_id) as evidence
        from indicator_payments where side = 'paid'
        group by report_id
        """,
    ),
    Sql(
        "found_even_amounts",
        f"""
        select x.report_id, {NO_TEXT} as account_id, 'amounts' as subject, 'T8.even-amounts' as criterion,
            'even' as outcome,
            cast(x.even as varchar) || ' of ' || cast(x.payments as varchar) || ' amounts paid are multiples of five'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from even_shares x
        join indicator_precision i on i.name = 'even_amounts'
        cross join (
            select {indicator_number("even_amounts", "payments_min")} as least,
                {indicator_number("even_amounts", "share_min")} as share
        ) n
        where x.payments >= n.least and cast(x.even as double) / nullif(x.payments, 0) >= n.share
        """,
    ),
)

EVEN_AMOUNTS = Detector("even_amounts", __doc__ or "", INDICATOR_READS, _STEPS)
