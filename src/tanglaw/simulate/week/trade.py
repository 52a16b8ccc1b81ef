"""Draws ties: sessions with and without arranger, lessons, families, friends, honest payers of recipients."""

from __future__ import annotations

import math

from tanglaw.simulate import figures
from tanglaw.simulate.clock import DAY, WORLD_END
from tanglaw.simulate.dice import Dice, Weighted, zeta
from tanglaw.simulate.people import Actor, Population
from tanglaw.simulate.platforms import BANK, DISCORD, REMIT, TELEGRAM, WALLET, WHATSAPP, Platform
from tanglaw.simulate.week import figures as week
from tanglaw.simulate.week.ties import Meeting, Paid, Tie

START = WORLD_END - week.WINDOW_DAYS * DAY
_PROVIDER = {"remittance": REMIT, "e-wallet": WALLET, "bank": BANK}
_METHODS = Weighted(tuple(_PROVIDER), week.METHODS)
_CHATS = Weighted((TELEGRAM, WHATSAPP, DISCORD), (0.7, 0.2, 0.1))
_HOUR = 3_600


class Trade:
    """Draws every tie of a world."""

    def __init__(self, seed: int, people: Population, level: week.WeekLevel) -> None:
        self._dice = Dice(seed, "week-trade")
        self._people, self._level = people, level
        self._count = 0
        self._prices: dict[int, list[float]] = {}
        self._served: set[tuple[int, int]] = set()
        self.ties: list[Tie] = []

    def open(self, buyers: list[Actor], sellers: list[Actor], arrangers: list[Actor], minors: list[Actor]) -> None:
        """All ties among these, and the honest people around them."""
        by_size = Weighted(sellers, [(rank + 1) ** -0.6 for rank in range(len(sellers))])
        payments = zeta(figures.PAYMENTS_EXPONENT, 150)
        tutors, freelancers = self._cast(len(buyers), 30), self._cast(len(buyers), 40)
        for buyer in buyers:
            self._buy(buyer, payments.draw(self._dice), by_size, arrangers)
            self._around(buyer, tutors, freelancers)
        for seller in sellers:
            for _ in range(self._dice.geometric(week.HONEST_PAYERS)):
                self._family(self._people.new(), seller, "honest")
        for minor in minors:
            for _ in range(1 + self._dice.below(3)):
                self._sessions(self._dice.pick(buyers), 1 + self._dice.below(5), minor, None, "minor")

    def _cast(self, buyers: int, each: int) -> Weighted[Actor]:
        """Honest people with clients: some have as many as a recipient has payers, most have few."""
        found = [self._people.new() for _ in range(max(2, buyers // each))]
        return Weighted(found, [(rank + 1) ** -0.8 for rank in range(len(found))])

    def _around(self, buyer: Actor, tutors: Weighted[Actor], freelancers: Weighted[Actor]) -> None:
        """The honest ties of a payer."""
        dice = self._dice
        if dice.chance(week.TUTORED):
            self._lessons(buyer, tutors.draw(dice))
        if dice.chance(week.FREELANCED):
            self._freelance(buyer, freelancers.draw(dice))
        if dice.chance(week.FAMILY):
            self._family(buyer, self._people.new(), "family")
        if dice.chance(week.FRIENDS):
            tie = self._tie("friend", buyer, self._people.new(), 0.2)
            self._calls(tie, 0.35)
            self._add(tie)

    def _buy(self, buyer: Actor, count: int, sellers: Weighted[Actor], arrangers: list[Actor]) -> None:
        dice = self._dice
        known = [sellers.draw(dice) for _ in range(1 + min(count - 1, dice.geometric(0.5 + count / 40)))]
        known = list({seller.number: seller for seller in known}.values())
        shares = [count // len(known) + (place < count % len(known)) for place in range(len(known))]
        for seller, share in zip(known, shares, strict=True):
            if share:
                arranger = dice.pick(arrangers) if arrangers and dice.chance(figures.ARRANGER_SHARE) else None
                if arranger is not None and (arranger.number, seller.number) not in self._served:
                    self._served.add((arranger.number, seller.number))
                    self._forward(arranger, seller)
                self._sessions(buyer, share, seller, arranger, "session")

    def _sessions(self, buyer: Actor, count: int, seller: Actor, arranger: Actor | None, kind: str) -> None:
        dice = self._dice
        tie = self._tie(kind, buyer, arranger or seller, 0.1)
        tie.seller = seller
        tie.host = seller if arranger is None or dice.chance(0.6) else arranger
        median = figures.PROLIFIC_GAP_DAYS if count > figures.HIGH_VOLUME else figures.GAP_DAYS
        hour = dice.below(24)
        for at in self._days(count, median):
            start = at + (hour * _HOUR + int(dice.normal() * 3 * _HOUR)) % DAY
            length = int(min(7_200.0, max(240.0, 60 * dice.lognormal(week.LENGTH_MINUTES, week.LENGTH_SIGMA))))
            meeting = self._meeting(start, length, tie.host is tie.payee)
            if meeting.end < WORLD_END - DAY:
                tie.meetings.append(meeting)
        tie.meetings.sort(key=lambda one: one.start)
        self._settle(tie)
        self._add(tie)

    def _settle(self, tie: Tie) -> None:
        """Payments of a tie's sessions: one for each, one for two, two for one, some never."""
        dice, meetings, place = self._dice, tie.meetings, 0
        while place < len(meetings):
            meeting = meetings[place]
            place += 1
            if dice.chance(week.NOT_PAID):
                continue
            amount = self._price(tie.payee)
            if (
                place < len(meetings)
                and meetings[place].start - meeting.start < 20 * DAY
                and dice.chance(week.ONE_FOR_TWO)
            ):
                paid = self._pay(tie, self._before(meeting.start), 2 * amount)
                meeting.paid.append(paid)
                meetings[place].paid.append(paid)
                place += 1
                continue
            for part in (0.5, 0.5) if dice.chance(week.TWO_FOR_ONE) else (1.0,):
                early = dice.chance(week.PAID_BEFORE)
                when = self._before(meeting.start) if early else self._after(meeting.end)
                meeting.paid.append(self._pay(tie, when, amount * part))
        if dice.chance(0.1):
            self._pay(tie, meetings[0].start + dice.below(60 * DAY) if meetings else START, self._price(tie.payee))

    def _before(self, at: int) -> tuple[int, str]:
        method = _METHODS.draw(self._dice)
        return at - self._delay(method), method

    def _after(self, at: int) -> tuple[int, str]:
        method = _METHODS.draw(self._dice)
        return at + self._delay(method), method

    def _delay(self, method: str) -> int:
        median, sigma = week.DELAYS[method]
        return int(min(10 * DAY, _HOUR * self._dice.lognormal(median, sigma)))

    def _price(self, payee: Actor) -> float:
        dice = self._dice
        prices = self._prices.setdefault(payee.number, [])
        while len(prices) < week.PRICE_POINTS:
            prices.append(max(10.0, 5 * round(dice.lognormal(figures.PROLIFIC_MEDIAN, figures.PROLIFIC_SIGMA) / 5)))
        if dice.chance(week.OFF_PRICE):
            return dice.lognormal(figures.PROLIFIC_MEDIAN, 0.8)
        return dice.pick(prices)

    def _pay(self, tie: Tie, when: tuple[int, str] | int, amount: float) -> Paid:
        dice, self._count = self._dice, self._count + 1
        at, method = when if isinstance(when, tuple) else (when, _METHODS.draw(dice))
        provider: Platform = _PROVIDER[method]
        value = amount * tie.payer.country.rate
        rounded = round(value / 5) * 5 if value > 20 and dice.chance(0.9) else round(value, 2)
        status = "completed"
        if dice.chance(week.RETURNED):
            status = "reversed" if dice.chance(0.6) else "rejected"
        paid = Paid(
            f"{provider.slug[:2].upper()}{self._count * 6_700_417 % 10_000_019:08d}{dice.below(100):02d}",
            max(START, min(at, WORLD_END - 60)),
            max(1.0, rounded),
            method,
            status,
            self._people.account(tie.payer, provider),
            self._people.account(tie.payee, provider),
            dice.chance(self._level.records),
        )
        tie.payments.append(paid)
        return paid

    def _meeting(self, start: int, length: int, in_chat: bool) -> Meeting:
        dice = self._dice
        logged = dice.chance(week.LOGGED)
        named = in_chat and not logged and dice.chance(self._level.named)
        return Meeting(start, start + length, logged, named)

    def _days(self, count: int, median: float) -> list[int]:
        """Days of `count` meetings in the window, with lognormal gaps, squeezed where they do not fit."""
        dice = self._dice
        gaps = [dice.lognormal(median, 1.0) for _ in range(count - 1)]
        room = week.WINDOW_DAYS - 30.0
        squeeze = min(1.0, room * 0.98 / sum(gaps)) if gaps else 1.0
        day = 15 + (room - sum(gaps) * squeeze) * dice.unit()
        days = []
        for gap in [0.0, *gaps]:
            day += gap * squeeze
            days.append(START + int(day) * DAY)
        return days

    def _lessons(self, pupil: Actor, tutor: Actor) -> None:
        """Weekly, at one hour, paid each time or for four at once."""
        dice = self._dice
        tie = self._tie("lesson", pupil, tutor, 0.08)
        tie.host = tutor
        first, count = START + dice.below(200) * DAY + dice.below(DAY), 6 + dice.below(30)
        length, bundle = dice.pick((45, 50, 60)) * 60, 4 if dice.chance(0.4) else 1
        amount, due = self._own_price(), self._after if dice.chance(0.5) else self._before
        paid: Paid | None = None
        for week_number in range(count):
            if dice.chance(0.12):
                continue
            start = first + week_number * 7 * DAY + int(dice.normal() * 400)
            if dice.chance(0.1):
                start += int((dice.unit() - 0.5) * 3 * DAY)
            meeting = self._meeting(start, length + int(dice.normal() * 150), True)
            if meeting.end > WORLD_END - DAY:
                break
            if len(tie.meetings) % bundle == 0:
                paid = self._pay(tie, due(start), amount * bundle)
            meeting.paid = [paid] if paid else []
            tie.meetings.append(meeting)
        self._add(tie)

    def _freelance(self, client: Actor, worker: Actor) -> None:
        """Video calls at any hour, paid afterwards, now and then before."""
        dice = self._dice
        tie = self._tie("freelance", client, worker, 0.12)
        tie.host = worker
        for at in self._days(2 + dice.geometric(8.0), 14.0):
            start = at + dice.below(DAY)
            meeting = self._meeting(start, int(60 * min(150.0, dice.lognormal(38.0, 0.6))), True)
            if meeting.end > WORLD_END - DAY:
                continue
            if dice.chance(0.75):
                when = self._before(start) if dice.chance(0.25) else self._after(meeting.end)
                meeting.paid.append(self._pay(tie, when, self._own_price() * dice.pick((1, 1, 2, 3))))
            tie.meetings.append(meeting)
        self._add(tie)

    def _family(self, payer: Actor, payee: Actor, kind: str) -> None:
        """Money every month or fortnight, talk on most days, calls when there is time."""
        dice = self._dice
        tie = self._tie(kind, payer, payee, 0.35 if kind == "family" else 0.15)
        tie.host = payee
        step = dice.pick((14, 30, 30)) * DAY
        usual = self._own_price() * dice.pick((1, 2, 3))
        at = START + dice.below(step)
        while at < WORLD_END - DAY and dice.chance(0.97):
            irregular = dice.chance(0.25)
            self._pay(
                tie, at + (dice.below(step) if irregular else dice.below(3 * DAY)), usual * (0.5 if irregular else 1)
            )
            at += step
        self._calls(tie, 0.9 if kind == "family" else 0.3)
        for paid in tie.payments:
            if dice.chance(0.15):
                start = paid.at + int(dice.lognormal(2_400, 1.0))
                tie.meetings.append(self._meeting(start, int(60 * dice.lognormal(15.0, 0.8)), True))
        self._add(tie)

    def _calls(self, tie: Tie, weekly: float) -> None:
        tie.host = tie.payee
        at = START + self._dice.below(14 * DAY)
        while at < WORLD_END - 2 * DAY:
            tie.meetings.append(self._meeting(at, int(60 * min(120.0, self._dice.lognormal(18.0, 0.9))), True))
            at += int(7 * DAY / weekly * -math.log(1 - self._dice.unit()))

    def _forward(self, arranger: Actor, seller: Actor) -> None:
        """An arranger passes money on and talks with the recipient."""
        dice = self._dice
        tie = self._tie("forward", arranger, seller, 0.2)
        at = START + dice.below(20 * DAY)
        while at < WORLD_END - DAY:
            self._pay(tie, at, 3 * self._own_price())
            at += int((4 + dice.below(14)) * DAY)
        self._calls(tie, 0.3)
        self._add(tie)

    def _own_price(self) -> float:
        return 5 * round(self._dice.lognormal(figures.PROLIFIC_MEDIAN, figures.PROLIFIC_SIGMA) / 5) or 5.0

    def _tie(self, kind: str, payer: Actor, payee: Actor, bursts: float) -> Tie:
        return Tie(kind, payer, payee, _CHATS.draw(self._dice), bursts * self._dice.lognormal(1.0, 0.5))

    def _add(self, tie: Tie) -> None:
        times = [meeting.start for meeting in tie.meetings] + [paid.at for paid in tie.payments]
        if not times:
            return
        tie.meetings.sort(key=lambda one: one.start)
        tie.begin = max(START, min(times) - 2 * DAY - self._dice.below(25 * DAY))
        tie.finish = min(WORLD_END - _HOUR, max(times) + DAY + self._dice.below(25 * DAY))
        self.ties.append(tie)
