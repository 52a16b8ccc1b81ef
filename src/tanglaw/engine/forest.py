"""The forest that holds groups together: of all edges, in their order, those that join what was not joined before.

The order leaves no ties, so that the forest (a minimum spanning forest) is one and the same however it is found:
by a compiled union-find where the rows are in this process or are few, by rounds of SQL where they are not (Boruvka: each
group takes its first edge outward).
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np
import pyarrow as pa

from tanglaw.engine.base import Engine
from tanglaw.engine.components import components
from tanglaw.engine.steps import Sql

# Up to so many edges come into this process from any engine: over few rows, rounds of SQL are all planning.
FEW = 1_000_000


def forest(engine: Engine, name: str, edges: str) -> None:
    """Make `name` (r, a, b) and `name`_roots (node, root) from table `edges` (r, a, b).

    `a` and `b` are whole numbers from 0 to 2,147,483,646, `r` the edge's place in the order, each once. `name` are the
    edges kept, root is the smallest node of the group; nodes without an edge are not listed.
    """
    if engine.name == "duckdb" or engine.rows(f"select count(*) as n from {edges}").to_pylist()[0]["n"] <= FEW:
        _found(engine, name, edges)
    else:
        rounds(engine, name, edges)


def _found(engine: Engine, name: str, edges: str) -> None:
    rows = engine.rows(f"select r, a, b from {edges} order by r nulls last")
    a, b = (rows.column(side).to_numpy().astype(np.int32) for side in ("a", "b"))
    nodes = int(max(a.max(), b.max())) + 1 if len(a) else 0
    parent = np.arange(nodes, dtype=np.int32)
    if not nodes:
        engine.put(name, rows)
        engine.put(f"{name}_roots", pa.table({"node": a.astype(np.int64), "root": b.astype(np.int64)}))
        return
    loops = _loops()
    kept = loops.kruskal(parent, np.ones(nodes, np.int32), a, b)
    engine.put(name, rows.filter(pa.array(kept)))
    met = np.zeros(nodes, np.bool_)
    met[a] = met[b] = True
    node = np.flatnonzero(met)
    engine.put(f"{name}_roots", pa.table({"node": node, "root": loops.lowest(parent)[node].astype(np.int64)}))


def _loops() -> ModuleType:
    # Numba takes half a second to load: only where there is a ledger.
    return import_module("tanglaw.engine.forest_loops")


def rounds(engine: Engine, name: str, edges: str) -> None:
    """As `forest`, by SQL alone."""
    done = 0
    held = f"{name}_held_0"
    engine.run(
        Sql(held, f"select a as node, a as root from {edges} union select b, b from {edges}", keep=True),
    )
    engine.run(Sql(f"{name}_taken_0", f"select r, a, b from {edges} where r is null", keep=True))
    while True:
        done += 1
        for step in _round(name, edges, held, done):
            engine.run(step)
        if not engine.rows(f"select count(*) as n from {name}_least_{done}").to_pylist()[0]["n"]:
            break
        components(engine, f"{name}_met_{done}", f"{name}_taken_{done}")
        engine.run(
            Sql(
                f"{name}_held_{done}",
                f"""
                select h.node, coalesce(m.root, h.node) as root
                from {held} h
                left join {name}_met_{done} m on m.node = h.node
                """,
                keep=True,
            )
        )
        held = f"{name}_held_{done}"
    engine.run(Sql(name, f"select r, a, b from {name}_taken_{done}"))
    engine.run(Sql(f"{name}_roots", f"select node, root from {held}"))


def _round(name: str, edges: str, held: str, number: int) -> tuple[Sql, ...]:
    """The edges between groups, the first of each group, and all that are taken by now."""
    return (
        Sql(
            f"{name}_out_{number}",
            f"""
            select e.r, e.a, e.b, u.root as ra, v.root as rb
            from {edges} e
            join {held} u on u.node = e.a
            join {held} v on v.node = e.b
            where u.root <> v.root
            """,
            keep=True,
        ),
        Sql(
            f"{name}_least_{number}",
            f"""
            select distinct y.r from (
                select min(x.r) as r from (
                    select r, ra as root from {name}_out_{number} union all select r, rb from {name}_out_{number}
                ) x
                group by x.root
            ) y
            """,
            keep=True,
        ),
        Sql(
            f"{name}_taken_{number}",
            f"""
            select r, a, b from {name}_taken_{number - 1}
            union all
            select o.r, o.a, o.b from {name}_out_{number} o join {name}_least_{number} l on l.r = o.r
            """,
            keep=True,
        ),
    )
