"""Who pays whom in a chain: payers, sellers, people of no interest, and the services between them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tanglaw.simulate.clock import DAY, WORLD_END
from tanglaw.simulate.dice import Dice, zeta
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.blocks import BlockFiles
from tanglaw.simulate.ledger.book import Book
from tanglaw.simulate.ledger.hands import Coordinator, Duster, payjoin
from tanglaw.simulate.ledger.keys import Key, Keys, Owner, Tx
from tanglaw.simulate.ledger.leaving import Leaving
from tanglaw.simulate.ledger.parties import Paid, Party
from tanglaw.simulate.ledger.services import Game, Mixer, Service, stock
from tanglaw.simulate.ledger.wallets import Habits, Wallet

_EXCHANGES = ("Northgate Exchange", "Larkspur Exchange", "Copper Bay", "Tidewater Trade", "Juniper Coins", "Old Mill")
_MIXERS, _GAMES = ("Millrace Mixer", "Willow Blend"), ("Seven Dials", "Paper Boats")
_MINER = Owner("miner-pool", "miner", "Hillside Pool")
_HOUR = 3_600


class Market:
    """Everybody, and the chain that they make. `run` makes it."""

    def __init__(self, seed: int, folder: Path, buyers: int, sellers: int) -> None:
        self.keys = Keys(Dice(seed, "ledger-keys"))
        self._files = BlockFiles(folder)
        self.book = Book(self._files, self.keys)
        self._dice = Dice(seed, "ledger")
        self._habits = Dice(seed, "ledger-habits")
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self.now = figures.START
        self.exchanges = [
            Service(name, "exchange", style, self.keys, self._habits)
            for name, style in zip(_EXCHANGES, figures.STYLE_PLAN, strict=True)
        ]
        self.mixers = [Mixer(name, "mixing_service", "pooled", self.keys, self._habits) for name in _MIXERS]
        self.games = [Game(name, "gambling", "pooled", self.keys, self._habits) for name in _GAMES]
        self.miner = Wallet(_MINER, self.keys, self._habits, Habits.drawn(self._habits))
        self.payers = [self._party("payer", number) for number in range(buyers)]
        self.sellers = [self._seller("seller", number) for number in range(sellers)]
        self.people = [self._party("person", number) for number in range(max(5, buyers // 2))]
        self.merchants = [self._seller("merchant", number) for number in range(max(2, sellers // 2))]
        self.duster = self._party("duster", 0)
        self.coordinator = Coordinator(Dice(seed, "ledger-joins"))
        parts = (self.book, self.coordinator, self.mixers)
        self.leaving = Leaving(parts, self.at, Dice(seed, "ledger-leaving"))
        self.payments: list[Paid] = []

    @property
    def services(self) -> list[Service]:
        """Exchanges, mixers and games."""
        return [*self.exchanges, *self.mixers, *self.games]

    def at(self, seconds: float, event: Callable[[], None]) -> None:
        """Something happens that many seconds from now."""
        self._count += 1
        heapq.heappush(self._events, (self.now + int(seconds), self._count, event))

    def run(self, payments: int, told: Callable[[int, int], None]) -> None:
        """The whole window, block by block."""
        key = self.miner.fresh()
        for number in range(figures.FIRST_BLOCKS):
            self.book.close(figures.START - (figures.FIRST_BLOCKS - number) * figures.BLOCK_SECONDS, key)
        self._stock()
        self._plan(payments)
        while self.now < WORLD_END:
            gap = figures.BLOCK_SECONDS * min(6.0, self._dice.weibull(1.0, 1.0))
            until = min(WORLD_END, self.now + 1 + int(gap))
            while self._events and self._events[0][0] <= until:
                self.now, _, event = heapq.heappop(self._events)
                event()
            self.now = until
            self.book.close(until, key)
            if self.book.height % 500 == 0:
                told(self.now - figures.START, WORLD_END - figures.START)
        self._files.close()

    def _party(self, role: str, number: int) -> Party:
        owner = Owner(f"{role}-{number:06d}", role)
        wallet = Wallet(owner, self.keys, self._habits, Habits.drawn(self._habits))
        direct = role == "payer" and self._habits.chance(figures.FROM_EXCHANGE)
        return Party(owner, wallet, self._habits.pick(self.exchanges), direct)

    def _seller(self, role: str, number: int) -> Party:
        party = self._party(role, number)
        party.one_time = self._habits.chance(figures.ONE_TIME_SELLERS)
        party.payjoin = self._habits.chance(figures.PAYJOIN_SELLERS)
        party.style = Leaving.drawn(self._habits) if role == "seller" else "direct"
        return party

    def _stock(self) -> None:
        coins, holders = self.miner.coins[:-100], self.services
        share = len(coins) // len(holders)
        for place, service in enumerate(holders):
            stock(service, coins[place * share : (place + 1) * share], self.book)

    def _plan(self, payments: int) -> None:
        dice, length = self._dice, WORLD_END - figures.START
        popular = zeta(figures.PAYMENTS_EXPONENT, figures.PAYMENTS_CAP)
        plan: list[Party] = []
        while len(plan) < payments:
            for payer in self.payers:
                plan.extend([payer] * popular.draw(dice))
        order = dice.rng.permutation(len(plan))[:payments].tolist()
        for place in order:
            self.at(dice.below(int(length * 0.97)), partial(self._buy, plan[place]))
        for _ in range(int(payments * figures.BACKGROUND)):
            self.at(dice.below(length), self._stranger)
        for party in (*self.sellers, *self.merchants):
            self.at(dice.between(5, 12) * DAY, partial(self._leave, party))
        for service in self.services:
            self._every(figures.PAYOUT_SECONDS, partial(service.pay_out, self.book))
            self._every(figures.SWEEP_SECONDS, partial(service.sweep, self.book))
        self._every(DAY // figures.JOINS_A_DAY, self._join)
        self.at(0, lambda: self.duster.exchange.ask(self.duster.wallet.address(), figures.COIN * 10))
        duster = Duster(self.duster.wallet, dice)
        for storm in range(figures.STORMS):
            self.at((storm + 1) * length / (figures.STORMS + 1), lambda: duster.storm(self.book, self.keys))

    def _every(self, seconds: int, event: Callable[[], object]) -> None:
        def again() -> None:
            event()
            self.at(seconds, again)

        self.at(self._dice.below(seconds), again)

    def amount(self) -> tuple[int, float]:
        """Smallest units and USD of one payment."""
        usd = min(20_000.0, self._dice.lognormal(figures.USD_MEDIAN, figures.USD_SIGMA))
        value = max(5_000, int(usd / figures.PRICE * figures.COIN))
        if self._dice.chance(figures.ROUND_COINS):
            value = round(value, 2 - len(str(value)))
        return value, value / figures.COIN * figures.PRICE

    def _buy(self, payer: Party) -> None:
        dice = self._dice
        seller = self.sellers[int(len(self.sellers) * dice.unit() ** 2)]
        value, usd = self.amount()
        key = seller.address_for(payer.owner.name)
        self.payments.append(Paid(payer.owner.name, seller.owner.name, key, value, usd))
        if payer.direct:
            payer.exchange.ask(key, value)
            return
        receiver = seller if seller.payjoin and dice.chance(figures.PAYJOINS) else None
        self.pay(payer, key, value, "payment", receiver)

    def pay(self, payer: Party, key: Key, value: int, kind: str, receiver: Party | None = None, tries: int = 3) -> None:
        """Pay from a wallet; where it has too little, its exchange fills it first."""
        tx: Tx | None = None
        if receiver is not None:
            tx = payjoin(payer.wallet, receiver.wallet, key, value, self.book.height)
        tx = tx or payer.wallet.pay([(key, value)], kind, self.book.height)
        if self.book.add(tx) or not tries:
            return
        filled = int((value + 20_000) * self._dice.between(1.05, 5.0))
        payer.exchange.ask(payer.wallet.address(), filled)
        self.at(self._dice.between(1.2, 10) * _HOUR, lambda: self.pay(payer, key, value, kind, receiver, tries - 1))

    def _stranger(self) -> None:
        dice = self._dice
        party, turn = dice.pick(self.people), dice.unit()
        value, _ = self.amount()
        if turn < figures.BETS:
            game = dice.pick(self.games)
            self.pay(party, game.bet(party.wallet.address(), value), value, "bet")
        elif turn < figures.BETS + figures.CASH_IN:
            self.pay(party, party.exchange.deposit(party.owner.name), value, "deposit")
        elif turn < 0.6:
            merchant = dice.pick(self.merchants)
            receiver = merchant if merchant.payjoin and dice.chance(figures.PAYJOINS) else None
            self.pay(party, merchant.address_for(party.owner.name), value, "payment", receiver)
        else:
            self.pay(party, dice.pick(self.people).wallet.address(), value, "payment")

    def _leave(self, party: Party) -> None:
        self.leaving.go(party)
        self.at(self._dice.between(7, 25) * DAY, lambda: self._leave(party))

    def _join(self) -> None:
        volunteers = [self._dice.pick(self.people).wallet for _ in range(60)]
        self.book.add(self.coordinator.round(volunteers))
