"""Ethereum addresses (and those of chains that share the form); mixed case must hold by EIP-55."""

from __future__ import annotations

import re

from tanglaw.selectors.base import TOKEN, Example, Recogniser, Selector, whole
from tanglaw.selectors.checksums import eip55

_FORM = re.compile("0[xX][0-9A-Fa-f]{40}")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The address in lower case; None if mixed case breaks EIP-55, or length or digits do not fit."""
    text = text.strip()
    if len(text) != 42 or _FORM.fullmatch(text) is None:
        return None
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and digits != eip55(digits):
        return None
    return "0x" + digits.lower()


def show(value: str) -> str:
    """The address with the checksum's capitals."""
    return "0x" + eip55(value[2:])


SELECTOR = Selector(
    name="eth",
    meaning="Ethereum-style address; EIP-55 verified where mixed case is used",
    recognisers=(
        Recogniser(
            TOKEN,
            whole("eth", normalise, lambda text: _FORM.fullmatch(text) is not None),
            TOKEN,
            "token",
            opens="0",
            sizes=(42, 42),
        ),
    ),
    normalise=normalise,
    show=show,
    examples=(
        Example(
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ),
        Example(
            "to 0xde709f2102306220921060314715629080e2fb77,", *(2 * ("0xde709f2102306220921060314715629080e2fb77",))
        ),
        Example(
            "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            *(2 * ("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",)),
            valid=False,
        ),
    ),
    non_examples=("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd"),
)
