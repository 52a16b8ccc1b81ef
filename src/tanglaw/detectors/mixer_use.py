"""Notes payments in coins between an address of a report and one that lists call a mixer's.

Outcome: mixer-use. Weak: many use mixers for privacy; it counts only beside another sign of danger. Source: FinCEN 2024.
"""

from __future__ import annotations

from tanglaw.detectors.base import COIN_ADDRESSES, COIN_CLAIMS, COIN_PAYMENTS, COIN_READS, Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="mixer_use",
    criterion="T8.mixer-use",
    source="mixer_use_sums",
    subject="x.side",
    outcome="'mixer-use'",
    reason="""
        cast(x.payments as varchar) || ' payment(s) in coins ' || x.side || ' through a mixer (lists: '
        || x.lists || ')'
    """,
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
    over=(COIN_ADDRESSES, COIN_PAYMENTS, COIN_CLAIMS),
    over_reads=(*COIN_READS, "tag_conflicts"),
)
_STEPS = (
    Sql(
        "mixer_use_sums",
        """
        select report_id, side, count(distinct payment_id) as payments, joined_distinct(list_name) as lists,
            joined_distinct(payment_id) as evidence
        from coin_claims where kind = 'mixer' group by report_id, side
        """,
    ),
)

MIXER_USE = _INDICATOR.detector(__doc__ or "", *_STEPS)
