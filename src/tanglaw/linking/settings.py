"""The policy numbers that linking reads, as a table of one row."""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.errors import CheckSettings

# Name in `policy_numbers` after `linking.`, and what it is.
NUMBERS = {
    "propose_holders_max": "a value held by more accounts than this never proposes a pair",
    "min_bits": "weaker links are not written",
    "join_bits": "links at least this strong can put two accounts under one actor",
}
# Two limits have a value of their own where the policy states none: of one account only
# `values_per_account_max` (1000) values of a type count, the rarest first; an actor in more than
# `proposal_reports_max` (50) reports joins no other actor's reports.

STEPS = (
    Sql(
        "link_settings",
        """
        select
            max(case when name = 'linking.propose_holders_max' then number end) as propose_holders_max,
            max(case when name = 'linking.min_bits' then number end) as min_bits,
            max(case when name = 'linking.join_bits' then number end) as join_bits,
            coalesce(max(case when name = 'linking.values_per_account_max' then number end), 1000)
                as values_per_account_max,
            coalesce(max(case when name = 'linking.proposal_reports_max' then number end), 50)
                as proposal_reports_max
        from policy_numbers
        """,
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
    found = engine.rows("select * from link_settings").to_pylist()[0]
    for name, value in found.items():
        if value is None:
            raise CheckSettings(f"policy: linking.{name} is missing ({NUMBERS[name]})")
        if not value > 0:
            raise CheckSettings(f"policy: linking.{name} must be above 0, not {value}")
