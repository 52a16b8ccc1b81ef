"""One seed's coins over accounts: an exact sweep through transfers in order of time, in whole smallest units.

An account holds a balance. In proportion, of `tau` units that are the seed's, tau * amount // balance leave with an
amount; by first in, first out a queue of what came in says which. Before the first known transfer an account holds the
least that lets it pay all that it pays; that much is of unknown origin, was there first and leaves first. Backward the
same sweep runs over the transfers in reverse with payer and payee exchanged, from what each account holds at the end:
so both queues pair the same units. At one instant an account receives before it pays, where that can be.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Move(NamedTuple):
    """A transfer: its number, payer, payee, smallest units, and instant in microseconds."""

    number: int
    payer: int
    payee: int
    amount: int
    at: int


@dataclass(slots=True)
class Task:
    """What is traced: the seed, the way, which accounts are followed, what ends the others, and the limits."""

    seed: int
    forward: bool
    followed: frozenset[int]
    ends: Mapping[int, str]
    since: int
    until: int
    least: int


@dataclass(slots=True)
class End:
    """What reached one end, and the transfer by which most came (0: none, it never left)."""

    haircut: int = 0
    fifo: int = 0
    poison: int = 0
    moves: set[int] = field(default_factory=set)
    best: tuple[int, int, int] = (-1, -1, 0)


@dataclass(slots=True)
class Share:
    """What of one transfer is the seed's, and the transfer that brought it to the payer (0: the seed's own)."""

    haircut: int
    fifo: int
    before: int


# Units, whether they are the seed's, and the transfer that brought them.
_Piece = tuple[int, bool, int]


@dataclass(slots=True)
class _Account:
    balance: int = 0
    tau: int = 0
    queue: deque[_Piece] = field(default_factory=deque)
    reached: bool = False
    most: tuple[int, int] = (0, 0)


class Sweep:
    """Follows a task over its transfers; `ends` by kind and account, `shares` of each transfer that carried
    something, and `returned`, what came round to the seed, whose own coins carry it on."""

    def __init__(self, task: Task, moves: Sequence[Move]) -> None:
        self.task = task
        self.ends: dict[tuple[str, int], End] = defaultdict(End)
        self.shares: dict[int, Share] = {}
        self.returned = End()
        self._accounts: dict[int, _Account] = {account: _Account() for account in task.followed}
        self._began(moves)
        seen = [move for move in ordered(moves) if move.payer != move.payee and move.amount > 0]
        for move in seen if task.forward else reversed(seen):
            self._crossed(move if task.forward else move._replace(payer=move.payee, payee=move.payer))
        self._rested(moves)

    def path(self, kind: str, account: int) -> list[int]:
        """Numbers of the transfers over which most came to that end, from the seed."""
        found, move = [], self.ends[kind, account].best[2]
        while move:
            found.append(move)
            move = self.shares[move].before
        return found[::-1]

    def _began(self, moves: Sequence[Move]) -> None:
        """What each account holds where the sweep starts."""
        for account, (first, last) in balances(ordered(moves), self.task.followed).items():
            here = self._accounts[account]
            here.balance = first if self.task.forward else last
            here.queue.append((here.balance, False, 0))

    def _crossed(self, move: Move) -> None:
        """One transfer in the order of the sweep, payer and payee as the sweep goes."""
        share, pieces, tainted = self._leaves(move)
        inside = self.task.since <= move.at <= self.task.until
        if tainted and not inside:
            if move.payer != self.task.seed:
                self._ended("time", move.payer, share, 0, (share.haircut + share.fifo) and share.before)
            share, pieces, tainted = Share(0, 0, 0), [(move.amount, False, 0)], False
        elif tainted and move.payee != self.task.seed:
            self.shares[move.number] = share
            kind = self._kind(move, share)
            if kind:
                self._ended(kind, move.payee, share, move.amount, move.number)
                share, pieces, tainted = Share(0, 0, 0), [(move.amount, False, 0)], False
        elif tainted:
            self.returned.haircut += share.haircut
            self.returned.fifo += share.fifo
        self._arrives(move, share, pieces, tainted)

    def _kind(self, move: Move, share: Share) -> str:
        known = self.task.ends.get(move.payee)
        if known:
            return known
        small = share.haircut < self.task.least and share.fifo < self.task.least
        return "value" if small else "" if move.payee in self.task.followed else "depth"

    def _leaves(self, move: Move) -> tuple[Share, list[_Piece], bool]:
        """What of the amount is the seed's, as pieces in the order in which they leave."""
        if move.payer == self.task.seed:
            return Share(move.amount, move.amount, 0), [(move.amount, True, move.number)], True
        here = self._accounts.get(move.payer)
        if here is None:
            return Share(0, 0, 0), [(move.amount, False, 0)], False
        haircut = here.tau * move.amount // here.balance if here.balance > move.amount else here.tau
        here.balance -= move.amount
        here.tau -= haircut
        pieces = _taken(here.queue, move.amount)
        by: dict[int, int] = defaultdict(int)
        for units, ours, came in pieces:
            by[came] += units if ours else 0
        most, came = max(((units, -came) for came, units in by.items()), default=(0, 0))
        fifo = sum(by.values())
        return Share(haircut, fifo, -came if most else here.most[1]), pieces, here.reached

    def _arrives(self, move: Move, share: Share, pieces: list[_Piece], tainted: bool) -> None:
        here = self._accounts.get(move.payee)
        if here is None or move.payee == self.task.seed:
            return
        here.balance += move.amount
        here.tau += share.haircut
        here.reached = here.reached or tainted
        here.queue.extend((units, ours, move.number if ours else 0) for units, ours, _ in pieces)
        if tainted and share.haircut > here.most[0]:
            here.most = (share.haircut, move.number)

    def _rested(self, moves: Iterable[Move]) -> None:
        """What lies in accounts when no transfer is left: unspent; backward, of unknown origin."""
        kind = "unspent" if self.task.forward else "unknown"
        for account, here in sorted(self._accounts.items()):
            fifo = sum(units for units, ours, _ in here.queue if ours)
            if account != self.task.seed and (here.tau or fifo):
                came = max(((units, -came) for units, ours, came in here.queue if ours), default=(0, 0))
                self._ended(kind, account, Share(here.tau, fifo, 0), here.balance, -came[1] or here.most[1])
        if self.task.forward:
            left = balances(ordered(list(moves)), frozenset((self.task.seed,)))[self.task.seed][1]
            if left:
                self._ended(kind, self.task.seed, Share(left, left, 0), left, 0)

    def _ended(self, kind: str, account: int, share: Share, poison: int, move: int) -> None:
        end = self.ends[kind, account]
        end.haircut += share.haircut
        end.fifo += share.fifo
        end.poison += poison
        if move:
            end.moves.add(move)
            end.best = max(end.best, (share.fifo, share.haircut, move))


