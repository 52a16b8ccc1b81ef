"""Who was on one network address at about the same time: `link_met`, pairs of accounts that an address proposes.

An address is handed on, and a carrier gives one to thousands at once. What few hold in one hour, or from one port in
one hour, is worth a comparison, however many hold the address over the months.
"""

from __future__ import annotations

from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql

# Sightings of one account on one address above which they are not held against each other one by one.
BUSY = 8

SIGHTINGS = (
    Sql(
        "link_busy",
        f"select account_id, value from link_sighted group by account_id, value having count(*) > {BUSY}",
        keep=True,
    ),
    Sql(
        "link_sightings",
        """
        select s.account_id, s.value, s.hour, s.port, b.account_id is not null as often
        from link_sighted s
        join link_values v on v.type = 'ip' and v.value = s.value
        left join link_busy b on b.account_id = s.account_id and b.value = s.value
        """,
        keep=True,
    ),
    Sql(
        # Whoever was seen on several days shows by it whether an address stays with him or is handed on.
        "link_seen_long",
        """
        select account_id from link_sighted group by account_id having floordiv(min(hour), 24) < floordiv(max(hour), 24)
        """,
        keep=True,
    ),
)
STEPS = (
    Sql(
        # Each sighting stands in its hour and in the next: two that are an hour apart stand in one of them together.
        "link_slots",
        """
        select distinct s.account_id, s.value, s.hour + d.shift as slot
        from link_sightings s
        cross join (select 0 as shift union all select 1) d
        """,
        keep=True,
    ),
    Sql(
        "link_slot_holders",
        """
        select h.value, h.slot, count(*) as exact, count(*) > max(s.propose_holders_max) as crowded
        from link_slots h
        cross join link_settings s
        group by h.value, h.slot
        having count(*) > 1
        """,
        keep=True,
    ),
    Sql("link_crowded", "select value, slot, exact from link_slot_holders where crowded", keep=True),
    Sql(
        # Only where too many were in one hour does the port tell more. Ports below 1024 are servers' own.
        "link_ports",
        """
        select distinct s.account_id, s.value, h.slot, s.port
        from link_sightings s
        join (
            select value, slot, slot as hour from link_crowded union all select value, slot, slot - 1 from link_crowded
        ) h on h.value = s.value and h.hour = s.hour
        where s.port >= 1024
        """,
        keep=True,
    ),
    Sql(
        "link_port_holders",
        """
        select h.value, h.slot, h.port
        from link_ports h
        cross join link_settings s
        group by h.value, h.slot, h.port
        having count(*) > 1 and count(*) <= max(s.propose_holders_max)
        """,
    ),
    Sql(
        "link_present",
        """
        select s.account_id, s.value, s.slot, 0 as port
        from link_slots s
        join link_slot_holders h on h.value = s.value and h.slot = s.slot
        where not h.crowded
        union all
        select s.account_id, s.value, s.slot, s.port
        from link_ports s
        join link_port_holders h on h.value = s.value and h.slot = s.slot and h.port = s.port
        """,
        keep=True,
    ),
    Sql(
        "link_met",
        """
        select distinct x.account_id as a, y.account_id as b
        from link_present x
        join link_present y on y.value = x.value and y.slot = x.slot and y.port = x.port
        where x.account_id < y.account_id
        """,
    ),
)


def run(engine: Engine) -> None:
    """Make `link_sightings` (account_id, value, hour, port, often), `link_seen_long` (account_id) and `link_met` (a, b)."""
    for step in (*SIGHTINGS, *STEPS):
        engine.run(step)
    engine.drop("link_slots", "link_ports", "link_slot_holders")
