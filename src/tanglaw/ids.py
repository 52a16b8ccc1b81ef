"""Keyed ids: same workspace key and same input, same id; without the key an id says nothing.

A plain hash of a phone number can be guessed by hashing all phone numbers; a keyed one (BLAKE2b, RFC 7693)
cannot. 12 bytes give a collision chance of 6e-12 at a thousand million rows of one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

ID_BYTES = 12
NOTHING = "\x00"
DEMO_KEY = b"tanglaw demo key, for made-up data only"[:32]


@dataclass(frozen=True)
class Ids:
    """Makes ids with one workspace's key (32 bytes or fewer)."""

    key: bytes = field(repr=False)

    def of(self, kind: str, *parts: str | int | None) -> str:
        """Id of `parts` within `kind`: 24 hex digits. None and the empty text are different parts."""
        return self.of_texts(
            kind, *[part if part.__class__ is str else NOTHING if part is None else str(part) for part in parts]
        )

    def of_texts(self, *texts: str) -> str:
        """As `of`, kind first, for parts that are texts already: NOTHING stands for None."""
        return self.of_joined("\x1f".join(texts))

    def of_joined(self, whole: str) -> str:
        """As `of_texts`, for texts that are joined by U+001F already."""
        state = self._keyed.copy()
        try:
            state.update(whole.encode())
        except UnicodeEncodeError:
            state.update(whole.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def under(self, kind: str) -> Callable[[str], str]:
        """`of` with this kind and one part that is an ASCII text, for callers that make very many."""
        begun = self._keyed.copy()
        begun.update(f"{kind}\x1f".encode())

        def made(part: str) -> str:
            state = begun.copy()
            state.update(part.encode())
            return state.hexdigest()

        return made

    def of_all(self, wholes: Iterable[bytes]) -> list[str]:
        """As `of_joined`, for many at once, in UTF-8."""
        made, copy = [], self._keyed.copy
        for whole in wholes:
            state = copy()
            state.update(whole)
            made.append(state.hexdigest())
        return made

    @cached_property
    def _keyed(self) -> blake2b:
        # A copy of a state that holds the key already costs half of a new one.
        return blake2b(digest_size=ID_BYTES, key=self.key)

    def __reduce__(self) -> tuple[Any, ...]:
        # Workers and engines get the key; a hash state cannot travel.
        return Ids, (self.key,)
