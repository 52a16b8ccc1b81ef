"""Work spread over processes: items in order, or record batches as an engine hands them over."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from tanglaw.crew import Crew
from tanglaw.selectors.rows import carried

T = TypeVar("T")
R = TypeVar("R")


def spread(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """What `function` makes of each item, in order; with two or more workers in processes, a few items ahead."""
    if workers < 2:
        yield from map(function, items)
        return
    waiting: deque[Future[R]] = deque()
    with Crew((function,), workers) as crew, ThreadPoolExecutor(workers) as threads:
        crew.start(wait=True)
        try:
            for item in items:
                waiting.append(threads.submit(crew.call, function, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


class Reads(Protocol):
    """Makes `selectors` rows of batches: `Scanner`, `Fields`."""

    needs: tuple[str, ...]

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of table `selectors`."""

    def told(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """These rows as `rows.told` gives them, of a batch of the columns `needs`."""


class Shared:
    """A reader of batches whose work a crew does: only the columns that it needs are sent, and only what it told comes back.

    Sent elsewhere, as to Spark's executors, it is the reader alone.
    """

    def __init__(self, reader: Reads, crew: Crew) -> None:
        self._reader, self._crew = reader, crew

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows that the reader gives."""
        rows = self._crew.call(self._reader.told, batch.select(list(self._reader.needs)))
        return carried(batch, rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return _itself, (self._reader,)


def _itself(reader: Reads) -> Reads:
    return reader
