"""The ledger and the clusters of an earlier run, taken again or extended by the blocks that came since.

Kept in the workspace's folder for what can be made again: the ledger as whole numbers, what was decided of each transaction,
and the three tables; beside them what all that was made of: the files of blocks, and a digest of tags and the policy's
figures. The same files and figures give the same tables again. Further files of blocks extend the ledger (`since`), and if tags
and figures are the same also the decisions (`touched`). A source left out, or a file that is gone, makes all of it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import weakref
from pathlib import Path

import msgspec

from tanglaw import __version__
from tanglaw.chain.since import LEDGER, SOURCES, Was
from tanglaw.chain.touched import DECIDED
from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.tables.chain import CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED

_MADE = (CHAIN_CLUSTERS, CHAIN_JOINS, CHAIN_REFUSED)
_OF = tuple(f"chain_{name}" for name in SOURCES)
# Raise when the rules change what they join, or the kept tables their columns.
_FORM = 6
_READ_BACK = ("tx", "addr", "out", "in")
# Traces go over these at each hop, which from files takes three times as long.
_SCANNED = ("out", "in")
_BASIS = "basis.json"
_TRIES = 3


class _Basis(msgspec.Struct):
    """What the kept tables were made of: by table its files, in the order of their names, and a digest of all else."""

    files: dict[str, list[str]]
    rules: str
    form: str


class Kept:
    """What an earlier run kept, and where this one keeps its own; without a folder or blocks nothing."""

    def __init__(self, engine: Engine, given: Given) -> None:
        self._home = given.room / "clusters" if given.room is not None and given.parts.get("chain_blocks") else None
        self._tables = given.tables
        figures = engine.rows(
            "select name, number from policy_numbers where starts_with(name, 'clusters.') order by name nulls first"
        ).to_pylist()
        rules = repr((figures, sorted(given.parts.get("address_tags", []))))
        files = {name: sorted(given.parts.get(name, [])) for name in _OF}
        self._basis = _Basis(files, hashlib.sha256(rules.encode()).hexdigest(), f"{_FORM} {__version__}")
        self._folder, self._before = self._found()

    def taken(self, engine: Engine) -> bool:
        """Make the ledger and the three tables those of the earlier run; False if there is none over the same."""
        if self._folder is None or self._before != self._basis:
            return False
        self._attached(engine, self._folder)
        return True

    def read(self, engine: Engine) -> bool:
        """Make the ledger that of the earlier run, whatever tags and figures it went by; False if it was made of other files.

        A run that replaces it meanwhile leaves the files until the engine is gone.
        """
        for _ in range(_TRIES):
            if self._folder is None or self._before is None or self._before.files != self._basis.files:
                return False
            if _held(self._folder, engine):
                self._read(engine, self._folder)
                return True
            # Replaced since it was found.
            self._folder, self._before = self._found()
        return False

    @property
    def ledger(self) -> Was | None:
        """The earlier ledger, if files only came to it."""
        if self._folder is None or self._before is None or self._tables is None:
            return None
        before, now = self._before.files, self._basis.files
        # Sources left out stand among the files by their ids.
        if any(not set(before[name]) <= set(now[name]) or not all(map(_is_file, now[name])) for name in _OF):
            return None
        fresh = {name: [self._tables / file for file in now[name] if file not in set(before[name])] for name in _OF}
        return Was(self._folder, fresh)

    @property
    def decided(self) -> Path | None:
        """The folder of the earlier decisions, if tags and figures are the same."""
        return self._folder if self._before is not None and self._before.rules == self._basis.rules else None

    def begun(self) -> Path | None:
        """An empty folder for the ledger that is made, under another name until it is whole: a run that breaks off leaves
        nothing that counts."""
        if self._home is None:
            return None
        shutil.rmtree(self._home / "begun", ignore_errors=True)
        return self._home / "begun"

    def lay(self, engine: Engine) -> None:
        """Write down what is not yet of the ledger: it does not stay in memory while clusters are made."""
        if self._home is None:
            return
        for name, schema in LEDGER.items():
            folder = self._home / "begun" / f"led_{name}"
            if folder.exists():
                continue
            files = engine.write(f"led_{name}", schema, (), folder)
            if name in _READ_BACK:
                engine.attach(f"led_{name}", files, schema)
        engine.drop("led_tx_now")

    def keep(self, engine: Engine) -> None:
        """Write the decisions and the tables down beside the ledger, and read all from there."""
        if self._home is None:
            return
        begun = self._home / "begun"
        for table in _MADE:
            engine.write(table.name, table.schema, (), begun / table.name)
        for name, (step, schema) in DECIDED.items():
            engine.write(step, schema, (), begun / f"dec_{name}")
        (begun / _BASIS).write_bytes(msgspec.json.encode(self._basis))
        folder = self._home / hashlib.sha256(msgspec.json.encode(self._basis)).hexdigest()
        shutil.rmtree(folder, ignore_errors=True)
        begun.rename(folder)
        self._attached(engine, folder)
        for other in self._home.iterdir():
            if other != folder and not _read_by_others(other):
                shutil.rmtree(other, ignore_errors=True)

    def _attached(self, engine: Engine, folder: Path) -> None:
        for table in _MADE:
            engine.attach(table.name, sorted((folder / table.name).glob("*.parquet")), table.schema)
        self._read(engine, folder)

    def _read(self, engine: Engine, folder: Path) -> None:
        for name in _READ_BACK:
            scanned = name in _SCANNED
            files = sorted((folder / f"led_{name}").glob("*.parquet"))
            engine.attach(f"kept_{name}" if scanned else f"led_{name}", files, LEDGER[name])
            if scanned:
                engine.run(Sql(f"led_{name}", f"select * from kept_{name}", keep=True))

    def _found(self) -> tuple[Path | None, _Basis | None]:
        """The folder of an earlier run of this form and version, and what it was made of: the same if there is one, else the
        newest."""
        found: list[tuple[tuple[bool, bool, float], Path, _Basis]] = []
        for path in self._home.glob(f"*/{_BASIS}") if self._home is not None else ():
            if path.parent.name == "begun":
                continue
            try:
                basis = msgspec.json.decode(path.read_bytes(), type=_Basis)
                order = (basis == self._basis, basis.files == self._basis.files, path.stat().st_mtime)
            except (OSError, msgspec.DecodeError):
                continue
            if basis.form == self._basis.form:
                found.append((order, path.parent, basis))
        return max(found, key=lambda one: one[0])[1:] if found else (None, None)


def _held(folder: Path, engine: Engine) -> bool:
    """Whether the folder is there and now stays there as long as the engine."""
    try:
        stream = (folder / _BASIS).open("rb")
    except OSError:
        return False
    fcntl.flock(stream, fcntl.LOCK_SH)
    weakref.finalize(engine, stream.close)
    # Whoever removes the folder may have come between finding and locking.
    return (folder / _BASIS).exists()


def _read_by_others(folder: Path) -> bool:
    """Whether somebody holds the folder."""
    try:
        with (folder / _BASIS).open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _is_file(name: str) -> bool:
    return name.endswith(".parquet")
