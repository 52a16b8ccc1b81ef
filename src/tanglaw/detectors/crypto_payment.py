"""Notes payments in crypto assets by a reported account's actor, which many people make.

Outcome: crypto. Weak: it counts only beside another sign of danger. Source: Chainalysis (typically USD 10 to 50); an
attributed address is a watch-list matter, not this detector's.
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
        "crypto_sums",
        """
        select report_id, count(*) as payments, joined_distinct(payment_id) as evidence
        from indicator_payments where side = 'paid' and method = 'crypto' group by report_id
        """,
    ),
    Sql(
        "found_crypto_payment",
        f"""
        select x.report_id, {NO_TEXT} as account_id, 'crypto' as subject, 'T8.crypto-payment' as criterion,
            'crypto' as outcome,
            cast(x.payments as varchar) || ' payment(s) in crypto assets'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from crypto_sums x
        join indicator_precision i on i.name = 'crypto_payment'
        cross join (select {indicator_number("crypto_payment", "payments_min")} as least) n
        where x.payments >= n.least
        """,
    ),
)

CRYPTO_PAYMENT = Detector("crypto_payment", __doc__ or "", INDICATOR_READS, _STEPS)
