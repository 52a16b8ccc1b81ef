"""How alike two names are, 0 to 1: across scripts, order of words, short forms, particles, initials and typing errors.

Words of the two names are paired, best first; what stays unpaired on both sides speaks against, what one side has more
speaks little. Weights are set by hand and hold for all names alike (docs/identity.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from tanglaw.identity.folding import leaves_vowels_out, skeleton, sound, words
from tanglaw.identity.vocabulary import FORMS, GENERIC, NUMBERS, PARTICLES, TITLES, one_name, short_forms

SAME_NAME = 0.75
# Places of words in the one name, in the other, and how alike they are.
Pair = tuple[tuple[int, ...], tuple[int, ...], float]
_LONGEST = 12
_RUN = 3
_INITIAL, _PARTICLE, _GENERIC, _WORD = 0.6, 0.2, 0.55, 1.0
_INITIALS = 0.8
_SEVERAL, _FULL, _NEARLY = 2, 0.97, 0.87
_EXTRA, _AGAINST = 0.18, 1.0
_FORM_AGAINST = 0.85


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: its words with their weights, and its legal forms."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    forms: frozenset[str]
    vowels: bool


@lru_cache(maxsize=200_000)
def taken_apart(text: str) -> Name:
    """The name as it is compared. A word said twice counts once; titles are left out unless nothing else stands."""
    found = list(dict.fromkeys(NUMBERS.get(word, word) for word in words(text)))[: 2 * _LONGEST]
    found, forms = _without_forms(found)
    plain = [word for word in found if word not in TITLES] or found
    weights = tuple(_weight(word) for word in plain)
    return Name(tuple(plain[:_LONGEST]), weights[:_LONGEST], forms, not leaves_vowels_out(text))


def telling(text: str) -> tuple[str, ...]:
    """The words of a name that tell it from others: no titles, particles, initials or legal forms; in their order."""
    name = taken_apart(text)
    return tuple(word for word, weight in zip(name.words, name.weights, strict=True) if weight >= _WORD)


def marks(text: str) -> frozenset[str]:
    """Short marks of a name: two names of which `grade` says more than 0 share one, but for rare spellings. Cheap to ask for."""
    said = telling(text)
    return frozenset((skeleton(word) or word)[:2] for word in said).union(*map(short_forms, said))


def grade(one: str, other: str) -> int:
    """How far two names agree: 4 in full, 3 nearly and 2 probably, both of several words; 1 in the one word that either
    states; 0 not. (A name of one word can be many people's.)"""
    value = likeness(one, other)
    if value < SAME_NAME:
        return 0
    if min(len(telling(one)), len(telling(other))) < _SEVERAL:
        return 1
    return 4 if value >= _FULL else 3 if value >= _NEARLY else 2


def _without_forms(found: list[str]) -> tuple[list[str], frozenset[str]]:
    text = f" {' '.join(found)} "
    forms = set()
    for spelled, means in FORMS:
        if f" {spelled} " in text and text.strip() != spelled:
            text = text.replace(f" {spelled} ", " ")
            forms.add(means)
    return (text.split(), frozenset(forms)) if text.split() else (found, frozenset())


def _weight(word: str) -> float:
    if len(word) == 1:
        return _INITIAL
    if word in PARTICLES:
        return _PARTICLE
    return _GENERIC if word in GENERIC else _WORD


@lru_cache(maxsize=500_000)
def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1; the same whichever comes first. `SAME_NAME` and more reads as one name."""
    a, b = taken_apart(one), taken_apart(other)
    if not a.words or not b.words:
        return 0.0
    if b.words < a.words:
        a, b = b, a
    if "".join(a.words) == "".join(b.words):
        return 1.0
    pairs = _paired(a, b)
    left = (
        _unpaired(a, {at for x, _, _ in pairs for at in x}),
        _unpaired(b, {at for _, y, _ in pairs for at in y}),
    )
    both = sum(value * sum(a.weights[i] for i in span_a) for span_a, _, value in pairs)
    both += sum(value * sum(b.weights[j] for j in span_b) for _, span_b, value in pairs)
    whole = sum(sum(a.weights[i] for i in x) + sum(b.weights[j] for j in y) for x, y, _ in pairs)
    against, extra = min(left), max(left) - min(left)
    score = both / (whole + 2 * _AGAINST * against + _EXTRA * extra) if whole else 0.0
    if not any(_tells(a, b, pair) for pair in pairs):
        score *= 0.5
    if a.forms and b.forms and not a.forms & b.forms:
        score *= _FORM_AGAINST
    return min(score, 1.0)


def _tells(a: Name, b: Name, pair: Pair) -> bool:
    """Whether a pair of words is more than initials, particles and words that everybody has."""
    x, y, value = pair
    initials = value == _INITIALS and len(x) != len(y)
    return not initials and max(a.weights[i] for i in x) >= _WORD and max(b.weights[j] for j in y) >= _WORD


def _unpaired(name: Name, used: set[int]) -> float:
    return sum(weight for at, weight in enumerate(name.weights) if at not in used)


def _paired(a: Name, b: Name) -> list[Pair]:
    """Words of the one paired with words of the other; several may stand for one that they spell together."""
    vowels = a.vowels and b.vowels
    found: list[Pair] = []
    for i, word in enumerate(a.words):
        for j, other in enumerate(b.words):
            value = _alike(word, other, vowels)
            if value:
                found.append(((i,), (j,), value))
    found += [(x, y, value) for x, y, value in _joined(a.words, b.words, vowels)]
    found += [(x, y, value) for y, x, value in _joined(b.words, a.words, vowels)]
    # Equal words first, then what covers most.
    found.sort(key=lambda pair: (pair[2] < 1, -pair[2] * (len(pair[0]) + len(pair[1])), pair[0], pair[1]))
    chosen: list[Pair] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for x, y, value in found:
        if not (used[0] & set(x) or used[1] & set(y)):
            chosen.append((x, y, value))
            used[0].update(x)
            used[1].update(y)
    return chosen


def _joined(several: tuple[str, ...], single: tuple[str, ...], vowels: bool) -> list[Pair]:
    """Runs of words that one word of the other name spells, or whose initials it gives."""
    found: list[Pair] = []
    for size in range(2, _RUN + 1):
        for at in range(len(several) - size + 1):
            run = several[at : at + size]
            for j, other in enumerate(single):
                if len(other) == size and other == "".join(word[0] for word in run):
                    found.append((tuple(range(at, at + size)), (j,), _INITIALS))
                elif len(other) > size + 1 and min(map(len, run)) > 1:
                    value = _alike("".join(run), other, vowels)
                    if value >= 0.8:
                        found.append((tuple(range(at, at + size)), (j,), value))
    return found


@lru_cache(maxsize=500_000)
def _alike(a: str, b: str, vowels: bool = True) -> float:
    """How alike two words are; 0 where they are not."""
    if a == b:
        return 1.0
    if 1 in (len(a), len(b)):
        return 0.85 if a[0] == b[0] and not (a + b).isdigit() else 0.0
    if one_name(a, b):
        return 0.92
    written = _near(a, b)
    said_a, said_b = sound(a), sound(b)
    said = 0.96 if said_a == said_b else 0.96 * _near(said_a, said_b)
    value = max(written, said)
    if not vowels:
        bare_a, bare_b = skeleton(a), skeleton(b)
        if min(len(bare_a), len(bare_b)) > 1:
            value = max(value, 0.9 if bare_a == bare_b else 0.9 * _near(bare_a, bare_b))
    return value


def _near(a: str, b: str) -> float:
    """Share of letters that agree, 0 beyond as many errors as a word of that length bears."""
    longest = max(len(a), len(b))
    errors = OSA.distance(a, b)
    allowed = 0 if longest < 4 else 1 if longest < 6 else 2 if longest < 10 else 3
    return 1 - errors / longest if errors <= allowed else 0.0
