"""Finds selectors that an open case watches for, in a report or in what its accounts wrote.

Outcome: watched. An entry counts until it expires; the finding names the case and who placed it.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        "watched_values",
        """
        select distinct s.type, s.value, w.watch_id, w.case_number, w.placed_by
        from selectors s
        join watch_entries w on w.watch_id = s.record_id
        cross join run_facts r
        where s.table_name = 'watch_entries' and (w.expires_at is null or w.expires_at >= r.as_of)
        """,
        keep=True,
    ),
    Sql(
        "watched_places",
        """
        select s.report_id, s.account_id, s.type, s.value, s.record_id
        from selectors s
        where s.report_id is not null and s.table_name <> 'watch_entries'
        union all
        select a.report_id, s.account_id, s.type, s.value, s.record_id
        from selectors s
        join accounts a on a.account_id = s.account_id and a.report_id is not null and a.role = 'reported'
        where s.report_id is null and s.table_name <> 'watch_entries'
        """,
    ),
    Sql(
        "found_watch_list",
        f"""
        select p.report_id, {NO_TEXT} as account_id, w.type || ' ' || w.value || ' ' || w.watch_id as subject,
            'T5.watch-list' as criterion, 'watched' as outcome,
            w.type || ' ' || w.value || ' is watched for case ' || coalesce(w.case_number, 'not stated') || ' (placed by '
                || coalesce(w.placed_by, 'not stated') || ')' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at,
            joined_distinct(p.record_id) || '; ' || w.watch_id as evidence
        from watched_values w
        join watched_places p on p.type = w.type and p.value = w.value
        group by p.report_id, w.type, w.value, w.watch_id, w.case_number, w.placed_by
        """,
    ),
)

WATCH_LIST = Detector("watch_list", __doc__ or "", ("selectors", "watch_entries", "accounts"), _STEPS)
