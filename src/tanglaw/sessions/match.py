"""Which payment belongs to which candidate: one to one over the whole data, the strongest first; then what is shared.

Each round takes every pair of candidate and payment that is the best for both; ties go by number, so the order of
rows decides nothing.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.sessions.features import EDGE_NAMES, EPISODE_NAMES, PAIR_NAMES
from tanglaw.sessions.pairs import DAY, HOUR

MOST_ROUNDS = 40


def weighed(names: tuple[str, ...], rows: str, weights: str = "policy_session_weights") -> tuple[str, str]:
    """SQL that sums the weights (thousandths of a nat) of features that are columns of `rows`, and the joins for it."""
    total = " + ".join(f"coalesce(w_{name}.milli, 0)" for name in names)
    joins = "\n".join(
        f"left join {weights} w_{name} on w_{name}.feature = '{name}' and w_{name}.bin = {rows}.{name}"
        for name in names
    )
    return total, joins


_BASE, _BASE_JOINS = weighed((*PAIR_NAMES, *EPISODE_NAMES), "x")
_EDGE, _EDGE_JOINS = weighed(EDGE_NAMES, "x")

BEFORE = (
    Sql(
        "ses_known",
        f"""
        select e.*, c.pair, {", ".join(f"f.{name}" for name in PAIR_NAMES)}
        from ses_episode_features e
        join ses_candidates c on c.c = e.c
        join ses_pair_features f on f.pair = c.pair
        """,
    ),
    Sql("ses_base", f"select x.c, {_BASE} as milli from ses_known x\n{_BASE_JOINS}", keep=True),
    Sql(
        "ses_strengths",
        f"""
        select x.c, x.payment_id, x.delta, b.milli + {_EDGE} as milli, {_EDGE} as edge
        from ses_edge_features x
        join ses_base b on b.c = x.c
        {_EDGE_JOINS}
        """,
        keep=True,
    ),
)

AFTER = (
    Sql(
        # What is left: a call that shares a payment with another one.
        "ses_shared",
        """
        select c, payment_id from (
            select s.c, s.payment_id,
                row_number() over (partition by s.c order by s.edge desc nulls last, s.payment_id nulls last) as place
            from ses_strengths s
            join ses_candidates c on c.c = s.c and c.kind in ('log', 'chat')
            left join ses_matched m on m.c = s.c
            where m.c is null
        ) r
        where place = 1
        """,
        keep=True,
    ),
    Sql(
        # ... and a payment that adds to the one a session has: the rest of a price, or a payment in advance.
        "ses_added",
        f"""
        select c, payment_id from (
            select s.c, s.payment_id,
                row_number() over (partition by s.payment_id order by s.milli desc nulls last, s.c nulls last) as place
            from ses_strengths s
            join ses_matched m on m.c = s.c
            left join ses_matched o on o.payment_id = s.payment_id
            where o.payment_id is null and s.delta between {-DAY} and {36 * HOUR} and s.edge > 0
        ) r
        where place = 1
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `ses_matched` (c, payment_id), one to one; `ses_shared` and `ses_added` (c, payment_id) for the rest."""
    for step in BEFORE:
        engine.run(step)
    left, taken = "ses_strengths", []
    for number in range(MOST_ROUNDS):
        engine.run(_best(number, left))
        taken.append(f"ses_best_{number}")
        engine.run(_rest(number, left))
        left = f"ses_rest_{number}"
        if not engine.rows(f"select count(*) as n from {left}").to_pylist()[0]["n"]:
            break
    engine.run(Sql("ses_matched", " union all ".join(f"select c, payment_id from {name}" for name in taken), keep=True))
    for step in AFTER:
        engine.run(step)


def _best(number: int, left: str) -> Sql:
    return Sql(
        f"ses_best_{number}",
        f"""
        select c, payment_id from (
            select c, payment_id,
                row_number() over (partition by c order by milli desc nulls last, payment_id nulls last) as for_c,
                row_number() over (partition by payment_id order by milli desc nulls last, c nulls last) as for_payment
            from {left}
        ) r
        where for_c = 1 and for_payment = 1
        """,
        keep=True,
    )


def _rest(number: int, left: str) -> Sql:
    return Sql(
        f"ses_rest_{number}",
        f"""
        select e.c, e.payment_id, e.milli from {left} e
        left join ses_best_{number} a on a.c = e.c
        left join ses_best_{number} b on b.payment_id = e.payment_id
        where a.c is null and b.payment_id is null
        """,
        keep=True,
    )
