"""What a selector type is: how it is recognised in text, validated, normalised and shown. Data and pure functions.

Candidate expressions are in Rust's regex syntax (linear time, run by Polars over whole columns) and free of
context: no anchors, no word boundaries. So the n-th candidate of a text is also its first occurrence after the
candidate before it, which is how places are found again; what stands around a candidate is judged by `fits`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# One run of letters and digits, shared by wallets and file hashes.
TOKEN = "[0-9A-Za-z]{25,}"  # noqa: S105 a run of characters, no secret


class Reading(NamedTuple):
    """One selector read from a candidate: type, normalised value, code points within the candidate, validity.

    `how` says how it was read where there is more than one way. `likelihood` is below 1 for each of several values
    that one place may have; at most one of them is valid: the chosen one.
    """

    type: str
    value: str
    start: int
    end: int
    valid: bool = True
    how: str = ""
    likelihood: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the part of it that is the selector, and the normalised value; `country` is the hint, if it takes one."""

    text: str
    original: str
    value: str
    country: str = ""
    valid: bool = True


Read = Callable[[str, str], Sequence[Reading]]
Normalise = Callable[[str, str], str | None]
Fits = Callable[[str, str, str], bool]
Several = Callable[[str, str], Sequence[Reading]]


def free(before: str, original: str, after: str) -> bool:  # noqa: ARG001
    """True unless an ASCII letter, digit or underscore touches the candidate on either side."""
    return not (before and _word(before[-1])) and not (after and _word(after[0]))


def _word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def backwards(alternatives: str) -> str:
    """The alternatives of an expression spelled from right to left.

    What must stand right before a place is told fastest from the text turned round, with `match`: only its end is read.
    """
    return "|".join(one[::-1] for one in alternatives.split("|"))


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def same(value: str) -> str:
    """The value as it is."""
    return value


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A candidate expression and the function that reads one distinct candidate: (candidate, country) -> readings.

    `trigger` is a cheaper Rust expression that every text holding a candidate worth reading matches. Triggers of
    one `family` are asked together, so that a text without any of them is passed over once. Behind a sign of `unread`
    a candidate without `//` is not read: there it is the host of a mailbox, say. `read` finds nothing in a candidate that
    begins with none of `opens`, where it names any, or is shorter or longer than `sizes`, so it is not asked.
    """

    candidate: str
    read: Read
    trigger: str
    family: str = "words"
    unread: str = ""
    opens: str = ""
    sizes: tuple[int, int] = (0, sys.maxsize)

    def may(self, candidate: str) -> bool:
        """True if the candidate's first character and length may be those of a value."""
        return self.sizes[0] <= len(candidate) <= self.sizes[1] and (not self.opens or candidate[:1] in self.opens)


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector type.

    `normalise(text, country)` gives the one spelling of a valid value, or None where checksum, length or number
    plan do not hold. `fits(before, original, after)` judges up to 32 code points on either side; a type that is
    `wordy` is asked even where a space or an end of the text is on both sides, since words around it may speak
    against it. `hinted` types read the country; `several(text, country)` gives every reading of a whole text where
    one may have more than one. A reading that lies within a reading of a type in `within` is dropped. Of a type with
    a `mask` only the keyed hash of the value and the masked original may be kept.
    """

    name: str
    meaning: str
    recognisers: tuple[Recogniser, ...]
    normalise: Normalise
    examples: tuple[Example, ...]
    non_examples: tuple[str, ...]
    fits: Fits = free
    show: Callable[[str], str] = same
    wordy: bool = False
    hinted: bool = False
    several: Several | None = None
    mask: Callable[[str], str] | None = None
    within: frozenset[str] = frozenset()

    def validate(self, text: str, country: str = "") -> bool:
        """True if `text`, by itself, is one valid value."""
        return self.normalise(text, country) is not None


def whole(name: str, normalise: Normalise, unmistakable: Callable[[str], bool] | None = None) -> Read:
    """A reader for types whose candidate is the value; invalid ones are kept only if their form is unmistakable."""

    def read(candidate: str, country: str) -> Sequence[Reading]:
        value = normalise(candidate, country)
        if value is not None:
            return (Reading(name, value, 0, len(candidate)),)
        if unmistakable is not None and unmistakable(candidate):
            return (Reading(name, candidate, 0, len(candidate), valid=False),)
        return ()

    return read
