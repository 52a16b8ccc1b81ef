"""XRP Ledger addresses: the classic form in Ripple's own Base58, and X-addresses, which add a destination tag."""

from __future__ import annotations

from collections.abc import Sequence

from tanglaw.selectors.base import TOKEN, Example, Reading, Recogniser, Selector
from tanglaw.selectors.checksums import RIPPLE58, base58check

# Prefix of an X-address (main and test network), 20 bytes of account, a flag, 8 bytes of tag.
_X_PREFIXES = (b"\x05\x44", b"\x04\x93")


def _read_text(text: str) -> tuple[str, str] | None:
    """Value and how it was read."""
    if text[:1] == "r" and 25 <= len(text) <= 35:
        body = base58check(text, RIPPLE58)
        return (text, "classic address") if body is not None and len(body) == 21 and body[0] == 0 else None
    if text[:1] in ("X", "T") and 46 <= len(text) <= 48:
        body = base58check(text, RIPPLE58)
        if body is None or len(body) != 31 or body[:2] not in _X_PREFIXES or body[22] > 1:
            return None
        tag = int.from_bytes(body[23:27], "little")
        return text, f"X-address with tag {tag}" if body[22] else "X-address"
    return None


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address as written, or None if length or checksum does not hold."""
    found = _read_text(text.strip())
    return found[0] if found else None


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    found = _read_text(candidate)
    return (Reading("xrp", found[0], 0, len(candidate), how=found[1]),) if found else ()


SELECTOR = Selector(
    name="xrp",
    meaning="XRP Ledger address or X-address; checksum verified",
    recognisers=(Recogniser(TOKEN, _read, TOKEN, "token", opens="rXT", sizes=(25, 48)),),
    normalise=normalise,
    examples=(
        Example("xrp rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH thanks", *(2 * ("rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH",))),
        Example("rrrrrrrrrrrrrrrrrrrrrhoLvTp", *(2 * ("rrrrrrrrrrrrrrrrrrrrrhoLvTp",))),
        Example(
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb",
            *(2 * ("XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb",)),
        ),
    ),
    non_examples=("rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRh", "r" * 30),
)
