"""Finds earlier reports on the same account, on another account of the same actor, or named by the ESP.

Outcome: same-account, same-actor (a proposal of the linking stage), stated (priorCTReports), group (an organised group
is named) or legal-process (served on the ESP before). Earlier means that the incident, or else the reception, lies
before this report's.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

# An actor in more reports than this is a service's own or a mistake, not one hand: its accounts stand for themselves,
# and only the earliest report is named.
_MOST = 200

_STEPS = (
    Sql(
        "reported_accounts",
        """
        select distinct a.report_id, a.account_id, coalesce(t.actor_id, a.account_id) as actor_id, r.report_number,
            coalesce(micros(r.incident_at), micros(r.received_at)) as happened
        from known_accounts a
        join reports r on r.report_id = a.report_id
        left join actors t on t.account_id = a.account_id
        where a.role = 'reported' and a.identifier_kind <> 'none'
        """,
        keep=True,
    ),
    Sql(
        "reported_actors",
        """
        select actor_id, count(distinct report_id) as reports from reported_accounts
        group by actor_id having count(distinct report_id) > 1
        """,
        keep=True,
    ),
    Sql(
        "earlier_pairs",
        f"""
        select n.report_id, n.account_id, e.report_id as earlier_id, max(e.report_number) as earlier_number,
            max(e.happened) as earlier, max(case when e.account_id = n.account_id then 1 else 0 end) as same
        from reported_accounts n
        join reported_actors g on g.actor_id = n.actor_id and g.reports <= {_MOST}
        join reported_accounts e on e.actor_id = n.actor_id and e.report_id <> n.report_id
        where e.happened < n.happened
        group by n.report_id, n.account_id, e.report_id
        """,
    ),
    Sql(
        "crowded_accounts",
        f"""
        select a.account_id, count(distinct a.report_id) as reports, min(a.happened) as earliest,
            first_by(a.report_id, a.happened) as earlier_id, first_by(a.report_number, a.happened) as earlier_number
        from reported_accounts a
        join reported_actors g on g.actor_id = a.actor_id and g.reports > {_MOST}
        group by a.account_id
        """,
    ),
    Sql(
        "found_earlier_report",
        f"""
        select report_id, account_id, account_id as subject,
            case when max(same) = 1 then 'T5' else 'T5.same-actor' end as criterion,
            case when max(same) = 1 then 'same-account' else 'same-actor' end as outcome,
            case when max(same) = 1 then 'the account' else 'another account of the same actor' end
                || ' was reported before, in ' || cast(count(*) as varchar) || ' report(s), the earliest '
                || coalesce(first_by(earlier_number, earlier), '(no number)') as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(earlier_id) as evidence
        from earlier_pairs
        group by report_id, account_id
        union all
        select n.report_id, n.account_id, n.account_id as subject, 'T5' as criterion, 'same-account' as outcome,
            'the account was reported before, it stands in ' || cast(c.reports as varchar) || ' reports, the earliest '
                || coalesce(c.earlier_number, '(no number)') as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, c.earlier_id as evidence
        from reported_accounts n
        join crowded_accounts c on c.account_id = n.account_id
        where c.earliest < n.happened
        union all
        select report_id, {NO_TEXT} as account_id, 'priorCTReports' as subject, 'T5' as criterion, 'stated' as outcome,
            'the ESP names ' || cast(count(distinct value) as varchar) || ' earlier report(s) on the account' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(association_id) as evidence
        from associations
        where kind = 'prior-report' and report_id is not null
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'groupIdentifier' as subject, 'T5.group' as criterion,
            'group' as outcome, 'the ESP names an organised group: ' || joined_distinct(value) as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(association_id) as evidence
        from associations
        where kind = 'group' and report_id is not null
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'legal process' as subject, 'T5.legal-process' as criterion,
            'legal-process' as outcome, 'legal process was served on the ESP before this report' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, report_id as evidence
        from reports where legal_process = 'served'
        """,
    ),
)

EARLIER_REPORT = Detector("earlier_report", __doc__ or "", ("accounts", "reports", "actors", "associations"), _STEPS)
