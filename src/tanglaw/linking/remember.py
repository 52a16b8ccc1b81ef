"""What a run of linking leaves for the next one, in the workspace's folder of what can be made again."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.engine.base import Changed, Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.identity import folding
from tanglaw.linking import cases, proposals, ties
from tanglaw.linking.fresh import GROWING, MEMBERS, MENTIONS, REPORTED
from tanglaw.linking.kept import SHAPES, Kept, Writer, hashes
from tanglaw.linking.touched import Limits
from tanglaw.linking.update import Sizes, Update
from tanglaw.linking.whole import Whole

# A whole run is made anew when the later segments are so many, or hold so much of what the first does.
_SEGMENTS, _SHARE, _ROWS = 64, 0.2, 1_000_000
_READ_ROWS, _BATCH_ROWS = 1 << 16, 1 << 20

AFTER_HOLDERS = (
    ("accounts", "select account_id from link_accounts"),
    (
        "reported",
        f"{REPORTED.format('')} union all select report_id, cast(null as varchar) as account_id"
        f" from ({MENTIONS.format('')}) m where report_id is not null",
    ),
    ("held", "select account_id, type, value, share, stated, record_id from link_held"),
    *((table, f"select * from {step}") for table, step in GROWING.items()),
    ("members", MEMBERS.format("")),
    ("reports", "select report_id from reports"),
    ("named", proposals.NAMED.format("")),
    ("paid", ties.PAID.format("")),
    ("beyond", "select account_id, type, value from link_beyond"),
    ("listing", "select distinct account_id from link_listing"),
    ("counts", "select 1 as look, type, value, exact from link_values"),
    ("judgements", "select decision_id, kind, a, b from judgements"),
)


AFTER_ALL = (("shared", "select * from case_shared"), ("proposed", "select report_id, proposal_id from proposals"))


def after_look(look: int) -> tuple[tuple[str, str], ...]:
    """Kept tables, with the SQL that gives their rows, once the pairs of a look are weighed."""
    counts = ("counts", "select 2 as look, type, value, exact from link_held_by")
    joins = "" if look == 1 else " where joins"
    return (
        ("combined", f"select {look} as look, account_id, value from link_combined"),
        ("crowds", f"select {look} as look, value, slot, exact from link_crowded"),
        (f"pairs{look}", f"select a, b, milli, shared, probability, joins, core from link_strong{joins}"),
        *([counts] * (look == 2)),
    )


def after_join(look: int) -> tuple[tuple[str, str], ...]:
    """The same once they are joined."""
    return ((f"roots{look}", "select node, root from link_roots"),)


_ALL = (AFTER_HOLDERS, after_look(1), after_join(1), after_look(2), after_join(2), AFTER_ALL)
# How many times rows of a kept table are written down in a whole run.
_TIMES = Counter(table for tables in _ALL for table, _ in tables)


class _Facts(msgspec.Struct):
    """What `state.json` says: what the tables held, by which rules they were linked, and how many accounts there are."""

    basis: str
    rules: str
    segments: list[str]
    accounts: int
    groups: int


@dataclass
class Memory:
    """What is kept of earlier runs in `folder` (None: nothing is), and what this run keeps."""

    folder: Path | None
    basis: tuple[str, str]
    rules: str
    refused: str
    limits: Limits
    files: dict[str, list[list[Path]]] = field(default_factory=dict)
    first: Writer | None = None
    made: dict[str, Future[int]] = field(default_factory=dict)
    # One thread more, since not every step keeps all processors busy.
    aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @classmethod
    def of(cls, engine: Engine, given: Given) -> Memory:
        """For this run; `refused` says why all is linked whatever is kept, empty if it need not be."""
        settings = engine.rows("select * from link_settings").to_pylist()[0]
        floors = engine.rows("select * from link_floors order by type nulls last").to_pylist()
        types = pl.DataFrame(pl.from_arrow(engine.rows("select type, holders_max from link_types")))
        limits = Limits(settings["propose_holders_max"], settings["values_per_account_max"], types)
        rules = _digest(repr((settings, floors, _code(), pl.__version__)))
        folder = given.room / "linking" if given.room and given.basis[1] and engine.name == "duckdb" else None
        refused = "it was asked for" if given.relink else "" if folder else "nothing is kept for it here"
        return cls(folder, given.basis, rules, refused, limits)

    def update(self, engine: Engine) -> dict[str, Changed]:
        """Link what changed, and how each table did. Raises Whole if all is to be linked."""
        facts = self._facts()
        assert self.folder is not None
        before = Kept(self.folder, facts.segments)
        first, later = before.sizes()
        if len(facts.segments) > _SEGMENTS or later > max(_ROWS, _SHARE * first):
            raise Whole("much was added since the last whole run")
        sizes = Sizes(facts.accounts, facts.groups)
        made = Update(engine, before, before.again(), self.limits, sizes, Sizes(facts.accounts, facts.groups))
        made.run()
        changed = made.changed | cases.update(made)
        name = f"{len(facts.segments):04d}"
        Writer(self.folder / name).over(made.after)
        self._write([*facts.segments, name], made.now)
        return changed

    def _facts(self) -> _Facts:
        if self.refused or self.folder is None:
            raise Whole(self.refused)
        path = self.folder / "state.json"
        if not path.is_file():
            raise Whole("there is no earlier run to go on from")
        try:
            facts = msgspec.json.decode(path.read_bytes(), type=_Facts)
        except msgspec.DecodeError:
            raise Whole("what was kept cannot be read") from None
        if facts.rules != self.rules:
            raise Whole("policy, weights or version changed")
        if not self.basis[0] or facts.basis != self.basis[0]:
            raise Whole("more changed than new evidence and judgements")
        return facts

    def keep(self, engine: Engine, tables: Sequence[tuple[str, str]]) -> None:
        """Write down the rows of these kept tables; each is made ready aside once all its rows are there."""
        if self.folder is None:
            return
        if not self.first:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.first = Writer(self.folder / "0000")
        for number, (table, sql) in enumerate(tables):
            step = f"kept_{table}"
            engine.run(Sql(step, sql))
            files = self.files.setdefault(table, [])
            folder = self.folder / "rows" / f"{table}-{len(files)}-{number}"
            files.append(engine.write(step, SHAPES[table].schema, (), folder))
            if len(files) == _TIMES[table]:
                self.made[table] = self.aside.submit(
                    _ready, self.first, table, [file for part in files for file in part]
                )

    def done(self, engine: Engine) -> None:
        """Make the first segment of what was written down."""
        if self.folder is None:
            return
        rows = {table: made.result() for table, made in self.made.items()}
        shutil.rmtree(self.folder / "rows", ignore_errors=True)
        groups = engine.rows("select count(*) as n from link_accounts").to_pylist()[0]["n"]
        self._write(["0000"], Sizes(rows["accounts"], groups))

    def close(self) -> None:
        """End what is made aside."""
        self.aside.shutdown(cancel_futures=True)

    def _write(self, segments: list[str], sizes: Sizes) -> None:
        assert self.folder is not None
        facts = _Facts(self.basis[1], self.rules, segments, sizes.accounts, sizes.groups)
        beside = self.folder / "state.json.new"
        beside.write_bytes(msgspec.json.encode(facts))
        beside.replace(self.folder / "state.json")


def _ready(writer: Writer, table: str, files: Sequence[Path]) -> int:
    """Write a kept table from its files, which go; how many rows it has."""
    rows = writer.write(table, _batches(files))
    for file in files:
        file.unlink()
    return rows


def _batches(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """All rows in few large batches, since each batch in which something is found costs a call."""
    held: list[pa.RecordBatch] = []
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(_READ_ROWS):
            held.append(batch)
            if sum(one.num_rows for one in held) >= _BATCH_ROWS:
                yield from _one(held)
                held = []
    if held:
        yield from _one(held)


def _one(batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    return pa.Table.from_batches(batches).combine_chunks().to_batches()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _code() -> str:
    """The steps themselves and how names are folded, so that no other version goes on where this one stopped; and how Polars
    hashes here."""
    texts = [path.read_bytes() for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(folding.__file__))]
    probe = hashes(pl.DataFrame({"text": ["probe"], "number": [1]}), ["text", "number"])
    return _digest(repr((texts, version("anyascii"), probe.tolist())))
