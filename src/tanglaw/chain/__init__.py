"""Chain: public ledgers -> clusters of addresses -> trails to services that can name an owner -> alerts."""

from __future__ import annotations

from tanglaw.chain.stage import CHAIN

__all__ = ["CHAIN"]
