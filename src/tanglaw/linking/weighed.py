"""Pairs and what they share, summed: how probable it is that a pair is one hand, and why."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

STEPS = (
    Sql(
        # What both accounts state themselves and few hold: one such value of one hand, or two independent kinds of
        # which they state one, if nothing known of the holders argues against: relatives share homes, phones and names.
        # An address that a crowd uses, such as a carrier's or a VPN's exit, is no kind of its own.
        "link_sums",
        """
        select a, b, sum(milli) as milli, count(*) as shared,
            max(case when hand and stated = 1 and proposes and milli > 0 then 1 else 0 end) as hand,
            max(case when stated = 1 and milli > 0 then 1 else 0 end) = 1 and min(milli) >= 0
                and min(case when milli > 0 and (type <> 'ip' or holders <= propose_holders_max) then family end)
                < max(case when milli > 0 and (type <> 'ip' or holders <= propose_holders_max) then family end)
                as several
        from link_bits
        cross join link_settings
        group by a, b
        """,
    ),
    Sql(
        "link_strong",
        """
        select l.a, l.b, l.milli, l.shared, probability(cast(l.milli as double) / 1000 - z.prior) as probability,
            l.milli >= 1000 * (z.prior + s.join_bits) and (l.hand = 1 or coalesce(l.several, false)) as joins,
            l.milli >= 1000 * (z.prior + s.core_bits) and (l.hand = 1 or coalesce(l.several, false)) as core
        from link_sums l
        cross join link_settings s
        cross join link_prior z
        where l.milli >= 1000 * (z.prior + s.min_bits)
        """,
        keep=True,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_strong`: a, b, milli, shared, probability, joins, core."""
    for step in STEPS:
        engine.run(step)
