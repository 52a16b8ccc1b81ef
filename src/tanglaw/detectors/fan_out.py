"""Notes that a reported account's actor pays several recipients who are not of one hand, within a year.

Outcome: fan-out. The least number is the policy pack's; anybody with more than its largest number is a business
and is left out. Source: FINTRAC 2020 and AMLC (twelve months). Countries play no part.
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
        "fan_out_counts",
        """
        select p.report_id, count(distinct p.other_id) as others, joined_distinct(p.payment_id) as evidence
        from indicator_payments p
        cross join run_facts r
        where p.side = 'paid' and p.at_micros >= micros(r.as_of) - 365 * 86400000000
        group by p.report_id
        """,
    ),
    Sql(
        "found_fan_out",
        f"""
        select x.report_id, {NO_TEXT} as account_id, 'year' as subject, 'T8.fan-out' as criterion,
            'fan-out' as outcome,
            cast(x.others as varchar) || ' recipients within a year'
                || '; ' || i.told as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, x.evidence
        from fan_out_counts x
        join indicator_precision i on i.name = 'fan_out'
        cross join (
            select {indicator_number("fan_out", "others_min")} as least, {indicator_number("fan_out", "others_max")} as most
        ) n
        where x.others between n.least and n.most
        """,
    ),
)

FAN_OUT = Detector("fan_out", __doc__ or "", INDICATOR_READS, _STEPS)
