"""Transactions of several hands: CoinJoin rounds, PayJoins, and dust that strangers send."""

from __future__ import annotations

from tanglaw.simulate.dice import Dice
from tanglaw.simulate.ledger import figures
from tanglaw.simulate.ledger.book import Book
from tanglaw.simulate.ledger.keys import Coin, Key, Keys, Tx
from tanglaw.simulate.ledger.wallets import DUST, Wallet

_FEE = 2_000
_POOLS = (100_000, 500_000, 1_000_000, 5_000_000)


class Coordinator:
    """Brings wallets together in rounds with equal outputs.

    Three published shapes: many with change, five of about equal inputs without, three to eight with an amount that
    one of them chose.
    """

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.waiting: list[Wallet] = []

    def round(self, volunteers: list[Wallet]) -> Tx | None:
        """One round of those who wait and volunteers; None if too few have the coins."""
        dice, turn = self._dice, self._dice.unit()
        most = dice.below(35) + 10 if turn < 0.5 else 5 if turn < 0.8 else 3 + dice.below(6)
        pool = dice.pick(_POOLS) if turn < 0.8 else int(dice.lognormal(400_000, 0.7))
        inputs: list[Coin] = []
        outputs: list[Coin] = []
        hands, seen = 0, set()
        for wallet in (*self.waiting, *volunteers):
            if hands == most or id(wallet) in seen:
                continue
            seen.add(id(wallet))
            chosen = wallet.give(pool + _FEE)
            if chosen is None:
                continue
            hands += 1
            rest = sum(coin.value for coin in chosen) - pool - _FEE
            inputs += chosen
            outputs.append(Coin(pool, wallet.fresh("p2wpkh")))
            if rest >= DUST:
                outputs.append(Coin(rest, wallet.fresh("p2wpkh")))
        if hands < 3:
            for coin in inputs:
                coin.key.home.take(coin)
            return None
        self.waiting = [wallet for wallet in self.waiting if id(wallet) not in seen]
        mixed = [outputs[i] for i in dice.rng.permutation(len(outputs)).tolist()]
        given = [inputs[i] for i in dice.rng.permutation(len(inputs)).tolist()]
        return Tx("coinjoin", "", given, mixed, None, version=2, sequence=0xFFFFFFFF)


def payjoin(payer: Wallet, receiver: Wallet, key: Key, value: int, height: int) -> Tx | None:
    """A payment to which the receiver adds a coin of its own (BIP 78); None if one of them lacks coins."""
    own = [coin for coin in receiver.coins if coin.value >= DUST]
    if not own:
        return None
    tx = payer.pay([(key, value)], "payjoin", height)
    if tx is None:
        return None
    added = own[-1]
    receiver.coins = [coin for coin in receiver.coins if coin is not added]
    tx.inputs.insert(len(tx.inputs) // 2, added)
    paid = next(coin for coin in tx.outputs if coin.key is key)
    paid.value += added.value
    return tx


class Duster:
    """Sends tiny outputs to addresses seen on the chain, so that their wallets spend them together."""

    def __init__(self, wallet: Wallet, dice: Dice) -> None:
        self._wallet, self._dice = wallet, dice

    def storm(self, book: Book, keys: Keys) -> None:
        """Transactions of up to 1,000 outputs each."""
        seen = [key for key in keys.made if key.received]
        count = int(len(seen) * figures.STORM_SHARE)
        chosen = [seen[i] for i in self._dice.rng.permutation(len(seen))[:count].tolist()]
        for at in range(0, len(chosen), 1_000):
            targets = [(key, 600 + self._dice.below(300)) for key in chosen[at : at + 1_000]]
            book.add(self._wallet.pay(targets, "dust", book.height, rate=2.0))
