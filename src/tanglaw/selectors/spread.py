"""Work spread over processes in order: what the scan does in Python holds one processor, two scans need two."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

import pyarrow as pa

T = TypeVar("T")
R = TypeVar("R")


def spread(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """What `function` makes of each item, in order; with two or more workers in processes, a few items ahead.

    Function, items and results are pickled; the function is sent once a worker, so what it remembers is used again. Of
    a record batch that is a slice only the slice is sent: pickled, it would bring the whole table along.
    Workers are spawned, since the threads of Polars do not survive a fork, and each uses one thread.
    """
    if workers < 2:
        yield from map(function, items)
        return
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    waiting: deque[Future[R]] = deque()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (function,)) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(_work, _packed(item)))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


class Packed:
    """A record batch in Arrow's stream format."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        self.data = sink.getvalue()

    def batch(self) -> pa.RecordBatch:
        """The batch as it was packed."""
        return pa.ipc.open_stream(self.data).read_next_batch()


def _packed(item: object) -> object:
    return Packed(item) if isinstance(item, pa.RecordBatch) else item


_FUNCTION: list[Callable[..., object]] = []


def _start(function: Callable[..., object]) -> None:
    # What a scanner remembers is many small objects that stay; walking over them again and again takes a fifth of its time.
    gc.set_threshold(200_000, 50, 100)
    _FUNCTION[:] = [function]


def _work(item: object) -> R:  # type: ignore[type-var]
    return _FUNCTION[0](item.batch() if isinstance(item, Packed) else item)  # type: ignore[return-value]
