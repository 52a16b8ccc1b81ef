"""Finds material that stands in many unrelated reports, by hash or URL, and reports that say so themselves.

Outcome: repeated (the same hash or URL over many reports and accounts), batched, or flagged (viral, potentialMeme).
Lowers the order within a danger band, never the danger; nothing is dropped.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        "viral_values",
        """
        select hash_type as kind, value, report_id, file_id as record_id from file_hashes where valid
        union all
        select 'url' as kind, url as value, report_id, page_id as record_id from web_pages
        where kind in ('web-page', 'file-location') and url is not null
        """,
    ),
    Sql(
        "viral_spread",
        """
        select v.kind, v.value, count(distinct v.report_id) as reports, count(distinct a.account_id) as accounts,
            min(v.report_id) as first_report
        from viral_values v
        left join accounts a on a.report_id = v.report_id and a.role = 'reported'
        group by v.kind, v.value
        having count(distinct v.report_id) > 1
        """,
        keep=True,
    ),
    Sql(
        "viral_limits",
        """
        select max(case when name = 'viral.reports' then number end) as reports,
            max(case when name = 'viral.accounts' then number end) as accounts
        from policy_numbers
        """,
        keep=True,
    ),
    Sql(
        "found_viral",
        f"""
        select v.report_id, {NO_TEXT} as account_id, s.kind || ' ' || s.value as subject, 'T11' as criterion,
            'repeated' as outcome,
            'same ' || s.kind || ' stands in ' || cast(s.reports as varchar) || ' reports on '
                || cast(s.accounts as varchar) || ' accounts' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(v.record_id) as evidence
        from viral_spread s
        cross join viral_limits l
        join viral_values v on v.kind = s.kind and v.value = s.value
        where s.reports >= l.reports and s.accounts >= l.accounts
        group by v.report_id, s.kind, s.value, s.reports, s.accounts
        union all
        select report_id, {NO_TEXT} as account_id, 'batchedReport' as subject, 'T11' as criterion, 'batched' as outcome,
            'the ESP sent it as one of a batch: ' || batched as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, report_id as evidence
        from reports where batched is not null and batched <> ''
        union all
        select report_id, {NO_TEXT} as account_id, name as subject, 'T11' as criterion, 'flagged' as outcome,
            'the ESP flags it as ' || name as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(coalesce(file_id, report_id)) as evidence
        from flags where name in ('viral', 'potentialMeme')
        group by report_id, name
        """,
    ),
)

VIRAL = Detector("viral", __doc__ or "", ("file_hashes", "web_pages", "accounts", "reports", "flags"), _STEPS)
