"""The chain while it grows: transactions are added, blocks are closed, coins go where their keys belong."""

from __future__ import annotations

from tanglaw.simulate.ledger.blocks import BlockFiles, write_transaction
from tanglaw.simulate.ledger.figures import COIN
from tanglaw.simulate.ledger.keys import Coin, Key, Keys, Tx

_HALVING = 150  # blocks, of the network regtest


class Book:
    """Takes transactions in the order in which they are made."""

    def __init__(self, files: BlockFiles, keys: Keys) -> None:
        self._files, self._keys = files, keys
        self._open: list[Tx] = []
        self._hashes: list[bytes] = []
        self.txs: list[Tx] = []

    @property
    def height(self) -> int:
        """Height of the last block closed."""
        return self._files.height

    def add(self, tx: Tx | None) -> bool:
        """The transaction becomes part of the open block; False if there is none."""
        if tx is None:
            return False
        self._hashes.append(write_transaction(tx, self._keys))
        self._open.append(tx)
        self._arrive(tx)
        for coin in tx.inputs:
            coin.spent = tx
        return True

    def close(self, at: int, key: Key) -> None:
        """Close the block; its reward and fees go to the key."""
        fees = sum(sum(c.value for c in tx.inputs) - sum(c.value for c in tx.outputs) for tx in self._open)
        value = (50 * COIN >> (self.height + 1) // _HALVING) + fees
        reward = Tx("coinbase", key.owner.name, [], [Coin(value, key)])
        block, hashes = self._open, self._hashes
        self._open, self._hashes = [], []
        self._files.add(reward, block, hashes, at)
        self._arrive(reward)
        reward.height = self.height
        for tx in (reward, *block):
            tx.at, tx.data = at, b""

    def _arrive(self, tx: Tx) -> None:
        tx.number, tx.height = len(self.txs), self.height + 1
        self.txs.append(tx)
        for n, coin in enumerate(tx.outputs):
            coin.tx, coin.n = tx, n
            coin.key.received += 1
            coin.key.home.take(coin)
