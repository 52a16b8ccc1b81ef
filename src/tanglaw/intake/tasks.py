"""What one worker does: read a task's files into Parquet parts in the staging folder."""

from __future__ import annotations

import gc
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from tanglaw.config import Settings
from tanglaw.errors import BadRecord, CheckSettings, TanglawError
from tanglaw.ids import Ids
from tanglaw.intake.pieces import BESIDE, COMPANIONS, Piece, Statement, Task
from tanglaw.intake.places import OnDisk, stamp_of
from tanglaw.intake.tar import Slices
from tanglaw.intake.walk import HEAD
from tanglaw.reading.item import Item, Reader
from tanglaw.reading.rows import Issue, Rows, columns
from tanglaw.references import REFERENCES
from tanglaw.sources import SOURCES, TABULAR
from tanglaw.store.commits import Part
from tanglaw.store.parts import PartWriter

# Any table could be read by a mapping, so that reader is asked last.
READERS: tuple[Reader, ...] = (*(one for one in SOURCES if one is not TABULAR), *REFERENCES, TABULAR)
TOGETHER = "tanglaw.intake.together"
# Waits for something a person can add; read again on the next run.
HELD = {"mapping-needed"}


@dataclass(frozen=True, slots=True)
class Done:
    """What a task gave: staged parts, files by format, and how many files were set aside by delivery.

    Of a stretch: rows given and issues noted, and the reader's name; or that it cannot be read alone (`unfit`).
    """

    number: int
    parts: tuple[tuple[Path, Part], ...]
    formats: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    given: int = 0
    noted: tuple[Issue, ...] = ()
    reader: str = ""
    unfit: bool = False


def read_task(task: Task, ids: Ids, settings: Settings, staging: Path, many: bool = False) -> Done:
    """Read every file of the task; what cannot be read becomes quarantine rows, never an exception.

    `many` reads plain documents together, for inboxes so large that it pays.
    """
    with without_cycles():
        return _read_task(task, ids, settings, staging, many)


@contextmanager
def without_cycles() -> Iterator[None]:
    """Rest the cyclic garbage collector while many small objects without cycles are made: it would walk them again
    and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read_task(task: Task, ids: Ids, settings: Settings, staging: Path, many: bool) -> Done:
    writer = PartWriter(staging, f"{task.number:06d}")
    rows = Rows(ids, settings, writer)
    formats: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    slices = Slices()
    plain: _Together | None = None
    if many and settings.max_issues_per_file > 0:
        # Compiled loops take a second to load, which only large inboxes are worth.
        plain = import_module(TOGETHER).Together([piece for group in task.groups for piece in group], rows)
    folders = [_folder(group, plain, slices) for group in task.groups]
    taken_together: set[int] = set()
    if plain is not None:
        taken_together, formats = plain.write()
    for group, (files, hints) in zip(task.groups, folders, strict=True):
        for piece, known in zip(group, files, strict=True):
            if piece.verdict == BESIDE or piece.arrival in taken_together:
                continue
            taken = _read(known or file_of(piece, group, slices), hints, rows)
            formats[taken] += 1
            if taken in ("quarantine", "held"):
                open_[piece.delivery_id] += 1
    rows.flush()
    counts: Counter[str] = Counter()
    for part in writer.parts:
        counts[part.table] += part.rows
    return Done(task.number, tuple((staging / part.file, part) for part in writer.parts), formats, counts, open_)


class _Together(Protocol):
    """See `together.Together`."""

    def statements(self, group: Iterable[Piece]) -> list[Statement | None]: ...

    def surrounded(self, group: Iterable[Piece], hints: Mapping[str, tuple[str, ...]]) -> None: ...

    def write(self) -> tuple[set[int], Counter[str]]: ...


def _folder(
    group: Sequence[Piece], plain: _Together | None, slices: Slices
) -> tuple[list[_File | None], dict[str, tuple[str, ...]]]:
    """The files of a folder, None for plain ones, and what they state for each other."""
    files: list[_File | None] = [None] * len(group)
    stated: list[Statement | None] = [None] * len(group)
    if plain is not None:
        stated = plain.statements(group)
    if None in stated:
        for place, piece in enumerate(group):
            if stated[place] is None:
                files[place] = file = file_of(piece, group, slices)
                if file.reader is not None and file.item is not None:
                    stated[place] = (file.reader.name, file.reader.hints(file.item))
    hints = _hints([one for one in stated if one is not None])
    if plain is not None:
        plain.surrounded(group, hints)
    return files, hints


class _File(NamedTuple):
    """A piece with what is read of it, and the reader that recognises it."""

    piece: Piece
    item: Item | None = None
    reader: Reader | None = None


def file_of(piece: Piece, group: Sequence[Piece], slices: Slices) -> _File:
    """A piece of a folder with its first bytes read, and the reader that recognises it."""
    if piece.verdict != "read":
        return _File(piece)
    opener: Callable[[], BinaryIO] = partial(_open, piece)
    head = b""
    try:
        data = _data(piece, slices)
        if data is not None:
            opener, head = partial(io.BytesIO, data), data[:HEAD]
        else:
            with opener() as stream:
                head = stream.read(HEAD)
    except (OSError, BadRecord):
        # Opening it once more, when it is read, tells why.
        pass
    item = Item(piece.path, piece.sha256, piece.size, head, opener, (), partial(_beside, piece, group))
    return _File(piece, item, _reader(item) if head else None)


def _data(piece: Piece, slices: Slices) -> bytes | None:
    return piece.data if piece.tape is None else slices.read(piece.tape, piece.offset, piece.size)


def _open(piece: Piece) -> BinaryIO:
    """The piece's bytes from the start. Raises BadRecord, OSError."""
    data = _data(piece, Slices())
    if data is None and piece.place is not None:
        return piece.place.open()
    return io.BytesIO(data or b"")


