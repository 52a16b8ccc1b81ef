"""An alert as JSON: every fact of it under the name that the other formats use."""

from __future__ import annotations

import json

import msgspec

from tanglaw.exports.base import METHOD, Alert


class PlainAlert:
    """Writes JSON in UTF-8; amounts are exact texts, times ISO 8601 in UTC."""

    name = "json"
    ending = ".json"

    def write(self, alert: Alert) -> bytes:
        """One object."""
        facts = {
            "status": alert.status,
            **msgspec.to_builtins(alert),
            "asked": alert.sentences,
            "method": METHOD,
            "unattributed_percent": alert.unattributed,
        }
        return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()
