"""Decoding JSON objects whose fields are known, at the speed of typed structs, without passing over unknown ones.

Fields are used, known by name and not used, or unknown. An unknown field is learnt from the decoder's refusal and
told once; the text is decoded again with it known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec

_UNKNOWN: Final = re.compile(r"unknown field `(.*?)`(?: - at `\$(?:\[(?:\d+|\.\.\.)\])?`)?\Z", re.DOTALL)
_MOST: Final = 64


class Known:
    """A decoder of objects of `kind`, a struct of the fields that are used; `unused` are known by name."""

    def __init__(
        self, kind: type[msgspec.Struct], unused: Iterable[str], unknown: Callable[[str], None] | None = None
    ) -> None:
        self._kind = kind
        self._unused = set(unused)
        self._unknown = unknown
        self._learnt = 0
        self._build()

    def many(self, data: bytes) -> list[Any]:
        """The objects of a JSON array."""
        return list(self._try(lambda: self._many.decode(data)))

    def one(self, data: bytes) -> Any:
        """One object."""
        return self._try(lambda: self._one.decode(data))

    def _try(self, decode: Callable[[], Any]) -> Any:
        while True:
            try:
                return decode()
            except msgspec.ValidationError as error:
                found = _UNKNOWN.search(str(error))
                if found is None or self._learnt > _MOST or found.group(1) in self._unused:
                    raise
                self._learn(found.group(1))

    def _learn(self, name: str) -> None:
        self._learnt += 1
        self._unused.add(name)
        self._build()
        if self._unknown is not None:
            self._unknown(name if self._learnt <= _MOST else "(and more)")

    def _build(self) -> None:
        self._many, self._one = _decoders(self._kind, frozenset(self._unused), self._learnt <= _MOST)


@lru_cache(maxsize=64)
def _decoders(
    kind: type[msgspec.Struct], unused: frozenset[str], strict: bool
) -> tuple[msgspec.json.Decoder[Any], msgspec.json.Decoder[Any]]:
    """Decoders of a list and of one object, equal for all files: making a type takes longer than reading a small file.

    Unused fields are kept as raw text, which costs least; beyond a bound of unknown ones (not `strict`) all are let be.
    """
    extra: list[Any] = [(f"unused_{n}", msgspec.Raw, None) for n in range(len(unused))]
    made = msgspec.defstruct(
        kind.__name__,
        extra,
        bases=(kind,),
        rename=dict(zip((field[0] for field in extra), sorted(unused), strict=True)),
        forbid_unknown_fields=strict,
        kw_only=True,
        gc=False,
    )
    return msgspec.json.Decoder(list[made]), msgspec.json.Decoder(made)  # type: ignore[valid-type]
