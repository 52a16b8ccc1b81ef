"""What speaks for and against two given accounts, whether or not a run would have compared them."""

from __future__ import annotations

import pyarrow as pa

from tanglaw import known
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.linking.stage import prepare, weigh

# Only what either account holds can be shared by them: everybody's holding of that is counted. Kept whole are the
# names that rarity is measured by, and IPv6 addresses, which count by their networks.
_NARROWED = """
    select s.* from selectors s
    left join (
        select distinct type, value from known_selectors
        where account_id in (select a from link_two union select b from link_two)
    ) v on v.type = s.type and v.value = s.value
    where v.type is not null or s.type in ('handle', 'email', 'ipv6')
"""
_BITS = """
    select e.type, e.value, e.holders, e.proposes, cast(e.milli as double) / 1000 as bits, e.record_a, e.record_b
    from link_bits e
    join link_two p on p.a = e.a and p.b = e.b
    order by e.milli desc nulls last, e.type nulls last, e.value nulls last, e.record_a nulls last
"""
_WHOLE = """
    select l.milli, l.probability, l.joins, z.prior, s.min_probability, s.join_probability, s.propose_holders_max
    from link_prior z
    cross join link_settings s
    left join (
        select l.* from link_strong l join link_two p on p.a = l.a and p.b = l.b
    ) l on 1 = 1
"""


def weigh_pair(engine: Engine, a: str, b: str) -> tuple[pa.Table, pa.Table]:
    """Evidence rows of one pair of accounts, and one row with their sum and the policy's limits.

    The engine has the tables that linking reads and `policy_numbers`; `selectors` is narrowed by this. Evidence: type,
    value, holders, proposes, bits, record_a, record_b. Sum: milli (thousandths of bits), probability, joins (empty if
    the pair is below min_probability), prior (bits that chance asks for), min_probability, join_probability,
    propose_holders_max.
    """
    one, other = sorted((a, b))
    two = pa.table({"a": pa.array([one], pa.string()), "b": pa.array([other], pa.string())})
    engine.put("link_two", two)
    known.views(engine)
    engine.run(Sql("selectors", _NARROWED, keep=True))
    prepare(engine, two)
    weigh(engine)
    return engine.rows(_BITS), engine.rows(_WHOLE)
