"""Figures of the scenario `action-week`, fixed before anything was tuned on it; docs/sessions.md explains them.

Marks as in `tanglaw.simulate.figures`: [S] issuing body, [S2] second-hand, [D] derived, [A] assumption. No figure
depends on country, language, sex or age.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tanglaw.errors import CheckUsage
from tanglaw.simulate import figures

BUYERS, SELLERS, MESSAGES, PAYMENTS, LOGINS, REPORTS = 12_000, 100, 10_000_000, 1_000_000, 1_000_000, 400
WINDOW_DAYS = 365  # [A]
LOGGED = 0.30  # share of meetings of which a call log exists (the scenario's own condition)
METHODS = (0.62, 0.2, 0.18)  # remittance, e-wallet, bank: 60 % remittance and 35 % bank in 2020, 87.5 % later [S2]
# Median hours between payment and meeting, and spread (log scale): minutes for e-wallets, days for remittance [A].
DELAYS = {"remittance": (9.0, 1.3), "e-wallet": (0.3, 1.0), "bank": (26.0, 0.8)}
PAID_BEFORE = 0.8  # [A]
PRICE_POINTS = 3  # prices of one recipient [A]; around A$ 51 (AIC T&I 639 [S])
OFF_PRICE = 0.2  # [A]
NOT_PAID = 0.05  # meetings never paid [A]
ONE_FOR_TWO, TWO_FOR_ONE = 0.10, 0.08  # payments for two meetings; meetings paid in two parts [A]
RETURNED = 0.03  # payments reversed or rejected [A]
QUOTED_REFERENCE, QUOTED_AMOUNT = 0.25, 0.25  # meetings in whose chat they are quoted [A]
LENGTH_MINUTES, LENGTH_SIGMA = 22.0, 0.6  # [A]
GONE_SELLERS = 0.5  # recipients whom a report or a watch list names [A]
# Honest people inside the expansion, for each payer [A]: they outnumber sessions, as in any population.
TUTORED, FREELANCED, FAMILY, FRIENDS = 0.8, 0.6, 0.5, 0.5
HONEST_PAYERS = 5.0  # honest payers of each recipient [A]
MINOR_SHARE = 0.04  # recipients' accounts whose holder is recorded as under age [A]
ONLINE = 0.5  # log-ins recorded near a meeting, each side [A]


@dataclass(frozen=True, slots=True)
class WeekLevel:
    """How much of the traces is left; all values are assumptions. `people` are the figures of the accounts."""

    people: figures.Level
    exported: float  # share of ties whose chat was exported
    zoneless: float  # share of those exported as local times without zone
    deleted: float  # share of messages deleted
    named: float  # share of meetings whose call stands in the chat, of those without a log
    talk: float  # how likely a meeting is spoken about before and after
    records: float  # share of payments that the providers gave
    skew: float  # standard deviation of a provider's clock, minutes
    wrong_zone: float  # share of call logs that are an hour off


def _people(name: str, email: float) -> figures.Level:
    return replace(figures.level(name), same_email=email, email_noise=0.0)


LEVELS = {
    "easy": WeekLevel(_people("easy", 0.98), 0.97, 0.05, 0.02, 0.40, 0.95, 0.97, 1.0, 0.02),
    "middle": WeekLevel(_people("middle", 0.95), 0.92, 0.15, 0.10, 0.25, 0.88, 0.92, 3.0, 0.10),
    "hard": WeekLevel(_people("hard", 0.90), 0.75, 0.30, 0.25, 0.15, 0.70, 0.80, 8.0, 0.25),
}


def week_level(name: str) -> WeekLevel:
    """The difficulty of that name. Raises CheckUsage for an unknown one."""
    if name not in LEVELS:
        raise CheckUsage(f"difficulty is one of {', '.join(LEVELS)}, not {name!r}")
    return LEVELS[name]
