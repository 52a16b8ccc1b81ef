"""MAC addresses: six octets in hex, with colons, hyphens, or dots between groups of four digits."""

from __future__ import annotations

import re

from tanglaw.selectors.base import Example, Recogniser, Selector, whole

_PAIRS = "[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5,}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5,}|[0-9A-Fa-f]{4}(?:[.][0-9A-Fa-f]{4}){2,}"
_FORM = re.compile("(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}|(?:[0-9a-f]{4}[.]){2}[0-9a-f]{4}")
_JOINERS = frozenset(":-.")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """Lower-case pairs joined by colons; None if it is not six octets, all zeros or all ones."""
    text = text.strip().lower()
    if len(text) > 17 or _FORM.fullmatch(text) is None:
        return None
    digits = "".join(char for char in text if char not in _JOINERS)
    if digits in ("0" * 12, "f" * 12) or (len(text) == 14 and digits.isdigit()):
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def fits(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless it is part of a longer run of hex groups or of a word."""
    joined = len(after) > 1 and after[0] in _JOINERS and after[1].isalnum()
    return not before[-1:].isalnum() and before[-1:] not in _JOINERS - {":"} and not after[:1].isalnum() and not joined


_TRIGGER = "[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|[.][0-9A-Fa-f]{4}[.]"

SELECTOR = Selector(
    name="mac",
    meaning="MAC address of a network device",
    recognisers=(Recogniser(_PAIRS, whole("mac", normalise), _TRIGGER, "hex"),),
    normalise=normalise,
    fits=fits,
    examples=(
        Example("router 00:1A:2B:3C:4D:5E ok", "00:1A:2B:3C:4D:5E", "00:1a:2b:3c:4d:5e"),
        Example("00-1a-2b-3c-4d-5e", "00-1a-2b-3c-4d-5e", "00:1a:2b:3c:4d:5e"),
        Example("001a.2b3c.4d5e", "001a.2b3c.4d5e", "00:1a:2b:3c:4d:5e"),
    ),
    non_examples=("12:30:45", "00:00:00:00:00:00", "00:1a:2b:3c:4d:5e:6f:70", "1234.5678.9012"),
)
