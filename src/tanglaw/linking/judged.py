"""Judgements of people: what they said is one hand joins, what they said is not is never under one actor."""

from __future__ import annotations

import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.components import components
from tanglaw.engine.steps import Sql
from tanglaw.linking.parted import parted, stated

BEFORE = (
    Sql(
        "link_same",
        """
        select j.a, j.b, cast(min(j.decision_id) as varchar) as decision
        from judgements j
        join link_accounts x on x.account_id = j.a
        join link_accounts y on y.account_id = j.b
        where j.kind = 'same'
        group by j.a, j.b
        """,
        keep=True,
    ),
    Sql("link_apart", "select distinct a, b from judgements where kind = 'not-same'", keep=True),
)
# The same between groups of accounts: accounts judged one hand are in one group by then.
GROUPED = (
    Sql("link_same", "select * from link_same where a > b", keep=True),
    Sql(
        "link_apart",
        """
        select distinct least(x.entity, y.entity) as a, greatest(x.entity, y.entity) as b
        from link_apart p
        join link_entities x on x.account_id = p.a
        join link_entities y on y.account_id = p.b
        """,
        keep=True,
    ),
)
_EDGES = Sql(
    "link_edges",
    """
    select j.a, j.b, j.milli - cast(floor(1000 * (z.prior + s.join_bits)) as bigint) as margin
    from link_joins j
    cross join link_prior z
    cross join link_settings s
    left join link_apart p on p.a = j.a and p.b = j.b
    where p.a is null
    """,
    keep=True,
)
_MEMBERS = Sql(
    "link_joined_members",
    "select node, root from link_joined union select root, root from link_joined",
    keep=True,
)
_NAMED = "select account_id, 'name' as kind, value from link_few_names union all " + (
    "select account_id, 'born', value from link_few_born"
)
# Components that hold a pair judged apart, and those of three and more whose holders are not all named alike.
_TORN = f"""
    select distinct x.root
    from link_apart p
    join link_joined_members x on x.node = p.a
    join link_joined_members y on y.node = p.b and y.root = x.root
    union
    select m.root
    from link_joined_members m
    join ({_NAMED}) n on n.account_id = m.node
    join (select root from link_joined group by root having count(*) > 1) several on several.root = m.root
    group by m.root, n.kind
    having count(distinct n.value) > 1
"""


def join(engine: Engine) -> None:
    """Make `link_roots` (node, root) from `link_joins` (a, b, milli), so that no pair of `link_apart` is together.

    Components that hold such a pair, and those whose holders' names or dates of birth differ, come into this process and
    are joined anew, as far as they can be (`parted`), which depends on the order.
    """
    engine.run(_EDGES)
    components(engine, "link_joined", "link_edges")
    engine.run(_MEMBERS)
    engine.put("link_torn", engine.rows(_TORN))
    edges = engine.rows(
        """
        select e.a, e.b, e.margin
        from link_edges e
        join link_joined_members m on m.node = e.a
        join link_torn t on t.root = m.root
        left join link_same s on s.a = e.a and s.b = e.b
        order by case when s.a is null then 1 else 0 end nulls last, e.margin desc nulls last,
            e.a nulls last, e.b nulls last
        """
    )
    pairs = engine.rows("select a, b from link_apart") if edges.num_rows else edges
    named = engine.rows(
        f"""
        select n.account_id, n.kind, n.value
        from ({_NAMED}) n
        join link_joined_members m on m.node = n.account_id
        join link_torn t on t.root = m.root
        """
    )
    found = parted(edges.select(["a", "b", "margin"]).to_pylist(), _pairs(pairs), stated(named.to_pylist()))
    nodes, roots = list(found), list(found.values())
    engine.put("link_parted", pa.table({"node": pa.array(nodes, pa.string()), "root": pa.array(roots, pa.string())}))
    engine.run(
        Sql(
            "link_roots",
            """
            select j.node, j.root from link_joined j left join link_torn t on t.root = j.root where t.root is null
            union all
            select node, root from link_parted
            """,
            keep=True,
        )
    )


def _pairs(table: pa.Table) -> list[tuple[str, str]]:
    return [(row["a"], row["b"]) for row in table.to_pylist()]
