"""The policy numbers that linking reads, as a table of one row."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.errors import CheckSettings

# Name in `policy_numbers` after `linking.`, and what it is.
NUMBERS = {
    "propose_holders_max": "a value held by more accounts than this never proposes a pair",
    "min_probability": "links less probable than this are not written",
    "join_probability": "links at least this probable can put two accounts under one actor",
}
# Two limits have a value of their own where the policy states none: of one account only
# `values_per_account_max` (1000) values of a type count, the rarest first; an actor in more than
# `proposal_reports_max` (50) reports joins no other actor's reports.

CORE = 3.0

STEPS = (
    Sql(
        "link_numbers",
        """
        select
            max(case when name = 'linking.propose_holders_max' then number end) as propose_holders_max,
            max(case when name = 'linking.min_probability' then number end) as min_probability,
            max(case when name = 'linking.join_probability' then number end) as join_probability,
            coalesce(max(case when name = 'linking.values_per_account_max' then number end), 1000)
                as values_per_account_max,
            coalesce(max(case when name = 'linking.proposal_reports_max' then number end), 50)
                as proposal_reports_max
        from policy_numbers
        """,
        keep=True,
    ),
    Sql(
        # Probabilities as log2 odds. What is joined at the first look, pair by pair, must be surer by CORE bits.
        "link_settings",
        f"""
        select n.*, bits(n.min_probability / nullif(1 - n.min_probability, 0)) as min_bits,
            bits(n.join_probability / nullif(1 - n.join_probability, 0)) as join_bits,
            bits(n.join_probability / nullif(1 - n.join_probability, 0)) + {CORE} as core_bits
        from link_numbers n
        """,
        keep=True,
    ),
    Sql(
        # The rarest that a value of a type may count as, where the policy says so.
        "link_floors",
        """
        select case when name in ('linking.floors.ipv4', 'linking.floors.ipv6') then 'ip'
                else substr(name, 16) end as type,
            max(number) as floor
        from policy_numbers
        where substr(name, 1, 15) = 'linking.floors.'
        group by case when name in ('linking.floors.ipv4', 'linking.floors.ipv6') then 'ip' else substr(name, 16) end
        """,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_settings` (one row) and `link_floors` (type, floor) from `policy_numbers`.

    Raises CheckSettings if the policy leaves a number out or gives one that is not positive.
    """
    for step in STEPS:
        engine.run(step)
    found = engine.rows("select * from link_numbers").to_pylist()[0]
    for name, value in found.items():
        if value is None:
            raise CheckSettings(f"policy: linking.{name} is missing ({NUMBERS[name]})")
        if not value > 0 or (name.endswith("probability") and value >= 1):
            raise CheckSettings(
                f"policy: linking.{name} must be above 0{' and below 1' * name.endswith('y')}, not {value}"
            )
