"""Shows sessions that the traces of a report's accounts let one rebuild, with their highest probability.

Outcome: session. It counts only beside another sign of danger: the probability is validated on simulated worlds only, until
an agency validates on its own cases. Accounts that may be a child's are in no session.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    Sql(
        "session_parties",
        """
        select p.session_id, p.actor_id, p.probability,
            case when starts_with(p.evidence, 'confirmed by ') then p.session_id end as confirmed
        from (
            select session_id, buyer_account_id as actor_id, probability, evidence from sessions
            union all select session_id, seller_account_id, probability, evidence from sessions
            union all
            select session_id, facilitator_account_id, probability, evidence from sessions
            where facilitator_account_id is not null
        ) p
        """,
    ),
    Sql(
        "found_session_found",
        f"""
        select h.report_id, {NO_TEXT} as account_id, 'sessions' as subject, 'T8.session' as criterion, 'session' as outcome,
            cast(count(distinct s.session_id) as varchar) || ' session(s) of the account''s actor, probability up to '
                || text3(max(s.probability)) || ' (validated on simulated worlds only)'
                || case when count(distinct s.confirmed) > 0
                    then ', ' || cast(count(distinct s.confirmed) as varchar) || ' confirmed by a person' else '' end as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(s.session_id) as evidence
        from (
            select distinct a.report_id, coalesce(t.actor_id, a.account_id) as actor_id
            from known_accounts a left join actors t on t.account_id = a.account_id
            where a.report_id is not null and a.role = 'reported' and coalesce(a.identifier_kind, 'none') <> 'none'
        ) h
        join session_parties s on s.actor_id = h.actor_id
        join policy_numbers n on n.name = 'sessions.shown_from' and s.probability >= n.number
        group by h.report_id
        """,
    ),
)

SESSION_FOUND = Detector("session_found", __doc__ or "", ("accounts", "actors", "sessions"), _STEPS)
