"""Says that files of a report travel together: the same two stand in reports of unrelated accounts.

Outcome: unlisted (no list knows any of them), partly (a list knows some, which speaks for the others) or listed. It is
told by hashes alone, is context and raises no danger.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_FOUND = (
    Sql(
        "series_files",
        """
        select h.report_id, t.a, t.b, t.reports, t.actors, t.first_seen, t.last_seen, t.listed, h.file_id as file_a,
            g.file_id as file_b
        from files_together t
        join file_hashes h on h.hash_type || ' ' || h.value = t.a
        join file_hashes g on g.report_id = h.report_id and g.hash_type || ' ' || g.value = t.b
        where h.valid and g.valid
        """,
        keep=True,
    ),
    Sql(
        "found_series",
        f"""
        select s.report_id, {NO_TEXT} as account_id, 'files' as subject, {NO_TEXT} as criterion,
            case when s.least = 2 then 'listed' when s.most = 0 then 'unlisted' else 'partly' end as outcome,
            cast(f.files as varchar) || ' files of this report stand together in other reports too: up to '
                || cast(s.reports as varchar) || ' reports of ' || cast(s.actors as varchar) || ' actors'
                || coalesce(', from ' || iso_day(s.first_seen) || ' to ' || iso_day(s.last_seen), '') as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, f.evidence
        from (
            select report_id, max(reports) as reports, max(actors) as actors, min(first_seen) as first_seen,
                max(last_seen) as last_seen, min(listed) as least, max(listed) as most
            from series_files group by report_id
        ) s
        join (
            select report_id, count(distinct file_id) as files, joined_distinct(file_id) as evidence
            from (
                select report_id, file_a as file_id from series_files
                union all
                select report_id, file_b as file_id from series_files
            ) e
            group by report_id
        ) f on f.report_id = s.report_id
        """,
    ),
)

SERIES = Detector("series", __doc__ or "", ("files_together", "file_hashes"), _FOUND)
