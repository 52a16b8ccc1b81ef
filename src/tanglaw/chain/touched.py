"""Which transactions are to be decided anew: those of new blocks, and earlier ones of which a block changed what the rules see.

Shapes and common inputs stand for good. Change hangs on what came later: whether and by what an output was spent, and whether
its address was paid again. So earlier transactions are touched whose outputs a new transaction spends (or a dropped one spent),
and those that paid an address first which a new (or dropped) one pays.

Makes `new_in`, `new_out` (rows of new transactions), `now_in`, `now_out`, `now_paid`, `now_spender` (what `change` looks at), and
as `was_dec_<name>` what earlier decisions stand.
"""

from __future__ import annotations

from pathlib import Path

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.tables.base import INT, TEXT, schema_of

# What is kept of decisions, and the step that gives it.
DECIDED = {
    "in": (
        "clu_in",
        schema_of(
            *((name, INT) for name in ("t", "inputs", "known", "low", "high")),
            ("kind", TEXT),
            ("kind_to", TEXT),
            *((name, INT) for name in ("least", "most", "total", "valued", "sequence")),
        ),
    ),
    "out": ("clu_out", schema_of(("t", INT), ("outputs", INT), ("most", INT), ("total", INT))),
    "refusing": ("clu_refusing", schema_of(("t", INT), ("addresses", INT), ("reason", TEXT))),
    "apart": ("clu_apart", schema_of(("t", INT), ("a", INT), ("low", INT))),
    "plain": ("clu_plain", schema_of(("r", INT), ("a", INT), ("b", INT))),
    "change": (
        "clu_change_all",
        schema_of(*((name, INT) for name in ("t", "low", "a", "milli")), ("rule", TEXT), ("rivals", INT)),
    ),
}
# Places of joins by common inputs: by transaction, then address.
STEP = 2**31
_END = 2**62


def shaped(engine: Engine, was: Path | None) -> None:
    """Make what `shapes` and the first forest read; `was` is the folder of earlier decisions over the ledger that was extended."""
    for name, (_, schema) in DECIDED.items():
        files = sorted((was / f"dec_{name}").glob("*.parquet")) if was else []
        engine.attach(f"all_dec_{name}", files, schema)
    engine.run(Sql("new_in", "select * from led_in_now" if was else "select * from led_in"))
    engine.run(Sql("new_out", f"select * from led_out where t >= {_first(engine) if was else 0}"))
    if not was:
        for name in DECIDED:
            engine.run(Sql(f"was_dec_{name}", f"select * from all_dec_{name}"))
        return
    for step in _touched(_first(engine)):
        engine.run(step)
    for name in DECIDED:
        key = f"floordiv(x.r, {STEP})" if name == "plain" else "x.t"
        more = "anti join clu_touched c on c.t = x.t" if name == "change" else ""
        text = f"select x.* from all_dec_{name} x anti join led_dropped d on d.t = {key} {more}"
        engine.run(Sql(f"was_dec_{name}", text))


def changing(engine: Engine, extended: bool) -> None:
    """Make what `change` reads, once the shapes are there."""
    more = {
        "now_in": "select * from clu_in_now union all select i.* from clu_in i join clu_touched c on c.t = i.t",
        "now_out": "select * from new_out union all select o.* from led_out o join clu_touched c on c.t = o.t",
        "now_paid": "select o.a, o.t from led_out o join (select distinct a from now_out where a is not null) n on n.a = o.a",
        "now_spender": """
            select x.t, x.version, x.lock_time from led_tx x
            join (select distinct spent_t as t from now_out where spent_t is not null) s on s.t = x.t
        """,
    }
    whole = {"now_in": "clu_in", "now_out": "led_out", "now_paid": "led_out", "now_spender": "led_tx"}
    for name, text in more.items():
        engine.run(Sql(name, text if extended else f"select * from {whole[name]}"))


def _first(engine: Engine) -> int:
    """The number of the first new transaction."""
    found = engine.rows("select min(first_t) as t from led_block").column("t")[0].as_py()
    return _END if found is None else int(found)


def _touched(first: int) -> tuple[Sql, ...]:
    return (
        Sql(
            "clu_repaid",
            """
            select a from new_out where a is not null
            union
            select o.a from all_out o join led_dropped d on d.t = o.t where o.a is not null
            """,
            keep=True,
        ),
        Sql(
            "clu_touched",
            f"""
            select distinct t
            from (
                select prev_t as t from led_in_now
                union all
                select i.prev_t from all_in i join led_dropped d on d.t = i.t
                union all
                select min(o.t) from led_out o join clu_repaid p on p.a = o.a group by o.a
            ) x
            where t < {first}
            """,
            keep=True,
        ),
    )
