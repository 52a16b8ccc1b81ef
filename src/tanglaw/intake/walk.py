"""Walks an inbox: folders, ZIP and tar (also compressed), nested, without unpacking anything to disk.

Archives are told by content. Nothing is written, no name is used as a path, links are not followed out.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from tanglaw.config import MIB, Settings
from tanglaw.intake.places import InMemory, InTar, InZip, OnDisk, Place
from tanglaw.intake.tar import Tape, TarDamaged, members

HEAD = 65_536
# Files up to this size travel to the worker as bytes; larger ones are opened again there.
INLINE = 4 * MIB
BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    OSError,
    lzma.LZMAError,
    zlib.error,
    ValueError,
    RuntimeError,
    NotImplementedError,
    UnicodeError,
    OverflowError,
    MemoryError,
)


class Found(NamedTuple):
    """A file: `open` streams it now; `place`, if any, opens it again later, also in another process. Small files
    come with their `data`, and those of a plain tar with where it stands on the `tape`."""

    path: str
    size: int
    opener: Callable[[], BinaryIO] | None
    place: Place | None
    data: bytes | None = None
    tape: Tape | None = None
    offset: int = 0

    def open(self) -> BinaryIO:
        """The bytes from the start; of a member of an archive only once."""
        return io.BytesIO(self.data or b"") if self.opener is None else self.opener()


class Refused(NamedTuple):
    """Something that is not read: goes to quarantine with this code and reason."""

    path: str
    code: str
    reason: str


Step = Found | Refused


class Budget:
    """Counts members and bytes of one delivery against the limits."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.members = 0
        self.bytes = 0

    def refuse(self, size: int, packed: int | None = None) -> tuple[str, str] | None:
        """Why a member of `size` bytes (`packed` in the archive) is over a limit, or None after counting it."""
        limits = self.settings
        self.members += 1
        self.bytes += size
        if self.members > limits.max_archive_members:
            return "too-many-members", f"more than {limits.max_archive_members} members (max_archive_members)"
        if self.bytes > limits.max_archive_bytes:
            return "archive-too-large", f"more than {limits.max_archive_bytes} bytes in all (max_archive_bytes)"
        if packed is not None and size > MIB and size > limits.max_archive_ratio * max(packed, 1):
            return "archive-bomb", f"unpacks to more than {limits.max_archive_ratio} times its size (max_archive_ratio)"
        return None


class Plain(NamedTuple):
    """A plain file of the inbox: its path inside it, where it is on disk, and its size when it was listed."""

    name: str
    file: str
    size: int


def files_of(inbox: Path) -> Iterator[Plain | Refused]:
    """Plain files below `inbox` (or itself), in a fixed order."""
    if not inbox.is_dir():
        yield Plain(shown(inbox.name), str(inbox), inbox.stat().st_size)
        return
    stack = [(str(inbox), "")]
    while stack:
        folder, prefix = stack.pop()
        below = []
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield Refused(shown(prefix[:-1]) or ".", "unreadable", f"folder cannot be listed: {error.strerror}")
            continue
        for entry in entries:
            name = shown(prefix + entry.name)
            try:
                facts = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Refused(name, "unreadable", f"cannot be read: {error.strerror}")
                continue
            if stat.S_ISDIR(facts.st_mode):
                below.append((entry.path, f"{prefix}{entry.name}/"))
            elif stat.S_ISREG(facts.st_mode):
                yield Plain(name, entry.path, facts.st_size)
            else:
                yield Refused(name, "not-a-file", "links and special files are not read")
        stack.extend(reversed(below))


