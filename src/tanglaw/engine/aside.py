"""Long calls into an engine run aside, so that Ctrl-C is heard at once and ends them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


class Aside:
    """One thread in which calls are made, one after the other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)

    def call(self, work: Callable[[], Result], stop: Callable[[], object]) -> Result:
        """What `work` gives. If Ctrl-C comes meanwhile, `stop` is called, `work` is waited for, and it goes on up."""
        future = self._thread.submit(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            with suppress(Exception):
                stop()
            wait([future])
            raise

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)
