"""Notes a report of a web site that takes coins and stands in several reports, also under other hosts.

Outcome: paid-site (one host), or disguised (unrelated hosts that carry the same rare path). It rests on URLs and coin addresses
in the same reports and counts only beside another sign of danger. Source: practice of hotlines on commercial sites (IWF, INHOPE).
"""

from __future__ import annotations

from tanglaw.detectors.base import Indicator
from tanglaw.engine.steps import Sql

_INDICATOR = Indicator(
    name="paid_site",
    criterion="T8.paid-site",
    source="sites_reported",
    subject="x.site_id",
    outcome="case when x.host_count > 1 then 'disguised' else 'paid-site' end",
    reason="""
        'the site ' || x.host || case when x.host_count > 1
            then ' and ' || cast(x.host_count - 1 as varchar) || ' other host(s) with the same rare path' else '' end
        || ' is in ' || cast(x.reports as varchar) || ' reports, with ' || cast(x.address_count as varchar)
        || ' coin address(es)'
    """,
    limits={"least": "reports_min"},
    condition="x.reports >= n.least",
    over=(),
    over_reads=("sites", "site_evidence"),
)
_STEPS = (
    Sql(
        "sites_reported",
        """
        select e.report_id, s.site_id, s.host_count, s.reports, s.address_count, joined_distinct(e.record_id) as evidence,
            min(case when contains(s.hosts, ';') then substr(s.hosts, 1, strpos(s.hosts, ';') - 1) else s.hosts end) as host
        from sites s
        join site_evidence e on e.site_id = s.site_id and e.kind = 'url'
        where s.address_count > 0
        group by e.report_id, s.site_id, s.host_count, s.reports, s.address_count
        """,
    ),
)

PAID_SITE = _INDICATOR.detector(__doc__ or "", *_STEPS)
