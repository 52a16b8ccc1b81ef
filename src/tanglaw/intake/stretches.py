"""Large files of many records: cut into stretches, each read by one worker, and put together as if one had read all.

What could depend on more than a stretch is decided here: which issues are told, how many rows the file gave, and
whether it can be read in stretches at all. Whatever is odd is read as a whole instead, which gives the same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tanglaw.config import MIB, Settings
from tanglaw.errors import BadRecord, TanglawError
from tanglaw.ids import Ids
from tanglaw.intake.pieces import Piece, Task
from tanglaw.intake.places import InTar, OnDisk
from tanglaw.intake.tar import Slices
from tanglaw.intake.tasks import READERS, SOURCE_ROW, Done, file_of, unchanged, without_cycles
from tanglaw.intake.walk import HEAD
from tanglaw.reading.item import Divides, Item, Stretch
from tanglaw.reading.rows import Rows
from tanglaw.store.parts import PartWriter

# Smaller stretches cost more in starts than they save.
LEAST = 4 * MIB
# Readers are asked in their order, none behind the last that divides.
_ASKED = READERS[: 1 + max(place for place, reader in enumerate(READERS) if isinstance(reader, Divides))]


def stretches_of(piece: Piece, settings: Settings, sizes: Callable[[int], int]) -> list[Stretch]:
    """How a file is read in stretches; none if it is read as a whole. `sizes` says how large one should be where so
    many bytes of the file are left."""
    place = piece.place
    if piece.verdict != "read" or piece.again or not isinstance(place, OnDisk | InTar):
        return []
    try:
        with place.open() as stream:
            item = Item(piece.path, piece.sha256, piece.size, stream.read(HEAD), place.open)
            reader = next((one for one in _ASKED if one.recognise(item)), None)
            if not isinstance(reader, Divides):
                return []
            stream.seek(0)
            return reader.divide(item, stream, sizes, settings.max_line_bytes)
    except (BadRecord, OSError, ValueError, RuntimeError):
        # Reading it as a whole says what is wrong.
        return []


def read_stretch(task: Task, ids: Ids, settings: Settings, staging: Path) -> Done:
    """Read one stretch of a file. What cannot be read that way is told by `unfit`, never an exception."""
    with without_cycles():
        return _read(task, ids, settings, staging)


def _read(task: Task, ids: Ids, settings: Settings, staging: Path) -> Done:
    ((piece,),) = task.groups
    writer = PartWriter(staging, f"{task.number:06d}")
    rows = _rows(piece, ids, settings, writer)
    noted = rows.noting()
    file = file_of(piece, (piece,), Slices())
    try:
        if task.stretch is None or file.item is None or not isinstance(file.reader, Divides):
            raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
        file.reader.read_stretch(file.item, task.stretch, rows)
        unchanged(piece)
        given = rows.given
        rows.flush()
    except (BadRecord, OSError):
        return _unfit(task, writer)
    except TanglawError:
        raise
    except Exception:
        return _unfit(task, writer)
    parts = tuple((staging / part.file, part) for part in writer.parts)
    return Done(task.number, parts, given=given, noted=tuple(noted), reader=file.reader.name)


def _rows(piece: Piece, ids: Ids, settings: Settings, writer: PartWriter) -> Rows:
    rows = Rows(ids, settings, writer)
    rows.begin(piece.path, piece.sha256, piece.size, piece.delivery_id, piece.arrival, piece.source_id)
    return rows


def _unfit(task: Task, writer: PartWriter) -> Done:
    writer.undo(0)
    return Done(task.number, (), unfit=True)


def put_together(piece: Piece, read: Sequence[Done], ids: Ids, settings: Settings, staging: Path) -> Done:
    """What all stretches of a file gave, with the rows that the file has once; `unfit` if one of them was that."""
    number = read[-1].number
    parts = [one for done in read for one in done.parts]
    if any(done.unfit for done in read):
        for path, _ in parts:
            path.unlink(missing_ok=True)
        return Done(number, (), unfit=True)
    writer = PartWriter(staging, f"{number:06d}-whole")
    rows = _rows(piece, ids, settings, writer)
    for done in read:
        for issue in done.noted:
            rows.issue(*issue)
    name, given = read[-1].reader, sum(done.given for done in read)
    rows.put(
        SOURCE_ROW, (piece.delivery_id, piece.arrival, piece.path, piece.sha256, None, piece.size, name, given, False)
    )
    rows.flush()
    parts += [(staging / part.file, part) for part in writer.parts]
    counts: Counter[str] = Counter()
    for _, part in parts:
        counts[part.table] += part.rows
    return Done(number, tuple(parts), Counter({name: 1}), counts)
