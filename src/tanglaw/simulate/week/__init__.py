"""The scenario `action-week`: payers, recipients, arrangers and honest look-alikes, as officers' files would show them."""

from __future__ import annotations

from tanglaw.simulate.week.world import Size, action_week

__all__ = ["Size", "action_week"]
