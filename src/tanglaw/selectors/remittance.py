"""Remittance and transaction references, where the text names them: the transfer houses' control numbers, ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector

_SERVICE = "mtcn|western ?union|money ?gram|remitly|worldremit|palawan|cebuana|m[ -]?lhuillier"
_NOUN = "transaction|transfer|txn|tx|trx|payment|remittance|tracking|control|reference|confirmation|pin"
_TAG = "number|reference|code|hash|num|ref|id|no|nr"
_LABEL = (
    rf"(?:(?i-u:{_SERVICE})(?:[ \t]{{1,2}}(?i-u:{_NOUN}|{_TAG})[.]?){{0,3}}"
    rf"|(?i-u:{_NOUN})(?:[ \t]{{1,2}}(?i-u:{_TAG})[.]?){{1,2}}"
    r"|(?i-u:ref)[.]?[ \t]{0,2}(?i-u:no|nr|number|id)[.]?)"
)
_CANDIDATE = (
    "[0-9A-Za-z_]*" + _LABEL + r"(?:[ \t]{0,2}(?:[.:#=-]|(?i-u:is))[ \t]{0,2}|[ \t]{1,2})#?[0-9A-Za-z]+(?:[ -][0-9]+)*"
)
_TAIL = re.compile(r"(?:[.:#=\s-]|\bis\b)#?\s*([0-9A-Za-z]*[0-9][0-9A-Za-z]*(?:[ -][0-9]+)*)$", re.IGNORECASE)
# The label must be a word of its own: the candidate starts with the word that holds it.
_WORD_FORM = re.compile(rf"(?:{_SERVICE}|{_NOUN}|ref)(?![0-9A-Za-z_])", re.IGNORECASE)
_STRIP = str.maketrans("", "", " -")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """Upper-case letters and digits without spaces; None unless 8 to 64 of them with five digits or more."""
    text = text.strip().lstrip("#").translate(_STRIP).upper()
    if not 8 <= len(text) <= 64 or not (text.isascii() and text.isalnum()):
        return None
    return text if sum(char.isdigit() for char in text) >= 5 else None


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    if _WORD_FORM.match(candidate) is None:
        return ()
    offset = max(0, len(candidate) - 90)
    found = _TAIL.search(candidate[offset:])
    value = normalise(found[1]) if found else None
    if not found or not value:
        return ()
    return (Reading("remittance", value, offset + found.start(1), offset + found.end(1)),)


def fits(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless the reference goes on as part of a word, a decimal or an amount."""
    return not after[:1].isalnum() and not (after[:1] in (".", ",") and after[1:2].isdigit())


_TRIGGER = rf"(?i-u:{_SERVICE}|transaction|transfer|txn|tx |trx|payment|remittance|tracking|control|confirmation|ref)"

SELECTOR = Selector(
    name="remittance",
    meaning="reference of a transfer or transaction, named as such in the text",
    recognisers=(Recogniser(_CANDIDATE, _read, _TRIGGER),),
    normalise=normalise,
    fits=fits,
    examples=(
        Example("MTCN: 123-456-7890 thanks", "123-456-7890", "1234567890"),
        Example("Western Union MTCN 1234567890", "1234567890", "1234567890"),
        Example("transaction id 5YX12345AB678901C.", "5YX12345AB678901C", "5YX12345AB678901C"),
        Example("ref no. 98765432", "98765432", "98765432"),
    ),
    non_examples=(
        "transaction fee 12345678",
        "reference number abcdefgh",
        "payment of 1234567890 pesos",
        "western union 5 pm",
    ),
    within=frozenset(("url", "email")),
)
