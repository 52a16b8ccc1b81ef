"""Why actors that are not one hand belong into one case: contact, payment, a shared household, rarely seen material.

Groups of reports grow by their strongest tie, both ways, round by round, and never beyond what a person can work on; a
group that is tied to very many, such as a shop that thousands pay, is everybody's neighbour and nobody's case.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

ROUNDS = 6
# Conversations of more people are public rooms: being in one is no contact.
ROOM = 20
# Strangers share addresses: below this probability of one hand an address alone is no home either.
_HOME = 0.2
# What one fact of a kind counts: in contact or paid is more than living together, that more than having one file.
_KINDS = (("contact", 4), ("payment", 4), ("household", 2), ("material", 1))

PAID = """
    select distinct from_account_id as one, to_account_id as other, payment_id as fact from {}payments
    where counted and from_account_id is not null and to_account_id is not null
"""
SHARED = f"""
    select e.a as one, e.b as other, case when e.type = 'hash' then 'material' else 'household' end as kind,
        e.type || ' ' || e.value as fact
    from {{0}}link_evidence e
    join {{0}}links l on l.a = e.a and l.b = e.b and (l.probability >= {_HOME} or e.type <> 'ip')
    join link_types t on t.type = e.type and t.family in ('household', 'material')
    where (e.proposes or e.type = 'ip') and e.bits > 0
"""
READS = (
    Sql("case_talks", "select conversation_id, account_id from participants"),
    Sql("case_paid", PAID.format("known_")),
    Sql("case_shared", SHARED.format(""), keep=True),
)
_FACTS = (
    Sql(
        "tie_groups",
        """
        select m.actor_id, min(a.proposal_id) as proposal_id
        from proposal_names m
        join proposal_all a on a.report_id = m.report_id
        left join proposal_actors n on n.actor_id = m.actor_id
        where not coalesce(n.hub, false)
        group by m.actor_id
        """,
        keep=True,
    ),
    Sql(
        "tie_talks",
        f"""
        select p.conversation_id, c.actor_id
        from case_talks p
        join case_actors c on c.account_id = p.account_id
        join tie_groups g on g.actor_id = c.actor_id
        join (select conversation_id from case_talks group by conversation_id having count(*) <= {ROOM}) r
            on r.conversation_id = p.conversation_id
        """,
        keep=True,
    ),
    Sql(
        "tie_facts",
        """
        select x.actor_id as one, y.actor_id as other, 'contact' as kind, x.conversation_id as fact
        from tie_talks x
        join tie_talks y on y.conversation_id = x.conversation_id
        union all
        select x.actor_id, y.actor_id, 'payment', p.fact
        from case_paid p
        join case_actors x on x.account_id = p.one
        join case_actors y on y.account_id = p.other
        union all
        select x.actor_id, y.actor_id, e.kind, e.fact
        from case_shared e
        join case_actors x on x.account_id = e.one
        join case_actors y on y.account_id = e.other
        """,
    ),
    Sql(
        "tie_actors",
        """
        select least(f.one, f.other) as a, greatest(f.one, f.other) as b, f.kind, count(distinct f.fact) as facts,
            min(f.fact) as example
        from tie_facts f
        join tie_groups x on x.actor_id = f.one
        join tie_groups y on y.actor_id = f.other
        where f.one <> f.other
        group by least(f.one, f.other), greatest(f.one, f.other), f.kind
        """,
        keep=True,
    ),
    Sql(
        # Actors that are tied to others: all else stays as it is.
        "tie_ends",
        """
        select g.actor_id, g.proposal_id
        from (select a as actor_id from tie_actors union select b from tie_actors) t
        join tie_groups g on g.actor_id = t.actor_id
        """,
        keep=True,
    ),
    Sql("case_map_0", "select distinct proposal_id as old, proposal_id as new from tie_ends", keep=True),
    Sql(
        "case_sizes",
        """
        select a.proposal_id, count(*) as reports
        from proposal_all a join case_map_0 m on m.old = a.proposal_id
        group by a.proposal_id
        """,
        keep=True,
    ),
)


def _round(number: int) -> tuple[Sql, ...]:
    before, now = number - 1, number
    worth = " ".join(f"when '{kind}' then {weight}" for kind, weight in _KINDS)
    return (
        Sql(
            f"case_sizes_{now}",
            f"""
            select m.new as g, sum(z.reports) as reports
            from case_sizes z join case_map_{before} m on m.old = z.proposal_id
            group by m.new
            """,
        ),
        Sql(
            f"case_edges_{now}",
            f"""
            select x.new as g, y.new as h, sum(t.facts * case t.kind {worth} else 0 end) as strength
            from (select a, b, kind, facts from tie_actors union all select b, a, kind, facts from tie_actors) t
            join tie_ends p on p.actor_id = t.a
            join tie_ends q on q.actor_id = t.b
            join case_map_{before} x on x.old = p.proposal_id
            join case_map_{before} y on y.old = q.proposal_id
            where x.new <> y.new
            group by x.new, y.new
            """,
            keep=True,
        ),
        Sql(
            f"case_best_{now}",
            f"""
            select g, h from (
                select e.g, e.h, row_number() over (
                    partition by e.g order by e.strength desc nulls last, e.h nulls last
                ) as place
                from case_edges_{now} e
                join (select g from case_edges_{now} group by g having count(*) <= {ROOM}) n on n.g = e.g
                join (select g from case_edges_{now} group by g having count(*) <= {ROOM}) o on o.g = e.h
                join case_sizes_{now} s on s.g = e.g
                join case_sizes_{now} z on z.g = e.h
                cross join link_settings l
                where s.reports + z.reports <= l.proposal_reports_max
            ) ranked
            where place = 1
            """,
            keep=True,
        ),
        Sql(
            f"case_map_{now}",
            f"""
            select m.old, coalesce(b.low, m.new) as new
            from case_map_{before} m
            left join (
                select x.g, least(x.g, x.h) as low
                from case_best_{now} x
                join case_best_{now} y on y.g = x.h and y.h = x.g
            ) b on b.g = m.new
            """,
            keep=True,
        ),
    )


def _result(last: int) -> tuple[Sql, ...]:
    return (
        Sql(
            "proposal_cases",
            f"""
            select a.report_id, coalesce(m.new, a.proposal_id) as proposal_id
            from proposal_all a left join case_map_{last} m on m.old = a.proposal_id
            """,
            keep=True,
        ),
        Sql(
            "proposal_ties",
            f"""
            select x.new as proposal_id, t.a, t.b, t.kind, t.facts, t.example
            from tie_actors t
            join tie_ends p on p.actor_id = t.a
            join tie_ends q on q.actor_id = t.b
            join case_map_{last} x on x.old = p.proposal_id
            join case_map_{last} y on y.old = q.proposal_id and y.new = x.new
            """,
            keep=True,
        ),
    )


def run(engine: Engine) -> None:
    """Make `proposal_cases` (report_id, proposal_id) and `proposal_ties` from `proposal_all` and the evidence."""
    for step in _FACTS:
        engine.run(step)
    last = 0
    while last < ROUNDS:
        last += 1
        for step in _round(last):
            engine.run(step)
        merged = f"select count(*) as n from case_best_{last} x join case_best_{last} y on y.g = x.h and y.h = x.g"
        if not engine.rows(merged).to_pylist()[0]["n"]:
            break
    for step in _result(last):
        engine.run(step)
