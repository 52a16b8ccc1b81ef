"""A workspace: one folder with everything of one installation. Format 1, see docs/decisions/0002."""

from __future__ import annotations

import copy
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from tanglaw.errors import CheckUsage, CheckWorkspace, InitWorkspace, WaitForOtherRun
from tanglaw.ids import Ids
from tanglaw.store.chain import append_line, replace, sync_all
from tanglaw.store.commits import Commit, Delivery, Log, Part, State
from tanglaw.store.gate import OPEN, Gate
from tanglaw.store.parts import disk_error
from tanglaw.store.standing import ROLES, Standing
from tanglaw.store.tombstones import Tombstone, append, sealed, tombstones

FORMAT = 1
FOLDERS = ("log", "tables", "staging", "spill", "runs", "mappings", "policy")


class Facts(msgspec.Struct, frozen=True):
    """What `workspace.json` says."""

    format: int
    operational: bool
    created_at: str


@dataclass(frozen=True)
class Batch:
    """What one commit brings: staged Parquet files with their facts, tables they replace, of whose parts some stay, and
    archives read."""

    kind: str
    staged: Sequence[tuple[Path, Part]]
    replaces: Sequence[str] = ()
    stays: Sequence[Part] = ()
    deliveries: Sequence[Delivery] = ()
    arrivals: int = 0


