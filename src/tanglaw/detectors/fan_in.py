"""Notes that a reported account's actor is paid by several payers who are not of one hand, within a year.

Outcome: fan-in. The least number is the policy pack's; anybody with more than its largest number is a business
and is left out. Source: AMLC and Egmont typologies of beneficiaries. Countries play no part.
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
        "fan_in_counts",
        """
        select p.report_id, count(distinct p.other_id) as others, joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        cross join run_facts r
        where p.side = 'received' and p.at_micros >= micros(r.as_of) - 365 * 86400000000
        group by p.report_id
        """,
    ),
    Sql(
        "found_fan_in",
        f"""
        select x.report_id, {NO_TEXT} as account_id, 'year' as subject, 'T8.fan-in' as criterion,
            'fan-in' as outcome,
            cast(x.others as varchar) || ' payers within a year'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from fan_in_counts x
        join indicator_precision i on i.name = 'fan_in'
        cross join (
            select {indicator_number("fan_in", "others_min")} as least, {indicator_number("fan_in", "others_max")} as most
        ) n
        where x.others between n.least and n.most
        """,
    ),
)

FAN_IN = Detector("fan_in", __doc__ or "", INDICATOR_READS, _STEPS)
