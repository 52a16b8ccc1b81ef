"""Notes payments in coins between an address of a report and one that lists call a mixer's.

Outcome: mixer-use. Weak: many use mixers for privacy; it counts only beside another sign of danger. Source: FinCEN 2024.
"""

from __future__ import annotations

from tanglaw.detectors.base import through

MIXER_USE = through("mixer_use", "a mixer", "kind = 'mixer'", __doc__ or "")
