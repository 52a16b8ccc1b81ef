"""Who may be behind a new user name: names ranked by the rare pieces that they share.

Pieces are runs of two to four signs of the folded name, each weighed by how few of the known names have it (TF-IDF), so that
an ending that everybody adds says nothing. Scripts, case, look-alike digits and signs between words do not count.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from anyascii import anyascii

_LOOKS_LIKE = str.maketrans("0134578$@!", "oieastbsai")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_SIZES = (2, 3, 4)


def folded(name: str) -> str:
    """The user name in lower-case Latin letters, signs between its words and digits at its end left out."""
    text = anyascii(name).lower()
    bare = _BETWEEN.sub("", text)
    core = bare.rstrip("0123456789") or bare
    return (core if core.isdigit() else core.translate(_LOOKS_LIKE)) or text


def pieces(name: str) -> Counter[str]:
    """Runs of signs of the folded name, its start and end marked; the start counts twice."""
    text = f"^{folded(name)}$"
    found = Counter(text[at : at + size] for size in _SIZES for at in range(len(text) - size + 1))
    found.update({text[:size]: 1 for size in _SIZES if len(text) > size})
    return found


class Nicks:
    """User names to look in. Equal names, equal order."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))
        counted = [pieces(name) for name in self._names]
        held = Counter(piece for one in counted for piece in one)
        self._rarity = {piece: math.log(1 + len(self._names) / count) for piece, count in held.items()}
        self._unheard = math.log(1 + len(self._names))
        self._at: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, one in enumerate(counted):
            for piece, weight in self._weighed(one).items():
                self._at[piece].append((number, weight))

    def _weighed(self, counted: Counter[str]) -> dict[str, float]:
        weights = {piece: count * self._rarity.get(piece, self._unheard) for piece, count in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {piece: weight / length for piece, weight in weights.items()}

    def like(self, name: str, most: int = 10) -> list[tuple[str, float]]:
        """The names most like `name` other than itself, with their likeness of 0 to 1, the likest first."""
        found: dict[int, float] = defaultdict(float)
        for piece, weight in self._weighed(pieces(name)).items():
            for number, other in self._at.get(piece, ()):
                found[number] += weight * other
        ranked = sorted(found.items(), key=lambda one: (-one[1], self._names[one[0]]))
        chosen = [(self._names[number], round(value, 6)) for number, value in ranked[: most + 1]]
        return [one for one in chosen if one[0] != name][:most]
