"""Where a number written without its country may belong: weighted country hints, and what a text's script adds.

A hint is a text of ISO 3166 codes with weights, `PH:3 US:1`; a code alone weighs 4.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

# Scripts that one country writes, or nearly so: what the language of a text says about its writer's country.
_SCRIPTS = (
    ("\u0370-\u03ff\u1f00-\u1fff", "GR"), ("\u0530-\u058f", "AM"), ("\u0590-\u05ff", "IL"), ("\u0980-\u09ff", "BD"),
    ("\u0d80-\u0dff", "LK"), ("\u0e00-\u0e7f", "TH"), ("\u0e80-\u0eff", "LA"), ("\u1000-\u109f", "MM"),
    ("\u10a0-\u10ff", "GE"), ("\u1200-\u137f", "ET"), ("\u1780-\u17ff", "KH"), ("\u1800-\u18af", "MN"),
    ("\u3040-\u30ff", "JP"), ("\u1100-\u11ff\uac00-\ud7af", "KR"),
)  # fmt: skip
_ANY_SCRIPT = re.compile("[" + "".join(letters for letters, _ in _SCRIPTS) + "]")
_FORMS = tuple((re.compile(f"[{letters}]"), country) for letters, country in _SCRIPTS)
# What a code without weight weighs: more than the script of one text, which weighs 1.
ALONE = 4.0
# A hint is trusted if its readings weigh this share of all; else no reading of the place is chosen.
CHOSEN = 2 / 3


@lru_cache(maxsize=4096)
def weighed(hint: str) -> tuple[tuple[str, float], ...]:
    """Known countries of a hint with their weights, heaviest first, then by code."""
    weights: dict[str, float] = {}
    for part in hint.upper().replace(",", " ").replace(";", " ").split():
        code, _, weight = part.partition(":")
        if code in phonenumbers.SUPPORTED_REGIONS:
            weights[code] = weights.get(code, 0.0) + (float(weight) if weight.isdecimal() else ALONE)
    return tuple(sorted(weights.items(), key=lambda one: (-one[1], one[0])))


def script(text: str) -> str:
    """The country whose script the text is written in, or empty."""
    found = _ANY_SCRIPT.search(text)
    return next(country for form, country in _FORMS if form.match(found[0])) if found else ""


def with_script(hint: str, country: str) -> str:
    """The hint and, of weight 1, the country that the script of a text speaks for, if there is one."""
    return f"{hint} {country}:1" if hint and country else hint or country
