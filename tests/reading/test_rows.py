"""Rows reach their tables whole and in every way they can be given; what a file gave can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.reading.rows import columns
from tanglaw.testing.rows import memory_rows

FLAG = columns("flags", "report_id name locator")
WAYS = st.lists(st.sampled_from(["mapping", "values", "columns", "issue"]), max_size=12)
FILES = st.lists(st.tuples(WAYS, st.booleans()), max_size=8)


def give(rows: Any, way: str, name: str) -> list[str]:
    """Give rows in one of the ways; the names of those that must arrive."""
    if way == "mapping":
        rows.add("flags", {"name": name, "locator": "/"})
    elif way == "values":
        rows.put(FLAG, (None, name, "/"))
    elif way == "columns":
        rows.add_columns("flags", {"name": [name, f"{name}+"], "locator": ["/", "/"]})
        return [name, f"{name}+"]
    else:
        rows.issue("some-code", "some reason")
        return []
    return [name]


@settings(max_examples=150, deadline=None)
@given(files=FILES, flush_rows=st.sampled_from([1, 2, 5, 20, 100_000]))
def test_rows_arrive_once_unless_their_file_is_undone(files: list[tuple[list[str], bool]], flush_rows: int) -> None:
    """Whatever the way, the order and the size at which rows are written, the files that stand are whole."""
    rows, sink = memory_rows(Settings(flush_rows=flush_rows))
    expected = []
    for number, (ways, undone) in enumerate(files):
        rows.begin(f"file {number}", f"{number:064d}", 1)
        names = [name for at, way in enumerate(ways) for name in give(rows, way, f"{number}.{at}")]
        assert rows.given == len(names)
        if undone:
            rows.undo()
            assert rows.given == 0
            names = give(rows, "values", f"{number} after")
        expected += [(rows.source_id, name) for name in names]
    rows.flush()
    found = [(row["source_id"], row["name"]) for row in sink.found().get("flags", [])]
    assert sorted(found) == sorted(expected)


def test_issues_of_an_undone_file_are_gone_too() -> None:
    """An undone file leaves nothing behind, in no table."""
    rows, sink = memory_rows()
    rows.begin("file", "0" * 64, 1)
    rows.issue("some-code", "some reason")
    rows.add("flags", {"name": "viral", "locator": "/"})
    rows.undo()
    rows.flush()
    assert sink.found() == {}


def test_a_column_that_no_table_has_is_refused() -> None:
    """Neither a mapping nor a set of columns brings a column that the vocabulary does not have."""
    with pytest.raises(KeyError, match="no column colour"):
        columns("flags", "name colour")
    rows, _ = memory_rows()
    rows.begin("file", "0" * 64, 1)
    with pytest.raises(KeyError, match="no column colour"):
        rows.add("flags", {"colour": "blue"})


def test_values_and_mappings_of_one_table_stand_in_one_part() -> None:
    """Rows that came in different ways are written together, columns left out empty."""
    rows, sink = memory_rows()
    rows.begin("file", "0" * 64, 1)
    rows.put(FLAG, ("r", "viral", "/1"))
    rows.add("flags", {"name": "infant", "file_id": "f", "locator": "/2"})
    rows.flush()
    found = {row["name"]: row for row in sink.found()["flags"]}
    assert found["viral"]["file_id"] is None
    assert found["infant"]["report_id"] is None
    assert {row["source_id"] for row in found.values()} == {rows.source_id}
