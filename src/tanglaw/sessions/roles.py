"""Roles as assessments per account and case: unknown unless sessions or a person say more, never from country, sex or age.

An account that may be a child's keeps the role unknown and the lane safeguarding.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        # The cases of a party: those of reports that name it, and of those whom it meets in shown sessions.
        "ses_named_in",
        """
        select distinct p.n, r.proposal_id as case_id
        from known_accounts a
        join ses_parties p on p.account_id = a.account_id
        join proposals r on r.report_id = a.report_id
        where coalesce(a.role, 'unknown') not in ('reporter', 'mentioned')
        """,
        keep=True,
    ),
    Sql(
        "ses_cases",
        """
        select n, case_id from ses_named_in
        union
        select o.n, c.case_id
        from ses_parts o
        join ses_parts s on s.session_id = o.session_id
        join ses_named_in c on c.n = s.n
        """,
        keep=True,
    ),
    Sql(
        "ses_part_sums",
        """
        select n, part, count(distinct session_id) as sessions, cast(sum(cast(floor(probability * 1000) as bigint)) as bigint)
            as weight
        from ses_parts group by n, part
        """,
        keep=True,
    ),
    Sql(
        # Who pays a party of shown sessions several times, and was looked at without a likely session.
        "ses_ordinary",
        """
        select d.payer as n, sum(d.payments) as payments, max(coalesce(k.probability, 0)) as probability
        from ses_direct d
        join (select distinct n from ses_parts where part <> 'payer') s on s.n = d.payee
        left join (select payer, payee, max(probability) as probability from ses_told group by payer, payee) k
            on k.payer = d.payer and k.payee = d.payee
        group by d.payer
        having sum(d.payments) >= 3 and max(coalesce(k.probability, 0)) < 0.3e0
        """,
    ),
    Sql(
        "ses_bystanders",
        """
        select distinct c.b as n
        from ses_contacts c
        join (select distinct n from ses_parts) s on s.n = c.a
        join ses_inside i on i.n = c.b
        left join ses_direct f on f.payer = c.b and f.payee = c.a
        left join ses_direct t on t.payer = c.a and t.payee = c.b
        where f.payer is null and t.payer is null
        """,
    ),
    Sql(
        "ses_assessed",
        """
        select i.n, a.actor as account_id, y.reason as young,
            coalesce(r.part, case when o.n is not null then 'ordinary payer' when b.n is not null then 'bystander'
                else 'unknown' end) as role,
            coalesce(r.sessions, 0) as sessions,
            case when r.part is not null then cast(r.sessions as varchar) || ' shown session(s) as ' || r.part || r.others
                when o.n is not null then cast(o.payments as varchar)
                    || ' payments to a recipient, none of which looks like a session'
                when b.n is not null then 'in contact with a party of a session, without payments'
                else 'nothing says more' end as evidence
        from ses_inside i
        join ses_actors a on a.n = i.n
        left join ses_young y on y.n = i.n
        left join (
            select n, part, sessions, case when parts > 1 then '; other parts too' else '' end as others from (
                select n, part, sessions, count(*) over (partition by n) as parts,
                    row_number() over (partition by n order by weight desc nulls last, part nulls last) as place
                from ses_part_sums
            ) w
            where place = 1
        ) r on r.n = i.n
        left join ses_ordinary o on o.n = i.n
        left join ses_bystanders b on b.n = i.n
        """,
    ),
    Sql(
        # What people said of a party's role, the newest word on each.
        "ses_roles_said",
        """
        select n, kind, role, said from (
            select p.n, a.kind, a.role, a.stated_by || ', decision ' || cast(a.decision_id as varchar) as said,
                row_number() over (
                    partition by p.n, a.kind, case when a.kind = 'reject-role' then a.role else '' end
                    order by a.decision_id desc nulls last, a.inference nulls last
                ) as place
            from assessments a
            join ses_parties p on p.account_id = a.inference
            where a.kind in ('confirm-role', 'reject-role')
        ) s
        where place = 1
        """,
        keep=True,
    ),
    Sql(
        "roles",
        """
        select a.account_id, coalesce(c.case_id, '') as case_id,
            case when a.young is not null then 'unknown' when y.n is not null then y.role when x.n is not null then 'unknown'
                else a.role end as role,
            case when a.young is not null then 'safeguarding' else '' end as lane,
            case when a.young is not null then 0 else a.sessions end as sessions,
            case when a.young is not null then a.young
                when y.n is not null then 'confirmed by ' || y.said || '; ' || a.evidence
                when x.n is not null then a.role || ' is rejected by ' || x.said || '; ' || a.evidence
                else a.evidence end as evidence
        from ses_assessed a
        left join ses_cases c on c.n = a.n
        left join ses_roles_said y on y.n = a.n and y.kind = 'confirm-role'
        left join ses_roles_said x on x.n = a.n and x.kind = 'reject-role' and x.role = a.role
        where c.n is not null or a.sessions > 0 or a.young is not null or a.role <> 'unknown' or y.n is not null
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `roles`."""
    for step in STEPS:
        engine.run(step)
