"""Notes payments through a processor of the agency's own list, as third parties that hide who is paid.

Outcome: named-processor. Weak: it counts only beside another sign of danger. A payment counts whose provider or method is
named like a processor, letters' size and spaces around aside; a name inside a longer text is not looked for. Source: FinCEN 2021
(payments through third-party processors that conceal whom they go to); names and least number are the policy pack's.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="named_processor",
    criterion="T8.named-processor",
    source="processor_sums",
    subject="'processor'",
    outcome="'named-processor'",
    reason="cast(x.payments as varchar) || ' payment(s) through a processor of the agency''s list: ' || x.processors",
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
)
_LISTED = "indicators.named_processor.processor."
_STEPS = (
    Sql(
        "processor_sums",
        f"""
        select p.report_id, count(distinct p.payment_id) as payments, joined_distinct(l.processor) as processors,
            joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        join known_payments d on d.payment_id = p.payment_id
        join (
            select lower_ascii(trim(substr(name, {len(_LISTED) + 1}), ' ')) as processor from policy_numbers
            where starts_with(name, '{_LISTED}') and number > 0
        ) l on l.processor = lower_ascii(trim(d.provider, ' ')) or l.processor = lower_ascii(trim(d.method, ' '))
        group by p.report_id
        """,
    ),
)

NAMED_PROCESSOR = _INDICATOR.detector(__doc__ or "", *_STEPS)
