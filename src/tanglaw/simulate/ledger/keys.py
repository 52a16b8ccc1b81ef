"""Keys of made-up wallets: scripts, addresses and what spends them. No key is a point of any curve.

Addresses are of the network regtest: versions 0x6f and 0xc4 (Base58Check), prefix bcrt (BIP 173, BIP 350).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tanglaw.simulate.coins import base58check, segwit
from tanglaw.simulate.dice import Dice

_SIGNATURES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Owner:
    """Who holds keys: a person or a service. `service` is its name, empty for people."""

    name: str
    role: str
    service: str = ""


class Home(Protocol):
    """Where the coins of a key go."""

    def take(self, coin: Coin) -> None:
        """A coin has arrived."""


@dataclass(slots=True, eq=False)
class Key:
    """One address and how many coins it received."""

    owner: Owner
    home: Home
    kind: str
    public: bytes
    program: bytes
    script: bytes
    received: int = 0

    @property
    def address(self) -> str:
        """Text of the address."""
        if self.kind == "p2pkh":
            return base58check(0x6F, self.program)
        if self.kind == "p2sh":
            return base58check(0xC4, self.program)
        return segwit("bcrt", self.program, 1 if self.kind == "p2tr" else 0)


@dataclass(slots=True, eq=False)
class Coin:
    """One output. `spent` is the transaction that spends it."""

    value: int
    key: Key
    tx: Tx | None = None
    n: int = 0
    spent: Tx | None = None


@dataclass(slots=True, eq=False)
class Tx:
    """One transaction. `change` is the number of the output that returns to its payer, None if none does."""

    kind: str
    owner: str
    inputs: list[Coin]
    outputs: list[Coin]
    change: int | None = None
    version: int = 2
    lock_time: int = 0
    sequence: int = 0xFFFFFFFF
    number: int = -1
    height: int = -1
    at: int = 0
    txid: bytes = b""
    data: bytes = field(default=b"", repr=False)

    @property
    def coinbase(self) -> bool:
        """It has no inputs: it pays out the block's reward."""
        return not self.inputs


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def double(data: bytes) -> bytes:
    """SHA-256 twice."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


class Keys:
    """Makes keys and signatures of random bytes; keeps every key made, in order."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._noise = dice.token(_SIGNATURES)
        self._at = 0
        self._tokens: Iterator[bytes] = iter(())
        self.made: list[Key] = []

    def new(self, owner: Owner, home: Home, kind: str) -> Key:
        """A new key."""
        public = b"\x02" + self._token()
        program = public[1:] if kind == "p2tr" else hash160(public)
        if kind == "p2pkh":
            script = b"\x76\xa9\x14" + program + b"\x88\xac"
        elif kind == "p2wpkh":
            script = b"\x00\x14" + program
        elif kind == "p2tr":
            script = b"\x51\x20" + program
        else:
            program = hash160(b"\x00\x14" + program)
            script = b"\xa9\x14" + program + b"\x87"
        key = Key(owner, home, kind, public, program, script)
        self.made.append(key)
        return key

    def unlocking(self, key: Key) -> tuple[bytes, tuple[bytes, ...]]:
        """Script and witness that spend a coin of the key; the signature is noise of the right size."""
        self._at = (self._at + 97) % (_SIGNATURES - 97)
        noise = self._noise[self._at : self._at + 68]
        if key.kind == "p2tr":
            return b"", (noise[:64],)
        signature = b"\x30\x44" + noise + b"\x01"
        if key.kind == "p2pkh":
            return bytes((71,)) + signature + b"\x21" + key.public, ()
        if key.kind == "p2sh":
            return b"\x16\x00\x14" + hash160(key.public), (signature, key.public)
        return b"", (signature, key.public)

    def _token(self) -> bytes:
        token = next(self._tokens, None)
        if token is None:
            pool = self._dice.token(32 * 4_096)
            self._tokens = iter([pool[at : at + 32] for at in range(0, len(pool), 32)])
            token = next(self._tokens)
        return token
