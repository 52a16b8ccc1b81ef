"""The log: one file per commit, each with the digest of the one before; the state is their fold.

A commit names the Parquet parts it adds to tables or replaces them by, the deliveries it took in and the run
that made it. It is written whole under a number that did not exist before, so `kill -9` at any moment leaves
the commit or nothing of it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from tanglaw.errors import CheckWorkspace
from tanglaw.store.chain import FIRST, digest, replace, write_new

# The kind of commit that brings every derived table of a run.
DERIVE = "derive"


class Part(msgspec.Struct, frozen=True):
    """One immutable Parquet file. `file` is relative to the workspace's `tables` folder.

    `role` is empty, or says how it changes the other parts of its table: see standing.py.
    """

    table: str
    file: str
    sha256: str
    rows: int
    size: int
    role: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """How far one archive was read; its custody facts are in the table `deliveries`.

    `done` once all its members were read or set aside; `open` counts those set aside whole, which a later run
    may read after all.
    """

    delivery_id: str
    done: bool
    open: int


class Commit(msgspec.Struct, frozen=True):
    """One step of the workspace. `replaces` names tables whose earlier parts no longer stand."""

    number: int
    previous: str
    run_id: str
    at: str
    kind: str
    parts: tuple[Part, ...]
    replaces: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    arrivals: int = 0


class State(msgspec.Struct):
    """Fold of all commits: current parts of each table, deliveries by id, members seen so far."""

    commits: int = 0
    head: str = FIRST
    parts: dict[str, list[Part]] = {}
    deliveries: dict[str, Delivery] = {}
    arrivals: int = 0
    run_id: str = ""
    # The last run that made all derived tables, and when it committed them.
    derived: str = ""
    derived_at: str = ""
    # Every file that some commit names, also of earlier states.
    known: set[str] = set()

    def fold(self, commit: Commit, head: str) -> None:
        for name in commit.replaces:
            self.parts[name] = []
        for part in commit.parts:
            self.parts.setdefault(part.table, []).append(part)
            self.known.add(part.file)
        for delivery in commit.deliveries:
            self.deliveries[delivery.delivery_id] = delivery
        self.commits, self.head = commit.number, head
        self.arrivals = max(self.arrivals, commit.arrivals)
        self.run_id = commit.run_id
        if commit.kind == DERIVE:
            self.derived, self.derived_at = commit.run_id, commit.at


class Log:
    """Reads and appends commits in `folder`. `head.json` beside it seals how many there are."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._head = folder.parent / "head.json"
        self._key = key

    def path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.json"

    def numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self.folder.glob("[0-9]*.json"))

    def state(self, upto: int | None = None) -> State:
        """State after commit `upto` (default: the last). Raises CheckWorkspace where the chain is broken."""
        state = State(parts={}, deliveries={}, known=set())
        for number in self.numbers():
            if upto is not None and number > upto:
                break
            raw = self.path(number).read_bytes()
            try:
                commit = msgspec.json.decode(raw, type=Commit)
            except msgspec.DecodeError as error:
                raise CheckWorkspace(f"log/{number:08d}.json cannot be read: {error}") from error
            if commit.number != state.commits + 1 or commit.previous != state.head:
                raise CheckWorkspace(f"log/{number:08d}.json does not follow the commit before it")
            state.fold(commit, digest(raw))
        return state

    def at(self, instant: str) -> State | None:
        """State as the last whole run committed at or before `instant` (as commits stamp it) left it; None before it.

        Raises CheckWorkspace where the chain is broken.
        """
        raws = ((number, self.path(number).read_bytes()) for number in reversed(self.numbers()))
        commits = ((number, msgspec.json.decode(raw, type=Commit)) for number, raw in raws)
        last = next((number for number, one in commits if one.kind == DERIVE and one.at <= instant), None)
        return None if last is None else self.state(last)

    def append(self, commit: Commit) -> str:
        """Write the commit and seal the new head; returns its digest."""
        raw = msgspec.json.encode(commit)
        write_new(self.path(commit.number), raw)
        head = digest(raw)
        self.seal(commit.number, head)
        return head

    def seal(self, number: int, head: str) -> None:
        replace(
            self._head,
            msgspec.json.encode({"commits": number, "head": head, "seal": self._seal_of(number, head)}),
        )

    def sealed(self) -> tuple[int, str] | None:
        """Number and digest of the last sealed commit; None before the first. Raises CheckWorkspace if forged."""
        if not self._head.exists():
            return None
        try:
            stated = msgspec.json.decode(self._head.read_bytes())
            number, head, seal = int(stated["commits"]), str(stated["head"]), str(stated["seal"])
        except (msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
            raise CheckWorkspace("head.json cannot be read") from error
        if seal != self._seal_of(number, head):
            raise CheckWorkspace("head.json does not bear this workspace's seal")
        return number, head

    def _seal_of(self, number: int, head: str) -> str:
        return hashlib.blake2b(f"{number}:{head}".encode(), key=self._key, digest_size=16).hexdigest()
