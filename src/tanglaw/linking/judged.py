"""Judgements of people: what they said is one hand joins, what they said is not is never under one actor."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.linking.components import components

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
    select j.a, j.b, j.milli
    from link_joins j
    left join link_apart p on p.a = j.a and p.b = j.b
    where p.a is null
    """,
    keep=True,
)
_MEMBERS = "select node, root from link_joined union select root, root from link_joined"
_TORN = f"""
    select distinct x.root
    from link_apart p
    join ({_MEMBERS}) x on x.node = p.a
    join ({_MEMBERS}) y on y.node = p.b and y.root = x.root
"""


def join(engine: Engine) -> None:
    """Make `link_roots` (node, root) from `link_joins` (a, b, milli), so that no pair of `link_apart` is together.

    Components that hold such a pair come into this process and are joined anew, as far as they can be: what people
    judged first, then the strongest evidence. Their number is bounded by that of the judgements.
    """
    engine.run(_EDGES)
    components(engine, "link_joined", "link_edges")
    engine.put("link_torn", engine.rows(_TORN))
    edges = engine.rows(
        f"""
        select e.a, e.b, e.milli
        from link_edges e
        join ({_MEMBERS}) m on m.node = e.a
        join link_torn t on t.root = m.root
        left join link_same s on s.a = e.a and s.b = e.b
        order by case when s.a is null then 1 else 0 end nulls last, e.milli desc nulls last,
            e.a nulls last, e.b nulls last
        """
    )
    pairs = engine.rows("select a, b from link_apart") if edges.num_rows else edges
    found = parted(_pairs(edges), _pairs(pairs))
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


def _pairs(table: pa.Table) -> Iterable[tuple[str, str]]:
    return [(row["a"], row["b"]) for row in table.to_pylist()]


def parted(edges: Iterable[tuple[str, str]], apart: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Node -> root, without the roots: edges join in their order unless that would bring an `apart` pair together."""
    group: dict[str, set[str]] = {}
    against: dict[str, set[str]] = {}
    for a, b in apart:
        against.setdefault(a, set()).add(b)
        against.setdefault(b, set()).add(a)
    for a, b in edges:
        one, other = group.setdefault(a, {a}), group.setdefault(b, {b})
        small, large = sorted((one, other), key=len)
        if one is other or any(against.get(node, set()) & large for node in small):
            continue
        large |= small
        for node in small:
            group[node] = large
    return {node: min(members) for node, members in sorted(group.items()) if node != min(members)}
