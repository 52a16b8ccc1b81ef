"""Which output returns to the payer: six rules, each of which names one output of a transaction or none.

* address-type: the only output of the kind that all inputs have (Androulaki and others 2013; Kappos and others 2022).
* reuse: the only output whose address is new, where every other address was paid before.
* optimal: the only output smaller than every input, where there are two inputs or more: a larger payment would not
  have needed all of them.
* round: every other output is a whole number of the policy's unit, this one is not.
* peel: one input and two outputs, of which only this one is spent in the same way.
* locktime: the only output whose spender has this transaction's version, kind of lock time and sequence; all
  outputs are spent (Kappos and others 2022).

A transaction with an address on both sides has its change there and says nothing of others. The output named must
have an address that was paid once, in this transaction. If rules name two outputs, nothing is joined.

Looked at are the transactions of `now_in` and `now_out`: new ones, and earlier ones of which a later block changed what
the rules see (`touched`). What stands of earlier runs is `was_dec_change`.

Makes `clu_change` (t, low, a, milli, rule, rivals): for each transaction the outputs with enough weight, in thousandths.
"""

from __future__ import annotations

from tanglaw.engine.steps import Sql

RULES = ("address-type", "reuse", "optimal", "round", "peel", "locktime")
# Marks of an output, three to a number, each in a digit of its own; a sum of them counts the outputs that have each.
_FLAGS = ("of_kind", "is_new", "is_small", "is_odd", "goes_on", "alike")
_DIGIT = 2**20
# An output as one number: its place, its address (0: none), and whether that was paid here and never else.
_PLACE = 2**33


def _packed(marks: tuple[str, ...]) -> str:
    return " + ".join(f"{mark} * {_DIGIT**place}" for place, mark in enumerate(marks))


def _is_one(alias: str, flag: str) -> str:
    """Whether the digit of this mark is 1."""
    number, place = divmod(_FLAGS.index(flag), 3)
    low = _DIGIT**place
    return f"{alias}.marks_{number} % {low * _DIGIT} between {low} and {2 * low - 1}"


_VOTES = ",\n".join(
    f"case when {_is_one('c', flag)} and {_is_one('n', flag)} then w.{rule.replace('-', '_')} else 0 end"
    f" as {rule.replace('-', '_')}"
    for rule, flag in zip(RULES, _FLAGS, strict=True)
)
_SUM = " + ".join(f"v.{rule.replace('-', '_')}" for rule in RULES)
_NAMES = " || ".join(f"case when v.{rule.replace('-', '_')} > 0 then ' + {rule}' else '' end" for rule in RULES)

