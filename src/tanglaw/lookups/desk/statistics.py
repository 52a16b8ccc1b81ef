"""Counts of a year from the shelf: reports, incidents and actors apart, for they are not the same thing."""

from __future__ import annotations

from tanglaw.engine.shelf import Shelf


def years(shelf: Shelf) -> list[int]:
    """Years in which reports were received, newest first."""
    return [int(row["year"]) for row in shelf.rows("select year from years order by year desc")]


def reports(shelf: Shelf, year: int) -> dict[tuple[str, int], int]:
    """Reports received in the year, by lane and quarter (1 to 4)."""
    rows = shelf.rows("select lane, quarter, n from received where year = ?", year)
    return {(row["lane"], row["quarter"]): row["n"] for row in rows}


def incidents(shelf: Shelf, year: int) -> int:
    """Different incidents among them: reports that repeat the same viral or batched material are one."""
    return _counted(shelf, "incidents", year)


def actors(shelf: Shelf, year: int) -> int:
    """Different hands that they report: accounts that the evidence joins count once."""
    return _counted(shelf, "actors", year)


def _counted(shelf: Shelf, column: str, year: int) -> int:
    rows = shelf.rows(f"select {column} as n from years where year = ?", year)
    return int(rows[0]["n"]) if rows else 0
