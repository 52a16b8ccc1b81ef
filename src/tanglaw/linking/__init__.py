"""Linking: accounts that share rare selectors become actors, reports that name an actor become proposals."""

from __future__ import annotations

from tanglaw.linking.asked import weigh_pair
from tanglaw.linking.stage import LINKING

__all__ = ["LINKING", "weigh_pair"]
