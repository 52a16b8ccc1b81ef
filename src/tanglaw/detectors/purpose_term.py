"""Notes payments whose purpose holds one of the agency's own terms, which the terms alone do not explain.

Outcome: listed-term. Weak: it counts only beside another sign of danger. The terms are those of the file that the setting
`terms_file` names; none are shipped. Source: FATF 2025 and AUSTRAC (purpose that does not fit the relation); the least number
is the policy pack's.
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="purpose_term",
    criterion="T8.purpose-term",
    source="purpose_terms",
    subject="'purpose'",
    outcome="'listed-term'",
    reason="cast(x.payments as varchar) || ' payment(s) with a term of the agency''s list in the purpose'",
    limits={"least": "payments_min"},
    condition="x.payments >= n.least",
    reads=("selectors",),
)
_STEPS = (
    Sql(
        "purpose_terms",
        """
        select p.report_id, count(distinct p.payment_id) as payments, joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        join (
            select distinct record_id from known_selectors where table_name = 'payments' and type = 'term' and valid
        ) s on s.record_id = p.payment_id
        group by p.report_id
        """,
    ),
)

PURPOSE_TERM = _INDICATOR.detector(__doc__ or "", *_STEPS)
