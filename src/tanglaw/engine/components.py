"""Connected components by iterative SQL: alternating large and small stars (Kiveris and others, SoCC 2014).

Each round points every node at the smallest node that it can see; the rounds end when the edges are stars, after
about log(n) of them on chains too. Nothing passes through this process but three counts a round.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql


def components(engine: Engine, name: str, edges: str) -> int:
    """Make `name` (node, root) from table `edges` (a, b): root is the smallest node of the component.

    Nodes without an edge, and roots themselves, are not listed. Returns the number of rounds.
    """
    stars = f"{name}_small_0"
    engine.run(Sql(stars, f"select distinct greatest(a, b) as a, least(a, b) as b from {edges}", keep=True))
    done = 0
    while not _settled(engine, stars):
        done += 1
        for step in _round(name, stars, done):
            engine.run(step)
        stars = f"{name}_small_{done}"
    engine.run(Sql(name, f"select a as node, b as root from {stars}"))
    return done


def _round(name: str, edges: str, number: int) -> tuple[Sql, ...]:
    ends, large, lows = (f"{name}_{part}_{number}" for part in ("ends", "large", "lows"))
    return (
        Sql(ends, f"select a as u, b as v from {edges} union all select b, a from {edges}"),
        # Every larger neighbour of u is tied to the smallest of u and its neighbours.
        Sql(
            large,
            f"""
            select distinct e.v as a, m.low as b
            from {ends} e
            join (select u, least(u, min(v)) as low from {ends} group by u) m on m.u = e.u
            where e.v > e.u
            """,
            keep=True,
        ),
        Sql(lows, f"select a, min(b) as low from {large} group by a"),
        # Every smaller neighbour of a, and a itself, is tied to the smallest of them.
        Sql(
            f"{name}_small_{number}",
            f"""
            select a, low as b from {lows}
            union
            select e.b, m.low from {large} e join {lows} m on m.a = e.a where e.b <> m.low
            """,
            keep=True,
        ),
    )


def _settled(engine: Engine, edges: str) -> bool:
    """True if the edges are stars: each node has one root, and no root has a root."""
    found = engine.rows(
        f"""
        select
            (select count(*) from {edges}) as edges,
            (select count(distinct a) from {edges}) as nodes,
            (select count(*) from {edges} e join {edges} f on f.a = e.b) as chained
        """
    ).to_pylist()[0]
    return bool(found["edges"] == found["nodes"] and found["chained"] == 0)
