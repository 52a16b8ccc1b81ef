"""Finds payments in coins between an address of a report and an address that a list ties to abuse, or that another report names.

Outcome: listed (a list states an abuse or a sanction), or reported (another report names it). An attribution in conflict with
another is passed over, and so are addresses of services. Source: Chainalysis (payments to attributed clusters).
"""

from __future__ import annotations

from tanglaw.detectors.base import CLAIM_READS, CLAIM_STEPS, Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="attributed_address",
    criterion="T8.attributed-address",
    source="coin_counterparts",
    subject="x.outcome",
    outcome="x.outcome",
    reason="""
        cast(x.payments as varchar) || ' payment(s) in coins with an address that '
        || case when x.outcome = 'listed' then 'a list ties to abuse or sanctions' else 'another report names' end
    """,
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
    over=CLAIM_STEPS,
    over_reads=CLAIM_READS,
)
_STEPS = (
    Sql(
        "coin_counterparts",
        """
        select report_id, outcome, count(distinct payment_id) as payments, joined_distinct(payment_id) as evidence
        from (
            select report_id, payment_id, 'listed' as outcome from coin_claims
            where abuse is not null or category = 'sanctioned'
            union all
            select p.report_id, p.payment_id, 'reported' as outcome
            from coin_payments p
            join chain_accounts a on a.account_id = p.other_id and a.service is null
            join coin_addresses o on o.network = a.network and o.address = a.address and o.report_id <> p.report_id
        ) x
        group by report_id, outcome
        """,
    ),
)

ATTRIBUTED_ADDRESS = _INDICATOR.detector(__doc__ or "", *_STEPS)
