"""Says which files are in none of the lists held, naming the lists and the date; absence alone raises no danger.

Outcome: new (at least one file is also in no other report here), unlisted, or repeat (an earlier report on the same
actor, as links propose it, held such files too). Only files with a hash of a type that
some list holds are looked up: an exact hash changes with one byte, so absence is context, not novelty. A near PDQ
hash in a list counts as listed.
"""

from __future__ import annotations

from tanglaw.detectors.base import HANDS, NO_TEXT, NO_TIME, REPORTED_HANDS, Detector
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
        keep=True,
    ),
    REPORTED_HANDS,
    HANDS,
    Sql(
        "unlisted_hands",
        """
        select h.actor_id, h.report_id, coalesce(micros(r.incident_at), micros(r.received_at)) as happened
        from hands h
        join reports r on r.report_id = h.report_id
        join (select distinct report_id from looked_up_files where listed = 0) u on u.report_id = h.report_id
        """,
        keep=True,
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
        union all
        select n.report_id, {NO_TEXT} as account_id, 'sender' as subject, 'T7.repeat' as criterion, 'repeat' as outcome,
            cast(count(distinct e.report_id) as varchar)
                || ' earlier report(s) on the same actor held files in none of the lists too' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(e.report_id) as evidence
        from unlisted_hands n
        join unlisted_hands e on e.actor_id = n.actor_id and e.happened < n.happened
        group by n.report_id
        """,
    ),
)

UNLISTED = Detector(
    "unlisted",
    __doc__ or "",
    ("file_hashes", "hash_hits", "hash_lists", "hash_sightings", "accounts", "actors", "reports"),
    _STEPS,
)
