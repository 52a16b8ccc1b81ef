"""People of a chain: a wallet, the exchange they use, and the addresses they give."""

from __future__ import annotations

from dataclasses import dataclass, field

from tanglaw.simulate.ledger.keys import Key, Owner
from tanglaw.simulate.ledger.services import Service
from tanglaw.simulate.ledger.wallets import Wallet


@dataclass(slots=True, eq=False)
class Party:
    """Somebody with a wallet; sellers and merchants also give addresses. `style` is how a seller cashes out."""

    owner: Owner
    wallet: Wallet
    exchange: Service
    direct: bool = False
    one_time: bool = True
    payjoin: bool = False
    style: str = "hold"
    given: dict[str, Key] = field(default_factory=dict)

    def address_for(self, payer: str) -> Key:
        """The address that a payer is told."""
        name = payer if self.one_time else ""
        if name not in self.given:
            self.given[name] = self.wallet.fresh()
        return self.given[name]


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment to a seller as it was meant; the transaction follows by key and value."""

    payer: str
    seller: str
    key: Key
    value: int
    usd: float
