"""Says which log about a party of a report's sessions lapses first.

Outcome: open. It sets the report's clock to that day, by the policy pack's dated retention table; what has lapsed, and what
was asked for, is left out.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        # The parties of a report's sessions: its own accounts' actors, and whom they met.
        "session_reports",
        """
        select distinct h.report_id, p.account_id
        from (
            select distinct a.report_id, coalesce(t.actor_id, a.account_id) as actor_id
            from known_accounts a left join actors t on t.account_id = a.account_id
            where a.report_id is not null and a.role = 'reported' and coalesce(a.identifier_kind, 'none') <> 'none'
        ) h
        join (
            select buyer_account_id as one, seller_account_id as two, probability from sessions
            union all select seller_account_id, buyer_account_id, probability from sessions
            union all select buyer_account_id, buyer_account_id, probability from sessions
            union all select seller_account_id, seller_account_id, probability from sessions
        ) s on s.one = h.actor_id
        join policy_numbers n on n.name = 'sessions.shown_from' and s.probability >= n.number
        join (
            select a.account_id, coalesce(t.actor_id, a.account_id) as actor_id
            from (select distinct account_id from known_accounts) a left join actors t on t.account_id = a.account_id
        ) p on p.actor_id = s.two
        """,
        keep=True,
    ),
    Sql(
        "found_session_clock",
        f"""
        select r.report_id, {NO_TEXT} as account_id, 'session logs' as subject, 'T10' as criterion, 'open' as outcome,
            cast(count(*) as varchar) || ' log(s) about parties of its sessions can be asked for; the first, of '
                || first_by(q.holder, micros(q.due)) || ', lapses ' || iso_second(min(q.due)) as reason,
            {NO_TEXT} as lane, min(q.due) as due_at, joined_distinct(q.request_id) as evidence
        from session_reports r
        join requests q on q.account_id = r.account_id
        where not q.lapsed and q.sent is null
        group by r.report_id
        """,
    ),
)

SESSION_CLOCK = Detector("session_clock", __doc__ or "", ("accounts", "actors", "requests", "sessions"), _STEPS)
