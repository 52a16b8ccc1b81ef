"""Payments and live sessions: buyers, sellers, arrangers, and honest people with the same amounts and corridors.

The number of payments per buyer is a truncated zeta; amounts and gaps have two regimes. Tutors' pupils pay like
prolific buyers, families like the rest; country pairs are drawn alike for all, so amount and corridor tell nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tanglaw.simulate import figures
from tanglaw.simulate.clock import DAY, WORLD_END
from tanglaw.simulate.danger import actor_latent
from tanglaw.simulate.dice import Dice, Weighted, zeta
from tanglaw.simulate.people import Account, Actor, Population
from tanglaw.simulate.platforms import CHATS, PROVIDER_MIX, PROVIDERS, Platform
from tanglaw.simulate.words import PURPOSES

_KINDS = Weighted(("family", "tutor", "shop"), (0.55, 0.33, 0.12))
_STATUS = Weighted(("completed", "rejected", "reversed", "pending"), (0.955, 0.02, 0.018, 0.007))
_GAPS = {
    True: (figures.PROLIFIC_GAP_DAYS, figures.PROLIFIC_GAP_SIGMA),
    False: (figures.GAP_DAYS, figures.GAP_SIGMA),
}
_USUAL_PURPOSE = {"family": "family support", "tutor": "lessons", "shop": "groceries"}


@dataclass(slots=True)
class Payment:
    """One payment."""

    reference: str
    at: int
    amount: float
    sender: Account
    receiver: Account
    status: str
    purpose: str
    kind: str


@dataclass(slots=True)
class Session:
    """One live session, paid by the payments of these references. `lesson` marks the honest ones."""

    buyer: Actor
    seller: Actor
    arranger: Actor | None
    start: int
    end: int
    references: list[str]
    lesson: bool
    platform: Platform


@dataclass(slots=True)
class Trade:
    """All payments and sessions of a world."""

    payments: list[Payment] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    buyers: list[Actor] = field(default_factory=list)
    sellers: list[Actor] = field(default_factory=list)
    per_buyer: list[int] = field(default_factory=list)
    background: list[Actor] = field(default_factory=list)


class Market:
    """Draws the trade of a world."""

    def __init__(self, seed: int, people: Population, reported: list[Actor]) -> None:
        self._people = people
        self._dice = Dice(seed, "trade")
        self._hidden = Dice(seed, "trade-hidden")
        self._reported = reported
        self._count = 0
        self._hubs: dict[str, list[Actor]] = {"tutor": [], "shop": []}
        self.trade = Trade()

    def open(self, buyers: int, sellers: int, payments: int | None) -> Trade:
        """Everything: the buyers' payments first, then honest ones until there are `payments` in all."""
        trade = self.trade
        trade.buyers = self._cast("buyer", buyers)
        trade.sellers = self._cast("seller", max(sellers, 1 if buyers else 0))
        arrangers = self._cast("facilitator", max(1, len(trade.sellers) // 3)) if buyers else []
        draw = zeta(figures.PAYMENTS_EXPONENT, figures.PAYMENTS_CAP)
        sellers_by_size = Weighted(trade.sellers, [(rank + 1) ** -0.8 for rank in range(len(trade.sellers))])
        for buyer in trade.buyers:
            count = draw.draw(self._dice)
            trade.per_buyer.append(count)
            self._buy(buyer, count, sellers_by_size, arrangers)
        wanted = payments if payments is not None else figures.BACKGROUND_FACTOR * len(trade.payments)
        while len(trade.payments) < wanted:
            self._honest(wanted - len(trade.payments))
        trade.payments.sort(key=lambda payment: (payment.at, payment.reference))
        trade.sessions.sort(key=lambda session: (session.start, session.buyer.number))
        return trade

    def _cast(self, role: str, count: int) -> list[Actor]:
        """The actors of a hidden part: those among the reported first, then people whom no report names."""
        found = [actor for actor in self._reported if actor.role == role][:count]
        while len(found) < count:
            actor = self._people.new()
            actor.role, actor.danger = role, actor_latent(role, self._hidden)
            found.append(actor)
        return found

    def _times(self, count: int, prolific: bool) -> list[int]:
        median, sigma = _GAPS[prolific]
        gaps = [self._dice.lognormal(median, sigma) for _ in range(count - 1)]
        window = figures.PAYMENT_WINDOW_DAYS
        squeeze = min(1.0, window * 0.98 / sum(gaps)) if gaps else 1.0
        at = WORLD_END - (window - (window - sum(gaps) * squeeze) * self._dice.unit() * 0.9) * DAY
        times = []
        for gap in [0.0, *gaps]:
            at += gap * squeeze * DAY
            times.append(int(at) // DAY * DAY + self._dice.below(DAY))
        return sorted(min(time, WORLD_END - 3_600) for time in times)

    def _amount(self, prolific: bool, currency_rate: float) -> float:
        dice = self._dice
        if prolific:
            value = dice.lognormal(figures.PROLIFIC_MEDIAN, figures.PROLIFIC_SIGMA)
        else:
            value = min(figures.AMOUNT_CEILING, dice.lognormal(math.exp(figures.AMOUNT_MU), figures.AMOUNT_SIGMA))
        value *= currency_rate
        if dice.chance(figures.ROUND_AMOUNTS):
            step = (5 if dice.chance(0.5) else 10) * max(1, round(currency_rate / 10) * 10)
            return max(step, round(value / step) * step)
        return max(1.0, round(value, 2))

    def _pay(self, payer: Actor, payee: Actor, at: int, prolific: bool, kind: str) -> Payment:
        dice, self._count = self._dice, self._count + 1
        home = next((a.platform for a in payee.accounts if a.platform in PROVIDERS), None) or PROVIDER_MIX.draw(dice)
        sender, receiver = self._people.account(payer, home), self._people.account(payee, home)
        purpose = _USUAL_PURPOSE.get(kind, "")
        payment = Payment(
            # Scattered, so that the number does not tell which payments were drawn first.
            f"{home.slug[:2].upper()}{self._count * 6_700_417 % 10_000_019:08d}{dice.below(100):02d}",
            at,
            self._amount(prolific, payer.country.rate),
            sender,
            receiver,
            _STATUS.draw(dice),
            purpose if purpose and dice.chance(0.4) else dice.pick(PURPOSES),
            kind,
        )
        self.trade.payments.append(payment)
        return payment

    def _buy(self, buyer: Actor, count: int, sellers: Weighted[Actor], arrangers: list[Actor]) -> None:
        dice, prolific = self._dice, count > figures.HIGH_VOLUME
        known = [sellers.draw(dice) for _ in range(1 + min(count - 1, dice.geometric(0.7 + count / 40)))]
        pair_arrangers = {seller.number: dice.pick(arrangers) for seller in known}
        platforms = {seller.number: CHATS.draw(dice) for seller in known}
        for at in self._times(count, prolific):
            seller = known[0] if dice.chance(0.5) else dice.pick(known)
            arranged = dice.chance(figures.ARRANGER_SHARE)
            arranger = pair_arrangers[seller.number] if arranged else None
            payment = self._pay(buyer, arranger or seller, at, prolific, "session")
            self._meet(payment, buyer, seller, arranger, platforms[seller.number])

    def _meet(self, payment: Payment, buyer: Actor, seller: Actor, arranger: Actor | None, platform: Platform) -> None:
        """The session that a payment belongs to; a few payments go to the one before, a few to none."""
        dice, sessions, lesson = self._dice, self.trade.sessions, payment.kind == "tutor"
        if payment.status in ("rejected", "reversed") or dice.chance(0.05):
            return
        if sessions and dice.chance(0.06):
            last = sessions[-1]
            if last.buyer is buyer and last.seller is seller and 0 <= payment.at - last.end < 3 * DAY:
                last.references.append(payment.reference)
                return
        if dice.chance(0.85):
            start = payment.at + int(dice.lognormal(2_400, 1.2))
        else:
            start = payment.at - 1_800 - dice.below(20_000)
        length = int(min(7_200.0, max(180.0, dice.lognormal(1_300, 0.6))))
        if start + length >= WORLD_END:
            return
        references = [payment.reference]
        sessions.append(Session(buyer, seller, arranger, start, start + length, references, lesson, platform))

    def _honest(self, left: int) -> None:
        """One honest relation: a family that sends money home, a tutor with a pupil, a shop with a customer."""
        dice, kind = self._dice, _KINDS.draw(self._dice)
        trade = self.trade
        known = trade.background and dice.chance(0.35)
        payer = dice.pick(trade.background) if known else self._background()
        payee = self._payee(kind)
        if payer is payee:
            return
        prolific = kind == "tutor" or (kind == "shop" and dice.chance(0.5))
        count = min(left, 1 + dice.geometric(11.0 if kind != "shop" else 3.0))
        platform = CHATS.draw(dice)
        for at in self._times(count, prolific):
            payment = self._pay(payer, payee, at, prolific, kind)
            if kind == "tutor":
                self._meet(payment, payer, payee, None, platform)

    def _payee(self, kind: str) -> Actor:
        """Who is paid: tutors and shops have many customers, as sellers have many buyers."""
        if kind == "family":
            return self._background()
        hubs, turn = self._hubs[kind], self._dice.unit()
        if not hubs or self._dice.chance(0.12):
            hubs.append(self._background())
            return hubs[-1]
        return hubs[int(len(hubs) * turn * turn)]

    def _background(self) -> Actor:
        """An honest person; a few of them are named in reports too, as anybody may be."""
        if self._reported and self._dice.chance(0.04):
            actor = self._dice.pick(self._reported)
            if actor.role == "none":
                return actor
        actor = self._people.new()
        actor.danger = self._hidden.normal()
        self.trade.background.append(actor)
        return actor
