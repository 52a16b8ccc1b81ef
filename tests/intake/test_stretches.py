"""A file that several workers read in stretches gives what one worker gives that reads all of it."""

from __future__ import annotations

import codecs
import copy
import json
import os
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.intake import run as intake_run
from tanglaw.intake.pieces import Piece, Task
from tanglaw.intake.places import OnDisk, stamp_of
from tanglaw.intake.stretches import put_together, read_stretch, stretches_of
from tanglaw.intake.tasks import Done, read_task
from tests.intake.conftest import Bench, tar_of
from tests.sources.test_cybertip_json_together import RECORD, changed

IDS = Ids(DEMO_KEY)
Rows = dict[str, Counter[str]]


def piece_of(folder: Path, data: bytes) -> Piece:
    file = folder / "tips.json"
    file.write_bytes(data)
    return Piece("tips.json", 3, "d", "5" * 64, "s", len(data), place=OnDisk(str(file), stamp_of(file)))


def rows_of(done: Done) -> Rows:
    found: Rows = {}
    for path, part in done.parts:
        found.setdefault(part.table, Counter()).update(map(repr, pq.read_table(path).to_pylist()))
    assert {table: sum(rows.values()) for table, rows in found.items()} == dict(done.rows)
    return found


def in_stretches(piece: Piece, size: int, staging: Path, given: Settings) -> tuple[Done, int]:
    """What stretches of about `size` bytes give together, and how many they are."""
    found = stretches_of(piece, given, lambda _: size)
    read = [read_stretch(Task(number, ((piece,),), one), IDS, given, staging) for number, one in enumerate(found)]
    return (put_together(piece, read, IDS, given, staging) if read else Done(0, (), unfit=True)), len(read)


def assert_equal(folder: Path, data: bytes, size: int, given: Settings = Settings()) -> int:  # noqa: B008
    """Hold both ways to the same rows; returns how many stretches there were, 0 if the file is read as a whole."""
    piece = piece_of(folder, data)
    done, count = in_stretches(piece, size, folder, given)
    if done.unfit:
        assert not done.parts and not list(folder.glob("*.parquet"))
        return 0
    whole = read_task(Task(99_999, ((piece,),)), IDS, given, folder)
    assert rows_of(done) == rows_of(whole)
    assert done.formats == whole.formats
    return count


def document(records: list[Any], layout: str, indent: int | None = None) -> bytes:
    if layout == "lines":
        return "\n".join(json.dumps(one) for one in records).encode("utf-8", "surrogatepass")
    value: Any = {"count": len(records), "of": None, "reports": records, "made": "x"} if layout == "list" else records
    return json.dumps(value, indent=indent).encode("utf-8", "surrogatepass")


def numbered(count: int) -> list[dict[str, Any]]:
    return [RECORD | {"reportId": 100_000_001 + number} for number in range(count)]


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    layout=st.sampled_from(["array", "list", "lines"]),
    indent=st.sampled_from([None, 1]),
    size=st.integers(1, 30_000),
    mark=st.booleans(),
    limit=st.sampled_from([3, 1_000]),
)
def test_rows_do_not_depend_on_where_a_file_is_cut(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    layout: str,
    indent: int | None,
    size: int,
    mark: bool,
    limit: int,
) -> None:
    """Odd, unknown, wrapped and repeated values in any record: rows, ids, places, issues and quarantine are equal."""
    chance = random.Random(seed)
    records: list[Any] = [
        changed(copy.deepcopy(one), chance) if chance.random() < 0.6 else one for one in numbered(chance.randint(1, 8))
    ]
    records.insert(chance.randint(0, len(records)), chance.choice(["see you at noon", None, [1], {"extra": 1}]))
    data = (codecs.BOM_UTF8 if mark else b"") + document(records, layout, indent)
    folder = tmp_path_factory.mktemp("stretches")
    assert_equal(folder, data, size, Settings(max_issues_per_file=limit))


@pytest.mark.parametrize("layout", ["array", "list", "lines"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_good_files_are_cut(tmp_path: Path, layout: str, mark: bytes) -> None:
    """Arrays, lists in an object and lines, also behind a byte order mark, are read in several stretches."""
    assert assert_equal(tmp_path, mark + document(numbered(12), layout), 8_000) > 2


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), layout=st.sampled_from(["array", "list", "lines"]), size=st.integers(1, 20_000))
def test_damaged_files_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, seed: int, layout: str, size: int
) -> None:
    """With bytes changed, cut out or cut off, a file is read as a whole, or in stretches with the same rows."""
    chance = random.Random(seed)
    data = bytearray(document(numbered(6), layout))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(1, len(data))
        if chance.random() < 0.6:
            data[place] = chance.choice(b'"\\{}[],: \t\r\n\x00\x80\xc3\xffx0-.tfn')
        else:
            del data[place : place + chance.choice([1, 5, 30, 100_000])]
    assert_equal(tmp_path_factory.mktemp("stretches"), bytes(data), size)


