"""An alert as a STIX 2.1 bundle: who asks, who is asked, the addresses and transactions, and a note with what is asked.

STIX has no object for coins: addresses and transactions are of types of our own, with their extension definitions in the bundle.
Ids are made of the alert's reference, so equal alerts have equal ids.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import stix2

from tanglaw.exports.base import METHOD, Alert, Trail

_ADDRESS, _MOVED = "x-coin-address", "x-coin-transaction"
_SPACE = uuid5(NAMESPACE_URL, "urn:tanglaw:alert")
_EXTENSIONS = {name: f"extension-definition--{uuid5(_SPACE, name)}" for name in (_ADDRESS, _MOVED)}
_DEFINED = "2026-01-01T00:00:00.000Z"
_MAKER = f"identity--{uuid5(_SPACE, 'maker of the extensions')}"


class StixAlert:
    """Writes a STIX 2.1 bundle in JSON, marked TLP:AMBER; a draft's report is labelled so."""

    name = "stix"
    ending = ".stix.json"

    def write(self, alert: Alert) -> bytes:
        """Identities, addresses, transactions, a note and a report that holds them together."""

        def named(kind: str, what: str) -> str:
            return f"{kind}--{uuid5(_SPACE, f'{alert.alert_id} {alert.purpose} {what}')}"

        stamp = {"created": alert.stamp, "modified": alert.stamp}
        marked = {"object_marking_refs": [stix2.TLP_AMBER.id]}
        sender = stix2.Identity(
            id=named("identity", "sender"), name=alert.sender or "not stated", identity_class="organization", **stamp
        )
        service = stix2.Identity(
            id=named("identity", "service"), name=alert.service, identity_class="organization", **stamp
        )
        same = {**stamp, **marked, "created_by_ref": sender.id}
        seen = [_address(alert.network, one) for one in _addresses(alert)]
        moved = [_transaction(alert, one) for one in dict.fromkeys(h.txid for t in alert.trails for h in t.hops)]
        refs = [service.id, *(one["id"] for one in (*seen, *moved))]
        text = "\n".join((f"{alert.status}: {alert.purpose} {alert.alert_id}", *alert.sentences, METHOD, alert.basis))
        note = stix2.Note(id=named("note", "asked"), content=text, object_refs=refs, allow_custom=True, **same)
        report = stix2.Report(
            id=named("report", "alert"),
            name=f"{alert.status} {alert.purpose} {alert.alert_id}: {alert.amount} {alert.asset} {alert.way} {alert.service}",
            published=alert.stamp,
            labels=[alert.status.lower(), alert.purpose],
            object_refs=[*refs, note.id],
            allow_custom=True,
            **same,
        )
        objects = [stix2.TLP_AMBER, *_definitions(), sender, service, *seen, *moved, note, report]
        bundle = stix2.Bundle(id=named("bundle", "alert"), objects=objects, allow_custom=True)
        return (str(bundle.serialize(pretty=True, ensure_ascii=False)) + "\n").encode()


def _addresses(alert: Alert) -> list[str]:
    return list(dict.fromkeys(one for trail in alert.trails for one in _along(trail)))


def _along(trail: Trail) -> tuple[str, ...]:
    hops = (address for hop in trail.hops for address in (hop.from_address, hop.to_address))
    return tuple(filter(None, (trail.seed_address, *hops, trail.end_address)))


def _own(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    name = f"{kind}--{uuid5(_SPACE, ' '.join((kind, *map(str, values.values()))))}"
    extensions = {_EXTENSIONS[kind]: {"extension_type": "new-sco"}}
    return {"type": kind, "spec_version": "2.1", "id": name, **values, "extensions": extensions}


def _address(network: str, address: str) -> dict[str, Any]:
    return _own(_ADDRESS, {"network": network, "value": address})


def _transaction(alert: Alert, txid: str) -> dict[str, Any]:
    return _own(_MOVED, {"network": alert.network, "value": txid, "asset": alert.asset})


def _definitions() -> list[Any]:
    """What the two types of our own are."""
    maker = stix2.Identity(id=_MAKER, name="Tanglaw", identity_class="system", created=_DEFINED, modified=_DEFINED)
    return [
        maker,
        *(
            stix2.ExtensionDefinition(
                id=_EXTENSIONS[name],
                created_by_ref=maker.id,
                created=_DEFINED,
                modified=_DEFINED,
                name=name,
                schema="An object with network (ledger) and value (address or transaction id); transactions also asset.",
                version="1.0.0",
                extension_types=["new-sco"],
            )
            for name in (_ADDRESS, _MOVED)
        ),
    ]
