"""How sellers turn coins into money: straight, by hops, peel chains, mixers and CoinJoins, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.book import Book
from tanglaw.simulate.ledger.hands import Coordinator
from tanglaw.simulate.ledger.keys import Coin, Key
from tanglaw.simulate.ledger.parties import Party
from tanglaw.simulate.ledger.services import Mixer
from tanglaw.simulate.ledger.wallets import DUST

_STYLES = Weighted(figures.CASH_OUTS, figures.CASH_OUT_SHARES)
_HOUR = 3_600


class Leaving:
    """Makes the transactions of one cash-out after the other. `later` plans an event so many seconds ahead."""

    def __init__(
        self,
        parts: tuple[Book, Coordinator, list[Mixer]],
        later: Callable[[float, Callable[[], None]], None],
        dice: Dice,
    ) -> None:
        self._book, self._coordinator, self._mixers = parts
        self._later, self._dice = later, dice

    @staticmethod
    def drawn(dice: Dice) -> str:
        """How somebody does it, by the shares of the figures."""
        return _STYLES.draw(dice)

    def go(self, party: Party) -> None:
        """Begin a cash-out of what the party has by now."""
        if party.wallet.balance < 50_000:
            return
        if party.style == "part":
            value = int(party.wallet.balance * self._dice.between(0.3, 0.8))
            self._book.add(party.wallet.pay([(self._deposit(party), value)], "cash-out", self._book.height))
        elif party.style == "hops":
            self._hop(party, None, 1 + self._dice.below(5))
        elif party.style == "peel":
            key = party.wallet.fresh()
            self._book.add(party.wallet.sweep(key, "consolidation", self._book.height))
            low, high = figures.PEEL_STEPS
            self._soon(lambda: self._peel(party, key, low + self._dice.below(high - low)))
        elif party.style == "mixer":
            self._mix(party)
        elif party.style == "join":
            self._coordinator.waiting.append(party.wallet)
            self._later(
                self._dice.between(1, 3) * 24 * _HOUR, lambda: self._all(party, self._deposit(party), "cash-out")
            )
        elif party.style == "direct":
            self._all(party, self._deposit(party), "cash-out")

    def _deposit(self, party: Party) -> Key:
        return party.exchange.deposit(party.owner.name)

    def _soon(self, event: Callable[[], None]) -> None:
        self._later(self._dice.between(0.3, 30) * _HOUR, event)

    def _all(self, party: Party, key: Key, kind: str) -> None:
        if party.wallet.coins:
            self._book.add(party.wallet.sweep(key, kind, self._book.height))

    def _at(self, party: Party, key: Key) -> list[Coin]:
        return [coin for coin in party.wallet.coins if coin.key is key and coin.value >= DUST]

    def _hop(self, party: Party, key: Key | None, left: int) -> None:
        """All coins (or those at the last hop) to a new address of the same hand, at last to the exchange."""
        coins = None if key is None else self._at(party, key)
        if coins is not None and not coins:
            return
        there = party.wallet.fresh() if left else self._deposit(party)
        kind = "hop" if left else "cash-out"
        if self._book.add(party.wallet.sweep(there, kind, self._book.height, coins)) and left:
            self._soon(lambda: self._hop(party, there, left - 1))

    def _peel(self, party: Party, key: Key, left: int) -> None:
        """A small side goes to the exchange, the rest to a new address; and again."""
        coins = self._at(party, key)
        if not coins:
            return
        wallet, whole = party.wallet, sum(coin.value for coin in coins)
        part = int(whole * self._dice.between(0.04, 0.15))
        if not left or part < 10 * DUST:
            self._book.add(wallet.sweep(self._deposit(party), "cash-out", self._book.height, coins))
            return
        rest = wallet.fresh()
        tx = wallet.split(coins, [(self._deposit(party), part)], rest, "peel", self._book.height)
        if self._book.add(tx):
            self._soon(lambda: self._peel(party, rest, left - 1))

    def _mix(self, party: Party) -> None:
        """To a mixer; what it pays out later goes to the exchange."""
        mixer, clean = self._dice.pick(self._mixers), party.wallet.fresh()
        key = mixer.order(clean, party.wallet.balance)
        self._all(party, key, "mixing")
        self._later(self._dice.between(12, 60) * _HOUR, lambda: self._fetch(party, clean))

    def _fetch(self, party: Party, key: Key) -> None:
        coins = self._at(party, key)
        if coins:
            self._book.add(party.wallet.sweep(self._deposit(party), "cash-out", self._book.height, coins))