STEPS = (
    # Addresses paid more than once, and where first; of all others the one output is the first.
    Sql(
        "clu_again",
        "select a, min(t) as first_t from now_paid where a is not null group by a having count(*) > 1",
        keep=True,
    ),
    Sql(
        "clu_may",
        """
        select i.t, i.inputs, i.low, i.high, i.least, o.outputs, case when i.kind = i.kind_to then i.kind end as kind,
            x.version, case when x.lock_time > 0 then 1 else 0 end as locked, i.sequence
        from now_in i
        join clu_out o on o.t = i.t
        join led_tx x on x.t = i.t
        left join clu_refusing r on r.t = i.t and not starts_with(r.reason, 'payjoin')
        cross join clu_policy p
        where i.known = i.inputs and i.valued = i.inputs and o.outputs between 2 and p.outputs_max
            and r.t is null and not coalesce(x.coinbase, false)
        """,
        keep=True,
    ),
    # Payments to an address of their own inputs: to the first or last of them, or to one between.
    Sql(
        "clu_among",
        """
        select o.t, o.a, case when o.a = m.low or o.a = m.high then 1 else 0 end as surely
        from now_out o
        join clu_may m on m.t = o.t and o.a >= m.low and o.a <= m.high
        """,
        keep=True,
    ),
    Sql(
        "clu_same",
        """
        select t from clu_among where surely = 1
        union
        select s.t from clu_among s join led_in i on i.t = s.t and i.a = s.a where s.surely = 0
        """,
        keep=True,
    ),
    # What the rules compare of the transaction that spends an output.
    Sql(
        "clu_style",
        """
        select y.t, y.version, case when y.lock_time > 0 then 1 else 0 end as locked, s.sequence,
            case when s.inputs = 1 and q.outputs = 2 then 1 else 0 end as single
        from now_spender y
        left join clu_in s on s.t = y.t
        left join clu_out q on q.t = y.t
        """,
        keep=True,
    ),
    # Two alike are counted for an output that is not spent: then none is the only one.
    Sql(
        "clu_side",
        f"""
        select t, n * {_PLACE} + coalesce(a, 0) * 2 + once as output, counts * ({_packed(_FLAGS[:3])}) as marks_0,
            counts * ({_packed(_FLAGS[3:])}) as marks_1
        from (
            select o.t, o.n, o.a, case when o.a is not null and f.a is null then 1 else 0 end as once,
                case when o.kind = 'op-return' then 0 else 1 end as counts,
                case when o.kind = m.kind then 1 else 0 end as of_kind,
                case when o.a is not null and coalesce(f.first_t, o.t) = o.t then 1 else 0 end as is_new,
                case when m.inputs > 1 and o.value < m.least then 1 else 0 end as is_small,
                case when o.value % nullif(p.unit, 0) = 0 then 0 else 1 end as is_odd,
                case when m.inputs = 1 and m.outputs = 2 and y.single = 1 then 1 else 0 end as goes_on,
                case when o.spent_t is null then 2
                    when y.version = m.version and y.sequence = m.sequence and y.locked = m.locked then 1 else 0 end as alike
            from now_out o
            join clu_may m on m.t = o.t
            left join clu_again f on f.a = o.a
            left join clu_style y on y.t = o.spent_t
            anti join clu_same b on b.t = o.t
            cross join clu_policy p
        ) x
        """,
        keep=True,
    ),
    Sql("clu_sides", "select t, sum(marks_0) as marks_0, sum(marks_1) as marks_1 from clu_side group by t"),
    Sql(
        "clu_voted",
        f"""
        select c.t, c.output, {_VOTES}
        from clu_side c
        join clu_sides n on n.t = c.t
        cross join clu_policy w
        """,
    ),
    Sql(
        "clu_scored",
        f"""
        select v.t, v.output, {_SUM} as milli, substr({_NAMES}, 4) as rule
        from clu_voted v
        where {_SUM} > 0
        """,
        keep=True,
    ),
    Sql("clu_rivals", "select t, count(*) as rivals from clu_scored group by t", keep=True),
    Sql(
        "clu_change_now",
        f"""
        select s.t, m.low, floordiv(s.output % {_PLACE}, 2) as a, s.milli, s.rule, r.rivals
        from clu_scored s
        join clu_rivals r on r.t = s.t
        join clu_may m on m.t = s.t
        cross join clu_policy p
        where s.milli >= p.join_from and s.output % 2 = 1
        """,
        keep=True,
    ),
    Sql("clu_change_all", "select * from was_dec_change union all select * from clu_change_now"),
    # A payment that looks like a PayJoin has change only where it is a service's own, and a trunk's large side is known.
    Sql(
        "clu_change",
        """
        select c.*
        from clu_change_all c
        anti join clu_reason r on r.t = c.t
        anti join clu_grown g on g.t = c.t
        """,
    ),
)
# What nothing reads any more once a step is made.
DONE = {
    "clu_same": ("clu_among",),
    "clu_side": ("clu_again", "clu_same", "clu_style"),
    "clu_scored": ("clu_side",),
    "clu_change_now": ("clu_may", "clu_scored", "clu_rivals"),
}
