"""Services that hold other people's coins: exchanges, mixers, games. Their addresses are ends of trails."""

from __future__ import annotations

from dataclasses import replace

from tanglaw.simulate.dice import Dice
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.book import Book
from tanglaw.simulate.ledger.keys import Coin, Key, Keys, Owner
from tanglaw.simulate.ledger.wallets import DUST, Habits, Wallet

_ORDERLY = Habits("p2wpkh", "same", True, "oldest", "last", False, 2, 0xFFFFFFFD, False, True)


class Service:
    """A hot wallet, the addresses given to customers, and what is asked to be paid out.

    `style` is pooled (deposits are spent in payouts), sweep (many deposits to the hot wallet at once) or forward
    (each deposit by itself).
    """

    def __init__(self, name: str, category: str, style: str, keys: Keys, dice: Dice) -> None:
        self.name, self.category, self.style = name, category, style
        self.owner = Owner(name.lower().replace(" ", "-"), category, name)
        self._dice = dice
        habits = replace(_ORDERLY, kind=Habits.drawn(dice).kind, change_reused=style != "pooled" or dice.chance(0.5))
        self.hot = Wallet(self.owner, keys, dice, habits)
        self.main = self.hot.address()
        self.deposits = self.hot if style == "pooled" else Wallet(self.owner, keys, dice, habits)
        self.given: list[Key] = []
        self._own: dict[str, Key] = {}
        self._asked: list[tuple[Key, int]] = []

    def deposit(self, customer: str) -> Key:
        """An address to pay to: the customer's own again, or a new one."""
        known = self._own.get(customer)
        if known is not None and self._dice.chance(figures.SAME_DEPOSIT):
            return known
        key = self.deposits.fresh()
        self._own[customer] = key
        self.given.append(key)
        return key

    def ask(self, key: Key, value: int) -> None:
        """Somebody wants coins at an address; the next payout brings them."""
        self._asked.append((key, value))

    def pay_out(self, book: Book) -> int:
        """Transactions that pay what is asked, many recipients each."""
        done = 0
        while self._asked:
            batch, rest = self._asked[: figures.PAYOUT_MOST], self._asked[figures.PAYOUT_MOST :]
            if not book.add(self.hot.pay(batch, "payout", book.height)):
                break
            self._asked = rest
            done += 1
        return done

    def sweep(self, book: Book) -> None:
        """Deposits go to the hot wallet."""
        if self.style == "pooled":
            return
        coins = [coin for coin in self.deposits.coins if coin.value >= 2 * DUST]
        size = figures.SWEEP_MOST if self.style == "sweep" else 1
        for at in range(0, len(coins), size):
            book.add(self.deposits.sweep(self.main, self.style, book.height, coins[at : at + size], rate=4.0))


class Mixer(Service):
    """Takes coins at addresses of one use and pays others' coins out later."""

    def order(self, key: Key, value: int) -> Key:
        """An address to pay to; the coins come to `key`, less 2 %, with a later payout."""
        self.ask(key, int(value * 0.98))
        return self.deposit(f"order {len(self.given)}")


class Game(Service):
    """Takes bets at one address and pays winners by the hundred."""

    def bet(self, winner: Key, value: int) -> Key:
        """The address for a bet; a winner is paid with the next payout."""
        if self._dice.chance(0.48):
            self.ask(winner, int(value * 1.98))
        return self.main


def stock(service: Service, coins: list[Coin], book: Book) -> None:
    """What a service begins with: coins of the first blocks, by one transaction of their miner."""
    book.add(_miner(coins).sweep(service.main, "stock", book.height, coins))


def _miner(coins: list[Coin]) -> Wallet:
    home = coins[0].key.home
    if not isinstance(home, Wallet):
        raise RuntimeError("coins of the first blocks belong to a wallet")
    return home
