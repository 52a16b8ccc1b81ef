"""Notes payments in coins between an address of a report and one of a peer-to-peer exchange or a kiosk, as lists call it.

Outcome: kiosk-use. Weak: most who use one do it for nothing else than to buy coins. Source: FinCEN 2024.
"""

from __future__ import annotations

from tanglaw.detectors.base import COIN_ADDRESSES, COIN_CLAIMS, COIN_PAYMENTS, COIN_READS, Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="kiosk_use",
    criterion="T8.kiosk-use",
    source="kiosk_use_sums",
    subject="x.side",
    outcome="'kiosk-use'",
    reason="""
        cast(x.payments as varchar) || ' payment(s) in coins ' || x.side || ' through a peer-to-peer exchange or kiosk (lists: '
        || x.lists || ')'
    """,
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
    over=(COIN_ADDRESSES, COIN_PAYMENTS, COIN_CLAIMS),
    over_reads=(*COIN_READS, "tag_conflicts"),
)
_STEPS = (
    Sql(
        "kiosk_use_sums",
        """
        select report_id, side, count(distinct payment_id) as payments, joined_distinct(list_name) as lists,
            joined_distinct(payment_id) as evidence
        from coin_claims where category in ('p2p_exchange', 'kiosk') group by report_id, side
        """,
    ),
)

KIOSK_USE = _INDICATOR.detector(__doc__ or "", *_STEPS)
