"""Report documents column by column: what their formats share between finding elements and writing rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tanglaw.reading.accounts import choose
from tanglaw.reading.elements import Elements, Found, first, up
from tanglaw.reading.report_columns import ReportColumns
from tanglaw.reading.texts import Texts, Whole
from tanglaw.reading.values import identifier

_ORDINALS = 65_536


class Reach(NamedTuple):
    """Contacts of one kind: the place of each one's owner, its document and place, and what is stated."""

    above: Whole
    kind: str
    doc: Whole
    place: Texts
    value: Texts
    use: Texts
    verified: pa.Array[Any]


class Blocks:
    """The elements that were found, and the columns that are made of them."""

    def __init__(self, found: Found, out: ReportColumns) -> None:
        self.found, self.out, self.arena = found, out, out.arena

    def of(self, path: str) -> Elements:
        return self.found.of(path)

    def same(self, text: str, elements: Elements) -> Texts:
        """One text for each element."""
        return self.arena.constant(text, len(elements))

    def nothing(self, elements: Elements) -> Texts:
        """Nothing stated, for each element."""
        return self.same("", elements).filled()

    def places(self, pattern: str, *ordinals: Whole) -> Texts:
        """`pattern` with its `{}` filled by ordinals, row by row."""
        code = np.zeros(len(ordinals[0]), np.int64)
        for ordinal in ordinals:
            code = code * _ORDINALS + ordinal
        known, where = np.unique(code, return_inverse=True)
        made = []
        for one in known.tolist():
            numbers = [one // _ORDINALS**place % _ORDINALS for place in range(len(ordinals))]
            made.append(pattern.format(*reversed(numbers)))
        return self.arena.texts(made).take(where.astype(np.int64))

    def alone(self, elements: Elements, ordinal: int = 1) -> None:
        """Only one element of the name may stand in its parent; ordinals begin at `ordinal`."""
        self.out.doubt(elements.doc, elements.ordinal > ordinal)

    def lines(self, parents: Elements, above: Whole, texts: Texts, between: str) -> Texts:
        """The stated texts of each parent, joined; `above` tells the parent of each."""
        mine = np.flatnonzero(texts.stated)
        counts = np.bincount(above[mine], minlength=len(parents))
        which = np.full(len(parents), -1, np.int64)
        which[above[mine][::-1]] = mine[::-1]
        joined = texts.take(which)
        several = np.flatnonzero(counts > 1)
        if len(several):
            # Rare enough to be joined one by one.
            parts: dict[int, list[str]] = {one: [] for one in several.tolist()}
            mine = mine[counts[above[mine]] > 1]
            for parent, text in zip(above[mine].tolist(), self.arena.listed(texts.take(mine)), strict=True):
                parts[parent].append(str(text))
            made = self.arena.texts([between.join(parts[one]) for one in several.tolist()])
            joined.at[several], joined.size[several] = made.at, made.size
        return joined

    def first_stated(self, parents: Elements, above: Whole, texts: Texts) -> Texts:
        """The first stated text of each parent."""
        mine = np.flatnonzero(texts.stated)
        which = np.full(len(parents), -1, np.int64)
        which[above[mine][::-1]] = mine[::-1]
        return texts.take(which)

    def reached(self, reach: Sequence[Reach], person: Texts, owner: dict[str, Texts]) -> None:
        """Rows of contacts; `person` and `owner` (account_id, role) by owner."""
        for one in reach:
            whose = {name: texts.take(one.above) for name, texts in owner.items()}
            whose["person_id"] = person.take(one.above)
            said = {"value": one.value, "use": one.use, "verified": one.verified}
            self.out.contacts(one.doc, one.place, whose, one.kind, said)

    def chosen(
        self, blocks: Elements, own: Texts, handles: Texts, reach: Sequence[Reach]
    ) -> tuple[Texts, Texts, Texts]:
        """Kind and normal form of each block's most stable identifier, nearly always the ESP's own, and the form that
        the account's id is made of."""
        odd = np.flatnonzero(~own.stated)
        kind = self.same("esp-id", blocks)
        if not len(odd):
            return kind, own, own
        candidates: dict[int, list[tuple[str, str | None, bool]]] = {}
        for one, handle in zip(odd.tolist(), self.arena.listed(handles.take(odd)), strict=True):
            candidates[one] = [("handle", handle, True)]
        for some in reach:
            values, sure = self.arena.listed(some.value), some.verified.to_pylist()
            for one, value, verified in zip(some.above.tolist(), values, sure, strict=True):
                if one in candidates:
                    candidates[one].append((some.kind, value, bool(verified)))
        chosen = [
            choose([(what, text) for what, text, sure in all_ if sure] + [(what, text) for what, text, _ in all_])
            for all_ in candidates.values()
        ]
        back = np.full(len(blocks), -1, np.int64)
        back[odd] = np.arange(len(odd))
        kinds, shown, keyed = (
            self.arena.texts(column).take(back)
            for column in (
                [what for what, _ in chosen],
                [text or None for _, text in chosen],
                [identifier(what, text) for what, text in chosen],
            )
        )
        return kinds.otherwise(kind), own.otherwise(shown), own.otherwise(keyed)

    def once(self, blocks: Elements, account: Texts) -> None:
        """The same account twice among the blocks of a document leaves doubt."""
        several = np.flatnonzero(np.bincount(blocks.doc, minlength=self.out.documents)[blocks.doc] > 1)
        told: set[tuple[int, str | None]] = set()
        accounts = self.arena.listed(account.take(several))
        for one in zip(blocks.doc[several].tolist(), accounts, strict=True):
            if one in told:
                self.out.unsure[one[0]] = True
            told.add(one)


__all__ = ["Blocks", "Elements", "Reach", "first", "up"]