def _beside(piece: Piece, group: Sequence[Piece], name: str, limit: int) -> bytes | None:
    """The bytes of a file of that name in the same folder, of at most `limit` bytes: one of the task or, for files on
    disk, wherever it was handed to."""
    folder = piece.path.rpartition("/")[0]
    for other in group:
        if other.verdict in ("read", "copy", BESIDE) and other.path == (f"{folder}/{name}" if folder else name):
            return _up_to(limit, partial(_open, other))
    if isinstance(piece.place, OnDisk) and "/" not in name and name not in ("", ".", ".."):
        neighbour = Path(piece.place.path).with_name(name)
        if neighbour.is_file() and not neighbour.is_symlink():
            return _up_to(limit, OnDisk(str(neighbour), stamp_of(neighbour)).open)
    return None


def _up_to(limit: int, opener: Callable[[], BinaryIO]) -> bytes | None:
    try:
        with opener() as stream:
            data = stream.read(limit + 1)
    except (OSError, BadRecord):
        return None
    return data if len(data) <= limit else None


def _reader(item: Item) -> Reader | None:
    for reader in READERS:
        if reader.recognise(item):
            return reader
    return None


def _hints(statements: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Report numbers that the documents of a folder state, by the reader that may use them.

    A reader that takes several files of the folder gets none: it would not be clear whose number it is.
    """
    stated: set[str] = set()
    takers: dict[str, int] = {}
    for name, numbers in statements:
        takers[name] = takers.get(name, 0) + 1
        if numbers:
            stated.update(numbers)
    if not stated:
        return {}
    numbers = tuple(sorted(stated))
    return {name: numbers for name, count in takers.items() if count == 1}


SOURCE_ROW = columns("sources", "delivery_id arrival path sha256 md5 size format rows held")


def _read(file: _File, hints: Mapping[str, tuple[str, ...]], rows: Rows) -> str:
    """Read one file; returns what it was taken as."""
    piece, item, reader = file
    verdict, sha256, size = piece.verdict, piece.sha256, piece.size
    rows.begin(piece.path, sha256, size, piece.delivery_id, piece.arrival, piece.source_id)
    taken, md5 = verdict, None
    if item is not None:
        if hints and reader is not None:
            item.neighbours = hints.get(reader.name, ())
        taken = _read_item(piece, item, reader, rows)
        if piece.again and taken in ("quarantine", "held"):
            # It failed before and fails again: what is on record stands.
            rows.undo()
            return "unchanged"
    elif verdict == "media":
        md5 = piece.note
    elif verdict not in ("read", "copy"):
        rows.quarantine(verdict, piece.note)
        taken = "quarantine"
    given, held = rows.given, taken == "held"
    rows.put(SOURCE_ROW, (piece.delivery_id, piece.arrival, piece.path, sha256, md5, size, taken, given, held))
    return taken


def _read_item(piece: Piece, item: Item, reader: Reader | None, rows: Rows) -> str:
    if piece.path.endswith(COMPANIONS):
        return "companion"
    try:
        return _recognised(piece, item, reader, rows)
    except BadRecord as fault:
        rows.undo()
        rows.quarantine(fault.code, fault.reason, fault.locator, fault.excerpt or item.head, whole=True)
        return "held" if fault.code in HELD else "quarantine"
    except OSError as error:
        rows.undo()
        rows.quarantine("unreadable", f"cannot be read: {error.strerror or type(error).__name__}")
        return "quarantine"


def _recognised(piece: Piece, item: Item, reader: Reader | None, rows: Rows) -> str:
    """Let the reader that recognises the content read it. Raises BadRecord if none does or it cannot."""
    if item.size == 0:
        raise BadRecord("empty-file", "the file is empty")
    if not item.head:
        # It could be digested but not opened again: say why.
        item.open().close()
    if reader is None:
        raise BadRecord("unrecognised", "no reader recognises this content")
    try:
        reader.read(item, rows)
    except CheckSettings as error:
        # A mapping that is not valid holds its table; it must not stop the others.
        raise BadRecord("mapping-needed", str(error), "mapping") from error
    except TanglawError:
        raise
    except Exception as error:
        # A reader's own fault must not lose the batch: the file is kept aside with the kind of error.
        raise BadRecord("reader-failed", f"{reader.name} failed with {type(error).__name__}") from error
    unchanged(piece)
    return reader.name


def unchanged(piece: Piece) -> None:
    """Raises BadRecord if a file read from disk is not as it was when it was digested, OSError if it is gone."""
    if piece.data is None and isinstance(piece.place, OnDisk) and stamp_of(piece.place.path) != piece.place.stamp:
        raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
