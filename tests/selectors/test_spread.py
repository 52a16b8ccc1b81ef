"""Work spread over processes: the rows of one process, in the same order."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.crew import Crew
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.fields import Fields
from tanglaw.selectors.scan import Scanner
from tanglaw.selectors.spread import Shared, spread

Batch = Callable[..., pa.RecordBatch]
PIECES = [example.text for selector in SELECTORS.values() for example in selector.examples]
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text("@+.: 0129ax\u200b\uff11\u4e2d\n", max_size=9)), max_size=6
).map(" ".join)
SCANNER, FIELDS = Scanner(Ids(DEMO_KEY), "PH"), Fields(Ids(DEMO_KEY), "PH")


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Two workers that know a scanner and a reader of fields."""
    with Crew((SCANNER.told, FIELDS.told), 2, SCANNER.prepare) as made:
        made.start(wait=True)
        yield made


def test_slices_scanned_elsewhere_give_the_rows_of_here(batch: Batch, crew: Crew) -> None:
    """Two workers, asked by two threads, give slice by slice what one scanner gives, from a first slice of each on."""
    came = batch([f"write to kim{number % 40}@example.org, {PIECES[number % len(PIECES)]}" for number in range(300)])
    slices = [came.slice(place, 30) for place in range(0, 300, 30)]
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(Shared(SCANNER, crew), slices)) == [SCANNER(one) for one in slices]
    assert len(crew.pids()) == 2


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), TEXTS), max_size=6), cut=st.integers(0, 6))
def test_any_texts_give_equal_rows_both_ways(texts: list[str | None], cut: int, batch: Batch, crew: Crew) -> None:
    """Whatever is written, worker processes, compiled loops and expressions give the same rows, texts and fields."""
    came = batch(texts, "US", ["phone", "email", "wallet", "url", "card", "name"][: len(texts)])
    came = came.slice(min(cut, len(texts)))
    rows = Shared(SCANNER, crew)(came)
    for loops in (True, False):
        assert rows.equals(Scanner(SCANNER.ids, "PH", loops=loops)(came))
    assert Shared(FIELDS, crew)(came).equals(FIELDS(came))


def test_items_come_back_in_order() -> None:
    """Spread over two processes, results stand in the order of their items."""
    assert list(spread(math.sqrt, range(40), 2)) == [math.sqrt(number) for number in range(40)]


def test_sent_elsewhere_it_is_the_reader_alone(batch: Batch) -> None:
    """An engine that pickles its functions gets the scanner, without processes."""
    with Crew((SCANNER.told,), 2) as crew:
        sent = pickle.loads(pickle.dumps(Shared(SCANNER, crew)))
    assert isinstance(sent, Scanner)
    assert sent(batch(PIECES)).equals(SCANNER(batch(PIECES)))
