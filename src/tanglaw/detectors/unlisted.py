"""Says which files are in none of the lists held, naming the lists and the date; absence alone raises no danger.

Outcome: new (at least one file is also in no other report here) or unlisted. Only files with a hash of a type that
some list holds are looked up: an exact hash changes with one byte, so absence is context, not novelty. A near PDQ
hash in a list counts as listed.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        "held_types",
        "select distinct hash_type from hash_lists where standing > 0",
        keep=True,
    ),
    Sql(
        "held_lists",
        "select joined_distinct(list_name) as lists from hash_lists where standing > 0",
        keep=True,
    ),
    Sql(
        "looked_up_files",
        """
        select f.report_id, f.file_id, max(case when h.file_id is not null then 1 else 0 end) as listed,
            max(s.reports) as reports
        from file_hashes f
        join held_types t on t.hash_type = f.hash_type
        join hash_sightings s on s.hash_type = f.hash_type and s.value = f.value
        left join (select distinct file_id from hash_hits) h on h.file_id = f.file_id
        where f.valid
        group by f.report_id, f.file_id
        """,
    ),
    Sql(
        "found_unlisted",
        f"""
        select u.report_id, {NO_TEXT} as account_id, 'files' as subject,
            case when u.fresh > 0 then 'T7.new' else 'T7' end as criterion,
            case when u.fresh > 0 then 'new' else 'unlisted' end as outcome,
            cast(u.unlisted as varchar) || ' of ' || cast(u.files as varchar) || ' files are in none of the lists held ('
                || replace(l.lists, '; ', ', ') || ') as of ' || iso_day(r.as_of)
                || case when u.fresh > 0 then ', ' || cast(u.fresh as varchar) || ' of them in no other report here'
                    else '' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, u.evidence
        from (
            select report_id, count(*) as files, sum(1 - listed) as unlisted,
                sum(case when listed = 0 and reports = 1 then 1 else 0 end) as fresh,
                joined_distinct(case when listed = 0 then file_id end) as evidence
            from looked_up_files group by report_id
        ) u
        cross join held_lists l
        cross join run_facts r
        where u.unlisted > 0
        """,
    ),
)

UNLISTED = Detector("unlisted", __doc__ or "", ("file_hashes", "hash_hits", "hash_lists", "hash_sightings"), _STEPS)
