"""The stage: findings -> weighted reasons -> three values -> order of work.

A criterion counts once per report, however many findings speak for it, so volume alone raises nothing. Weights, bands
and the order are the policy pack's; what a criterion may move at all is fixed in `tanglaw.policy`.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql
from tanglaw.errors import CheckSettings

# Sort keys a pack may name, as SQL over `queued`.
_ORDER = {
    "band": "band asc nulls last",
    "overdue_clock": "overdue desc nulls last",
    "lowered": "lowered desc nulls last",
    "actionable": "actionable desc nulls last",
    "clock": "clock_at asc nulls last",
    "danger": "danger desc nulls last",
    "actionability": "actionability desc nulls last",
    "received": "received asc nulls last",
}

_SAME = " and ".join(f"s.{key} is not distinct from w.{key}" for key in ("report_id", "value", "criterion"))
_WEIGHTED = (
    Sql(
        # A finer criterion (T5.watch-list) that the pack does not name counts as its base (T5).
        "criterion_weights",
        """
        select f.criterion, coalesce(p.criterion, b.criterion) as known, coalesce(p.value, b.value) as value,
            coalesce(p.weight, b.weight) as weight, coalesce(p.alone, b.alone) as alone
        from (select distinct criterion from findings where criterion <> 'category') f
        left join policy_criteria p on p.criterion = f.criterion
        left join policy_criteria b on b.criterion = case when strpos(f.criterion, '.') > 0
            then substr(f.criterion, 1, strpos(f.criterion, '.') - 1) else f.criterion end
        """,
        keep=True,
    ),
    Sql(
        # Of a list's category: the pack's own line, else the model's, else the line for all.
        "category_weights",
        """
        select c.outcome, coalesce(e.weight, m.weight, a.weight, 0) as weight
        from (select distinct outcome from findings where criterion = 'category') c
        left join policy_categories e on e.list_category = c.outcome
        left join policy_categories m on m.list_category = substr(c.outcome, 1, strpos(c.outcome, ':')) || '*'
        left join policy_categories a on a.list_category = '*:*'
        """,
        keep=True,
    ),
    Sql(
        "weighed",
        """
        select f.report_id, w.value, f.criterion, w.weight, w.alone, f.reason, f.evidence, f.lane, f.due_at, f.detector
        from findings f
        join criterion_weights w on w.criterion = f.criterion
        union all
        select f.report_id, 'danger' as value, 'category' as criterion, c.weight, true as alone, f.reason, f.evidence,
            f.lane, f.due_at, f.detector
        from findings f
        join category_weights c on c.outcome = f.outcome
        where f.criterion = 'category'
        """,
    ),
    Sql(
        "several_findings",
        """
        select report_id, value, criterion from weighed group by report_id, value, criterion having count(*) > 1
        """,
        keep=True,
    ),
    Sql(
        # Most stand alone in their group: there is nothing to gather, which takes longest.
        "by_criterion",
        f"""
        select w.report_id, w.value, w.criterion, w.weight as most, w.weight as least,
            case when w.alone then 1 else 0 end as alone, case when w.weight is not null then w.reason end as text, w.evidence
        from weighed w
        anti join several_findings s on {_SAME}
        union all
        select w.report_id, w.value, w.criterion, max(w.weight) as most, min(w.weight) as least,
            max(case when w.alone then 1 else 0 end) as alone,
            last_by(w.reason, w.weight) || case when count(distinct w.reason) > 1
                then ' (and ' || cast(count(distinct w.reason) - 1 as varchar) || ' more of this kind)' else '' end as text,
            joined_distinct(w.evidence) as evidence
        from weighed w
        semi join several_findings s on {_SAME}
        group by w.report_id, w.value, w.criterion
        """,
        keep=True,
    ),
)

_REASONS = (
    Sql(
        "danger_signs",
        "select report_id, sum(alone) as signs from by_criterion where value = 'danger' and most > 0 group by report_id",
    ),
    Sql(
        "counted_reasons",
        """
        select b.report_id, b.value, b.criterion,
            case when b.value = 'order' then b.least
                when b.alone = 0 and coalesce(s.signs, 0) = 0 then 0e0
                else b.most end as weight,
            case when b.alone = 0 and coalesce(s.signs, 0) = 0 then b.text || ' (counts only with another sign)'
                else b.text end as text,
            b.evidence
        from by_criterion b
        left join danger_signs s on s.report_id = b.report_id
        """,
        keep=True,
    ),
    Sql(
        # What a report leaves out, and what that costs it: the weight it would have had.
        "missing_reasons",
        """
        select r.report_id, 'missing' as value, w.criterion, 0 - w.weight as weight,
            w.text || ' is missing; it would add ' || text3(w.weight) || ' to actionability' as text, r.report_id as evidence
        from reports r
        cross join (
            select l.criterion, l.text, coalesce(p.weight, b.weight) as weight
            from (
                select 'T9.ip' as criterion, 'an IP capture with time and port' as text
                union all select 'T9.phone' as criterion, 'a phone number' as text
                union all select 'T9.email' as criterion, 'an e-mail address' as text
                union all select 'T9.account' as criterion, 'an account identifier' as text
            ) l
            left join policy_criteria p on p.criterion = l.criterion
            left join policy_criteria b on b.criterion = 'T9'
        ) w
        left join counted_reasons c on c.report_id = r.report_id and c.criterion = w.criterion
        where c.report_id is null
        union all
        select r.report_id, 'missing' as value, 'T4' as criterion, 0 - p.weight as weight,
            'whether there is access to a child is not stated; a yes would add ' || text3(p.weight) || ' to danger' as text,
            r.report_id as evidence
        from reports r
        join policy_criteria p on p.criterion = 'T4'
        left join (select distinct report_id from findings where subject = 'child access') f on f.report_id = r.report_id
        where f.report_id is null
        union all
        select r.report_id, 'missing' as value, 'T10' as criterion, 0e0 as weight,
            'no time of reception: the clocks of the report itself cannot run' as text, r.report_id as evidence
        from reports r where r.received_at is null
        union all
        select r.report_id, 'missing' as value, 'T14' as criterion, 0e0 as weight,
            'no file is listed: nothing can be compared with hash lists' as text, r.report_id as evidence
        from reports r left join (select distinct report_id from files) f on f.report_id = r.report_id
        where f.report_id is null
        """,
        keep=True,
    ),
    Sql("reasons", "select * from counted_reasons union all select * from missing_reasons"),
)

_VALUES = (
    Sql(
        # Summed in thousandths, so that the order of rows cannot change a last bit.
        "sums",
        """
        select report_id, cast(danger as double) / 1000 as danger, cast(actionability as double) / 1000 as actionability,
            cast(lowered as double) / 1000 as lowered, said
        from (
            select report_id,
                cast(sum(case when value = 'danger' then milli else 0 end) as bigint) as danger,
                cast(sum(case when value = 'actionability' then milli else 0 end) as bigint) as actionability,
                cast(sum(case when value = 'order' then milli else 0 end) as bigint) as lowered,
                joined_by(case when value in ('danger', 'order', 'lane') then text end, 0 - milli) as said
            from (select c.*, cast(floor(c.weight * 1000 + 0.5e0) as bigint) as milli from counted_reasons c) w
            group by report_id
        ) s
        """,
        keep=True,
    ),
    Sql(
        "report_bands",
        """
        select r.report_id, coalesce(s.danger, 0e0) as danger, min(b.band) as band
        from reports r
        left join sums s on s.report_id = r.report_id
        join policy_bands b on b.danger_from <= coalesce(s.danger, 0e0)
        group by r.report_id, coalesce(s.danger, 0e0)
        """,
        keep=True,
    ),
    Sql(
        # Evidence that lapsed already has no clock left; a welfare or band clock that ran out stays, overdue.
        "report_clocks",
        """
        select report_id, min(due) as due from (
            select report_id, micros(due_at) as due from findings where due_at is not null
            union all
            select g.report_id, micros(r.received_at) + p.clock_hours * 3600000000 as due
            from report_bands g
            join reports r on r.report_id = g.report_id
            join policy_bands p on p.band = g.band
            where r.received_at is not null
        ) c
        where due is not null
        group by report_id
        """,
        keep=True,
    ),
    Sql(
        "report_lanes",
        """
        select report_id, max(case when lane = 'safeguarding' then 2 when lane = 'generated' then 1 else 0 end) as lane
        from findings where lane is not null group by report_id
        """,
    ),
    Sql(
        "viral_groups",
        """
        select f.report_id, min(g.first_report) as group_id
        from findings f
        join (
            select subject, min(report_id) as first_report from findings
            where detector = 'viral' and outcome = 'repeated' group by subject
        ) g on g.subject = f.subject
        where f.detector = 'viral' and f.outcome = 'repeated'
        group by f.report_id
        """,
    ),
    Sql(
        "queued",
        """
        select r.report_id, r.report_number, b.danger, b.band, coalesce(s.actionability, 0e0) as actionability,
            coalesce(s.lowered, 0e0) as lowered, from_micros(c.due) as clock_at,
            case when c.due < micros(f.as_of) then 1 else 0 end as overdue,
            case when coalesce(s.actionability, 0e0) > 0 then 1 else 0 end as actionable,
            case when l.lane = 2 then 'safeguarding' when l.lane = 1 then 'generated' else 'triage' end as lane,
            coalesce(s.said, 'no sign of danger is stated') as reasons,
            coalesce(v.group_id, r.report_id) as group_id, coalesce(micros(r.received_at), micros(r.incident_at)) as received
        from reports r
        join report_bands b on b.report_id = r.report_id
        left join sums s on s.report_id = r.report_id
        left join report_clocks c on c.report_id = r.report_id
        left join report_lanes l on l.report_id = r.report_id
        left join viral_groups v on v.report_id = r.report_id
        cross join run_facts f
        """,
        keep=True,
    ),
)


def _priorities(engine: Engine) -> Sql:
    """The queue in the pack's order; ties go by report number and id, so the same input has the same rank."""
    keys = [row["key"] for row in engine.rows("select key from policy_order order by place nulls last").to_pylist()]
    unknown = [key for key in keys if key not in _ORDER]
    if unknown:
        raise CheckSettings(f"policy.toml: order: {unknown[0]!r} is no sort key")
    by = ", ".join((*(_ORDER[key] for key in keys), "report_number asc nulls last", "report_id asc nulls last"))
    return Sql(
        "priorities",
        f"""
        select row_number() over (order by {by}) as rank, report_id, report_number, danger, band, actionability,
            clock_at, lane, reasons, group_id, p.title as policy
        from queued
        cross join policy_facts p
        """,
    )


def run(engine: Engine, _given: Given) -> None:
    """Make `reasons` and `priorities`."""
    for step in (*_WEIGHTED, *_REASONS, *_VALUES):
        engine.run(step)
    engine.run(_priorities(engine))


TRIAGE = Stage(
    "triage",
    "Weighs findings by the policy pack into danger, actionability and clock, and orders the work.",
    ("reports", "findings", "files"),
    ("reasons", "priorities"),
    run,
)
