"""An agency's own outcomes, out of a CSV: report number, outcome, date of closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tanglaw.errors import CheckUsage
from tanglaw.reading.sheet import read_sheet

COLUMNS = ("number", "outcome", "date")


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed report: its outcomes in small letters, and the end of the day on which it was closed, UTC."""

    number: str
    outcomes: frozenset[str]
    closed_at: datetime


def read_outcomes(file: Path) -> dict[str, Closed]:
    """Closed reports by number. A report with several outcomes has several rows, of one date.

    Raises CheckUsage with file and line for missing columns, empty cells, dates that are not YYYY-MM-DD, and a report closed on two
    dates. No cell is quoted.
    """
    headers, rows = read_sheet(file)
    places = {name.casefold(): at for at, name in enumerate(headers)}
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        raise CheckUsage(f"{file.name} has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
    found: dict[str, Closed] = {}
    for line, cells in rows:
        number, outcome, day = (cells[places[name]] for name in COLUMNS)
        if not (number and outcome):
            raise CheckUsage(f"{file.name}, line {line}: number or outcome is empty")
        closed_at = _end_of(day, f"{file.name}, line {line}")
        before = found.get(number)
        if before is not None and before.closed_at != closed_at:
            raise CheckUsage(f"{file.name}, line {line}: the report stands above with another date")
        said = frozenset({outcome.casefold()}) | (before.outcomes if before else frozenset())
        found[number] = Closed(number, said, closed_at)
    if not found:
        raise CheckUsage(f"{file.name} has no rows: one for each closed report")
    return found


def _end_of(text: str, place: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CheckUsage(f"{place}: date is YYYY-MM-DD") from error
    return datetime.combine(day, time(), UTC) + timedelta(days=1)
