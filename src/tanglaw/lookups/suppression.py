"""Small cells of a table with sums, suppressed so that they cannot be computed from the sums.

A cell from 1 to below `least` is suppressed (primary). Then others are (secondary) until, in each row and column with its sum,
the suppressed cells are at least two, together at least `least` where the sum is shown, and none is fixed by the equations: by
Gusfield (1988, SIAM J. Comput. 17), a cell of a two-way table is fixed if and only if its edge is a bridge of the graph that has
a node for each row and column and an edge for each suppressed cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = tuple[int, int]


@dataclass(frozen=True)
class Published:
    """A table as it may be shown: rows and columns by name, the last of each being the sum; None is suppressed."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]


def single(count: int, least: int) -> int | None:
    """A count that stands in no sum; None if it is suppressed."""
    return None if 0 < count < least else count


def published(
    rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], least: int, total: str
) -> Published:
    """The table with its sums, small cells suppressed. `counts` has a row of counts for each name of `rows`."""
    whole = [[*row, sum(row)] for row in counts]
    whole.append([sum(column) for column in zip(*whole, strict=True)] if whole else [0] * (len(columns) + 1))
    hidden = {(r, c) for r, row in enumerate(whole) for c, count in enumerate(row) if 0 < count < least}
    while (more := _more(whole, hidden, least)) is not None:
        hidden.add(more)
    cells = tuple(
        tuple(None if (r, c) in hidden else count for c, count in enumerate(row)) for r, row in enumerate(whole)
    )
    return Published((*rows, total), (*columns, total), cells)


def _more(whole: list[list[int]], hidden: set[Cell], least: int) -> Cell | None:
    """The next cell to suppress: of a line that tells too much, the smallest that is not suppressed, sums last."""
    height, width = len(whole), len(whole[0])
    lines = [[(r, c) for c in range(width)] for r in range(height)] + [
        [(r, c) for r in range(height)] for c in range(width)
    ]
    mine = {at: [cell for cell in line if cell in hidden] for at, line in enumerate(lines)}
    weak = [at for at, cells in mine.items() if cells and _tells(whole, lines[at], cells, least)]
    # Cycles come about by themselves where every line has two: bridges are looked for only after that.
    fixed = set() if any(len(mine[at]) < len(lines[at]) for at in weak) else _bridges(hidden, height)
    for at in (*weak, *(at for at, cells in mine.items() if fixed.intersection(cells))):
        found = _smallest(whole, [cell for cell in lines[at] if cell not in hidden])
        if found is not None:
            return found
    return None


def _tells(whole: list[list[int]], line: list[Cell], hidden: list[Cell], least: int) -> bool:
    """Whether a line tells its one suppressed cell, or by its sum that those suppressed are few together."""
    few = line[-1] not in hidden and sum(whole[r][c] for r, c in hidden) < least
    return len(hidden) < 2 or few


def _smallest(whole: list[list[int]], free: list[Cell]) -> Cell | None:
    last_row, last_column = len(whole) - 1, len(whole[0]) - 1

    def worth(cell: Cell) -> tuple[bool, bool, int, Cell]:
        count = whole[cell[0]][cell[1]]
        # A zero is what everybody guesses, and its line then needs others: it goes only where nothing else is left.
        return not count, cell[0] == last_row or cell[1] == last_column, count, cell

    order = sorted(free, key=worth)
    return order[0] if order else None


def _bridges(hidden: set[Cell], height: int) -> set[Cell]:
    """Suppressed cells on no cycle: without its own edge, a bridge's row does not lead to its column."""
    beside: dict[int, set[int]] = {}
    for r, c in hidden:
        beside.setdefault(r, set()).add(height + c)
        beside.setdefault(height + c, set()).add(r)
    return {(r, c) for r, c in hidden if not _leads(beside, r, height + c)}


def _leads(beside: dict[int, set[int]], start: int, end: int) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for there in beside[here]:
            if {here, there} == {start, end}:
                continue
            if there == end:
                return True
            if there not in seen:
                seen.add(there)
                ahead.append(there)
    return False
