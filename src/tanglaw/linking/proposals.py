"""Case proposals: reports that name the same actor, then actors with ties, hubs kept from swallowing the rest."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.components import components
from tanglaw.engine.steps import Sql
from tanglaw.linking import ties

NAMED = """
    select distinct report_id, account_id from {}accounts
    where coalesce(role, 'unknown') not in ('mentioned', 'reporter') and report_id is not null and account_id is not null
"""
# What proposals are made of: whom reports name, who is which actor, and what ties accounts.
READS = (
    Sql("case_reports", "select report_id from reports"),
    Sql("case_named", NAMED.format("")),
    Sql("case_actors", "select account_id, actor_id from actors", keep=True),
    *ties.READS,
)
_BEFORE = (
    Sql(
        "proposal_names",
        """
        select distinct c.report_id, n.actor_id
        from case_named c
        join case_actors n on n.account_id = c.account_id
        join case_reports r on r.report_id = c.report_id
        """,
        keep=True,
    ),
    Sql(
        "proposal_actors",
        """
        select m.actor_id, min(m.report_id) as first_report, count(*) > max(s.proposal_reports_max) as hub
        from proposal_names m
        cross join link_settings s
        group by m.actor_id
        having count(*) > 1
        """,
        keep=True,
    ),
    Sql(
        "proposal_edges",
        """
        select m.report_id as a, n.first_report as b
        from proposal_names m
        join proposal_actors n on n.actor_id = m.actor_id
        where not n.hub and m.report_id <> n.first_report
        """,
    ),
)
_AFTER = (
    Sql(
        "proposal_members",
        "select node as report_id, root from proposal_roots union select root, root from proposal_roots",
        keep=True,
    ),
    Sql(
        # Reports that no actor in few reports claims go to a group of their hub's own.
        "proposal_hubs",
        """
        select m.report_id, min(n.actor_id) as actor_id
        from proposal_names m
        join proposal_actors n on n.actor_id = m.actor_id
        left join proposal_members p on p.report_id = m.report_id
        where n.hub and p.report_id is null
        group by m.report_id
        """,
    ),
    Sql(
        "proposal_hub_groups",
        """
        select h.report_id, g.root
        from proposal_hubs h
        join (select actor_id, min(report_id) as root from proposal_hubs group by actor_id) g
            on g.actor_id = h.actor_id
        """,
    ),
    Sql(
        "proposal_all",
        """
        select r.report_id, coalesce(p.root, h.root, r.report_id) as proposal_id
        from case_reports r
        left join proposal_members p on p.report_id = r.report_id
        left join proposal_hub_groups h on h.report_id = r.report_id
        """,
        keep=True,
    ),
)
_PROPOSALS = Sql(
    "proposals",
    """
    select a.proposal_id, a.report_id, g.reports
    from proposal_cases a
    join (select proposal_id, count(*) as reports from proposal_cases group by proposal_id) g
        on g.proposal_id = a.proposal_id
    """,
    keep=True,
)


def run(engine: Engine) -> None:
    """Make `proposals`, every report once, and `proposal_ties`: why actors are in one proposal."""
    for step in READS:
        engine.run(step)
    propose(engine)


def propose(engine: Engine) -> None:
    """The same from the tables of READS."""
    for step in _BEFORE:
        engine.run(step)
    components(engine, "proposal_roots", "proposal_edges")
    for step in _AFTER:
        engine.run(step)
    ties.run(engine)
    engine.run(_PROPOSALS)
