"""Finds selectors that an open case watches for, in a report or in what its accounts wrote.

Outcome: watched, same-hand (another account of the report's actor, as links propose it, owns the watched selector),
contact (a conversation or call with an actor who owns one; rooms of many are no contact), or same-name (a handle of the
watched name, where either the entry or the report does not say on which service; on another stated service it is
somebody else's name and gives no finding). An entry counts until it expires; the finding names the case and who placed it.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, REPORTED_HANDS, WATCHED, WATCHED_HANDS, Detector
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

# Conversations of more people are public rooms.
_ROOM = 20

_STEPS = (
    WATCHED,
    Sql(
        "watched_places",
        """
        select s.report_id, s.type, s.value, s.record_id
        from known_selectors s
        where s.report_id is not null and s.table_name <> 'watch_entries'
        union all
        select a.report_id, s.type, s.value, s.record_id
        from known_selectors s
        join known_accounts a on a.account_id = s.account_id and a.report_id is not null and a.role = 'reported'
        where s.report_id is null and s.table_name <> 'watch_entries'
        union all
        select h.report_id, h.hash_type as type, h.value, h.file_id as record_id
        from file_hashes h
        where h.valid and h.report_id is not null
        """,
    ),
    Sql(
        "watched_here",
        """
        select p.report_id, p.type, p.value, p.record_id
        from watched_places p
        join (select distinct type, value from watched_values) w on w.type = p.type and w.value = p.value
        """,
        keep=True,
    ),
    WATCHED_HANDS,
    REPORTED_HANDS,
    Sql(
        "watched_talks",
        f"""
        select p.conversation_id as talk_id, p.account_id
        from participants p
        join (select conversation_id from participants group by conversation_id having count(*) <= {_ROOM}) r
            on r.conversation_id = p.conversation_id
        union all
        select call_id as talk_id, caller_account_id as account_id from calls
        union all
        select call_id as talk_id, callee_account_id as account_id from calls
        """,
    ),
    Sql(
        "watched_talkers",
        """
        select distinct p.talk_id, coalesce(t.actor_id, p.account_id) as actor_id
        from watched_talks p left join actors t on t.account_id = p.account_id
        where p.account_id is not null
        """,
        keep=True,
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
        join watched_here p on p.type = w.type and p.value = w.value
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
        union all
        select h.report_id, {NO_TEXT} as account_id, w.type || ' ' || w.value || ' ' || w.watch_id as subject,
            'T5.watched-hand' as criterion, 'same-hand' as outcome,
            'of another account of the same actor: ' || w.type || ' ' || w.value || {_PLACED} as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(s.record_id) || '; ' || w.watch_id as evidence
        from watched_values w
        join known_selectors s on s.type = w.type and s.value = w.value
        left join actors t on t.account_id = s.account_id
        join reported_hands h on h.actor_id = coalesce(t.actor_id, s.account_id)
        left join (select distinct report_id, type, value from watched_here) p
            on p.report_id = h.report_id and p.type = w.type and p.value = w.value
        where s.table_name in ('accounts', 'contacts') and coalesce(s.role, '') <> 'mentioned' and p.report_id is null
        group by h.report_id, w.type, w.value, w.watch_id, w.case_number, w.placed_by
        union all
        select h.report_id, {NO_TEXT} as account_id, 'talks' as subject, 'T5.watched-contact' as criterion,
            'contact' as outcome,
            cast(count(distinct x.talk_id) as varchar) || ' conversation(s) or call(s) with an actor on the watch list'
                as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(x.talk_id) as evidence
        from reported_hands h
        join watched_talkers x on x.actor_id = h.actor_id
        join watched_talkers y on y.talk_id = x.talk_id and y.actor_id <> x.actor_id
        join watched_hands w on w.actor_id = y.actor_id
        group by h.report_id
        """,
    ),
)

WATCH_LIST = Detector(
    "watch_list",
    __doc__ or "",
    ("selectors", "watch_entries", "accounts", "actors", "file_hashes", "participants", "calls"),
    _STEPS,
)
