"""Finds material that stands in many unrelated reports, by hash or URL, and reports that say so themselves.

Outcome: repeated (all its files or, without files, its page stand in many reports of many actors), flagged (the ESP
marks all files as viral or potentialMeme), batched, or partly (some of its files only: the others may be new).
Lowers the order within a danger band, never the danger; nothing is dropped.
"""

from __future__ import annotations

from tanglaw.detectors.base import BY, FILES, FLAGGED, NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FLAGS = "('viral', 'potentialMeme')"

_STEPS = (
    FLAGGED,
    Sql(
        # A host without a path is where everybody is, no material.
        "viral_values",
        """
        select hash_type as kind, value, report_id, file_id as record_id from file_hashes where valid
        union all
        select 'url' as kind, url as value, report_id, page_id as record_id from web_pages
        where kind in ('web-page', 'file-location')
            and regexp_matches(url, '^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/]+/[^/]')
        """,
    ),
    Sql(
        "viral_limits",
        """
        select max(case when name = 'viral.reports' then number end) as reports,
            max(case when name = 'viral.accounts' then number end) as actors
        from policy_numbers
        """,
    ),
    Sql(
        # Accounts of one actor are not unrelated.
        "viral_spread",
        """
        select v.kind, v.value, count(distinct v.report_id) as reports,
            count(distinct coalesce(t.actor_id, a.account_id)) as actors
        from viral_values v
        join (
            select c.kind, c.value
            from (select kind, value, count(distinct report_id) as reports from viral_values group by kind, value) c
            join viral_limits l on c.reports >= l.reports
        ) m on m.kind = v.kind and m.value = v.value
        left join known_accounts a on a.report_id = v.report_id and a.role = 'reported'
        left join actors t on t.account_id = a.account_id
        group by v.kind, v.value
        """,
    ),
    Sql(
        "viral_places",
        """
        select v.report_id, v.record_id, s.kind, s.value, s.reports, s.actors
        from viral_spread s
        join viral_limits l on s.actors >= l.actors
        join viral_values v on v.kind = s.kind and v.value = s.value
        """,
        keep=True,
    ),
    Sql(
        # Reports with a file that neither travels nor is flagged.
        "viral_in_part",
        f"""
        select distinct f.report_id
        from files f
        left join (select distinct record_id from viral_places where kind <> 'url') h on h.record_id = f.file_id
        left join (select distinct report_id, file_id from flagged where name in {_FLAGS}) g
            on g.report_id = f.report_id and coalesce(g.file_id, f.file_id) = f.file_id
        where h.record_id is null and g.report_id is null
        """,
        keep=True,
    ),
    Sql(
        "found_viral",
        f"""
        select v.report_id, {NO_TEXT} as account_id, v.kind || ' ' || v.value as subject,
            case when max(p.report_id) is null then 'T11' else 'T11.partly' end as criterion,
            case when max(p.report_id) is null then 'repeated' else 'partly' end as outcome,
            'same ' || v.kind || ' stands in ' || cast(v.reports as varchar) || ' reports of '
                || cast(v.actors as varchar) || ' actors'
                || case when max(p.report_id) is null then '' else '; other files of this report do not' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(v.record_id) as evidence
        from viral_places v
        left join viral_in_part p on p.report_id = v.report_id
        group by v.report_id, v.kind, v.value, v.reports, v.actors
        union all
        select report_id, {NO_TEXT} as account_id, 'batchedReport' as subject, 'T11' as criterion, 'batched' as outcome,
            'the ESP sent it as one of a batch: ' || batched as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, report_id as evidence
        from reports where batched is not null and batched <> ''
        union all
        select f.report_id, {NO_TEXT} as account_id, f.name as subject,
            case when max(p.report_id) is null then 'T11' else 'T11.partly' end as criterion,
            case when max(p.report_id) is null then 'flagged' else 'partly' end as outcome,
            {BY} || {FILES} || ' file(s) as ' || f.name
                || case when max(p.report_id) is null then '' else '; not all files of this report' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(coalesce(f.file_id, f.report_id)) as evidence
        from flagged f
        left join viral_in_part p on p.report_id = f.report_id
        where f.name in {_FLAGS}
        group by f.report_id, f.name
        """,
    ),
)

VIRAL = Detector(
    "viral", __doc__ or "", ("file_hashes", "files", "web_pages", "accounts", "actors", "reports", "flags"), _STEPS
)
