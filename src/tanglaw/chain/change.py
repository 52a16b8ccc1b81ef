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

Makes `clu_change` (t, low, a, milli, rule, rivals): for each transaction the output with most weight, in thousandths.
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
        "select a, min(t) as first_t, count(*) as received from led_out where a is not null group by a",
        keep=True,
    ),
    Sql(
        "clu_may",
        """
        select i.t, i.inputs, i.low, i.least, o.outputs, case when i.kind = i.kind_to then i.kind end as kind,
            x.version, case when x.lock_time > 0 then 1 else 0 end as locked, i.sequence
        from clu_in i
        join clu_out o on o.t = i.t
        join led_tx x on x.t = i.t
        left join clu_reason r on r.t = i.t
        anti join clu_grown g on g.t = i.t
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
        from led_out o
        join clu_may m on m.t = o.t
        join led_in i on i.t = o.t and i.a = o.a
        """,
    ),
    Sql(
        "clu_side",
        """
        select o.t, o.n, o.a, m.low, m.outputs, f.received, f.first_t,
            case when o.kind = m.kind then 1 else 0 end as of_kind,
            case when f.first_t = o.t then 1 else 0 end as is_new,
            case when m.inputs > 1 and o.value < m.least then 1 else 0 end as is_small,
            case when o.value % nullif(p.unit, 0) = 0 then 0 else 1 end as is_odd,
            case when m.inputs = 1 and m.outputs = 2 and s.inputs = 1 and q.outputs = 2 then 1 else 0 end as goes_on,
            case when y.version = m.version and s.sequence = m.sequence
                and case when y.lock_time > 0 then 1 else 0 end = m.locked then 1 else 0 end as alike,
            case when o.spent_t is null then 0 else 1 end as is_spent
        from led_out o
        join clu_may m on m.t = o.t
        left join clu_same b on b.t = o.t
        left join clu_once f on f.a = o.a
        left join clu_in s on s.t = o.spent_t
        left join clu_out q on q.t = o.spent_t
        left join led_tx y on y.t = o.spent_t
        cross join clu_policy p
        where coalesce(o.kind, '') <> 'op-return' and b.t is null
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
        select c.t, c.n, c.a, c.low, c.received, c.first_t, {_VOTES}
        from clu_side c
        join clu_sides n on n.t = c.t
        cross join clu_policy w
        """,
    ),
    Sql(
        "clu_scored",
        f"""
        select v.t, v.n, v.a, v.low, v.received, v.first_t, {_SUM} as milli, substr({_NAMES}, 4) as rule
        from clu_voted v
        where {_SUM} > 0
        """,
        keep=True,
    ),
    Sql("clu_rivals", "select t, count(*) as rivals from clu_scored group by t", keep=True),
    Sql(
        "clu_change",
        """
        select s.t, s.low, s.a, s.milli, s.rule, r.rivals
        from clu_scored s
        join clu_rivals r on r.t = s.t
        cross join clu_policy p
        where s.milli >= p.join_from and s.a is not null and s.received = 1 and s.first_t = s.t
        """,
        keep=True,
    ),
)
