"""File hashes written as hex: MD5, SHA-1, SHA-256. They carry no checksum: length and alphabet is all that holds."""

from __future__ import annotations

import re
import string

from tanglaw.selectors.base import TOKEN, Example, Normalise, Recogniser, Selector, whole

_HEX = re.compile("[0-9A-Fa-f]+")


def _normalise(length: int) -> Normalise:
    def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
        text = text.strip()
        if len(text) != length or _HEX.fullmatch(text) is None or text.isdigit() or text.isalpha():
            return None
        return text.lower()

    return normalise


def _hash(name: str, length: int, example: str) -> Selector:
    normalise = _normalise(length)
    return Selector(
        name=name,
        meaning=f"{length} hex digits with letters and digits, as {name.upper()} is written",
        recognisers=(
            Recogniser(TOKEN, whole(name, normalise), TOKEN, "token", opens=string.hexdigits, sizes=(length, length)),
        ),
        normalise=normalise,
        examples=(
            Example(f"{name} {example.upper()}", example.upper(), example),
            Example(f"file={example};", example, example),
        ),
        non_examples=(example[:-1], example + "0", "1" * length, "a" * length, "g" + example[1:]),
        within=frozenset(("url", "email")),
    )


MD5 = _hash("md5", 32, "d41d8cd98f00b204e9800998ecf8427e")
SHA1 = _hash("sha1", 40, "da39a3ee5e6b4b0d3255bfef95601890afd80709")
SHA256 = _hash("sha256", 64, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
