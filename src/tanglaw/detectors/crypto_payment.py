"""Notes payments in crypto assets by a reported account's actor, which many people make.

Outcome: crypto. Weak: it counts only beside another sign of danger. Source: Chainalysis (typically USD 10 to 50); an
attributed address is a watch-list matter, not this detector's.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="crypto_payment",
    criterion="T8.crypto-payment",
    source="crypto_sums",
    subject="'crypto'",
    outcome="'crypto'",
    reason="cast(x.payments as varchar) || ' payment(s) in crypto assets'",
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
)
_STEPS = (
    Sql(
        "crypto_sums",
        """
        select report_id, count(*) as payments, joined_distinct(payment_id) as evidence
        from indicator_payments where side = 'paid' and method = 'crypto' group by report_id
        """,
    ),
)

CRYPTO_PAYMENT = _INDICATOR.detector(__doc__ or "", *_STEPS)
