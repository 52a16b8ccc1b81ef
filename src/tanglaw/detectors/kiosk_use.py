"""Notes payments in coins between an address of a report and one of a peer-to-peer exchange or a kiosk, as lists call it.

Outcome: kiosk-use. Weak: most who use one do it for nothing else than to buy coins. Source: FinCEN 2024.
"""

from __future__ import annotations

from tanglaw.detectors.base import through

KIOSK_USE = through(
    "kiosk_use", "a peer-to-peer exchange or kiosk", "category in ('p2p_exchange', 'kiosk')", __doc__ or ""
)
