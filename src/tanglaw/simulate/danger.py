"""How dangerous a report truly is: a hidden variable that its fields show only noisily.

Each actor has a standard normal latent, shifted for hidden parts in the trade; each report mixes it with chance of
its own. A sign (a flag, an incident type, an earlier report) appears with a logistic probability of the latent,
so every sign also appears where nothing is wrong and is missing where much is. Country, language, name and age
never enter. All slopes are assumptions.
"""

from __future__ import annotations

import numpy as np

from tanglaw.simulate.dice import Dice, sigmoid
from tanglaw.simulate.figures import DANGEROUS_SHARE, URGENT_SHARE, URGENT_STATED

_ACTOR_WEIGHT, _REPORT_WEIGHT = 0.8, 0.6
_VIRAL_SHIFT = -0.7
ROLE_SHIFT = {"none": 0.0, "buyer": 1.3, "seller": 1.6, "facilitator": 1.4}

# Sign: (offset, slope) of its logistic probability.
SIGNS = {
    "liveStreaming": (-6.2, 1.6),
    "csamSolicitation": (-5.8, 1.3),
    "enticement": (-3.9, 0.8),
    "trafficking": (-6.2, 0.8),
    "molestation": (-8.0, 0.9),
    "sadistic": (-9.6, 0.9),
    "physicalHarm": (-6.5, 1.0),
    "fresh": (-0.2, 0.45),
    "rank-one": (0.1, 0.35),
    "child-access": (-2.6, 1.0),
    "child-named": (-4.2, 0.8),
    "earlier": (-2.3, 0.9),
    "watched": (-5.0, 1.3),
    "group": (-5.5, 1.1),
    "legal-process": (-5.0, 0.7),
}


def shows(sign: str, latent: float, dice: Dice) -> bool:
    """Whether a sign appears at that latent."""
    offset, slope = SIGNS[sign]
    return dice.unit() < sigmoid(offset + slope * latent)


def danger_of(latent: float) -> float:
    """The truth that evaluation reads: 0 to 1, small for most reports."""
    return sigmoid(2.2 * (latent - 1.9))


class Hidden:
    """Latents of all reports of a world, and which are urgent and say so."""

    def __init__(self, dice: Dice, actor_latents: list[float], viral: list[bool]) -> None:
        count = len(actor_latents)
        noise = dice.rng.standard_normal(count)
        latent = _ACTOR_WEIGHT * np.asarray(actor_latents) + _REPORT_WEIGHT * noise + _VIRAL_SHIFT * np.asarray(viral)
        order = np.argsort(-latent, kind="stable")
        self.latent: list[float] = latent.tolist()
        self.dangerous = set(order[: max(1, round(DANGEROUS_SHARE * count))].tolist()) if count else set()
        self.urgent: set[int] = set()
        self.stated: set[int] = set()
        if count:
            self._urgency(dice, latent, count)

    def _urgency(self, dice: Dice, latent: np.ndarray, count: int) -> None:
        wanted = max(1, round(URGENT_SHARE * count))
        pressing = np.argsort(-(2.5 * latent + dice.rng.gumbel(size=count)), kind="stable")
        self.urgent = set(pressing[:wanted].tolist())
        said = max(1, round(URGENT_STATED * wanted))
        self.stated = set(pressing[:said].tolist())
        while len(self.stated) < wanted and len(self.stated) < count:
            self.stated.add(dice.below(count))


def actor_latent(role: str, dice: Dice) -> float:
    """The latent of a new actor with that hidden part."""
    return dice.normal() + ROLE_SHIFT[role]
