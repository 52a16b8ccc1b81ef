"""Where a selector occurs, from the shelf: the readings of `lookups.search`, found in sorted blocks."""

from __future__ import annotations

from typing import Any

from tanglaw.engine.shelf import Shelf, key_of
from tanglaw.ids import Ids
from tanglaw.lookups.desk.laid import OF_VALUE
from tanglaw.lookups.search import readings_of

Rows = list[dict[str, Any]]
MOST = 200
_READS = 40


def found(
    shelf: Shelf, text: str, ids: Ids, country: str = "", only: tuple[str, list[str]] = ("true", [])
) -> tuple[Rows, int]:
    """Occurrences of the selector that `text` is, best rank first, at most MOST; and how many there are.

    `only` is a condition on the shelf's table `occurrences` with the values of its question marks.
    """
    bare = text.strip()
    readings = readings_of(text, ids, country)
    spellings = {bare, bare.casefold(), bare.lstrip("@").casefold()}
    names = {bare.lstrip("@").casefold(), *(value for kind, value in readings if kind == "phone")}
    asked = [*readings, *(("any", one) for one in spellings), *(("name", one) for one in names)]
    pairs: set[tuple[str, str]] = set()
    for kind, value in asked:
        asked_by = (key_of(value), value, kind)
        rows = shelf.rows("select type, value from terms where key = ? and term = ? and kind = ? limit 200", *asked_by)
        pairs |= {(row["type"], row["value"]) for row in rows}
    condition, values = only
    each: Rows = []
    whole = 0
    for kind, value in sorted(pairs)[:_READS]:
        these = f"from occurrences where {OF_VALUE} and {condition}"
        stated = (key_of(value), value, kind, *values)
        whole += shelf.rows(f"select count(*) as n {these}", *stated)[0]["n"]
        each += shelf.rows(f"select * {these} order by rank nulls last, record_id limit ?", *stated, MOST)
    each.sort(key=lambda row: (row["rank"] is None, row["rank"], row["type"], row["value"], row["record_id"]))
    return each[:MOST], whole
