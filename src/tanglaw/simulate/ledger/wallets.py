"""Wallets: how they choose coins, where their change goes and what their transactions look like."""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.keys import Coin, Key, Keys, Owner, Tx

DUST = 1_000
_KINDS = Weighted(figures.KINDS, figures.KIND_SHARES)
_CHANGE = Weighted(figures.CHANGE_KINDS, figures.CHANGE_KIND_SHARES)
_CHOICE = Weighted(figures.CHOICES, figures.CHOICE_SHARES)
_PLACE = Weighted(figures.PLACES, figures.PLACE_SHARES)
_INPUT, _OUTPUT, _REST = 68, 34, 11


@dataclass(frozen=True, slots=True)
class Habits:
    """What a wallet's software does."""

    kind: str
    change: str
    change_reused: bool
    choice: str
    place: str
    locked: bool
    version: int
    sequence: int
    careless: bool
    reuses: bool

    @staticmethod
    def drawn(dice: Dice) -> Habits:
        """The habits of one wallet."""
        return Habits(
            kind=_KINDS.draw(dice),
            change=_CHANGE.draw(dice),
            change_reused=dice.chance(figures.CHANGE_REUSED),
            choice=_CHOICE.draw(dice),
            place=_PLACE.draw(dice),
            locked=dice.chance(figures.LOCKED),
            version=2 if dice.chance(figures.VERSION_TWO) else 1,
            sequence=0xFFFFFFFD if dice.chance(figures.REPLACEABLE) else 0xFFFFFFFE,
            careless=dice.chance(figures.CARELESS),
            reuses=dice.chance(figures.REUSED_RECEIVING),
        )


class Wallet:
    """Coins of one owner. Transactions that it makes are not yet part of any block."""

    def __init__(self, owner: Owner, keys: Keys, dice: Dice, habits: Habits) -> None:
        self.owner, self.habits = owner, habits
        self._keys, self._dice = keys, dice
        self.coins: list[Coin] = []
        self._fixed: Key | None = None

    def take(self, coin: Coin) -> None:
        """A coin has arrived."""
        self.coins.append(coin)

    @property
    def balance(self) -> int:
        """Value of all coins, dust that the wallet ignores aside."""
        return sum(coin.value for coin in self._usable())

    def address(self) -> Key:
        """Where to pay: the wallet's one address, or a new one if it does not reuse."""
        if not self.habits.reuses:
            return self.fresh()
        if self._fixed is None:
            self._fixed = self.fresh()
        return self._fixed

    def fresh(self, kind: str = "") -> Key:
        """A new address of the wallet."""
        return self._keys.new(self.owner, self, kind or self.habits.kind)

    def pay(self, targets: list[tuple[Key, int]], kind: str, height: int, rate: float = 8.0) -> Tx | None:
        """Pay these values, the rest returns as change; None if the coins do not suffice."""
        wanted = sum(value for _, value in targets)
        chosen = self._chosen(wanted, rate, len(targets))
        if chosen is None:
            return None
        rest = sum(coin.value for coin in chosen) - wanted - _fee(len(chosen), len(targets) + 1, rate)
        outputs = [Coin(value, key) for key, value in targets]
        place = None
        if rest >= DUST:
            place = self._place(len(outputs))
            outputs.insert(place, Coin(rest, self._change_key(chosen, targets)))
        return self._made(kind, chosen, outputs, place, height)

    def sweep(self, key: Key, kind: str, height: int, coins: list[Coin] | None = None, rate: float = 8.0) -> Tx | None:
        """Send all coins (or these of them) to one address, without change; None if they are worth less than the fee."""
        chosen = list(coins if coins is not None else self._usable())
        rest = sum(coin.value for coin in chosen) - _fee(len(chosen), 1, rate)
        if rest < DUST:
            return None
        return self._made(kind, chosen, [Coin(rest, key)], None, height)

    def split(self, coins: list[Coin], targets: list[tuple[Key, int]], rest: Key, kind: str, height: int) -> Tx:
        """These coins to the targets, the rest to an address of the wallet."""
        left = sum(coin.value for coin in coins) - sum(value for _, value in targets)
        outputs = [Coin(value, key) for key, value in targets]
        place = self._place(len(outputs))
        outputs.insert(place, Coin(left - _fee(len(coins), len(outputs) + 1, 8.0), rest))
        return self._made(kind, coins, outputs, place, height)

    def give(self, wanted: int) -> list[Coin] | None:
        """Coins of at least that value, taken out of the wallet for a transaction of several hands."""
        chosen = self._chosen(wanted, 0.0, 1)
        if chosen is not None:
            self._drop(chosen)
        return chosen

    def change_key(self, chosen: list[Coin]) -> Key:
        """Where change of these coins goes when nobody else's kind matters."""
        return self._change_key(chosen, [])

    def signed(self, tx: Tx, height: int) -> Tx:
        """The transaction with the wallet's version, lock time and sequence."""
        habits = self.habits
        tx.version, tx.sequence = habits.version, habits.sequence
        if habits.locked:
            early = self._dice.below(100) if self._dice.chance(figures.LOCKED_EARLIER) else 0
            tx.lock_time = max(0, height - early)
        return tx

    def _made(self, kind: str, chosen: list[Coin], outputs: list[Coin], place: int | None, height: int) -> Tx:
        self._drop(chosen)
        return self.signed(Tx(kind, self.owner.name, chosen, outputs, place), height)

    def _drop(self, chosen: list[Coin]) -> None:
        gone = {id(coin) for coin in chosen}
        self.coins = [coin for coin in self.coins if id(coin) not in gone]

    def _usable(self) -> list[Coin]:
        if self.habits.careless:
            return self.coins
        return [coin for coin in self.coins if coin.value >= DUST]

    def _chosen(self, wanted: int, rate: float, targets: int) -> list[Coin] | None:
        coins = self._usable()
        first = wanted + _fee(1, targets + 1, rate)
        if self.habits.choice == "fit":
            fits = [coin for coin in coins if coin.value >= first]
            if fits:
                return [min(fits, key=lambda coin: coin.value)]
        if self.habits.choice in ("fit", "largest"):
            coins = sorted(coins, key=lambda coin: -coin.value)
        elif self.habits.choice == "random":
            coins = [coins[i] for i in self._dice.rng.permutation(len(coins)).tolist()]
        chosen, total = [], 0
        for coin in coins:
            chosen.append(coin)
            total += coin.value
            if total >= wanted + _fee(len(chosen), targets + 1, rate):
                return chosen
        return None

    def _place(self, outputs: int) -> int:
        if self.habits.place == "random":
            return self._dice.below(outputs + 1)
        return outputs if self.habits.place == "last" else 0

    def _change_key(self, chosen: list[Coin], targets: list[tuple[Key, int]]) -> Key:
        habits = self.habits
        if habits.change_reused:
            own = [coin.key for coin in chosen if coin.key.home is self]
            if own:
                return own[0]
        kind = habits.kind
        if habits.change == "match" and targets:
            kind = targets[0][0].kind
        elif habits.change == "other":
            kind = "p2wpkh" if habits.kind != "p2wpkh" else "p2tr"
        return self.fresh(kind)


def _fee(inputs: int, outputs: int, rate: float) -> int:
    return int((_REST + _INPUT * inputs + _OUTPUT * outputs) * rate)
