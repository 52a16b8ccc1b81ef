"""IPv4 addresses, with a port where one is written; defanged dots too. The value is the address alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector, backwards
from tanglaw.selectors.hosts import refang
from tanglaw.selectors.web import is_port

_CANDIDATE = r"[0-9]+(?:(?:\.|\[\.\]|\(\.\)|(?i-u:\[dot\]|\(dot\)))[0-9]+){3,}(?::[0-9]+)?"
_VERSIONS = "v|ver|version|release|build|rev|kernel|firmware|driver|section|chapter"
_VERSION = re.compile(rf"\n?[.:# ]{{0,2}}(?:{backwards(_VERSIONS)})\b", re.IGNORECASE)
_VERSION_AFTER = re.compile(r" (?:kernel|release|version|driver|firmware)\b", re.IGNORECASE)


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """Four decimal numbers without leading zeros; a port from 1 to 65535 may follow and is left out."""
    text = text.strip()
    address, mark, port = (text[7:] if text[:7].lower() == "::ffff:" else text).partition(":")
    if len(address) > 40 or (mark and not is_port(port)):
        return None
    parts = refang(address).split(".")
    return ".".join(parts) if len(parts) == 4 and all(_is_octet(part) for part in parts) else None


def _is_octet(part: str) -> bool:
    if not (part.isascii() and part.isdigit()) or len(part) > 3:
        return False
    return int(part) <= 255 and (part == "0" or part[0] != "0")


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    value = normalise(candidate)
    end = len(candidate)
    if value is None and ":" in candidate:
        # What follows is no port: a time, say.
        end = candidate.index(":")
        value = normalise(candidate[:end])
    port = candidate[:end].rpartition(":")[2] if ":" in candidate[:end] else ""
    return (Reading("ipv4", value, 0, end, how=f"port {port}" if port else ""),) if value else ()


def fits(before: str, original: str, after: str) -> bool:
    """True unless a word, a longer dotted number or "version" stands around it."""
    last, after_one = before[-1:], after[:1]
    if (
        (last.isascii() and last.isalnum())
        or last in ("_", "-", ".", "+")
        or (after_one.isascii() and after_one.isalnum())
    ):
        return False
    if after_one in (".", "-", "_") and after[1:2].isalnum() and not ("-" in after_one and original.count(":")):
        return False
    return original.count(":") == 1 or (_VERSION.match(before[::-1]) is None and _VERSION_AFTER.match(after) is None)


_TRIGGER = r"[0-9](?:\.|[\[(](?:\.|(?i-u:dot))[\])])[0-9]{1,3}(?:\.|[\[(])"

SELECTOR = Selector(
    name="ipv4",
    meaning="IPv4 address; the reading and the original keep the port",
    recognisers=(Recogniser(_CANDIDATE, _read, _TRIGGER, "dots"),),
    normalise=normalise,
    fits=fits,
    wordy=True,
    examples=(
        Example("from 192.0.2.17:5060 today", "192.0.2.17:5060", "192.0.2.17"),
        Example("198[.]51[.]100[.]7", "198[.]51[.]100[.]7", "198.51.100.7"),
        Example("ping 203.0.113.9.", "203.0.113.9", "203.0.113.9"),
    ),
    non_examples=(
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.400",
        "v1.2.3.4",
        "version 1.2.3.4",
        "01.02.03.04",
        "a1.2.3.4",
        "1.2.3.4-rc1",
    ),
    within=frozenset(("email",)),
)
