"""Alerts as the last run left them, with what people decided since; and an alert's facts as they are written to a service."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tanglaw.errors import CheckUsage
from tanglaw.lookups.subjects import rows_of
from tanglaw.lookups.tables import derived
from tanglaw.store.workspace import Workspace

STATES = ("proposed", "released", "refused", "recall-due", "recalled")
Row = dict[str, Any]
_OF = {"release-alert": "released", "refuse-alert": "refused", "recall-alert": "recalled"}
_FACTS = (
    "alert_id",
    "service",
    "category",
    "network",
    "asset",
    "direction",
    "haircut",
    "fifo",
    "first_at",
    "last_at",
    "basis",
)
_ON_TRAIL = ("trail_id", "seed_address", "end_address", "haircut", "fifo", "first_at", "last_at")
_ON_HOP = ("hop", "txid", "at", "from_address", "to_address", "value", "haircut", "fifo", "rule")


def alerts(workspace: Workspace, records: list[Row], state: str = "") -> list[Row]:
    """Rows of `chain_alerts`, what is due first, of one state if one is named.

    `records` are the rows of `alert_records` as they stand now: a decision made or withdrawn since the last run counts.
    """
    known = {row["decision_id"] for row in derived(workspace, "alert_records").to_pylist()}
    last: dict[str, Row] = {row["alert_id"]: row for row in records}
    rows = [
        _as_decided(row, last.get(row["alert_id"]), known) for row in derived(workspace, "chain_alerts").to_pylist()
    ]
    order = {name: place for place, name in enumerate(("recall-due", "proposed", "released", "refused", "recalled"))}
    rows.sort(key=lambda row: (order[row["state"]], -row["fifo"], row["alert_id"]))
    return [row for row in rows if not state or row["state"] == state]


def alert(workspace: Workspace, records: list[Row], alert_id: str) -> Row:
    """One of them. Raises CheckUsage if there is none of that id."""
    for row in alerts(workspace, records):
        if row["alert_id"] == alert_id:
            return row
    raise CheckUsage(f"no alert {alert_id}: `tanglaw alerts` lists them")


def content(workspace: Workspace, row: Row, sender: str) -> Row:
    """The facts of an alert as they are written, from the tables of the last run: plain texts and numbers."""
    trails = rows_of(workspace, "chain_trails", "trail_id", row["trails"].split("; "))
    hops = rows_of(workspace, "chain_hops", "trail_id", row["trails"].split("; "))
    seeds = sorted({trail["seed_address"] for trail in trails})
    shares = [
        {"end_kind": one["end_kind"], "share": one["share"]}
        for one in rows_of(workspace, "chain_coverage", "seed_address", seeds)
        if all(one[name] == row[name] for name in ("network", "direction", "asset"))
    ]
    return {
        **_texts(row, _FACTS),
        "sender": sender,
        "trails": [
            _texts(trail, _ON_TRAIL)
            | {"hops": [_texts(hop, _ON_HOP) for hop in _in_order(hops) if hop["trail_id"] == trail["trail_id"]]}
            for trail in sorted(trails, key=lambda one: one["trail_id"])
        ],
        "shares": sorted(shares, key=lambda one: one["end_kind"]),
    }


def written(record: Row) -> Row:
    """The facts that a decision kept."""
    found: Row = json.loads(record["content"])
    return found


def _as_decided(row: Row, record: Row | None, known: set[int]) -> Row:
    if record is None:
        back = row["state"] in ("released", "refused", "recall-due", "recalled")
        return row | {"state": "proposed", "reason": "the decision on it was withdrawn"} if back else row
    if record["decision_id"] in known:
        return row
    return row | {"state": _OF[record["kind"]], "reason": f"{record['stated_by']}: {record['reason']}"}


def _in_order(hops: list[Row]) -> list[Row]:
    return sorted(hops, key=lambda hop: hop["hop"])


def _texts(row: Row, names: tuple[str, ...]) -> Row:
    return {name: _text(row[name]) for name in names}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if value is None else value
