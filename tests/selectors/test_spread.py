"""Work spread over processes: the same results in the same order, and no more sent than is worked on."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pyarrow as pa

from tanglaw.ids import Ids
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.spread import Packed, spread

Batch = Callable[..., pa.RecordBatch]


def test_slices_scanned_elsewhere_give_the_rows_of_here(batch: Batch, ids: Ids) -> None:
    """Two workers give, slice by slice, what one scanner gives."""
    came = batch([f"write to kim{number}@example.org at noon" for number in range(90)])
    slices = [came.slice(place, 30) for place in range(0, 90, 30)]
    scanner = Scanner(ids)
    assert list(spread(scanner, slices, 2)) == [scanner(one) for one in slices]


def test_of_a_slice_only_the_slice_is_sent(batch: Batch) -> None:
    """Ten rows out of ten thousand are sent as ten, with empty texts and columns as they are."""
    came = batch(["see you at noon by the river", None] * 5_000)
    some = came.slice(4_000, 10)
    sent = pickle.dumps(Packed(some))
    assert len(sent) < 5_000 < len(pickle.dumps(some))
    assert pickle.loads(sent).batch().equals(some)
