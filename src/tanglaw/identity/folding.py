"""Names as comparable text: one script, one case, and how they sound.

Scripts are brought to Latin letters by AnyAscii's tables. Nothing here knows a country or a language: the same rules fold
every name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Signs that stand inside a word and are not said.
_SILENT = re.compile(r"['`´’ʼʿʾ‘]")
_DOTTED = re.compile(r"\b(?:[a-z]\. ?){2,}|\b(?:[a-z]\.)+[a-z]\b\.?")
_BROKEN = re.compile(r"[^a-z0-9]+")
# Digits and signs typed for letters inside a word.
_SWAPPED = str.maketrans("013457", "oieast")
# Spellings of one sound, longest first; what stays is a rough key, not a pronunciation.
_SOUNDS = (
    ("tsch", "c"), ("dsch", "j"), ("shch", "s"), ("sch", "s"), ("tch", "c"), ("dzh", "j"), ("ough", "o"),
    ("ph", "f"), ("kh", "h"), ("gh", "g"), ("ch", "c"), ("sh", "s"), ("zh", "s"), ("th", "t"), ("dh", "d"), ("ck", "k"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("ei", "i"), ("ey", "i"), ("ay", "e"), ("ai", "e"), ("ae", "e"),
    ("oe", "o"), ("ue", "u"), ("aa", "a"), ("ya", "a"), ("yu", "u"), ("yo", "o"), ("ye", "e"), ("iy", "i"), ("yy", "i"),
    ("q", "k"), ("w", "v"), ("x", "ks"), ("y", "i"), ("j", "i"), ("z", "s"), ("g", "g"), ("e", "e"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]")
# Scripts that leave most vowels out.
_CONSONANTAL = ("ARABIC", "HEBREW", "SYRIAC")


@lru_cache(maxsize=200_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower-case Latin letters and digits, in order; dotted letters stand together."""
    text = unicodedata.normalize("NFKC", name)
    text = _SILENT.sub("", text)
    text = anyascii(text).lower()
    text = _SILENT.sub("", text)
    text = _DOTTED.sub(lambda found: " " + found[0].replace(".", "").replace(" ", "") + " ", text)
    return tuple(_letters(word) for word in _BROKEN.split(text) if word)


def _letters(word: str) -> str:
    """The word with letters for digits typed in their place: only where letters outnumber them."""
    digits = sum(sign.isdigit() for sign in word)
    return word.translate(_SWAPPED) if 0 < digits < len(word) - digits and not word[0].isdigit() else word


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A rough key of how the word sounds."""
    for spelled, said in _SOUNDS:
        word = word.replace(spelled, said)
    word = _TWICE.sub(r"\1", word)
    if word.startswith("h") and len(word) > 3:
        return word
    return word[0] + word[1:].replace("h", "") if word else word


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The sound without vowels, for scripts that do not write them."""
    return _VOWELS.sub("", sound(word)).replace("v", "").replace("p", "b")


@lru_cache(maxsize=200_000)
def leaves_vowels_out(name: str) -> bool:
    """Whether the name is written in a script that leaves most vowels out."""
    return any(unicodedata.name(sign, "").startswith(_CONSONANTAL) for sign in name[:40])
