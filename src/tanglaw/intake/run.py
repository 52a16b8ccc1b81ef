"""Takes an inbox in: digests every file once, hands files to workers, commits whole batches."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa

from tanglaw.config import MIB, Settings
from tanglaw.crew import WithoutPandas
from tanglaw.errors import CheckUsage
from tanglaw.intake.custody import Stated
from tanglaw.intake.pieces import BESIDE, COMPANIONS, Piece, Task
from tanglaw.intake.places import Place
from tanglaw.intake.seen import Seen
from tanglaw.intake.stretches import LEAST, put_together, read_stretch, stretches_of
from tanglaw.intake.tasks import Done, read_task, without_cycles
from tanglaw.intake.walk import (
    BROKEN,
    HEAD,
    INLINE,
    Found,
    Plain,
    Refused,
    files_of,
    kind_of,
    shown,
    start_of,
    walk_file,
)
from tanglaw.reading.item import Stretch
from tanglaw.reading.media import is_media
from tanglaw.store.commits import Delivery
from tanglaw.store.parts import PartWriter, file_digest
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES

# An inbox below this size is read in this process: starting workers would take longer.
_ALONE_BELOW = 4 * MIB
_LARGEST_TASK = 16 * MIB
# From here the compiled loops save more than each process takes to load them.
_MANY_FROM = 32 * MIB
# Without Polars: a thread that it starts does not survive the fork, so each worker imports it itself.
_PRELOADED = [
    "pyarrow.parquet",
    "tanglaw.reading.json_stream",
    "tanglaw.reading.report_rows",
    "tanglaw.reading.tabular.recognise",
    "tanglaw.reading.xml",
    "tanglaw.selectors",
    "yaml",
]
_COMPILED = ["tanglaw.reading.report_blocks", "tanglaw.reading.scan_loops"]

Progress = Callable[[int, int, str], None]


@dataclass
class Intake:
    """What one intake did: files by what they were taken as, rows by table, archives passed over as known."""

    formats: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    deliveries: int = 0
    known: int = 0


@dataclass
class _Note:
    """What the walk knows about a task that its worker need not: written in the commit that holds the task.

    For a stretch of `piece`, `last` says that it is the last one; before a task that is not `whole` nothing is
    committed, since what was walked before it is still to come.
    """

    reached: int
    custody: list[dict[str, Any]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    piece: Piece | None = None
    last: bool = False
    whole: bool = True


def take_in(
    workspace: Workspace,
    inbox: Path,
    settings: Settings,
    run_id: str,
    progress: Progress | None = None,
    retry: bool = False,
) -> Intake:
    """Read everything in `inbox` that was not read before and commit it in whole batches.

    An archive that was read to its end is passed over by its digest. `retry` also reads again what was
    quarantined whole. Raises CheckUsage if there is no such inbox, FreeSpace if the disk is full.
    """
    if not inbox.exists():
        raise CheckUsage(f"no such file or folder: {inbox}")
    return _Taker(workspace, inbox, settings, run_id, retry).run(progress)


class _Taker:
    """One intake in progress."""

    def __init__(self, workspace: Workspace, inbox: Path, settings: Settings, run_id: str, retry: bool) -> None:
        self.workspace, self.inbox, self.settings, self.run_id = workspace, inbox, settings, run_id
        self.root = shown(str(inbox.resolve()))
        self.stated = Stated(settings, ())
        self.seen = Seen(workspace, retry)
        self.source_of = workspace.ids.under("source")
        self.retry = retry
        self.arrival = workspace.state.arrivals
        self.staging = workspace.staging(run_id)
        self.result = Intake()
        self.notes: dict[int, _Note] = {}
        self.open: Counter[str] = Counter()
        self.batch: list[Done] = []
        self.batch_bytes = 0
        self.commits = 0
        # What the task now being filled will carry.
        self.groups: list[tuple[Piece, ...]] = []
        self.group: list[Piece] = []
        self.folder = ""
        self.task_bytes = 0
        self.note = _Note(self.arrival)
        self.tasks = 0
        self.many = self.divides = False
        # The stretches of a file that are read so far.
        self.stretches: list[Done] = []
        self.read: Callable[[Task], Future[Done]] = self._read_here

    def run(self, progress: Progress | None) -> Intake:
        files = list(files_of(self.inbox))
        self.stated = Stated(self.settings, [(one.name, one.file) for one in files if isinstance(one, Plain)])
        total = sum(one.size for one in files if not isinstance(one, Refused))
        workers = self.settings.workers or os.cpu_count() or 1
        self.share = workers * 4
        self._fill_up_to(total)
        self.many = total >= _MANY_FROM
        executor: Executor | None = None
        if total >= _ALONE_BELOW and workers > 1:
            executor = ProcessPoolExecutor(workers, _context(self.many), _quiet_worker)
            # The workers' parent imports what they need while the first files are digested here.
            forkserver.ensure_running()
            self.divides = self.many
            self.read = partial(self._read_there, executor)
        try:
            with without_cycles():
                self._drain(self._tasks(files, total, progress), workers if executor else -1)
            self._commit()
        finally:
            if executor is not None:
                executor.shutdown(wait=True, cancel_futures=True)
        return self.result

    def _fill_up_to(self, left: int) -> None:
        """Set how large a task gets: smaller ones towards the end let all workers finish together."""
        self.full = max(MIB, min(_LARGEST_TASK, left // self.share))

    def _size(self, rest: int, left: int) -> int:
        """How large a stretch gets where `left` bytes of its file and `rest` bytes behind it are left."""
        return max(LEAST, min(_LARGEST_TASK, (left + rest) // self.share))

    def _drain(self, tasks: Iterator[Task], ahead: int) -> None:
        """Run tasks in order, a few ahead, committing whenever a batch is full."""
        waiting: list[Future[Done]] = []
        for task in tasks:
            waiting.append(self.read(task))
            if len(waiting) > ahead + 1:
                self._done(waiting.pop(0).result())
        for future in waiting:
            self._done(future.result())

    def _read_here(self, task: Task) -> Future[Done]:
        done: Future[Done] = Future()
        done.set_result(read_task(task, self.workspace.ids, self.settings, self.staging, self.many))
        return done

    def _read_there(self, executor: Executor, task: Task) -> Future[Done]:
        given = (task, self.workspace.ids, self.settings, self.staging)
        return executor.submit(read_stretch, *given) if task.stretch else executor.submit(read_task, *given, self.many)

    def _done(self, done: Done) -> None:
        note = self.notes[done.number]
        if note.piece is not None:
            self.stretches.append(done)
            if not note.last:
                self.notes.pop(done.number)
                return
            done = put_together(note.piece, self.stretches, self.workspace.ids, self.settings, self.staging)
            self.stretches = []
            if done.unfit:
                done = self.read(Task(done.number, ((note.piece,),))).result()
        self.batch.append(done)
        self.result.formats.update(done.formats)
        self.result.rows.update(done.rows)
        self.open.update(done.open)
        self.batch_bytes += sum(part.size for _, part in done.parts)
        if self.batch_bytes >= self.settings.batch_bytes and note.whole:
            self._commit()

    def _commit(self) -> None:
        """Commit what the finished tasks gave, with the custody rows and archive ends that belong to them."""
        if not self.batch:
            return
        notes = [self.notes.pop(done.number) for done in self.batch]
        staged = [one for done in self.batch for one in done.parts]
        custody = [row for note in notes for row in note.custody]
        if custody:
            self.commits += 1
            writer = PartWriter(self.staging, f"custody-{self.commits:05d}")
            writer.write("deliveries", pa.Table.from_pylist(custody, schema=TABLES["deliveries"].schema))
            staged.extend((self.staging / part.file, part) for part in writer.parts)
        archives = [Delivery(one, False, 0) for note in notes for one in note.started]
        archives += [Delivery(one, True, self.open[one]) for note in notes for one in note.finished]
        if staged or archives:
            reached = max(note.reached for note in notes)
            self.workspace.commit(self.run_id, Batch("intake", staged, deliveries=archives, arrivals=reached))
        self.batch, self.batch_bytes = [], 0

    def _tasks(self, files: list[Plain | Refused], total: int, progress: Progress | None) -> Iterator[Task]:
        """Walk all files into tasks: documents of one folder stay together."""
        done = 0
        for one in files:
            if isinstance(one, Refused):
                refused = self._refused(one, "")
                if refused:
                    self._put(refused)
                continue
            size = 0
            for piece in self._pieces(one):
                size += piece.size
                folder = piece.path.rpartition("/")[0]
                if folder != self.folder:
                    if self.group:
                        yield from self._close_group()
                        self._fill_up_to(total - done - max(size, piece.offset))
                    self.folder = folder
                if self.divides and piece.size >= 2 * LEAST:
                    sizes = partial(self._size, total - done - max(size, piece.offset))
                    if stretches := stretches_of(piece, self.settings, sizes):
                        yield from self._divided(piece, stretches)
                        continue
                self._put(piece)
                if self.task_bytes >= 2 * self.full:
                    yield from self._close_group()
                    self._fill_up_to(total - done - max(size, piece.offset))
                if progress and self.arrival % 512 == 0:
                    progress(min(done + size, total), total, one.name)
            done += one.size
            if progress:
                progress(min(done, total), total, one.name)
        yield from self._close_group(last=True)

    def _put(self, piece: Piece) -> None:
        self.group.append(piece)
        self.note.reached = piece.arrival
        if piece.data is not None or piece.tape is not None:
            self.task_bytes += piece.size
        elif piece.place is not None:
            # A large file is a task of its own weight: it is streamed by its worker.
            self.task_bytes += self.full

    def _divided(self, piece: Piece, stretches: Sequence[Stretch]) -> Iterator[Task]:
        """The stretches of a file as tasks."""
        self.note.reached = piece.arrival
        for stretch in stretches:
            self.tasks += 1
            note = _Note(piece.arrival, piece=piece)
            if stretch is stretches[-1]:
                note.last, note.whole = True, not (self.group or self.groups)
                if note.whole:
                    note = replace(self.note, piece=piece, last=True)
                    self.note = _Note(self.arrival)
            self.notes[self.tasks] = note
            yield Task(self.tasks, ((piece,),), stretch)

    def _close_group(self, last: bool = False) -> Iterator[Task]:
        if self.group:
            self.groups.append(tuple(self.group))
            self.group = []
        if self.task_bytes >= self.full or len(self.groups) >= 20_000 or (last and (self.groups or self.note.finished)):
            self.tasks += 1
            self.notes[self.tasks] = self.note
            yield Task(self.tasks, tuple(self.groups))
            self.groups, self.task_bytes, self.note = [], 0, _Note(self.arrival)

    def _pieces(self, plain: Plain) -> Iterator[Piece]:
        """The pieces of one delivered file: itself, or the members of the archive that it is."""
        path = plain.name
        try:
            start = start_of(plain.file)
            archive = bool(kind_of(start.head))
            digest = file_digest(Path(plain.file)) if archive else ""
        except OSError as error:
            refused = self._refused(Refused(path, "unreadable", f"cannot be read: {error.strerror}"), "")
            if refused:
                yield refused
            return
        ids = self.workspace.ids
        delivery = ids.of("delivery", digest) if archive else ""
        known = self.workspace.state.deliveries.get(delivery)
        if known and known.done and (not known.open or not (self.retry or self.seen.has_open)):
            self.result.known += 1
            return
        stated = archive
        if archive and not known:
            self._custody(delivery, plain, digest)
            self.note.started.append(delivery)
        for found in walk_file(path, plain.file, start, self.settings):
            if isinstance(found, Refused):
                piece: Piece | None = self._refused(found, delivery)
            else:
                piece = self._piece(found, delivery)
            if piece is None:
                continue
            # What is read again was delivered once.
            if not stated and not piece.again and piece.verdict != BESIDE:
                self._custody(piece.delivery_id, plain, piece.sha256)
                stated = True
            yield piece
        if archive:
            self.note.finished.append(delivery)

    def _piece(self, found: Found, delivery: str) -> Piece | None:
        """Digest one file. None if it was read before."""
        path = found.path
        try:
            sha256, md5, size, data, place = _digested(found, self.settings)
        except BROKEN as error:
            return self._refused(Refused(path, "unreadable", f"cannot be read: {error}"), delivery)
        if md5 is None and data is None and place is None:
            reason = f"member of {found.size} bytes is over the limit (max_member_bytes): deliver it unpacked"
            return self._refused(Refused(path, "too-large", reason), delivery)
        ids = self.workspace.ids
        source = self.source_of(sha256)
        verdict = self.seen.verdict(source, path)
        where = delivery or ids.of("delivery", sha256)
        if verdict == "known":
            self.result.known += 1
            if not path.endswith(COMPANIONS):
                return None
        else:
            self.arrival += 1
        arrival = self.arrival
        # A mapping serves every table that it lies beside, also where its bytes were seen before.
        if verdict in ("known", "copy") and not path.endswith(COMPANIONS):
            return Piece(path, arrival, where, sha256, source, size, "copy")
        if md5 is not None:
            return Piece(path, arrival, where, sha256, source, size, "media", note=md5)
        tape = found.tape
        if tape is not None:
            # Its worker reads it again: cheaper than to send it there.
            data = None
        taken = {"known": BESIDE, "copy": "copy"}.get(verdict, "read")
        return Piece(
            path, arrival, where, sha256, source, size, taken, data, place, "", verdict == "again", tape, found.offset
        )

    def _refused(self, refused: Refused, delivery: str) -> Piece | None:
        """A piece that only says why it was not read; its digest is that of its path and reason."""
        path, code, reason = refused
        sha256 = hashlib.sha256(f"{path}\n{code}".encode("utf-8", "surrogatepass")).hexdigest()
        ids = self.workspace.ids
        source = ids.of("source", sha256)
        if self.seen.verdict(source, path) != "new":
            return None
        self.arrival += 1
        where = delivery or ids.of("delivery", sha256)
        return Piece(path, self.arrival, where, sha256, source, 0, code, note=reason)

    def _custody(self, delivery: str, plain: Plain, sha256: str) -> None:
        self.result.deliveries += 1
        # No folder below the inbox is a link, so only the inbox itself needs to be resolved.
        inside = plain.file != str(self.inbox)
        self.note.custody.append(
            {
                "delivery_id": delivery,
                "path": plain.name,
                "sha256": sha256,
                "size": plain.size,
                "place": f"{self.root}/{plain.name}" if inside else self.root,
                "taken_in_at": datetime.now(UTC),
                **self.stated.of(plain.name),
            }
        )


def _digested(found: Found, settings: Settings) -> tuple[str, str | None, int, bytes | None, Place | None]:
    """SHA-256, MD5 (media only), size, and for the worker the bytes, of small files, and where they are (neither for
    media or too large).

    Media are recognised by their first bytes and run through the digests without being kept.
    """
    data, place = found.data, found.place
    if data is not None and not is_media(data):
        return hashlib.sha256(data).hexdigest(), None, len(data), data, place
    with found.open() as stream:
        head = stream.read(HEAD)
        sha256 = hashlib.sha256(head)
        if is_media(head):
            md5 = hashlib.md5(head, usedforsecurity=False)
            size = len(head)
            while block := stream.read(MIB):
                sha256.update(block)
                md5.update(block)
                size += len(block)
            return sha256.hexdigest(), md5.hexdigest(), size, None, None
        if found.size > INLINE and place is not None:
            size = len(head)
            while block := stream.read(MIB):
                sha256.update(block)
                size += len(block)
            return sha256.hexdigest(), None, size, None, place
        if found.size > settings.max_member_bytes:
            return sha256.hexdigest(), None, found.size, None, None
        rest = stream.read(settings.max_member_bytes + 1) if len(head) == HEAD else b""
    if rest:
        sha256.update(rest)
        head += rest
    return sha256.hexdigest(), None, len(head), head, place


def _context(many: bool) -> BaseContext:
    """Workers are forks of one process that has imported what most readers need and done nothing else."""
    context = get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED + _COMPILED if many else _PRELOADED)
    return context


def _quiet_worker() -> None:
    """Set a worker up: only its parent stops it, also by being killed."""
    Thread(target=_end_with_parent, daemon=True).start()
    # Ctrl-C reaches the whole process group; the parent alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.meta_path.insert(0, WithoutPandas())


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)
