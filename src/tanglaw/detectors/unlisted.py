"""Says which files are in none of the lists held, naming the lists and the date; absence alone raises no danger.

Outcome: unlisted. Only files with a hash of a type that some list holds are looked up: an exact hash changes with
one byte, so absence is context, not novelty.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, STANDING, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    STANDING,
    Sql("held_types", "select hash_type, min(list_name) as a_list from standing_hashes group by hash_type", keep=True),
    Sql(
        "held_lists", "select joined_distinct(list_name) as lists, count(*) as entries from standing_hashes", keep=True
    ),
    Sql(
        "looked_up_files",
        """
        select f.report_id, f.file_id, max(case when h.value is not null then 1 else 0 end) as listed
        from file_hashes f
        join held_types t on t.hash_type = f.hash_type
        left join (select distinct hash_type, value from standing_hashes) h
            on h.hash_type = f.hash_type and h.value = f.value
        where f.valid
        group by f.report_id, f.file_id
        """,
    ),
    Sql(
        "found_unlisted",
        f"""
        select u.report_id, {NO_TEXT} as account_id, 'files' as subject, 'T7' as criterion, 'unlisted' as outcome,
            cast(u.unlisted as varchar) || ' of ' || cast(u.files as varchar) || ' files are in none of the lists held ('
                || replace(l.lists, '; ', ', ') || ') as of ' || iso_day(r.as_of) as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, u.evidence
        from (
            select report_id, count(*) as files, sum(1 - listed) as unlisted,
                joined_distinct(case when listed = 0 then file_id end) as evidence
            from looked_up_files group by report_id
        ) u
        cross join held_lists l
        cross join run_facts r
        where u.unlisted > 0
        """,
    ),
)

UNLISTED = Detector("unlisted", __doc__ or "", ("file_hashes", "hash_entries"), _STEPS)
