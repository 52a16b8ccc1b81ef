"""Crafted texts: time stays linear and nothing hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pyarrow as pa
import pytest

from tanglaw.ids import Ids
from tanglaw.selectors.scan import Scanner

Batch = Callable[..., pa.RecordBatch]
MEGABYTE = 1_000_000
UNITS = [
    "a", "1", "1 ", "@", "a@", "a.", "a.com ", "http://", "http://a.com/(", "(", ":", "a:", "0x0", "telegram: ", "call ", " [at] ",
    "x at y dot ", "+1 ", "+49 1512 ", "12 34 ", "DE89 ", "DE89 3704 0044 ", "ref no ", "mtcn 1 ", "live:", "中", "a\u200b", "１",
    "@a.",
    "xn--", "1.", "aa:", "a[.]", "tel 1", "\u202e", "a_", "http://a@", "'", ".com", "imei ",
]  # fmt: skip


def seconds(text: str, batch: Batch, ids: Ids) -> float:
    """Processor seconds that a fresh scanner takes for one text."""
    scanner = Scanner(ids, "US")
    scanner(batch(["warm up: a@example.org, +1 415-555-2671, example.org"]))
    start = time.process_time()
    scanner(batch([text]))
    return time.process_time() - start


@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_one_unit_takes_seconds_at_most(unit: str, batch: Batch, ids: Ids) -> None:
    """No repeated unit makes a reader slow: at most 6 processor seconds a MB on a busy machine (3 on a quiet one)."""
    text = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
    assert seconds(text, batch, ids) < 6


@pytest.mark.parametrize("alphabet", ["0123456789 -+()", "0123456789abcdef.:@/ +-_", "ab @.[]()", "01 "])
def test_time_grows_with_length(alphabet: str, batch: Batch, ids: Ids) -> None:
    """Eight times the text takes at most sixteen times as long."""
    random = Random(11)
    long = "".join(random.choices(alphabet, k=800_000))
    short = max(0.02, seconds(long[:100_000], batch, ids))
    assert seconds(long, batch, ids) < 16 * short


@pytest.mark.slow
def test_a_message_of_a_hundred_megabytes_is_scanned(batch: Batch, ids: Ids) -> None:
    """The selectors at both ends of one huge message are found."""
    text = "a@example.org " + "see you at noon then " * 5_000_000 + " b@example.org"
    rows = Scanner(ids)(batch([text]))
    assert rows.column("value").to_pylist() == ["a@example.org", "b@example.org"]
    assert rows.column("end").to_pylist() == [13, len(text)]
