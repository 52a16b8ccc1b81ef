"""Hash chains: each record carries the SHA-256 of the one before, so a changed or missing one shows."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

FIRST = "0" * 64
# No record of a chained file is longer than this.
_TAIL = 1 << 20
_AT_ONCE = 8


def digest(raw: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(raw).hexdigest()


def write_new(path: Path, raw: bytes) -> None:
    """Write a file that must not exist yet, whole or not at all, and make it last through a power cut."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())
    os.link(partial, path)
    partial.unlink()
    sync_folder(path.parent)


def replace(path: Path, raw: bytes) -> None:
    """Replace a file, whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        stream.write(raw)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_all(paths: Iterable[Path]) -> None:
    """Make files, and renames inside folders, last through a power cut: several at once, which a disk writes down together."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(sync_folder, paths))


def sync_folder(folder: Path) -> None:
    """Make a file, or the renames inside a folder, last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Append one record to a chained JSON-lines file; `previous` is the SHA-256 of the line before."""
    with path.open("a+b") as stream:
        # Two verbs may read at once: each must follow the other's row.
        fcntl.flock(stream, fcntl.LOCK_EX)
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read().rstrip(b"\n")
        previous = digest(tail.rsplit(b"\n", 1)[-1]) if tail else FIRST
        raw = msgspec.json.encode({**record, "previous": previous}, order="sorted")
        stream.write(raw + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
        replace(_seal_of(path), msgspec.json.encode({"size": stream.tell(), "sha256": digest(raw)}))


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".head.json")


def _sealed(path: Path) -> tuple[int, str]:
    """How many bytes were sealed and the digest of the last line in them."""
    try:
        stated = msgspec.json.decode(_seal_of(path).read_bytes(), type=dict[str, Any])
        return int(stated["size"]), str(stated["sha256"])
    except (OSError, msgspec.DecodeError, KeyError, ValueError):
        return 0, FIRST


def check_lines(path: Path, erased: Mapping[int, list[str]] | None = None) -> list[str]:
    """What is wrong with a chained JSON-lines file: one sentence per fault, naming the first bad line.

    Lines behind the sealed one are sound if they follow it: a power cut may have come before their seal. `erased` has by
    number the digests of lines out of which something was erased: as written, and after each erasure.
    """
    previous = [FIRST]
    size, sealed = _sealed(path)
    if not path.exists():
        return [f"{path.name}: missing, but {size} bytes were sealed"] if size else []
    number = read = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            raw = line.rstrip(b"\n")
            read += len(line)
            try:
                stated = msgspec.json.decode(raw).get("previous")
            except (msgspec.DecodeError, AttributeError):
                return [f"{path.name}: line {number} cannot be read"]
            if stated not in previous:
                return [f"{path.name}: line {number} does not follow the line before it"]
            previous = (erased or {}).get(number, [digest(raw)])
            if digest(raw) != previous[-1]:
                return [f"{path.name}: line {number} is not the one that an erasure left"]
            if read == size and sealed not in previous:
                return [f"{path.name}: line {number} is not the one that was sealed"]
    if read < size:
        return [f"{path.name}: ends after line {number} but more was sealed: its tail was cut"]
    if number and not size:
        return [f"{_seal_of(path).name} is missing: the end of {path.name} is not sealed"]
    return []
