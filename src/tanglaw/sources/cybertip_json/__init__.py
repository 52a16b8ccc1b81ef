"""The CyberTip JSON that police receive: known from what investigators' parsers read, not from a schema."""

from __future__ import annotations

from tanglaw.sources.cybertip_json.reader import CYBERTIP_JSON

__all__ = ["CYBERTIP_JSON"]
