"""Where a file's bytes are, so that another process can open them again."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from tanglaw.errors import BadRecord


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A plain file. `stamp` is its size and mtime in nanoseconds when it was digested."""

    path: str
    stamp: tuple[int, int]

    def open(self) -> BinaryIO:
        if stamp_of(self.path) != self.stamp:
            raise BadRecord("changed-while-read", "the file changed while it was being read; run again")
        return Path(self.path).open("rb")


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes already read from an archive."""

    data: bytes = field(repr=False)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class InZip:
    """A member of a ZIP file on disk."""

    path: str
    member: str

    def open(self) -> BinaryIO:
        with zipfile.ZipFile(self.path) as archive:
            return cast(BinaryIO, archive.open(self.member))


@dataclass(frozen=True, slots=True)
class InTar:
    """A member of an uncompressed tar file on disk: a slice of it."""

    path: str
    offset: int
    size: int

    def open(self) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Slice(self.path, self.offset, self.size)))


Place = OnDisk | InMemory | InZip | InTar


def stamp_of(path: str | Path) -> tuple[int, int]:
    """Size and modification time of a file, to notice a change."""
    facts = Path(path).stat()
    return facts.st_size, facts.st_mtime_ns


class _Slice(io.RawIOBase):
    """Read-only view of a part of a file."""

    def __init__(self, path: str, offset: int, size: int) -> None:
        self._stream = Path(path).open("rb")  # noqa: SIM115 - closed with this object
        self._start, self._size, self._at = offset, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        self._stream.seek(self._start + self._at)
        block = self._stream.read(max(0, min(len(view), self._size - self._at)))
        view[: len(block)] = block
        self._at += len(block)
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()
