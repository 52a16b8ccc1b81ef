"""What one worker does: read a task's files into Parquet parts in the staging folder."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tanglaw.config import Settings
from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.ids import Ids
from tanglaw.intake.places import InMemory, OnDisk, Place, stamp_of
from tanglaw.intake.walk import HEAD
from tanglaw.reading.item import Item, Reader
from tanglaw.reading.rows import Rows
from tanglaw.references import REFERENCES
from tanglaw.sources import SOURCES, TABULAR
from tanglaw.store.commits import Part
from tanglaw.store.parts import PartWriter

# Any table could be read by a mapping, so that reader is asked last.
READERS: tuple[Reader, ...] = (*(one for one in SOURCES if one is not TABULAR), *REFERENCES, TABULAR)
COMPANIONS = (".mapping.toml", "delivery.toml")
# Waits for something a person can add; read again on the next run.
HELD = {"mapping-needed"}
_BESIDE_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a delivery as the walk saw it. `verdict` is read, copy, media, or a quarantine code."""

    path: str
    arrival: int
    delivery_id: str
    sha256: str
    size: int
    place: Place | None
    verdict: str = "read"
    note: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Files for one worker, grouped by folder: the documents of one report see each other."""

    number: int
    groups: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What a task gave: staged parts, files by format, and how many files were set aside by delivery."""

    number: int
    parts: tuple[tuple[Path, Part], ...]
    formats: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)


def read_task(task: Task, ids: Ids, settings: Settings, staging: Path) -> Done:
    """Read every file of the task; what cannot be read becomes quarantine rows, never an exception.

    Rows are many small objects without cycles: the cyclic garbage collector would walk them again and again.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read_task(task, ids, settings, staging)
    finally:
        if collecting:
            gc.enable()


def _read_task(task: Task, ids: Ids, settings: Settings, staging: Path) -> Done:
    writer = PartWriter(staging, f"{task.number:06d}")
    rows = Rows(ids, settings, writer)
    formats: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    for group in task.groups:
        items = [(piece, _item(piece, group)) for piece in group]
        readers = [_reader(item) if item is not None and item.head else None for _, item in items]
        hints = _hints(items, readers)
        for (piece, item), reader in zip(items, readers, strict=True):
            taken = _read(piece, item, reader, hints, rows)
            formats[taken] += 1
            if taken in ("quarantine", "held"):
                open_[piece.delivery_id] += 1
    rows.flush()
    counts: Counter[str] = Counter()
    for part in writer.parts:
        counts[part.table] += part.rows
    return Done(task.number, tuple((staging / part.file, part) for part in writer.parts), formats, counts, open_)


def _item(piece: Piece, group: Sequence[Piece]) -> Item | None:
    place = piece.place
    if place is None or piece.verdict != "read":
        return None

    def beside(name: str) -> bytes | None:
        folder = piece.path.rpartition("/")[0]
        for other in group:
            if other.place is not None and other.path == (f"{folder}/{name}" if folder else name):
                return _small(other.place)
        if isinstance(place, OnDisk) and "/" not in name and name not in ("", ".", ".."):
            neighbour = Path(place.path).with_name(name)
            if neighbour.is_file() and not neighbour.is_symlink():
                return _small(neighbour)
        return None

    if isinstance(place, InMemory):
        head = place.data[:HEAD]
    else:
        try:
            with place.open() as stream:
                head = stream.read(HEAD)
        except (OSError, BadRecord):
            head = b""
    return Item(piece.path, piece.sha256, piece.size, head, place.open, beside=beside)


def _small(place: Place | Path) -> bytes | None:
    try:
        with place.open("rb") if isinstance(place, Path) else place.open() as stream:
            data: bytes = stream.read(_BESIDE_LIMIT + 1)
    except (OSError, BadRecord):
        return None
    return data if len(data) <= _BESIDE_LIMIT else None


def _reader(item: Item) -> Reader | None:
    for reader in READERS:
        if reader.recognise(item):
            return reader
    return None


def _hints(
    items: Sequence[tuple[Piece, Item | None]], readers: Sequence[Reader | None]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Report numbers that the documents of a folder state, by folder and reader that may use them.

    A reader that takes several files of the folder gets none: it would not be clear whose number it is.
    """
    stated: dict[str, set[str]] = {}
    takers: Counter[tuple[str, str]] = Counter()
    for (piece, item), reader in zip(items, readers, strict=True):
        if reader is None or item is None:
            continue
        folder = piece.path.rpartition("/")[0]
        takers[folder, reader.name] += 1
        numbers = reader.hints(item)
        if numbers:
            stated.setdefault(folder, set()).update(numbers)
    return {
        (folder, name): tuple(sorted(stated[folder]))
        for (folder, name), count in takers.items()
        if count == 1 and folder in stated
    }


def _read(
    piece: Piece, item: Item | None, reader: Reader | None, hints: dict[tuple[str, str], tuple[str, ...]], rows: Rows
) -> str:
    """Read one file; returns what it was taken as."""
    rows.begin(piece.path, piece.sha256, piece.size, piece.delivery_id, piece.arrival)
    taken, md5 = piece.verdict, None
    if piece.verdict == "media":
        md5 = piece.note
    elif piece.verdict not in ("read", "copy"):
        rows.quarantine(piece.verdict, piece.note)
        taken = "quarantine"
    elif item is not None:
        neighbours = hints.get((piece.path.rpartition("/")[0], reader.name), ()) if reader and hints else ()
        taken = _read_item(piece, item, reader, neighbours, rows)
        if piece.again and taken in ("quarantine", "held"):
            # It failed before and fails again: what is on record stands.
            rows.undo()
            return "unchanged"
    given = rows.given
    rows.add(
        "sources",
        {
            "delivery_id": piece.delivery_id,
            "arrival": piece.arrival,
            "path": piece.path,
            "sha256": piece.sha256,
            "md5": md5,
            "size": piece.size,
            "format": taken,
            "rows": given,
            "held": taken == "held",
        },
    )
    return taken


def _read_item(piece: Piece, item: Item, reader: Reader | None, neighbours: tuple[str, ...], rows: Rows) -> str:
    if item.name.endswith(COMPANIONS):
        return "companion"
    if neighbours:
        item.neighbours = neighbours
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
    except (RecursionError, MemoryError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # A reader's own fault must not lose the batch: the file is kept aside with the kind of error.
        raise BadRecord("reader-failed", f"{reader.name} failed with {type(error).__name__}") from error
    if isinstance(piece.place, OnDisk) and stamp_of(piece.place.path) != piece.place.stamp:
        raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
    return reader.name