def _taken(queue: deque[_Piece], wanted: int) -> list[_Piece]:
    """The first units of the queue, which loses them."""
    found: list[_Piece] = []
    while wanted > 0 and queue:
        units, ours, came = queue.popleft()
        part = min(units, wanted)
        wanted -= part
        if part:
            found.append((part, ours, came))
        if part < units:
            queue.appendleft((units - part, ours, came))
    return found


def balances(moves: Sequence[Move], accounts: frozenset[int]) -> dict[int, tuple[int, int]]:
    """Of each account the least that it held before the first transfer, and what it then holds after the last."""
    now: dict[int, int] = dict.fromkeys(accounts, 0)
    lowest = dict(now)
    for move in moves:
        if move.payer == move.payee:
            continue
        if move.payee in now:
            now[move.payee] += move.amount
        if move.payer in now:
            now[move.payer] -= move.amount
            lowest[move.payer] = min(lowest[move.payer], now[move.payer])
    return {account: (-lowest[account], now[account] - lowest[account]) for account in accounts}


def ordered(moves: Sequence[Move]) -> list[Move]:
    """Transfers by instant; at one instant an account's receipts before its payments, rings in order of number."""
    found: list[Move] = []
    group: list[Move] = []
    for move in sorted(moves, key=lambda move: (move.at, move.number)):
        if group and group[0].at != move.at:
            found += _settled(group)
            group = []
        group.append(move)
    return found + _settled(group)


def _settled(group: list[Move]) -> list[Move]:
    if len(group) < 2:
        return group
    waits: dict[int, int] = defaultdict(int)
    paid_by: dict[int, deque[Move]] = defaultdict(deque)
    for move in group:
        waits[move.payee] += move.payer != move.payee
        paid_by[move.payer].append(move)
    ready = deque(sorted(account for account in paid_by if not waits[account]))
    rest, found = deque(group), list[Move]()
    done: set[int] = set()
    while len(found) < len(group):
        if not ready:
            # A ring: the first transfer that waits breaks it.
            while rest[0].number in done:
                rest.popleft()
            ready.append(rest[0].payer)
        payer = ready.popleft()
        while paid_by[payer]:
            move = paid_by[payer].popleft()
            done.add(move.number)
            found.append(move)
            waits[move.payee] -= move.payer != move.payee
            if not waits[move.payee] and paid_by[move.payee] and move.payee != payer:
                ready.append(move.payee)
    return found
