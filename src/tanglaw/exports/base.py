"""What every exporter gets and is: an alert to a service as plain facts, and the words that all formats share.

An alert holds addresses, transactions, amounts and times of a public ledger, and who is asked for what. It holds nothing of
a report or of a person; its reference is the agency's own.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Protocol, runtime_checkable

import msgspec

# Control signs, invisible signs, turners of direction, line separators, lone surrogates, tags.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_NAMED = ("service", "mixer", "bridge", "miner")
ASKED = (
    "Who opened the account that the addresses below belong to, and when.",
    "The data and documents by which its holder was identified.",
    "The log-ins to it: times with their zone, IP addresses with ports, devices.",
    "Its deposits and withdrawals, with the addresses and accounts on the other side.",
)
OPEN = {
    "yes": "Please keep the account open and do not tell its holder, until you hear from us.",
    "no": "We do not ask you to keep the account open.",
    "asked": "Whether the account should stay open is being asked here: please change nothing until you hear from us.",
    "": "Whether the account should stay open has not been checked yet.",
}
METHOD = (
    "Trails follow coins through the public ledger. Amounts are given by first in, first out and in proportion; that a"
    " coin merely passed an address is not counted. Who owns an address is what the lists named below claim, with the"
    " confidence that they state; it is no fact."
)
RECALLED = (
    "We take back our alert with the reference above. What it stood on no longer holds. Please do not act on it, and"
    " delete what you kept because of it, as far as you may."
)


def spread(one: str, other: str) -> str:
    """Two exact amounts of one thing by two ways of dividing coins, as one amount or as from the smaller to the larger."""
    low, high = sorted((one, other), key=Decimal)
    return low if Decimal(low) == Decimal(high) else f"{low} to {high}"


class Hop(msgspec.Struct, frozen=True):
    """One transaction of a trail; amounts are exact texts in units of the asset, `at` is ISO 8601 in UTC."""

    hop: int
    txid: str
    at: str
    from_address: str
    to_address: str
    value: str
    haircut: str
    fifo: str
    rule: str


class Trail(msgspec.Struct, frozen=True):
    """A way between the seed and an address of the service, number 1 at the seed."""

    trail_id: str
    seed_address: str
    end_address: str
    haircut: str
    fifo: str
    first_at: str
    last_at: str
    hops: tuple[Hop, ...] = ()

    @property
    def amount(self) -> str:
        """How much came, by first in, first out and in proportion."""
        return spread(self.fifo, self.haircut)


class Share(msgspec.Struct, frozen=True):
    """Which share of the seed's coins in this direction ends at what kind of end."""

    end_kind: str
    share: float


class Alert(msgspec.Struct, frozen=True):
    """What is written. `purpose` is alert or recall; without `signed_at` it is a draft."""

    alert_id: str
    service: str
    category: str
    network: str
    asset: str
    direction: str
    haircut: str
    fifo: str
    first_at: str
    last_at: str
    basis: str
    sender: str
    trails: tuple[Trail, ...]
    shares: tuple[Share, ...]
    purpose: str = "alert"
    account_open: str = ""
    signed_by: str = ""
    signed_at: str = ""

    @property
    def status(self) -> str:
        """DRAFT until a named person released it."""
        return "RELEASED" if self.signed_at else "DRAFT"

    @property
    def stamp(self) -> str:
        """The instant that formats with a time of their own bear: of the signature, else of the last transaction."""
        return self.signed_at or self.last_at or "1970-01-01T00:00:00Z"

    @property
    def amount(self) -> str:
        """How much came, by first in, first out and in proportion."""
        return spread(self.fifo, self.haircut)

    @property
    def ends(self) -> tuple[str, ...]:
        """Addresses of the service, each once, in order."""
        return tuple(sorted({trail.end_address for trail in self.trails}))

    @property
    def unattributed(self) -> str:
        """Share of the seed's coins whose end nobody attributes, in per cent; empty if the trail states no shares."""
        if not self.shares:
            return ""
        named = sum((Decimal(str(one.share)) for one in self.shares if one.end_kind in _NAMED), Decimal(0))
        return f"{max(Decimal(0), 1 - named) * 100:.1f}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is asked for, or that it is taken back."""
        if self.purpose == "recall":
            return (RECALLED,)
        return (*ASKED, OPEN[self.account_open])

    @property
    def way(self) -> str:
        """How the coins went, in words."""
        return "went to addresses of" if self.direction == "forward" else "came from addresses of"


@runtime_checkable
class Exporter(Protocol):
    """One format: its name, the ending of its file, and how an alert is written in it, always the same bytes."""

    @property
    def name(self) -> str:
        """Short name, e.g. `csv`."""

    @property
    def ending(self) -> str:
        """How the file's name ends, e.g. `.csv`."""

    def write(self, alert: Alert) -> bytes:
        """The file."""


def clean(text: str) -> str:
    """One line without control signs, invisible signs and turners of direction."""
    return _UNSEEN.sub(" ", text)


def cleaned(alert: Alert) -> Alert:
    """The alert with every text cleaned."""
    found: Alert = msgspec.convert(_cleaned(msgspec.to_builtins(alert)), Alert)
    return found


def _cleaned(value: object) -> object:
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return clean(value) if isinstance(value, str) else value
