"""Remembers between processes which SQL texts were shown to be portable: reading a text takes longer than a small step."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

_HERE = Path(__file__).parent
# Texts made at run time could be without end.
_MOST = 20_000


class Portable:
    """Digests of such texts, in a file beside the compiled modules, named by the rules that they were shown by.

    Where modules are not compiled to files, or nothing can be written, each process reads every text once.
    """

    def __init__(self, folder: Path = _HERE / "__pycache__") -> None:
        self._folder = folder

    @cached_property
    def _file(self) -> Path:
        rules = b"".join((_HERE / name).read_bytes() for name in ("dialect.py", "wrapped.py"))
        return self._folder / f"portable-{_digest(rules + version('sqlglot').encode())}.txt"

    @cached_property
    def _known(self) -> set[str]:
        try:
            return set(self._file.read_text("ascii").splitlines())
        except (OSError, UnicodeDecodeError):
            return set()

    def knows(self, sql: str) -> bool:
        return _digest(sql.encode()) in self._known

    def add(self, sql: str) -> None:
        """Remember a text that was shown to be portable."""
        self._known.add(digest := _digest(sql.encode()))
        if sys.dont_write_bytecode or len(self._known) > _MOST:
            return
        with suppress(OSError), self._file.open("ab") as stream:
            stream.write(f"{digest}\n".encode())


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
