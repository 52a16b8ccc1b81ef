"""Alerts to services: proposed from trails that end at an attributed one, and what became of them.

An amount counts by first in, first out or in proportion; the poison figure is never looked at. No alert stands on an
attribution in conflict, on one of less confidence than the policy pack wants, on a category that knows no customers, or on
a seed that itself belongs to a service. Makes `chain_alerts` from `chain_trails`, `chain_clusters`, `tag_in_force`,
`tag_conflicts`, `alert_records` and the policy's numbers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.tables import TABLES

Row = dict[str, Any]
_NOTHING = Decimal(0)

_CLAIM = """
    select t.network, {place} as place, {cluster} as cluster_id, t.address, t.who, t.named,
        coalesce(t.actor, t.label) as said, t.category, t.kind, t.asked, t.level,
        '{how}' || ': ' || t.list_name || ', ' || coalesce(t.confidence, 'confidence not stated') || ', '
            || coalesce(iso_day(t.stated_at), 'no date') as basis, '{how}' as how
    from tag_in_force t {more}
"""
STEPS = (
    Sql(
        # Places of trails that a tag speaks for: the address itself, or its cluster unless the tag is of its address only.
        "place_claims",
        _CLAIM.format(place="t.address", cluster="cast(null as varchar)", how="direct", more="")
        + " union all "
        + _CLAIM.format(
            place="cast(null as varchar)",
            cluster="c.cluster_id",
            how="cluster",
            more="""
            join chain_clusters c on c.network = t.network and c.address = t.address
            where coalesce(t.cluster_definer, true)
            """,
        ),
        keep=True,
    ),
    Sql(
        "sound_claims",
        """
        select distinct e.network, e.end_address, e.end_cluster_id, p.who, p.named, p.said, p.category, p.basis, p.how
        from (select distinct network, end_address, end_cluster_id from chain_trails where end_kind = 'service') e
        join place_claims p on p.network = e.network and (p.place = e.end_address
            or (p.place is null and p.cluster_id = e.end_cluster_id and p.address <> e.end_address))
        cross join (select max(number) as least from policy_numbers where name = 'alerts.confidence_min') n
        left join tag_conflicts a on a.network = e.network and a.level = 'address' and a.subject = e.end_address
        left join tag_conflicts c on c.network = e.network and c.level = 'cluster' and c.subject = e.end_cluster_id
        left join tag_conflicts o on o.network = e.network and o.level = 'address' and o.subject = p.address
        where p.who is not null and p.asked and p.level >= n.least and a.subject is null and c.subject is null
            and o.subject is null
        """,
        keep=True,
    ),
    Sql(
        "service_seeds",
        """
        select distinct s.network, s.seed_address
        from (select distinct network, seed_address from chain_trails) s
        left join chain_clusters k on k.network = s.network and k.address = s.seed_address
        join place_claims p on p.network = s.network and p.kind in ('service', 'mixer', 'bridge', 'miner')
            and (p.place = s.seed_address or (p.place is null and p.cluster_id = k.cluster_id))
        """,
    ),
    Sql(
        "service_trails",
        """
        select t.trail_id, t.network, t.seed_address, t.direction, t.end_address, t.asset, t.haircut,
            t.fifo, t.first_at, t.last_at, c.who, c.said, c.category, c.basis
        from chain_trails t
        join (
            select network, end_address, end_cluster_id, min(who) as who, min(said) as said,
                min(category) as category, joined_distinct(basis) as basis
            from (
                select s.*, dense_rank() over (
                    partition by network, end_address, end_cluster_id
                    order by case when how = 'direct' then 0 else 1 end nulls last,
                        case when named then 0 else 1 end nulls last, who nulls last
                ) as place
                from sound_claims s
            ) r
            where place = 1
            group by network, end_address, end_cluster_id
        ) c on c.network = t.network and c.end_address = t.end_address
            and coalesce(c.end_cluster_id, '') = coalesce(t.end_cluster_id, '')
        left join service_seeds s on s.network = t.network and s.seed_address = t.seed_address
        where t.end_kind = 'service' and s.seed_address is null and (t.fifo > 0 or t.haircut > 0)
        """,
        keep=True,
    ),
)
_TRAILS = "select * from service_trails order by trail_id nulls last"
_FLOORS = "select name, number from policy_numbers where starts_with(name, 'alerts.floor.') order by name nulls last"
_RECORDS = "select * from alert_records order by decision_id nulls last"
_SEEDS = "select distinct network, seed_address from chain_trails order by network nulls last, seed_address nulls last"


def run(engine: Engine, given: Given) -> None:
    """Make `chain_alerts`."""
    for step in STEPS:
        engine.run(step)
    floors = {row["name"].removeprefix("alerts.floor."): Decimal(repr(row["number"])) for row in _read(engine, _FLOORS)}
    trails = _read(engine, _TRAILS)
    for trail in trails:
        parts = (trail[name] for name in ("who", "network", "asset", "direction", "seed_address"))
        trail["alert_id"] = given.ids.of("alert", *parts)
    made = _proposed(trails, floors)
    seeds = {(row["network"], row["seed_address"]) for row in _read(engine, _SEEDS)}
    for alert_id, records in _by_alert(_read(engine, _RECORDS)).items():
        made[alert_id] = _decided(made.get(alert_id), records, trails, seeds)
    rows = [made[alert_id] for alert_id in sorted(made)]
    engine.put("chain_alerts", pa.Table.from_pylist(rows, schema=TABLES["chain_alerts"].schema))


def _read(engine: Engine, sql: str) -> list[Row]:
    return [dict(row) for row in engine.rows(sql).to_pylist()]


def _proposed(trails: list[Row], floors: dict[str, Decimal]) -> dict[str, Row]:
    """Alert id -> its row, of trails that reach the policy's floor; an asset without a floor proposes nothing."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for trail in trails:
        floor = floors.get(trail["asset"])
        if floor is not None and max(trail["fifo"] or _NOTHING, trail["haircut"] or _NOTHING) >= floor:
            grouped[trail["alert_id"]].append(trail)
    return {alert_id: _row(alert_id, some) for alert_id, some in grouped.items()}


