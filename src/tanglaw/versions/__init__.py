"""From all sightings to the current state: the newest statement of each row, reports merged from documents."""

from __future__ import annotations

from tanglaw.versions.stage import SEEN_OFTEN, VERSIONS, current_views

__all__ = ["SEEN_OFTEN", "VERSIONS", "current_views"]
