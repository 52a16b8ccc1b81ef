"""What list readers share: no hints, and issues that a list repeats a million times said once with their number."""

from __future__ import annotations

import polars as pl

from tanglaw.reading.item import Item
from tanglaw.reading.rows import Rows

MOST_KINDS = 1_000


class ListReader:
    """A reader of lists: it knows nothing of reports, so it has no hints."""

    def hints(self, item: Item) -> tuple[str, ...]:  # noqa: ARG002
        """None."""
        return ()


class Noted:
    """Counts issues by code and reason; `write` makes one issue row of each, in the order of first sight."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], list[int | str]] = {}
        self._left_out = 0

    def note(self, code: str, reason: str, place: str = "", times: int = 1) -> None:
        """One more of this kind; `place` is kept of the first. Beyond a thousand kinds only their number is."""
        if times <= 0:
            return
        found = self._counts.get((code, reason))
        if found is not None:
            found[0] = int(found[0]) + times
        elif len(self._counts) < MOST_KINDS:
            self._counts[(code, reason)] = [times, place]
        else:
            self._left_out += times

    def write(self, rows: Rows) -> None:
        """One issue row of each kind, its number in the reason if it came more than once."""
        for (code, reason), (times, place) in self._counts.items():
            many = "" if times == 1 else f" ({times} times; this is the first place)"
            rows.issue(code, reason + many, str(place))
        if self._left_out:
            rows.issue("more-issues", f"{self._left_out} further issues of other kinds are not listed")


class Repeats:
    """Counts what a list says twice and where it contradicts itself, by 64-bit digests: 32 bytes an entry."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Some more rows with the columns entry, hash_type, value and category."""
        claimed = pl.col("category").is_not_null()
        self._parts.append(
            rows.select(
                key=pl.struct("entry", "hash_type", "value").hash(),
                slot=pl.struct("entry", "hash_type").hash(),
                value=pl.when(claimed).then(pl.struct("hash_type", "value").hash()),
                claim=pl.when(claimed).then(pl.struct("hash_type", "value", "category").hash()),
            )
        )

    def note(self, noted: Noted) -> None:
        """Issues `duplicate-entry` and `contradicting-entry`, with their numbers; every row stays as it is."""
        if not self._parts:
            return
        every = pl.concat(self._parts)
        self._parts.clear()
        many = every.select(pl.all().drop_nulls().n_unique()).row(0, named=True)
        noted.note("duplicate-entry", "entry states the same hash again", "", len(every) - many["key"])
        several = "entry states another hash of the same type too"
        noted.note("contradicting-entry", several, "", many["key"] - many["slot"])
        categories = "hash is listed under another category too"
        noted.note("contradicting-entry", categories, "", many["claim"] - many["value"])