def _row(alert_id: str, trails: list[Row]) -> Row:
    first = trails[0]
    way = "went to" if first["direction"] == "forward" else "came from"
    fifo, haircut = (sum((one[name] or _NOTHING for one in trails), _NOTHING) for name in ("fifo", "haircut"))
    basis = sorted({part for one in trails for part in one["basis"].split("; ")})
    times = [one[name] for one in trails for name in ("first_at", "last_at") if one[name] is not None]
    return {
        **{name: first[name] for name in ("category", "network", "asset", "direction")},
        "alert_id": alert_id,
        "service": min(one["said"] for one in trails),
        "haircut": haircut,
        "fifo": fifo,
        "trails": "; ".join(sorted(one["trail_id"] for one in trails)),
        "basis": "; ".join(basis),
        "first_at": min(times, default=None),
        "last_at": max(times, default=None),
        "state": "proposed",
        "reason": f"{_plain(fifo)} {first['asset']} by first in, first out, {_plain(haircut)} in proportion, {way} it",
    }


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _by_alert(records: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for record in records:
        found[record["alert_id"]].append(record)
    return found


def _decided(now: Row | None, records: list[Row], trails: list[Row], seeds: set[tuple[str, str]]) -> Row:
    """The row of an alert that a person decided on; what was written then stands in for what is no longer proposed."""
    last = records[-1]
    written: Row = json.loads(last["content"])
    row = now or _restored(last["alert_id"], written)
    said = f"{last['stated_by']}: {last['reason']}"
    if last["kind"] == "refuse-alert":
        return row | {"state": "refused", "reason": said}
    if last["kind"] == "recall-alert":
        return row | {"state": "recalled", "reason": said}
    fallen = _fallen(last["alert_id"], written, trails, seeds)
    if fallen:
        return row | {"state": "recall-due", "reason": "; ".join(fallen)}
    known = {one["trail_id"] for one in written["trails"]}
    more = len(set(row["trails"].split("; ")) - known)
    return row | {"state": "released", "reason": said + (f"; {more} trail(s) came since" if more else "")}


def _fallen(alert_id: str, written: Row, trails: list[Row], seeds: set[tuple[str, str]]) -> list[str]:
    """What no longer holds of a released alert, each once: its seed, a trail, or the attribution of an end."""
    network = written["network"]
    here = [one for one in trails if one["network"] == network]
    stand = {(one["alert_id"], one["end_address"]) for one in here}
    found = set()
    for one in written["trails"]:
        seed, end = one["seed_address"], one["end_address"]
        way = (seed, written["direction"], written["asset"], end)
        if (network, seed) not in seeds:
            found.add(f"no report or watch list names {seed} any more, or no trail leads on from it")
        elif (alert_id, end) in stand:
            continue
        elif way in {tuple(row[n] for n in ("seed_address", "direction", "asset", "end_address")) for row in here}:
            found.add(f"{end} is attributed to another owner now")
        elif end in {row["end_address"] for row in here}:
            found.add(f"no trail between {seed} and {end} stands any more")
        else:
            found.add(f"no sound attribution of {end} is in force any more")
    return sorted(found)


def _restored(alert_id: str, written: Row) -> Row:
    """A row from what was written, for an alert that is no longer proposed."""
    row = {name: written[name] for name in ("service", "category", "network", "asset", "direction", "basis")}
    amounts = {name: Decimal(written[name]) for name in ("haircut", "fifo")}
    times = {name: _instant(written[name]) for name in ("first_at", "last_at")}
    trails = "; ".join(one["trail_id"] for one in written["trails"])
    return {**row, **amounts, **times, "alert_id": alert_id, "trails": trails, "state": "", "reason": ""}


def _instant(text: str | None) -> Any:
    return None if text is None else pa.scalar(text).cast(pa.timestamp("us", tz="UTC")).as_py()
