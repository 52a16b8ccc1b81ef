"""One file to read: its bytes, its digest, and where it stands in the delivery."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple, Protocol, runtime_checkable

from tanglaw.errors import BadRecord
from tanglaw.reading.rows import Rows

HEAD_BYTES = 65_536
# Files that say how others are read are small.
_BESIDE_LIMIT = 1 << 20


def _nothing_around(_name: str, _limit: int) -> bytes | None:
    return None


@dataclass(slots=True)
class Item:
    """A file inside a delivery. `path` is its place in the inbox; `!/` enters an archive.

    `neighbours` are report numbers that other documents of the same folder state (see Reader.hints); `around` is what
    `beside` asks.
    """

    path: str
    sha256: str
    size: int
    head: bytes
    opener: Callable[[], BinaryIO]
    neighbours: tuple[str, ...] = ()
    around: Callable[[str, int], bytes | None] = field(default=_nothing_around)
    _text_head: str | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """Name of the folder that holds it, without the folders above; empty at the top."""
        return folder_of(self.path)

    def open(self) -> BinaryIO:
        return self.opener()

    def read(self, limit: int) -> bytes:
        """All bytes. Raises BadRecord `too-large` beyond `limit` bytes: stream such files with `open`."""
        if self.size > limit:
            raise BadRecord("too-large", f"document of {self.size} bytes is over the limit of {limit}")
        with self.open() as stream:
            return stream.read()

    def beside(self, name: str, limit: int = _BESIDE_LIMIT) -> bytes | None:
        """The bytes of a file of that name in the same folder, if there is one of at most `limit` bytes."""
        return self.around(name, limit)

    @property
    def text_head(self) -> str:
        """The first 64 KiB as text (BOM honoured, UTF-16 recognised), undecodable bytes replaced."""
        if self._text_head is None:
            self._text_head = self.head.decode(encoding_of(self.head), "replace").lstrip("\ufeff")
        return self._text_head


def folder_of(path: str) -> str:
    """See `Item.folder`."""
    parts = path.replace("!/", "/").rsplit("/", 2)
    return parts[-2] if len(parts) > 1 else ""


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ANY_MARK = tuple(mark for mark, _ in _MARKS)


def encoding_of(head: bytes) -> str:
    """Encoding that a BOM or the pattern of NUL bytes tells; utf-8 otherwise."""
    if head.startswith(_ANY_MARK):
        return next(name for mark, name in _MARKS if head.startswith(mark))
    if len(head) >= 4 and head[0] == 0 and head[1] != 0:
        return "utf-16-be"
    if len(head) >= 4 and head[1] == 0 and head[0] != 0:
        return "utf-16-le"
    return "utf-8"


class Stretch(NamedTuple):
    """Records of a document that stand together: where their bytes begin and end in the file, and how many records
    (lines, blank ones too, if `lines`) stand before them; `path` leads to their array. `around` are keys beside that
    array, of which the last stretch tells."""

    begin: int
    end: int
    first: int
    path: tuple[str, ...] = ()
    lines: bool = False
    around: tuple[str, ...] = ()


@runtime_checkable
class Divides(Protocol):
    """A reader whose large documents can be read in stretches by several processes."""

    def divide(self, item: Item, stream: BinaryIO, sizes: Callable[[int], int], limit: int) -> list[Stretch]:
        """The stretches, in order, that together are the document; none if it must be read as a whole.

        Reads `stream` from its start, not always to its end. `sizes` says how large a stretch should be where so many
        bytes are left; `limit` is that of a line or element.
        """

    def read_stretch(self, item: Item, stretch: Stretch, rows: Rows) -> None:
        """Write the rows of one stretch: those of `read`, issues and quarantine included. Whatever it raises makes
        the document be read as a whole."""


@runtime_checkable
class Reader(Protocol):
    """What every source and every reference reader is. Registered by one line in SOURCES or REFERENCES."""

    @property
    def name(self) -> str:
        """Short name, e.g. `cybertipline-xml`; it stands in `sources.format`."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables it may write."""

    def recognise(self, item: Item) -> bool:
        """True if the content (not the name) is this format. Reads `head` or `text_head` only."""

    def hints(self, item: Item) -> tuple[str, ...]:
        """Report numbers this document states for its neighbours in the same folder; usually none."""

    def read(self, item: Item, rows: Rows) -> None:
        """Write the item's rows. BadRecord raised here quarantines the whole item and undoes its rows;
        a bad record inside a good file goes to `rows.quarantine` and the rest goes on."""
