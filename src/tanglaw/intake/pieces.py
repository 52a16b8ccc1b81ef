"""What a worker is given: files of deliveries, as the walk saw them."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from tanglaw.intake.places import Place
from tanglaw.intake.tar import Tape
from tanglaw.reading.item import Stretch

# Files that say how others are read; they are looked for beside those.
COMPANIONS = (".mapping.toml", "delivery.toml")
# The reader that a document is for, and the report numbers that it states for its neighbours.
Statement: TypeAlias = tuple[str, tuple[str, ...]]
# A known companion that is only there to be found beside a table.
BESIDE = "beside"


class Piece(NamedTuple):
    """One file of a delivery as the walk saw it. `verdict` is read, copy, media, or a quarantine code.

    Small files come with their `data` or stand on a `tape`; others are opened at their `place`. A small file on disk has
    its place too, since what lies beside it may come in another task.
    """

    path: str
    arrival: int
    delivery_id: str
    sha256: str
    source_id: str
    size: int
    verdict: str = "read"
    data: bytes | None = None
    place: Place | None = None
    note: str = ""
    again: bool = False
    tape: Tape | None = None
    offset: int = 0


class Task(NamedTuple):
    """Files for one worker, grouped by folder: the documents of one report see each other. Or a `stretch` of one."""

    number: int
    groups: tuple[tuple[Piece, ...], ...]
    stretch: Stretch | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Columns of plain values travel in a fraction of the time that as many objects take.
        columns = list(zip(*[piece for group in self.groups for piece in group], strict=True))
        return _unpacked, (self.number, [len(group) for group in self.groups], columns, self.stretch)


def _unpacked(number: int, sizes: list[int], columns: list[tuple[Any, ...]], stretch: Stretch | None) -> Task:
    pieces = map(Piece._make, zip(*columns, strict=True))
    return Task(number, tuple([tuple(islice(pieces, size)) for size in sizes]), stretch)
