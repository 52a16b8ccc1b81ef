"""Finds equal amounts that several payers pay to an address of a report, as for a price.

Outcome: repeated-price. Amounts are compared in the coin, since the ledger states no rate: a price in money shows only
while the rate stands still. Round amounts are passed over, which everybody pays. Source: FATF 2025 and Chainalysis (fixed prices).
"""

from __future__ import annotations

from tanglaw.detectors.base import COIN_ADDRESSES, COIN_PAYMENTS, COIN_READS, Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="repeated_price",
    criterion="T8.repeated-price",
    source="prices_repeated",
    subject="x.currency || ' ' || amount_text(x.amount)",
    outcome="'repeated-price'",
    reason="""
        cast(x.payers as varchar) || ' payers paid ' || amount_text(x.amount) || ' ' || x.currency || ' each'
    """,
    limits={"least": "payers_min", "digits": "digits_min"},
    condition="x.payers >= n.least and x.digits >= n.digits",
    over=(COIN_ADDRESSES, COIN_PAYMENTS),
    over_reads=COIN_READS,
)
_STEPS = (
    Sql(
        "prices_repeated",
        """
        select report_id, currency, amount, payers, evidence,
            length(trim(replace(amount_text(amount), '.', ''), '0')) as digits
        from (
            select report_id, currency, amount, count(distinct other_id) as payers,
                joined_distinct(payment_id) as evidence
            from coin_payments where side = 'received' and amount > 0
            group by report_id, currency, amount
        ) x
        """,
    ),
)

REPEATED_PRICE = _INDICATOR.detector(__doc__ or "", *_STEPS)
