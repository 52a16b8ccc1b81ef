"""Processes that work beside this one: what Python does holds one processor, so two of them need two processes.

A worker gets each item and gives each result through its own pipe: the bytes of record batches, in Arrow's stream format,
next to the pickle and not in it. Nothing is put on disk or into shared memory, so nothing is left behind when a process dies.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from threading import Condition, Thread
from typing import Any, TypeVar

import pyarrow as pa

T = TypeVar("T")
R = TypeVar("R")
# Seconds of processor that a crew spends in this process before it starts its workers: about what starting them takes.
PATIENCE = 3.0
# Seconds that a worker has to end by itself.
_TIME_TO_END = 1.0


class Packed:
    """A record batch in Arrow's stream format. Pickled, a slice of a batch would bring all of it along."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        self.data = sink.getvalue()

    def batch(self) -> pa.RecordBatch:
        """The batch as it was packed."""
        return pa.ipc.open_stream(self.data).read_next_batch()


class Crew:
    """Worker processes that each know the same functions; threads may call it, each call keeping one worker busy.

    Until the workers have started, and where one was killed or cannot be started, the caller does the work itself, so that
    results are the same whatever happens. Workers start by themselves once `patience` seconds of processor were spent that
    way; fewer than two are none. `prepare` is called in each worker before its first item. Functions, items and results are
    pickled; a function is sent once, so that what it remembers is used again. Ctrl-C is heard by this process alone, and
    workers end with it, also when it is killed.
    """

    def __init__(
        self,
        functions: Sequence[Callable[[Any], Any]],
        workers: int,
        prepare: Callable[[], object] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._functions = tuple(functions)
        self._prepare = prepare
        self._patience = patience
        self._spent = 0.0
        self._wanted = workers if workers > 1 else 0
        self._changed = Condition()
        self._started: list[_Worker] = []
        self._free: list[_Worker] = []
        self._working = 0
        self._waiting = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: Callable[[T], R], item: T) -> R:
        """What the function, one of the crew's, makes of the item. Raises what the function raises."""
        worker = self._taken()
        if worker is None:
            return self._here(function, item)
        try:
            done, result = worker.asked(self._functions.index(function), item)
        except (EOFError, OSError):
            self._lose(worker)
            return self._here(function, item)
        except BaseException:
            # What it is about to send would be taken for the answer to another question.
            self._lose(worker)
            raise
        with self._changed:
            self._free.append(worker)
            self._changed.notify()
        if not done:
            raise result
        return result  # type: ignore[no-any-return]

    def start(self, wait: bool = False) -> None:
        """Start the workers, if that was not done; `wait` until each is ready, else calls are done here meanwhile."""
        with self._changed:
            while self._wanted:
                self._wanted -= 1
                self._waiting += 1
                Thread(target=self._hire, daemon=True).start()
            while wait and self._waiting:
                self._changed.wait()

    def pids(self) -> list[int]:
        """The process ids of the workers that are ready."""
        with self._changed:
            return [worker.pid for worker in self._started]

    def close(self) -> None:
        """End the workers; one that does not end by itself is killed."""
        with self._changed:
            self._wanted = 0
            started, self._started, self._free, self._working = self._started, [], [], -1
        for worker in started:
            worker.end()

    def _here(self, function: Callable[[T], R], item: T) -> R:
        began = time.thread_time()
        try:
            return function(item)
        finally:
            with self._changed:
                self._spent += time.thread_time() - began
            if self._wanted and self._spent >= self._patience:
                self.start()

    def _taken(self) -> _Worker | None:
        """A worker for the caller alone; none where none works."""
        with self._changed:
            while self._working > 0 and not self._free:
                self._changed.wait()
            return self._free.pop() if self._free else None

    def _hire(self) -> None:
        """Start one worker and take it in once it is ready; the thread ends then."""
        worker = None
        # Whatever keeps a process from starting, its callers do without.
        with suppress(Exception):
            worker = _Worker(self._functions, self._prepare)
            worker.ready()
        with self._changed:
            self._waiting -= 1
            if worker is not None and worker.works and self._working >= 0:
                self._started.append(worker)
                self._free.append(worker)
                self._working += 1
                worker = None
            self._changed.notify_all()
        if worker is not None:
            worker.end()

    def _lose(self, worker: _Worker) -> None:
        with self._changed:
            self._working -= 1
            if worker in self._started:
                self._started.remove(worker)
            self._changed.notify_all()
        worker.end()


class _Worker:
    """This end of a worker process."""

    def __init__(self, functions: Sequence[Callable[[Any], Any]], prepare: Callable[[], object] | None) -> None:
        # Spawned, since the threads of Polars do not survive a fork; each uses one thread.
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        sent = pickle.dumps((functions, prepare))
        self._process = context.Process(target=_serve, args=(theirs, sent), daemon=True)
        self.works = False
        try:
            self._process.start()
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid or 0

    def ready(self) -> None:
        """Wait until it can be asked. Raises EOFError if it never will."""
        self.works = bool(_received(self._pipe))

    def asked(self, number: int, item: object) -> Any:
        """Whether the function gave a result, and that, or what it raised."""
        _send(self._pipe, (number, item))
        return _received(self._pipe)

    def end(self) -> None:
        """The worker ends when its pipe does, or is killed."""
        self._pipe.close()
        if self._process.pid is not None:
            self._process.join(_TIME_TO_END)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


class WithoutPandas(MetaPathFinder):
    """Arrow imports pandas, where it is installed, to know its objects: a worker makes none and saves the time."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002
        if fullname == "pandas":
            raise ModuleNotFoundError("workers do without pandas", name=fullname)


def _serve(pipe: Connection, sent: bytes) -> None:
    """What a worker does until its pipe is closed; `sent` are the functions, and what prepares them, or None."""
    # Ctrl-C reaches the whole process group; the parent alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    # What a scanner remembers is many small objects that stay; walking over them again and again takes a fifth of its time.
    gc.set_threshold(200_000, 50, 100)
    sys.meta_path.insert(0, WithoutPandas())
    functions, prepare = pickle.loads(sent)  # noqa: S301 from a process of our own
    with suppress(EOFError, OSError):
        if prepare is not None:
            prepare()
        _send(pipe, True)
        while True:
            number, item = _received(pipe)
            try:
                answer = True, functions[number](item)
            except Exception as error:
                answer = False, error
            del item
            _send(pipe, answer)


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _send(pipe: Connection, item: object) -> None:
    """One message for the pickle, which says how many follow, and one for each large buffer in it."""
    if isinstance(item, tuple) and isinstance(item[1], pa.RecordBatch):
        item = item[0], Packed(item[1])
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(item, protocol=5, buffer_callback=buffers.append)
    pipe.send_bytes(len(buffers).to_bytes(4, "little") + pickled)
    for buffer in buffers:
        pipe.send_bytes(buffer.raw())


def _received(pipe: Connection) -> Any:
    message = pipe.recv_bytes()
    buffers = [pipe.recv_bytes() for _ in range(int.from_bytes(message[:4], "little"))]
    item = pickle.loads(memoryview(message)[4:], buffers=buffers)  # noqa: S301 from a process of our own
    if isinstance(item, tuple) and isinstance(item[1], Packed):
        item = item[0], item[1].batch()
    return item
