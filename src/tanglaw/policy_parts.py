"""The parts of a policy pack: what each of its TOML files may say, key by key (docs/policy.md describes them)."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a pack: read once, never changed, no key that nobody reads."""


class Band(Strict, frozen=True):
    """A danger band: the least danger that reaches it and the hours until a person must have looked."""

    danger_from: float
    clock_hours: int


class Criterion(Strict, frozen=True):
    """One named reason: which value it moves, how far, and when it applies.

    `alone = false`: counts only where another danger criterion applies too.
    """

    value: Literal["danger", "actionability", "order", "clock", "lane", "gate"]
    weight: float
    applies: str
    alone: bool = True


class Category(Strict, frozen=True):
    """What a hash list's category counts for: the agency's class name and its weight in danger."""

    name: str = msgspec.field(name="class")
    weight: float


class Linking(Strict, frozen=True):
    """When a shared value proposes a pair, and when a pair is one actor. `floors` is the rarest that a value of a
    selector type may count as (share of strangers who share one, above 0 to 1)."""

    propose_holders_max: int
    min_probability: float
    join_probability: float
    floors: dict[str, float]
    values_per_account_max: int = 1_000
    proposal_reports_max: int = 50


class Viral(Strict, frozen=True):
    """From how many reports and accounts on the same material counts as viral."""

    reports: int
    accounts: int


class Retention(Strict, frozen=True):
    """How many days a kind of holder keeps evidence in a country (`*`: wherever no row names it)."""

    country: str
    holder: Literal["isp-ip-log", "esp-content", "telecom", "financial"]
    days: int
    source: str
    verified_on: datetime.date | None = None
    note: str = ""


class Sessions(Strict, frozen=True):
    """How sessions are rebuilt: contacts from a report that are looked at, the probability from which one is kept and
    from which it is shown, by feature what each bin weighs, in nats (natural log of the odds), and how many events must agree on
    how far a clock is off."""

    steps: int
    contacts_max: int
    kept_from: float
    shown_from: float
    weights: dict[str, dict[str, float]]
    clock_matches_min: int = 12


class Tracing(Strict, frozen=True):
    """How far coins are followed: transactions from a seed, outputs (backward: inputs) of one transaction, uses of one
    address and transactions paid by one hand beyond which it is a hub, days after the last (before the first) of the seed's coins,
    least share of the seed's coins, ends without a name that are kept, and beyond which a service is not named: payments to other
    hands before it (backward: one more), or of accounts transfers."""

    depth: int
    fan_out_max: int
    fan_in_max: int
    uses_max: int
    pays_max: int
    days: int
    least_share: float
    unnamed_max: int
    named_hands_max: int
    named_hops_max: int


class Indicator(Strict, frozen=True):
    """A payment indicator: the values of its rule, and how often it fires on the right and the wrong accounts where
    it was measured, with the prevalence at which its precision is told."""

    sensitivity: float
    specificity: float
    prevalence: float
    values: dict[str, float] = {}


class Clusters(Strict, frozen=True):
    """When addresses of a ledger count as one hand: equal outputs from which a transaction is a CoinJoin, most outputs
    of a transaction whose change is looked for, the unit of round amounts (smallest units), the weight from which
    change joins, from how many addresses a cluster is large and most that change may bring together, and by rule what
    it weighs."""

    equal_min: int
    outputs_max: int
    unit: int
    join_from: float
    large: int
    cap: int
    trunk_times: int
    collector_min: int
    deposit_days: int
    weights: dict[str, float]


class Alerts(Strict, frozen=True):
    """When an alert to a service is proposed: the least amount by asset, and the least level of an attribution's confidence."""

    floor: dict[str, float]
    confidence_min: int


class Statistics(Strict, frozen=True):
    """The smallest number that a statistics table shows; smaller ones are suppressed."""

    cell_min: int


class Sites(Strict, frozen=True):
    """When hosts are one site: the shortest part of a path that tells, the most unrelated hosts that may carry it, and from how
    many reports on a host is a service that everybody uses."""

    part_letters_min: int
    hosts_max: int
    host_reports_max: int
