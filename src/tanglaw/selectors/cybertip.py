"""CyberTipline report numbers, where the text says that it is one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tanglaw.selectors.base import Example, Reading, Recogniser, Selector

_LABEL = (
    "(?i-u:cyber[ -]?tip(?:[ -]?line)?s?)(?:[ \t]{1,2}(?i-u:report|tip|reference|ref|id|no|nr|number|num)[.]?){0,3}"
    "[ \t]{0,2}(?:[:#=-]|(?i-u:is))?[ \t]{0,2}#?[0-9]{6,}"
)
_TAIL = re.compile("[0-9]+$")


def normalise(text: str, country: str = "") -> str | None:  # noqa: ARG001
    """The number without leading '#'; None unless it has 6 to 10 digits."""
    text = text.strip().lstrip("#")
    return text if 6 <= len(text) <= 10 and text.isascii() and text.isdigit() else None


def _read(candidate: str, country: str) -> Sequence[Reading]:  # noqa: ARG001
    found = _TAIL.search(candidate, max(0, len(candidate) - 12))
    value = normalise(found[0]) if found else None
    return (Reading("cybertip", value, found.start(), found.end()),) if found and value else ()


_TRIGGER = "(?i-u:cyber[ -]?tip)"

SELECTOR = Selector(
    name="cybertip",
    meaning="number of a CyberTipline report, named as such in the text",
    recognisers=(Recogniser(_LABEL, _read, _TRIGGER),),
    normalise=normalise,
    examples=(
        Example("see CyberTip 123456789 for more", "123456789", "123456789"),
        Example("CyberTipline Report no. #12345678", "12345678", "12345678"),
    ),
    non_examples=("cybertip 12345", "report 123456789", "cybertip 12345678901234"),
)
