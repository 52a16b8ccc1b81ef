"""The second look: what a group of accounts holds together is weighed against what another group holds.

The first look joins accounts only where a pair is all but certain. Everything else is decided here, with the evidence
for and against of all accounts on both sides: so a weak bridge does not join two groups that contradict each other, and
a name known of one account and an address known of another count together.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.linking.counts import stepped
from tanglaw.linking.holders import SIZE
from tanglaw.linking.judged import GROUPED

_ENTITY = "select n.account_id, coalesce(r.root, n.account_id) as entity from link_accounts n" + (
    " left join link_roots r on r.node = n.account_id"
)

STEPS = (
    Sql("link_entities", _ENTITY, keep=True),
    Sql(
        "link_shared",
        """
        select e.entity as account_id, h.type, h.value, max(h.share) as share, max(h.stated) as stated,
            coalesce(min(case when h.stated = 1 then h.record_id end), min(h.record_id)) as record_id
        from link_shared h
        join link_entities e on e.account_id = h.account_id
        group by e.entity, h.type, h.value
        """,
        keep=True,
    ),
    Sql(
        "link_held_by",
        f"""
        select type, value, exact, {stepped("exact")} as holders
        from (select type, value, count(*) as exact from link_shared group by type, value having count(*) > 1) counted
        """,
        keep=True,
    ),
    Sql(
        "link_shared",
        """
        select h.account_id, h.type, h.value, h.share, h.stated, h.record_id, v.holders,
            v.holders <= s.propose_holders_max and v.holders <= coalesce(t.holders_max, v.holders) as proposes
        from link_shared h
        join link_held_by v on v.type = h.type and v.value = h.value
        cross join link_settings s
        left join link_types t on t.type = h.type
        """,
        keep=True,
    ),
    Sql(
        "link_names",
        """
        select e.entity as account_id, h.value, h.place, min(h.record_id) as record_id
        from link_names h
        join link_entities e on e.account_id = h.account_id
        group by e.entity, h.value, h.place
        """,
        keep=True,
    ),
    Sql(
        "link_born",
        """
        select e.entity as account_id, h.value, min(h.record_id) as record_id
        from link_born h
        join link_entities e on e.account_id = h.account_id
        group by e.entity, h.value
        """,
        keep=True,
    ),
    Sql(
        "link_sighted",
        """
        select distinct e.entity as account_id, h.value, h.hour, h.port
        from link_sighted h
        join link_entities e on e.account_id = h.account_id
        """,
        keep=True,
    ),
    Sql(
        "link_members",
        """
        select distinct e.entity as account_id, h.conversation_id
        from link_members h
        join link_entities e on e.account_id = h.account_id
        """,
        keep=True,
    ),
    Sql(
        "link_statements",
        """
        select h.kind, h.value, x.entity as one, y.entity as other, h.association_id
        from link_statements h
        join link_entities x on x.account_id = h.one
        join link_entities y on y.account_id = h.other
        """,
        keep=True,
    ),
    Sql("link_accounts", "select distinct entity as account_id from link_entities", keep=True),
    SIZE,
)


def run(engine: Engine) -> None:
    """Make the tables of holders anew, with the groups of `link_roots` in place of accounts; and `link_entities`."""
    for step in (*STEPS, *GROUPED):
        engine.run(step)
