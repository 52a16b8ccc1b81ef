"""One file per format in which an alert leaves; a new one is registered by one line here."""

from __future__ import annotations

import hashlib
import json

from tanglaw.exports.base import Alert, Exporter, cleaned
from tanglaw.exports.flat import FlatAlert
from tanglaw.exports.letter import LetterAlert
from tanglaw.exports.misp import MispAlert
from tanglaw.exports.plain import PlainAlert
from tanglaw.exports.stix import StixAlert

EXPORTERS: tuple[Exporter, ...] = (FlatAlert(), PlainAlert(), StixAlert(), MispAlert(), LetterAlert())
MANIFEST = "manifest.json"


def package(alert: Alert) -> dict[str, bytes]:
    """File name -> bytes: the alert in every format, and a manifest with the SHA-256 of each. The same alert gives the
    same bytes; what nobody released bears the word DRAFT in its name and inside."""
    alert = cleaned(alert)
    stem = f"{alert.purpose}-{alert.alert_id}"
    stem = stem if alert.signed_at else f"DRAFT-{stem}"
    files = {f"{stem}{exporter.ending}": exporter.write(alert) for exporter in EXPORTERS}
    listed = [{"name": n, "bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in sorted(files.items())]
    about = {"reference": alert.alert_id, "purpose": alert.purpose, "status": alert.status, "files": listed}
    return {**files, MANIFEST: (json.dumps(about, indent=2) + "\n").encode()}


__all__ = ["EXPORTERS", "MANIFEST", "Alert", "Exporter", "package"]
