"""The scenario `coins`: a made-up chain of blocks with payers, sellers, exchanges and mixers, and who owns what."""

from __future__ import annotations

from tanglaw.simulate.ledger.world import Size, coins_world

__all__ = ["Size", "coins_world"]
