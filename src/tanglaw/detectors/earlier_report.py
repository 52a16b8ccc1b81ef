"""Finds earlier reports on the same account, on another account of the same actor, or named by the ESP.

Outcome: same-account, same-actor (a proposal of the linking stage) or stated (priorCTReports). Earlier means that
the incident, or else the reception, lies before this report's.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

# An account named in more reports than this is a service's own or a mistake, not one hand.
_MOST = 200

_STEPS = (
    Sql(
        "reported_accounts",
        """
        select distinct a.report_id, a.account_id, coalesce(t.actor_id, a.account_id) as actor_id, r.report_number,
            coalesce(micros(r.incident_at), micros(r.received_at)) as happened
        from accounts a
        join reports r on r.report_id = a.report_id
        left join actors t on t.account_id = a.account_id
        where a.role = 'reported' and a.identifier_kind <> 'none'
        """,
        keep=True,
    ),
    Sql(
        "reported_actors",
        f"select actor_id from reported_accounts group by actor_id having count(distinct report_id) between 2 and {_MOST}",
        keep=True,
    ),
    Sql(
        "earlier_pairs",
        """
        select n.report_id, n.account_id, e.report_id as earlier_id, e.report_number as earlier_number,
            max(case when e.account_id = n.account_id then 1 else 0 end) as same
        from reported_accounts n
        join reported_actors g on g.actor_id = n.actor_id
        join reported_accounts e on e.actor_id = n.actor_id and e.report_id <> n.report_id
        where e.happened < n.happened
        group by n.report_id, n.account_id, e.report_id, e.report_number
        """,
    ),
    Sql(
        "found_earlier_report",
        f"""
        select report_id, account_id, account_id as subject,
            case when max(same) = 1 then 'T5' else 'T5.same-actor' end as criterion,
            case when max(same) = 1 then 'same-account' else 'same-actor' end as outcome,
            case when max(same) = 1 then 'account' else 'another account of the same actor' end || ' was reported before, in '
                || cast(count(distinct earlier_id) as varchar) || ' report(s), first by number '
                || coalesce(min(earlier_number), 'not stated') as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(earlier_id) as evidence
        from earlier_pairs
        group by report_id, account_id
        union all
        select report_id, {NO_TEXT} as account_id, 'priorCTReports' as subject, 'T5' as criterion, 'stated' as outcome,
            'the ESP names ' || cast(count(distinct value) as varchar) || ' earlier report(s) on the account' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(association_id) as evidence
        from associations
        where kind = 'prior-report' and report_id is not null
        group by report_id
        """,
    ),
)

EARLIER_REPORT = Detector("earlier_report", __doc__ or "", ("accounts", "reports", "actors", "associations"), _STEPS)
