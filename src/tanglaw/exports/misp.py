"""An alert as a MISP event: a coin-address object for each address of the service, the transactions, and what is asked.

The event is for the own organisation alone and marked TLP:AMBER; uuids are made of the alert's reference.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pymisp import MISPEvent

from tanglaw.exports.base import METHOD, Alert, Trail

_SPACE = uuid5(NAMESPACE_URL, "urn:tanglaw:alert:misp")
_UNDEFINED, _OWN, _DRAFT, _DONE = 4, 0, 0, 2


class MispAlert:
    """Writes a MISP event in JSON."""

    name = "misp"
    ending = ".misp.json"

    def write(self, alert: Alert) -> bytes:
        """One event; its first attribute says whether it is a draft."""
        at = datetime.fromisoformat(alert.stamp).astimezone(UTC)

        def fixed(*what: str) -> dict[str, Any]:
            return {"uuid": str(uuid5(_SPACE, " ".join((alert.alert_id, alert.purpose, *what)))), "timestamp": at}

        event = MISPEvent()
        event.from_dict(
            info=f"{alert.status} {alert.purpose} {alert.alert_id}: {alert.amount} {alert.asset} {alert.way} {alert.service}",
            date=at.date().isoformat(),
            threat_level_id=_UNDEFINED,
            distribution=_OWN,
            analysis=_DONE if alert.signed_at else _DRAFT,
            **fixed("event"),
        )
        event.add_tag("tlp:amber")
        for number, text in enumerate((f"{alert.status} {alert.purpose}", *alert.sentences, METHOD, alert.basis)):
            event.add_attribute("text", text, category="Other", to_ids=False, **fixed("text", str(number)))
        for address in alert.ends:
            trails = [trail for trail in alert.trails if trail.end_address == address]
            _add_address(event, alert, address, trails, fixed)
        for txid in dict.fromkeys(hop.txid for trail in alert.trails for hop in trail.hops):
            event.add_attribute(
                "text",
                txid,
                category="Financial fraud",
                comment="transaction",
                to_ids=False,
                **fixed("transaction", txid),
            )
        return (json.dumps(json.loads(event.to_json()), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _add_address(event: MISPEvent, alert: Alert, address: str, trails: list[Trail], fixed: Any) -> None:
    made = event.add_object(name="coin-address", distribution=_OWN, **fixed("object", address))
    relation = "address" if alert.network.startswith("btc") else "address-crypto"
    values = {
        relation: address,
        "symbol": alert.asset,
        "text": f"of {alert.service}, {len(trails)} trail(s)",
        "first-seen": min((trail.first_at for trail in trails if trail.first_at), default=""),
        "last-seen": max((trail.last_at for trail in trails if trail.last_at), default=""),
    }
    for name, value in values.items():
        if value:
            made.add_attribute(name, value=value, to_ids=False, **fixed(name, address))
