"""Shows that the reporter asks for a person at once, with the reporter's own reason, and what may be live.

Outcome: escalated (escalateToHighPriority is present), live (a file is flagged liveStreaming) or ongoing (three or
more events of the reported accounts lie within the policy's days before the run's as-of).
"""

from __future__ import annotations

from tanglaw.detectors.base import BY, FILES, FLAGGED, NO_TEXT, NO_TIME, Detector
from tanglaw.engine.steps import Sql

_STEPS = (
    FLAGGED,
    Sql(
        "recent_events",
        """
        select c.report_id, count(distinct micros(c.at)) as events, max(micros(c.at)) as latest,
            max(cast(floor(d.days) as bigint)) as days, joined_distinct(c.capture_id) as evidence
        from captures c
        cross join run_facts f
        cross join (select max(number) as days from policy_numbers where name = 'ongoing_days') d
        where c.role = 'reported' and c.at <= f.as_of
            and micros(c.at) >= micros(f.as_of) - cast(floor(d.days) as bigint) * 86400000000
        group by c.report_id
        having count(distinct micros(c.at)) >= 3
        """,
    ),
    Sql(
        "found_stated_urgency",
        f"""
        select report_id, {NO_TEXT} as account_id, 'escalateToHighPriority' as subject, 'T1' as criterion,
            'escalated' as outcome, 'the reporter asks for urgency: ' || substr(escalation, 1, 300) as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, report_id as evidence
        from reports where escalation is not null and escalation <> ''
        union all
        select report_id, {NO_TEXT} as account_id, 'liveStreaming' as subject, 'T2' as criterion, 'live' as outcome,
            {BY} || {FILES} || ' file(s) as liveStreaming' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(coalesce(file_id, report_id)) as evidence
        from flagged f where name = 'liveStreaming'
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'recent events' as subject, 'T2.ongoing' as criterion,
            'ongoing' as outcome,
            cast(events as varchar) || ' events of the account in the last ' || cast(days as varchar)
                || ' days, the latest ' || iso_second(from_micros(latest)) as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, evidence
        from recent_events
        """,
    ),
)

STATED_URGENCY = Detector("stated_urgency", __doc__ or "", ("reports", "flags", "files", "captures"), _STEPS)