def shown(name: str) -> str:
    """A name with bytes that are not UTF-8 replaced."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def kind_of(head: bytes) -> str:
    """zip, tar, gz, bz2, xz or empty: what container the first bytes tell."""
    if head.startswith(_PACKED):
        return next(name for mark, name in _MARKS if head.startswith(mark))
    return "tar" if head[257:262] == b"ustar" and len(head) >= 512 else ""


_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_PACKED = tuple(mark for mark, _ in _MARKS)


class Start(NamedTuple):
    """How a file begins, and its size and modification time then."""

    stamp: tuple[int, int]
    head: bytes


def start_of(file: str) -> Start:
    """Look at a file once. Raises OSError."""
    with Path(file).open("rb", buffering=0) as stream:
        facts = os.fstat(stream.fileno())
        return Start((facts.st_size, facts.st_mtime_ns), stream.read(HEAD))


def walk_file(path: str, name: str, start: Start, settings: Settings) -> Iterator[Step]:
    """The file `name` itself, or the members of the archive that it is; `path` is its place in the inbox."""
    stamp, head = start
    kind, file = kind_of(head), Path(name)
    try:
        if kind == "zip" and not _is_workbook(file):
            yield from _zip(path, file, Budget(settings), 1)
        elif kind == "tar":
            yield from _tar(path, file, Budget(settings), stamp)
        elif kind in ("gz", "bz2", "xz"):
            with file.open("rb") as stream:
                yield from _packed(path, stream, kind, Budget(settings), 1, stamp[0])
        else:
            place = OnDisk(name, stamp)
            yield Found(path, stamp[0], place.open, place, head if len(head) == stamp[0] else None)
    except OSError as error:
        yield Refused(path, "unreadable", f"cannot be read: {error.strerror}")


def _is_workbook(file: Path | BinaryIO) -> bool:
    """Office documents are ZIP files too, but are read as one."""
    try:
        with zipfile.ZipFile(file) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except BROKEN:
        return False


_SUSPECT = re.compile(r"\A[/\\]|\A.:|\.\.|\x00", re.DOTALL)


def _bad_name(name: str) -> bool:
    """True for names that point outside: absolute ones, with a drive, or with `..` as a part."""
    if _SUSPECT.search(name) is None:
        return False
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":" or "\x00" in name


def _zip(path: str, file: Path | io.BytesIO, budget: Budget, depth: int) -> Iterator[Step]:
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        yield Refused(path, "archive-damaged", f"ZIP cannot be opened: {error}")
        return
    with archive:
        # By folder, so that the documents of one report come together.
        for info in sorted(archive.infolist(), key=lambda one: (one.filename.rpartition("/")[0], one.filename)):
            if info.is_dir():
                continue
            name = f"{path}!/{info.filename}"
            refused = _refuse_zip_member(info) or budget.refuse(info.file_size, info.compress_size)
            if refused:
                yield Refused(name, *refused)
                continue
            place = InZip(str(file), info.filename) if isinstance(file, Path) else None
            opener = lambda info=info: cast(BinaryIO, archive.open(info))  # noqa: E731
            yield from _member(name, info.file_size, opener, place, budget, depth)


def _refuse_zip_member(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if _bad_name(info.filename):
        return "path-traversal", "the member's name points outside the archive"
    if info.flag_bits & 0x1:
        return "encrypted", "the member is encrypted; deliver it decrypted"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "not-a-file", "links and special files are not read"
    return None


def _tar(path: str, file: Path, budget: Budget, stamp: tuple[int, int]) -> Iterator[Step]:
    """Members of a plain tar file on disk."""
    tape = Tape(str(file), stamp)
    with file.open("rb") as stream:
        try:
            for member in members(stream, INLINE):
                inside, size, offset, regular, folder, data = member
                if folder:
                    continue
                name = f"{path}!/{inside}"
                refused = _refuse_tar_member(regular, inside) or budget.refuse(size)
                if refused:
                    yield Refused(name, *refused)
                    if refused[0] == "too-many-members":
                        return
                    continue
                if data is None:
                    whole = InTar(tape.path, offset, size)
                    yield from _member(name, size, whole.open, whole, budget, 1)
                elif kind_of(data):
                    yield from _member(name, size, InMemory(data).open, None, budget, 1)
                else:
                    yield Found(name, size, None, None, data, tape, offset)
        except TarDamaged as error:
            yield Refused(path, "archive-damaged", f"tar is damaged: {error}")
        except OSError as error:
            yield Refused(path, "unreadable", f"cannot be read: {error.strerror}")


def _refuse_tar_member(regular: bool, name: str) -> tuple[str, str] | None:
    if not regular:
        return "not-a-file", "links and special files are not read"
    return ("path-traversal", "the member's name points outside the archive") if _bad_name(name) else None


def _tar_members(
    path: str, archive: tarfile.TarFile, budget: Budget, depth: int, place: Callable[[tarfile.TarInfo], Place | None]
) -> Iterator[Step]:
    last = path
    with archive:
        while True:
            try:
                info = archive.next()
                # tarfile remembers every member; without this, memory grows with the archive.
                archive.members = []  # type: ignore[attr-defined]
            except BROKEN as error:
                yield Refused(path, "archive-damaged", f"tar is damaged or cut off after {last}: {error}")
                return
            if info is None:
                return
            last = name = f"{path}!/{info.name}"
            if info.isdir():
                continue
            if not info.isreg() or info.issparse():
                yield Refused(name, "not-a-file", "links and special files are not read")
                continue
            if _bad_name(info.name):
                yield Refused(name, "path-traversal", "the member's name points outside the archive")
                continue
            refused = budget.refuse(info.size)
            if refused:
                yield Refused(name, *refused)
                if refused[0] != "too-many-members":
                    continue
                return
            opener = lambda info=info: cast(BinaryIO, archive.extractfile(info))  # noqa: E731
            yield from _member(name, info.size, opener, place(info), budget, depth)


def _member(
    name: str, size: int, opener: Callable[[], BinaryIO], place: Place | None, budget: Budget, depth: int
) -> Iterator[Step]:
    """One member: the file itself, or what is inside if it is an archive of its own. Opened once only,
    because a member of a compressed tar cannot be opened again."""
    try:
        stream = _peekable(opener())
        head = stream.peek(512)[:512]
    except BROKEN as error:
        yield Refused(name, "archive-damaged", f"member cannot be read: {error}")
        return
    kind = kind_of(head)
    if not kind:
        yield Found(name, size, lambda: cast(BinaryIO, stream), place)
        return
    limits = budget.settings
    if size > limits.max_member_bytes:
        yield Refused(name, "too-large", f"nested archive over {limits.max_member_bytes} bytes: deliver it on its own")
        return
    try:
        data = stream.read(limits.max_member_bytes + 1)
    except BROKEN as error:
        yield Refused(name, "archive-damaged", f"member cannot be read: {error}")
        return
    if kind == "zip" and _is_workbook(io.BytesIO(data)):
        yield Found(name, size, InMemory(data).open, InMemory(data))
        return
    if depth >= limits.max_archive_depth:
        yield Refused(name, "nested-too-deep", f"archives nested more than {limits.max_archive_depth} deep")
        return
    if kind == "zip":
        yield from _zip(name, io.BytesIO(data), budget, depth + 1)
    elif kind == "tar":
        try:
            archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:")  # noqa: SIM115
        except BROKEN as error:
            yield Refused(name, "archive-damaged", f"tar cannot be opened: {error}")
            return
        yield from _tar_members(name, archive, budget, depth + 1, lambda _info: None)
    else:
        yield from _packed(name, io.BytesIO(data), kind, budget, depth + 1, size)


def _packed(path: str, raw: BinaryIO, kind: str, budget: Budget, depth: int, packed: int) -> Iterator[Step]:
    """A gzip, bzip2 or xz stream: a tar inside is walked as it flows, anything else is one file."""
    openers: dict[str, Callable[[BinaryIO], BinaryIO]] = {
        "gz": lambda stream: cast(BinaryIO, gzip.GzipFile(fileobj=stream)),
        "bz2": lambda stream: cast(BinaryIO, bz2.BZ2File(stream)),
        "xz": lambda stream: cast(BinaryIO, lzma.LZMAFile(stream)),  # noqa: SIM115
    }
    limits = budget.settings
    source = _Guarded(openers[kind](raw), limits.max_archive_ratio * max(packed, 1) + 16 * MIB)
    guard = io.BufferedReader(source, 1 << 20)
    try:
        if kind_of(guard.peek(512)[:512]) == "tar":
            archive = tarfile.open(fileobj=guard, mode="r|")  # noqa: SIM115
            yield from _tar_members(path, archive, budget, depth, lambda _info: None)
            if source.fault:
                yield Refused(path, "archive-damaged", f"compressed file is damaged or cut off: {source.fault}")
            return
        data = guard.read(limits.max_member_bytes + 1)
    except _Bomb as error:
        yield Refused(path, "archive-bomb", str(error))
        return
    except BROKEN as error:
        yield Refused(path, "archive-damaged", f"compressed file is damaged or cut off: {error}")
        return
    if source.fault:
        yield Refused(path, "archive-damaged", f"compressed file is damaged or cut off: {source.fault}")
    inner = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if len(data) > limits.max_member_bytes:
        yield Refused(path, "too-large", f"unpacks to more than {limits.max_member_bytes} bytes (max_member_bytes)")
        return
    yield from _member(f"{path}!/{inner}", len(data), InMemory(data).open, InMemory(data), budget, depth)


def _peekable(stream: BinaryIO) -> io.BufferedReader:
    # Members of ZIP and tar files can be peeked into as they come.
    if hasattr(stream, "peek"):
        return cast(io.BufferedReader, stream)
    return io.BufferedReader(cast(io.RawIOBase, stream))


class _Bomb(ValueError):
    """More came out of a compressed stream than its size allows."""


class _Guarded(io.RawIOBase):
    """A decompressing stream that stops when it gives out more than `most` bytes.

    Where the compressed stream is damaged it ends there, so that what came before can be used; `fault` says why.
    """

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left = cast(io.BufferedReader, stream), most
        self.fault = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            block = self._stream.read1(len(view))
        except (EOFError, OSError, lzma.LZMAError, zlib.error, ValueError) as error:
            self.fault = str(error)
            return 0
        self._left -= len(block)
        if self._left < 0:
            raise _Bomb("unpacks to far more than its size (max_archive_ratio)")
        view[: len(block)] = block
        return len(block)
