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
_FLAGS = ("of_kind", "is_new", "is_small", "is_odd", "goes_on", "alike")

_VOTES = ",\n".join(
    f"case when {condition} then w.{rule.replace('-', '_')} else 0 end as {rule.replace('-', '_')}"
    for rule, condition in {
        "address-type": "c.of_kind = 1 and n.of_kind = 1",
        "reuse": "c.is_new = 1 and n.is_new = 1",
        "optimal": "c.is_small = 1 and n.is_small = 1",
        "round": "c.is_odd = 1 and n.is_odd = 1",
        "peel": "c.goes_on = 1 and n.goes_on = 1",
        "locktime": "c.alike = 1 and n.alike = 1 and n.spent = n.outputs",
    }.items()
)
_SUM = " + ".join(f"v.{rule.replace('-', '_')}" for rule in RULES)
_NAMES = " || ".join(f"case when v.{rule.replace('-', '_')} > 0 then ' + {rule}' else '' end" for rule in RULES)

STEPS = (
    Sql(
        "clu_once",
        "select a, min(t) as first_t, count(*) as received from now_paid where a is not null group by a",
        keep=True,
    ),
    Sql(
        "clu_may",
        """
        select i.t, i.inputs, i.low, i.least, o.outputs, case when i.kind = i.kind_to then i.kind end as kind,
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
    Sql(
        "clu_same",
        """
        select distinct o.t
        from now_out o
        join clu_may m on m.t = o.t
        join led_in i on i.t = o.t and i.a = o.a
        """,
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
    Sql(
        "clu_looked",
        """
        select o.t, o.a, m.low, m.outputs, f.received, f.first_t, o.spent_t, m.version, m.locked, m.sequence,
            case when o.kind = m.kind then 1 else 0 end as of_kind,
            case when f.first_t = o.t then 1 else 0 end as is_new,
            case when m.inputs > 1 and o.value < m.least then 1 else 0 end as is_small,
            case when o.value % nullif(p.unit, 0) = 0 then 0 else 1 end as is_odd,
            case when m.inputs = 1 and m.outputs = 2 then 1 else 0 end as single
        from now_out o
        join clu_may m on m.t = o.t
        left join clu_same b on b.t = o.t
        left join clu_once f on f.a = o.a
        cross join clu_policy p
        where coalesce(o.kind, '') <> 'op-return' and b.t is null
        """,
        keep=True,
    ),
    Sql(
        "clu_side",
        """
        select o.t, o.a, o.low, o.outputs, o.received, o.first_t, o.of_kind, o.is_new, o.is_small, o.is_odd,
            case when o.single = 1 and y.single = 1 then 1 else 0 end as goes_on,
            case when y.version = o.version and y.sequence = o.sequence and y.locked = o.locked then 1 else 0 end as alike,
            case when o.spent_t is null then 0 else 1 end as is_spent
        from clu_looked o
        left join clu_style y on y.t = o.spent_t
        """,
        keep=True,
    ),
    Sql(
        "clu_sides",
        f"""
        select t, max(outputs) as outputs, sum(is_spent) as spent,
            {", ".join(f"sum({flag}) as {flag}" for flag in _FLAGS)}
        from clu_side
        group by t
        """,
    ),
    Sql(
        "clu_voted",
        f"""
        select c.t, c.a, c.low, c.received, c.first_t, {_VOTES}
        from clu_side c
        join clu_sides n on n.t = c.t
        cross join clu_policy w
        """,
    ),
    Sql(
        "clu_scored",
        f"""
        select v.t, v.a, v.low, v.received, v.first_t, {_SUM} as milli, substr({_NAMES}, 4) as rule
        from clu_voted v
        where {_SUM} > 0
        """,
        keep=True,
    ),
    Sql("clu_rivals", "select t, count(*) as rivals from clu_scored group by t", keep=True),
    Sql(
        "clu_change_now",
        """
        select s.t, s.low, s.a, s.milli, s.rule, r.rivals
        from clu_scored s
        join clu_rivals r on r.t = s.t
        cross join clu_policy p
        where s.milli >= p.join_from and s.a is not null and s.received = 1 and s.first_t = s.t
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
    "clu_looked": ("clu_may", "clu_once"),
    "clu_side": ("clu_looked", "clu_style"),
    "clu_scored": ("clu_side",),
    "clu_change_now": ("clu_scored", "clu_rivals"),
}
