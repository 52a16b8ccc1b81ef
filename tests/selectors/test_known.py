"""What scanners remember: shared by threads, bounded, and never seen in the rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from tanglaw.ids import Ids
from tanglaw.selectors import known
from tanglaw.selectors.scan import Scanner

Batch = Callable[..., pa.RecordBatch]


@pytest.fixture
def slices(batch: Batch) -> list[pa.RecordBatch]:
    """Batches that share some of their selectors."""
    texts = [
        f"write to kim{number % 70}@example.org or +49 1512 34567{number % 90:02}, see t.me/sunny{number}\u00e9"
        for number in range(400)
    ]
    whole = batch(texts)
    return [whole.slice(place, 25) for place in range(0, len(texts), 25)]


@pytest.mark.parametrize("loops", [True, False])
def test_threads_that_share_a_scanner_give_the_rows_of_one(slices: list[pa.RecordBatch], loops: bool, ids: Ids) -> None:
    """Whoever reads a candidate first, rows and their order are the same."""
    alone = Scanner(ids, loops=loops)
    shared = Scanner(ids, loops=loops)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shared, slices)) == [alone(one) for one in slices]


@pytest.mark.parametrize("name", ["REMEMBERED", "_LETTERS", "LONG"])
def test_a_scanner_that_forgets_gives_the_same_rows(
    name: str, slices: list[pa.RecordBatch], ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered is bounded: beyond the bound it is read anew."""
    rows = [Scanner(ids)(one) for one in slices]
    monkeypatch.setattr(known, name, 10)
    forgetful = Scanner(ids)
    assert [forgetful(one) for one in slices] == rows
