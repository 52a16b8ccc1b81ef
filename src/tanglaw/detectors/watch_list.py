"""Finds selectors that an open case watches for, in a report or in what its accounts wrote.

Outcome: watched, or same-name (a handle of the watched name, where either the entry or the report does not say on
which service; on another stated service it is somebody else's name and gives no finding). An entry counts until it
expires; the finding names the case and who placed it.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, WATCHED, Detector
from tanglaw.engine.steps import Sql

# Invitations and numeric ids name no account by a name that people could have elsewhere.
_NAMES = """
    select *, case when starts_with(value, '@') then '' else substr(value, 1, strpos(value, ':')) end as service,
        case when starts_with(value, '@') then substr(value, 2) else substr(value, strpos(value, ':') + 1) end as name
    from {table}
    where type = 'handle' and (starts_with(value, '@') or contains(value, ':'))
        and not contains(value, '-invite:') and not contains(value, '-id:') and length(value) > 3
"""
_PLACED = """
    ' is watched for case ' || coalesce(w.case_number, 'not stated') || ' (placed by '
        || coalesce(w.placed_by, 'not stated') || ')'
"""

_STEPS = (
    WATCHED,
    Sql(
        "watched_places",
        """
        select s.report_id, s.type, s.value, s.record_id
        from selectors s
        where s.report_id is not null and s.table_name <> 'watch_entries'
        union all
        select a.report_id, s.type, s.value, s.record_id
        from selectors s
        join accounts a on a.account_id = s.account_id and a.report_id is not null and a.role = 'reported'
        where s.report_id is null and s.table_name <> 'watch_entries'
        union all
        select h.report_id, h.hash_type as type, h.value, h.file_id as record_id
        from file_hashes h
        where h.valid and h.report_id is not null
        """,
    ),
    Sql("watched_names", _NAMES.format(table="watched_values")),
    Sql("placed_names", _NAMES.format(table="watched_places")),
    Sql(
        "found_watch_list",
        f"""
        select p.report_id, {NO_TEXT} as account_id, w.type || ' ' || w.value || ' ' || w.watch_id as subject,
            'T5.watch-list' as criterion, 'watched' as outcome, w.type || ' ' || w.value || {_PLACED} as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at,
            joined_distinct(p.record_id) || '; ' || w.watch_id as evidence
        from watched_values w
        join watched_places p on p.type = w.type and p.value = w.value
        group by p.report_id, w.type, w.value, w.watch_id, w.case_number, w.placed_by
        union all
        select p.report_id, {NO_TEXT} as account_id, w.type || ' ' || w.value || ' ' || w.watch_id as subject,
            'T5.same-name' as criterion, 'same-name' as outcome,
            'a handle of the same name, service not stated: ' || w.value || {_PLACED} as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at,
            joined_distinct(p.record_id) || '; ' || w.watch_id as evidence
        from watched_names w
        join placed_names p on p.name = w.name and p.value <> w.value and (p.service = '' or w.service = '')
        group by p.report_id, w.type, w.value, w.watch_id, w.case_number, w.placed_by
        """,
    ),
)

WATCH_LIST = Detector("watch_list", __doc__ or "", ("selectors", "watch_entries", "accounts", "file_hashes"), _STEPS)
