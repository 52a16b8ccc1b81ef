"""Tar and ZIP files with fixed times and owners: same members, same bytes. Members are never compressed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

_BLOCK = 512
_FIXED = (2026, 6, 30, 0, 0, 0)


class Tar:
    """Writes a POSIX ustar file member by member, without keeping any."""

    def __init__(self, path: Path, mtime: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("wb", buffering=1 << 20)
        self._tail = (
            b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" + b"%011o\0" % mtime + b" " * 8 + b"0" + bytes(100)
        ) + b"ustar\x0000".ljust(8, b"\0")
        self.members = 0

    def add(self, name: str, data: bytes) -> None:
        """One file. Names of more than 100 bytes are refused with ValueError."""
        raw = name.encode()
        if len(raw) > 100:
            raise ValueError(f"name of {len(raw)} bytes does not fit into a tar header")
        header = (raw.ljust(100, b"\0") + self._tail % len(data)).ljust(_BLOCK, b"\0")
        header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
        self._file.write(header)
        self._file.write(data)
        self._file.write(bytes(-len(data) % _BLOCK))
        self.members += 1

    def close(self) -> None:
        """Ends the file."""
        self._file.write(bytes(2 * _BLOCK))
        self._file.close()


class Zip:
    """Writes a ZIP file of stored members."""

    def __init__(self, target: Path | BinaryIO) -> None:
        if isinstance(target, Path):
            target.parent.mkdir(parents=True, exist_ok=True)
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)

    def add(self, name: str, data: bytes) -> None:
        """One file."""
        info = zipfile.ZipInfo(name, _FIXED)
        info.external_attr = 0o644 << 16
        info.create_system = 3
        self._zip.writestr(info, data)

    def __enter__(self) -> Zip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
