"""Routes reports to those who look after children: minor to minor, sextortion, a compromised account.

Outcome: minor-to-minor, sextortion or compromised. The lane says who looks, with a welfare clock of its own; it never
lowers danger. The holder of a compromised account may be the victim.
"""

from __future__ import annotations

from tanglaw.detectors.base import NO_TEXT, Detector
from tanglaw.engine.steps import Sql

_FOUND = Sql(
    "found_safeguarding",
    f"""
    select s.report_id, {NO_TEXT} as account_id, s.outcome as subject, s.criterion, s.outcome, s.reason,
        'safeguarding' as lane,
        from_micros(coalesce(micros(r.received_at), micros(r.incident_at), micros(f.as_of))
            + cast(floor(h.hours) as bigint) * 3600000000) as due_at,
        s.evidence
    from (
        select report_id, case when name = 'sextortion' then 'sextortion' else 'minor-to-minor' end as outcome,
            'T16' as criterion,
            'the ESP flags it as ' || name || case when name = 'sextortion'
                then ': somebody may be under pressure now' else ': the reported account may be a child''s' end as reason,
            joined_distinct(coalesce(file_id, report_id)) as evidence
        from flags where name in ('minorToMinorInteraction', 'sextortion')
        group by report_id, name
        union all
        select report_id, 'compromised' as outcome, 'T15' as criterion,
            'the ESP states that the account is compromised: its holder may be the victim' as reason,
            joined_distinct(account_id) as evidence
        from known_accounts where compromised and role = 'reported' and report_id is not null
        group by report_id
    ) s
    join reports r on r.report_id = s.report_id
    cross join run_facts f
    cross join (select max(number) as hours from policy_numbers where name = 'safeguarding_hours') h
    """,
)

SAFEGUARDING = Detector("safeguarding", __doc__ or "", ("flags", "accounts", "reports"), (_FOUND,))