@pytest.mark.parametrize(
    "data",
    [
        document(numbered(4), "array").replace(b"}, {", b"},, {", 1),
        document(numbered(4), "array") + b" x",
        document(numbered(4), "array").decode().encode("utf-16"),
        json.dumps(RECORD).encode(),
    ],
)
def test_what_is_odd_is_read_as_a_whole(tmp_path: Path, data: bytes) -> None:
    """Doubled commas, text behind the end, other encodings and a single record are not cut."""
    assert assert_equal(tmp_path, data, 3_000) == 0


def test_a_list_that_stands_twice_is_not_cut(tmp_path: Path) -> None:
    """Where the key of the list stands twice, places would not be those of one array."""
    one = json.dumps(numbered(3))
    assert assert_equal(tmp_path, f'{{"reports": {one}, "reports": {one}}}'.encode(), 3_000) == 0


def test_a_file_that_changed_gives_nothing_in_stretches(tmp_path: Path) -> None:
    """A stretch of a file that is no longer what was digested is unfit, and leaves no part behind."""
    piece = piece_of(tmp_path, document(numbered(6), "array"))
    first, *_ = stretches_of(piece, Settings(), lambda _: 4_000)
    os.utime(tmp_path / "tips.json", ns=(1, 1))
    assert read_stretch(Task(1, ((piece,),), first), IDS, Settings(), tmp_path).unfit
    assert not list(tmp_path.glob("*.parquet"))


def tables(bench: Bench) -> Mapping[str, Counter[str]]:
    wanted = ("sources", "report_documents", "accounts", "issues", "quarantine", "captures")
    return {table: Counter(map(repr, bench.rows(table))) for table in wanted}


def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small file take the way of large ones."""
    monkeypatch.setattr(intake_run, "_ALONE_BELOW", 1)
    monkeypatch.setattr(intake_run, "_MANY_FROM", 1)
    monkeypatch.setattr(intake_run, "LEAST", 20_000)
    monkeypatch.setattr("tanglaw.intake.walk.INLINE", 1_000)
    monkeypatch.setattr(intake_run, "INLINE", 1_000)


def test_a_file_that_changes_after_it_was_cut_is_set_aside(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of a file that changed since are dropped, the file is set aside with the reason, and a later run reads it."""
    small_limits(monkeypatch)
    file = bench.put("tips.json", document(numbered(40), "array"))
    cut = intake_run.stretches_of

    def touched(*words: Any) -> list[Any]:
        found = cut(*words)
        os.utime(file, ns=(1, 1))
        return found

    monkeypatch.setattr(intake_run, "stretches_of", touched)
    assert bench.take_in(workers=2).formats == {"quarantine": 1}
    assert [row["code"] for row in bench.rows("quarantine")] == ["changed-while-read"]
    assert bench.rows("report_documents") == [] and not list(bench.workspace.folder.rglob("*whole*"))
    monkeypatch.setattr(intake_run, "stretches_of", cut)
    assert bench.take_in(retry=True, workers=2).rows["report_documents"] == 40


@pytest.mark.parametrize("fault", ["", "broken", "tar"])
def test_the_whole_intake_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """One worker or several, a file alone, in a tar, or damaged in its middle: the same tables, and nothing twice."""
    records = numbered(40)
    data = document(records, "array")
    if fault == "broken":
        data = data.replace(b'"reportId": 100000020', b'"reportId": 1000.0.0020')
    small_limits(monkeypatch)
    found = []
    for workers in (1, 2):
        (tmp_path / str(workers)).mkdir()
        bench = Bench(tmp_path / str(workers))
        bench.put("a/mail.csv", b"see,you\nat,noon\n")
        if fault == "tar":
            bench.put("b.tar", tar_of({"tips.json": data}))
        else:
            bench.put("a/tips.json", data)
        done = bench.take_in(workers=workers, batch_bytes=1)
        assert done.rows["report_documents"] == len(records) - (fault == "broken")
        assert (len(bench.workspace.files("report_documents")) > 1) == (workers == 2 and fault != "broken")
        found.append(tables(bench))
        assert bench.take_in(workers=workers).rows == {}
    assert found[0] == found[1]
