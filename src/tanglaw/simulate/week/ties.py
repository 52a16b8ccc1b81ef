"""Ties: two people who pay, meet or talk, with their meetings and payments."""

from __future__ import annotations

from dataclasses import dataclass, field

from tanglaw.simulate.people import Account, Actor
from tanglaw.simulate.platforms import Platform


@dataclass(slots=True)
class Paid:
    """One payment, by the true clock. `known` is false where the provider gave no record."""

    reference: str
    at: int
    amount: float
    method: str
    status: str
    sender: Account
    receiver: Account
    known: bool


@dataclass(slots=True)
class Meeting:
    """A video call, true start and end. `logged`: a call record exists; `named`: the chat shows the call."""

    start: int
    end: int
    logged: bool
    named: bool
    paid: list[Paid] = field(default_factory=list)


@dataclass(slots=True)
class Tie:
    """`payer` pays `payee`, or only talks to them. Calls reach `host`; `seller` is who the sessions are with.

    Kinds: session, lesson, freelance, family, friend, honest, forward (an arranger passes money on), minor.
    """

    kind: str
    payer: Actor
    payee: Actor
    platform: Platform
    bursts: float
    host: Actor | None = None
    seller: Actor | None = None
    meetings: list[Meeting] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    begin: int = 0
    finish: int = 0