class Workspace:
    """An opened workspace. `state` is the fold of its log as of opening or the last commit, `gate` what is withheld."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = folder / "workspace.json"
        if not facts.is_file():
            raise InitWorkspace(f"no workspace in {folder}: make one with `tanglaw init {folder}`")
        try:
            self.facts = msgspec.json.decode(facts.read_bytes(), type=Facts)
        except msgspec.DecodeError as error:
            raise CheckWorkspace(f"workspace.json cannot be read: {error}") from error
        if self.facts.format != FORMAT:
            raise CheckWorkspace(f"workspace has format {self.facts.format}, this version reads {FORMAT}")
        self._key = (folder / "key").read_bytes()
        self.ids = Ids(self._key)
        self.log = Log(folder / "log", self._key)
        self.state: State = self.log.state()
        self.gate: Gate = OPEN

    def behind(self, gate: Gate) -> Workspace:
        """The workspace for a reader from whom something is withheld, to be read only."""
        seen = copy.copy(self)
        seen.gate = gate
        return seen

    @classmethod
    def create(cls, folder: Path, operational: bool = False, key: bytes | None = None) -> Workspace:
        """Make a workspace. An existing one is opened as it is; a folder with other things in it is refused."""
        if (folder / "workspace.json").exists():
            return cls(folder)
        if folder.exists() and any(folder.iterdir()):
            raise CheckWorkspace(f"{folder} is not empty and holds no workspace")
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        handle = os.open(folder / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(key or secrets.token_bytes(32))
        facts = Facts(FORMAT, operational, now())
        replace(folder / "workspace.json", msgspec.json.encode(facts))
        return cls(folder)

    def at(self, instant: datetime) -> Workspace:
        """The workspace as its last whole run at or before `instant` left it, to be read only.

        Raises CheckUsage if no run had ended by then.
        """
        state = self.log.at(_stamp(instant))
        if state is None:
            raise CheckUsage(f"no run of this workspace had ended by {_stamp(instant)}")
        past = copy.copy(self)
        past.state = state
        return past

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the only right to write. Leftovers of a killed run are cleared first."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise WaitForOtherRun(f"another process is writing to {self.folder}") from error
            self._recover()
            try:
                yield
            finally:
                self._clear()

    def _clear(self) -> None:
        for name in ("staging", "spill"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir(exist_ok=True)

    def _recover(self) -> None:
        sealed = self.log.sealed()
        numbers = self.log.numbers()
        last = numbers[-1] if numbers else 0
        if sealed is not None and sealed[0] > last:
            raise CheckWorkspace(f"the log ends at commit {last} but {sealed[0]} were sealed: its tail was cut")
        self.state = self.log.state()
        if last and (sealed is None or sealed[0] < last):
            self.log.seal(last, self.state.head)
        tables = self.folder / "tables"
        for path in tables.rglob("*.parquet"):
            # Moved into place by a run that was killed before it could commit them.
            if path.relative_to(tables).as_posix() not in self.state.known:
                path.unlink()
        self._clear()

    def staging(self, name: str) -> Path:
        """A fresh folder for parts that are not committed yet."""
        folder = self.folder / "staging" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def files(self, table: str) -> list[Path]:
        """Parquet files of a table's current state. What linking writes may stand otherwise: ask `standing`."""
        found = self.standing(table)
        if found.changed:
            raise AssertionError(f"{table} is more than rows in files")
        return list(found.base)

    def standing(self, table: str) -> Standing:
        """How a table stands in the current state."""
        parts = self.state.parts.get(table, [])
        roles = ([self.folder / "tables" / part.file for part in parts if part.role == role] for role in ROLES)
        return Standing(*roles)

    def commit(self, run_id: str, batch: Batch) -> None:
        """Move staged parts into place and append one commit; from then on they are the workspace's state."""
        parts = []
        touched = set()
        try:
            sync_all(path for path, _ in batch.staged)
            for path, part in batch.staged:
                file = f"{part.table}/{part.sha256[:32]}.parquet"
                target = self.folder / "tables" / file
                target.parent.mkdir(exist_ok=True)
                path.replace(target)
                touched.add(target.parent)
                parts.append(msgspec.structs.replace(part, file=file))
            sync_all(touched)
            commit = Commit(
                self.state.commits + 1,
                self.state.head,
                run_id,
                now(),
                batch.kind,
                (*batch.stays, *parts),
                tuple(batch.replaces),
                tuple(batch.deliveries),
                max(batch.arrivals, self.state.arrivals),
            )
            self.state.fold(commit, self.log.append(commit))
        except OSError as error:
            raise disk_error(error) from error

    def record_run(self, run_id: str, record: dict[str, Any]) -> Path:
        """Write or renew the record of one run."""
        path = self.folder / "runs" / f"{run_id}.json"
        replace(path, msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=2))
        return path

    def run_record(self) -> dict[str, Any]:
        """The record of the run whose tables stand; empty if there was none."""
        path = self.folder / "runs" / f"{self.state.derived}.json"
        found: dict[str, Any] = msgspec.json.decode(path.read_bytes()) if self.state.derived else {}
        return found

    def keep_policy(self, digest: str, pack: bytes) -> None:
        """Keep the pack that a run goes by, once, so that the run can be explained later."""
        path = self._policy_path(digest)
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            replace(path, pack)

    def kept_policy(self) -> bytes | None:
        """The pack that the run whose tables stand went by; None if it was not kept."""
        path = self._policy_path(str(self.run_record().get("policy", {}).get("digest", "")))
        return path.read_bytes() if path.is_file() else None

    def _policy_path(self, digest: str) -> Path:
        return self.folder / "runs" / "policies" / f"{digest}.json"

    def tombstones(self) -> tuple[list[Tombstone], list[str]]:
        """What was erased, in order, and what is wrong with the record of it."""
        return tombstones(self.folder, self._key)

    def entomb(self, stone: Tombstone) -> None:
        """Append a tombstone, sealed with the workspace's key."""
        append(self.folder, sealed(stone, self._key))

    def audit(self, user: str, case: str, purpose: str, verb: str, subject: str) -> None:
        """Append one row to the chained audit file."""
        record = {"at": now(), "user": user, "case": case, "purpose": purpose, "verb": verb, "subject": subject}
        append_line(self.folder / "audit.jsonl", record)


def now() -> str:
    """The wall clock in UTC, ISO 8601 with microseconds."""
    return _stamp(datetime.now(UTC))


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
