"""Finds an address for coins that several reports name.

Outcome: reused. Addresses of services, and those in more reports than the policy pack allows, are passed over: they are
somebody's who serves all. Source: FinCEN 2024, and the practice of hotlines who group sites by the address that they show.
"""

from __future__ import annotations

from tanglaw.detectors.base import COIN_ADDRESSES, Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="reused_address",
    criterion="T8.reused-address",
    source="addresses_reused",
    subject="x.network || ' ' || x.address",
    outcome="'reused'",
    reason="'address ' || x.address || ' stands in ' || cast(x.reports as varchar) || ' reports'",
    limits={"least": "reports_min", "most": "reports_max"},
    condition="x.reports between n.least and n.most",
    over=(COIN_ADDRESSES,),
    over_reads=("selectors", "tag_in_force"),
)
_STEPS = (
    Sql(
        "addresses_reused",
        """
        select c.report_id, c.network, c.address, r.reports, joined_distinct(c.record_id) as evidence
        from coin_addresses c
        join (
            select network, address, count(distinct report_id) as reports from coin_addresses group by network, address
        ) r on r.network = c.network and r.address = c.address
        where r.reports > 1
        group by c.report_id, c.network, c.address, r.reports
        """,
    ),
)

REUSED_ADDRESS = _INDICATOR.detector(__doc__ or "", *_STEPS)
