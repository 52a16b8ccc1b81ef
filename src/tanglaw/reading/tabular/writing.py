"""What the writers of all kinds of table share: record ids, parties, and the table being read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from tanglaw.reading.rows import Rows
from tanglaw.reading.tabular import keyed
from tanglaw.reading.tabular.mapping import Mapping
from tanglaw.reading.tabular.occurrences import Occurrences
from tanglaw.reading.tabular.parties import Parties, column, put


@dataclass(slots=True)
class Writing:
    """One table on its way into evidence: frames of values in, rows out. Frames have a `locator` column.

    `rows_before` counts the good rows of earlier frames.
    """

    rows: Rows
    mapping: Mapping
    say_once: Callable[[str, str], None]
    rows_before: int = 0
    parties: Parties = field(init=False)
    _occurrences: dict[str, Occurrences] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parties = Parties(self.rows)

    def numbers(self, about: str, parts: Sequence[pl.Series]) -> pl.Series:
        """How often each record came before in this table, from 0; equal parts make equal records."""
        keys = pl.DataFrame([part.alias(str(i)) for i, part in enumerate(parts)]).hash_rows()
        counter = self._occurrences.setdefault(about, Occurrences())
        return pl.Series(counter.numbers(keys.to_numpy()))

    def content_ids(self, kind: str, parts: Sequence[pl.Series]) -> pl.Series:
        """Ids made of what the record says, and of its number among equals in the file."""
        texts = [part.cast(pl.String) for part in parts]
        number = self.numbers(kind, texts).cast(pl.String)
        return keyed.many(self.rows.ids, kind, [*texts, number])

    def place_ids(self, frame: pl.DataFrame) -> pl.Series:
        """Ids made of the file and the row's place in it."""
        source = pl.Series([self.rows.source_id]).new_from_index(0, len(frame))
        return keyed.many(self.rows.ids, "row", [source, frame["locator"]])

    def reference_ids(
        self, kind: str, service: pl.Series, reference: pl.Series, content: Sequence[pl.Series]
    ) -> pl.Series:
        """Ids made of the service and its reference where a row has one, else of the content."""
        if self.mapping.reference_unique and reference.null_count() < len(reference):
            ids = keyed.many(self.rows.ids, kind, [service, reference])
            again = (self.numbers(f"{kind} reference", [service, reference]) > 0) & reference.is_not_null()
            if again.any():
                self.say_once("repeated-reference", "references repeat: of rows with the same one the newest counts")
            if not reference.null_count():
                return ids
            blank = reference.is_null()
            other = self.content_ids(kind, [part.filter(blank) for part in content])
            filled = pl.Series([None], dtype=pl.String).new_from_index(0, len(ids)).scatter(blank.arg_true(), other)
            return pl.select(pl.when(blank).then(filled).otherwise(ids)).to_series()
        return self.content_ids(kind, content)

    def put(self, table: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
        put(self.rows, table, frame, columns)


def service_of(frame: pl.DataFrame) -> pl.Series:
    """The platform that the table states for a whole row: `platform`, else `provider`."""
    return pl.select(pl.coalesce(column(frame, "platform"), column(frame, "provider"))).to_series()


def parts_of(frame: pl.DataFrame, names: Sequence[str]) -> list[pl.Series]:
    """Those of the named columns that the frame has, as text, in order."""
    return [column(frame, name).cast(pl.String) for name in names]
