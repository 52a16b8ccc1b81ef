"""Where the coins of a seed truly went: arithmetic over the true transactions, stopped where a service takes them.

Every output that pays the seed's address is wholly the seed's. In each transaction that spends such coins:

* haircut: each output holds the same share of the seed's coins as all inputs together (fees too);
* fifo: inputs in their order form a queue of units, outputs in their order take from it, the fee takes what is left;
* poison: each output is wholly the seed's if any input is in any part.

A coin ends at an address that a service gave (whatever the service does with it later is its own), in a CoinJoin
(end `coinjoin`, with the amounts that entered), or where it lies unspent. What the hand of the seed's address brought there by
itself, with no other person between, is told apart (`own`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tanglaw.simulate.ledger.keys import Coin, Key, Tx

# Marks of units: not the seed's, the seed's by way of others, the seed's and in its own hand all along.
_OTHERS, _PASSED, _OWN = 0, 1, 2
_Pieces = list[tuple[int, int]]
SERVICES = frozenset(("exchange", "mixing_service", "gambling", "miner"))


@dataclass(slots=True)
class Held:
    """What of a coin is the seed's: by each way, smallest units, and the hops of the shortest path to it; `own` in proportion."""

    haircut: float
    own: float
    pieces: _Pieces
    poison: int
    hops: int


@dataclass(slots=True)
class End:
    """What reached one end. `fifo`, `own_fifo` and `poison` in smallest units, `haircut` and `own` too but with parts of them."""

    kind: str
    service: str
    address: str
    haircut: float = 0.0
    fifo: int = 0
    poison: int = 0
    own: float = 0.0
    own_fifo: int = 0
    hops: int = 1 << 30
    first_at: int = 1 << 40
    last_at: int = 0
    txs: set[int] = field(default_factory=set)


def trails(txs: list[Tx], seeds: Iterable[Key]) -> dict[str, list[End]]:
    """By address of a seed, the ends that its coins reached, in the order of kind, service and address."""
    paid: dict[int, list[Coin]] = {}
    for tx in txs:
        for coin in tx.outputs:
            paid.setdefault(id(coin.key), []).append(coin)
    found: dict[str, list[End]] = {}
    for seed in seeds:
        if seed.address not in found:
            ends = _followed(seed, paid.get(id(seed), []))
            found[seed.address] = sorted(ends, key=lambda end: (end.kind, end.service, end.address))
    return found


def _followed(seed: Key, coins: list[Coin]) -> list[End]:
    held = {id(coin): Held(float(coin.value), float(coin.value), [(coin.value, _OWN)], coin.value, 0) for coin in coins}
    ends: dict[tuple[str, str], End] = {}
    due: list[tuple[int, int, Tx]] = []
    for coin in coins:
        _next(coin, held, ends, due, seed)
    done: set[int] = set()
    while due:
        number, _, tx = heapq.heappop(due)
        if number in done:
            continue
        done.add(number)
        for coin, part in _through(tx, held):
            if coin.key is not seed:
                held[id(coin)] = (
                    part if coin.key.owner.name == seed.owner.name or coin.key.owner.role in SERVICES else _passed(part)
                )
                _next(coin, held, ends, due, seed)
    return list(ends.values())


def _passed(part: Held) -> Held:
    """As it is in another hand."""
    return replace(part, own=0.0, pieces=[(size, min(mark, _PASSED)) for size, mark in part.pieces])


def _next(
    coin: Coin, held: dict[int, Held], ends: dict[tuple[str, str], End], due: list[tuple[int, int, Tx]], seed: Key
) -> None:
    """Puts the transaction that spends the coin into the queue, or writes its end down."""
    owner, part = coin.key.owner, held[id(coin)]
    if owner.role in SERVICES and coin.key is not seed:
        _ended(ends, ("service", owner.service), coin, part)
    elif coin.spent is None:
        _ended(ends, ("unspent", ""), coin, part)
    elif coin.spent.kind == "coinjoin":
        _ended(ends, ("coinjoin", ""), coin, part, coin.spent)
    elif owner.role not in SERVICES:
        heapq.heappush(due, (coin.spent.number, coin.n, coin.spent))


def _ended(
    ends: dict[tuple[str, str], End], where: tuple[str, str], coin: Coin, part: Held, join: Tx | None = None
) -> None:
    kind, service = where
    address = coin.key.address
    end = ends.setdefault((kind, address), End(kind, service, address))
    at = join or coin.tx
    if at is None:
        raise RuntimeError("a coin of no transaction has no trail")
    end.haircut += part.haircut
    end.own += part.own
    end.fifo += sum(size for size, mark in part.pieces if mark)
    end.own_fifo += sum(size for size, mark in part.pieces if mark == _OWN)
    end.poison += part.poison
    end.hops = min(end.hops, part.hops + (join is not None))
    end.first_at, end.last_at = min(end.first_at, at.at), max(end.last_at, at.at)
    end.txs.add(at.number)


def _through(tx: Tx, held: dict[int, Held]) -> Iterator[tuple[Coin, Held]]:
    """What each output of the transaction holds of the seed's coins."""
    inputs = [(coin, held.get(id(coin))) for coin in tx.inputs]
    whole = sum(coin.value for coin in tx.inputs)
    share, own = (sum(found) / whole for found in zip(*((p.haircut, p.own) for _, p in inputs if p), strict=True))
    hops = min(part.hops for _, part in inputs if part) + 1
    queue = [piece for coin, part in inputs for piece in (part.pieces if part else [(coin.value, _OTHERS)])]
    for coin, pieces in zip(tx.outputs, _taken(queue, [coin.value for coin in tx.outputs]), strict=True):
        yield coin, Held(share * coin.value, own * coin.value, pieces, coin.value, hops)


def _taken(queue: _Pieces, sizes: list[int]) -> Iterator[_Pieces]:
    """For each size the pieces that it takes from the queue's head."""
    pieces = iter(queue)
    left, mark = next(pieces, (0, _OTHERS))
    for size in sizes:
        taken: _Pieces = []
        wanted = size
        while wanted > 0:
            part = min(wanted, left)
            if part and taken and taken[-1][1] == mark:
                taken[-1] = (taken[-1][0] + part, mark)
            elif part:
                taken.append((part, mark))
            wanted, left = wanted - part, left - part
            if not left:
                found = next(pieces, None)
                if found is None:
                    break
                left, mark = found
        yield taken
