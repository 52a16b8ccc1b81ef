"""Says when the logs behind an IP capture lapse, and which captures cannot identify anyone.

Outcome: open (the log should still be there, until the due date), lapsed, insufficient (an address without the time
to the second, or an IPv4 address without port), preserved (content that the ESP keeps, with a clock of its own), or
same-hand (a log that another report on the same actor, as links propose it, points to and that should still be there).
Days come from the policy pack's dated retention table, by the report's country, else its `*` row.
"""

from __future__ import annotations

from tanglaw.detectors.base import HANDS, NO_TEXT, NO_TIME, REPORTED_HANDS, TO_THE_SECOND, Detector
from tanglaw.engine.steps import Sql

_DAY = 86_400_000_000
_STEPS = (
    REPORTED_HANDS,
    HANDS,
    Sql(
        "retention_days",
        """
        select country, max(case when holder = 'isp-ip-log' then days end) as ip_days,
            max(case when holder = 'isp-ip-log' then source end) as ip_source,
            max(case when holder = 'esp-content' then days end) as content_days,
            max(case when holder = 'esp-content' then source end) as content_source
        from policy_retention group by country
        """,
        keep=True,
    ),
    Sql(
        "report_retention",
        """
        select r.report_id, micros(r.received_at) as received, coalesce(c.ip_days, d.ip_days) as ip_days,
            coalesce(c.content_days, d.content_days) as content_days,
            case when c.ip_days is not null then r.country else '*' end as ip_country,
            coalesce(c.ip_source, d.ip_source) as ip_source, coalesce(c.content_source, d.content_source) as content_source
        from reports r
        left join retention_days c on c.country = r.country
        cross join (select * from retention_days where country = '*') d
        """,
        keep=True,
    ),
    Sql(
        "capture_clocks",
        f"""
        select c.report_id, c.capture_id, c.role, t.ip_country, t.ip_days, t.ip_source,
            micros(c.at) + t.ip_days * {_DAY} as lapses, micros(f.as_of) as now,
            case when c.ip is null or c.ip = '' then 0
                when not {TO_THE_SECOND} then 1
                when strpos(c.ip, ':') = 0 and c.port is null then 1
                else 0 end as insufficient
        from captures c
        join report_retention t on t.report_id = c.report_id
        cross join run_facts f
        """,
        keep=True,
    ),
    Sql(
        "found_evidence_clock",
        f"""
        select report_id, {NO_TEXT} as account_id, 'ip logs' as subject, 'T10' as criterion, 'open' as outcome,
            cast(count(*) as varchar) || ' capture(s) whose log should still be held; the first lapses '
                || iso_second(from_micros(min(lapses))) || ' (' || cast(max(ip_days) as varchar) || ' days for country '
                || max(ip_country) || ', source: ' || max(ip_source) || ')' as reason,
            {NO_TEXT} as lane, from_micros(min(lapses)) as due_at, joined_distinct(capture_id) as evidence
        from capture_clocks where lapses >= now
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'lapsed logs' as subject, 'T10' as criterion, 'lapsed' as outcome,
            cast(count(*) as varchar) || ' capture(s) older than the log is kept (' || cast(max(ip_days) as varchar)
                || ' days for country ' || max(ip_country) || ')' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(capture_id) as evidence
        from capture_clocks where lapses < now
        group by report_id
        union all
        select report_id, {NO_TEXT} as account_id, 'insufficient captures' as subject, 'T10' as criterion,
            'insufficient' as outcome,
            cast(count(*) as varchar)
                || ' capture(s) without the second, or IPv4 without port: behind carrier NAT they identify nobody' as reason,
            {NO_TEXT} as lane, {NO_TIME} as due_at, joined_distinct(capture_id) as evidence
        from capture_clocks where insufficient = 1
        group by report_id
        union all
        select h.report_id, {NO_TEXT} as account_id, 'ip logs of the actor' as subject, 'T10' as criterion,
            'same-hand' as outcome,
            cast(count(*) as varchar) || ' capture(s) in other reports on the same actor whose log should still be held;'
                || ' the first lapses ' || iso_second(from_micros(min(c.lapses))) as reason,
            {NO_TEXT} as lane, from_micros(min(c.lapses)) as due_at, joined_distinct(c.capture_id) as evidence
        from hands h
        join hands o on o.actor_id = h.actor_id and o.report_id <> h.report_id
        join capture_clocks c on c.report_id = o.report_id
        where c.lapses >= c.now and c.role = 'reported'
        group by h.report_id
        union all
        select t.report_id, {NO_TEXT} as account_id, 'preserved content' as subject, 'T10' as criterion,
            'preserved' as outcome,
            'the ESP preserves the content until ' || iso_day(from_micros(t.received + t.content_days * {_DAY})) || ' ('
                || cast(t.content_days as varchar) || ' days, source: ' || t.content_source || ')' as reason,
            {NO_TEXT} as lane, from_micros(t.received + t.content_days * {_DAY}) as due_at, t.report_id as evidence
        from report_retention t
        cross join run_facts f
        where t.received + t.content_days * {_DAY} >= micros(f.as_of)
        """,
    ),
)

EVIDENCE_CLOCK = Detector("evidence_clock", __doc__ or "", ("captures", "reports", "accounts", "actors"), _STEPS)
