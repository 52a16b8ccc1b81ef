"""Small cells cannot be computed from the sums: checked by linear algebra, which knows nothing of the method."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.lookups.suppression import Published, published, single

COUNTS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=6)
)


def table(counts: list[list[int]], least: int) -> tuple[Published, list[list[int]]]:
    found = published(
        [f"r{at}" for at in range(len(counts))], [f"c{at}" for at in range(len(counts[0]))], counts, least, "all"
    )
    whole = [[*row, sum(row)] for row in counts]
    return found, [*whole, [sum(column) for column in zip(*whole, strict=True)]]


@given(COUNTS, st.integers(3, 10))
def test_no_small_cell_is_shown_and_no_other_is_false(counts: list[list[int]], least: int) -> None:
    """What is shown is right; from 1 to below the least nothing is shown, sums included."""
    found, whole = table(counts, least)
    for shown, row in zip(found.cells, whole, strict=True):
        for cell, count in zip(shown, row, strict=True):
            assert cell in (None, count)
            assert cell is None or cell == 0 or cell >= least


@given(COUNTS, st.integers(3, 10))
def test_no_suppressed_cell_is_fixed_by_the_sums(counts: list[list[int]], least: int) -> None:
    """The equations of rows and columns leave every suppressed cell open, or the whole line it stands in is suppressed."""
    found, _ = table(counts, least)
    height, width = len(found.cells), len(found.cells[0])
    hidden = [(r, c) for r in range(height) for c in range(width) if found.cells[r][c] is None]
    lines = [[(r, c) for c in range(width)] for r in range(height)] + [
        [(r, c) for r in range(height)] for c in range(width)
    ]
    equations = np.array(
        [[(-1 if cell == line[-1] else 1) if cell in line else 0 for cell in hidden] for line in lines]
    )
    rank = np.linalg.matrix_rank(equations) if hidden else 0
    for at in range(len(hidden)):
        unit = np.zeros((1, len(hidden)))
        unit[0, at] = 1
        assert np.linalg.matrix_rank(np.vstack([equations, unit])) > rank, hidden[at]


@given(COUNTS, st.integers(3, 10))
def test_what_a_line_hides_together_is_not_small(counts: list[list[int]], least: int) -> None:
    """Where the sum of a row is shown, its suppressed cells are the least or more together, or all that it has."""
    found, whole = table(counts, least)
    for at, row in enumerate(found.cells):
        hidden = sum(whole[at][c] for c, cell in enumerate(row) if cell is None)
        assert row[-1] is None or hidden == 0 or hidden >= least or all(cell is None for cell in row[:-1])


def test_a_lone_small_cell_takes_others_with_it() -> None:
    """One small cell takes one of its row, one of its column and the fourth of the square; the rest stays."""
    found, _ = table([[2, 20, 30], [25, 40, 50], [60, 70, 80]], 5)
    assert sum(cell is None for row in found.cells for cell in row) == 4
    assert found.cells[0][0] is None and found.cells[-1][-1] == 377


def test_a_small_row_does_not_take_the_table_along() -> None:
    """Where a row's sum is suppressed with its cell, zeros beside it stay."""
    found, _ = table([[0, 2, 0], [0, 9, 0], [0, 100, 0]], 5)
    assert [list(row) for row in found.cells[2:]] == [[0, 100, 0, 100], [0, 111, 0, 111]]
    assert found.cells[0] == found.cells[1] == (0, None, 0, None)


def test_a_table_without_small_cells_is_shown_whole() -> None:
    """Nothing is suppressed without need, and zero is no small cell."""
    found, whole = table([[0, 20], [25, 0]], 5)
    assert [list(row) for row in found.cells] == whole
    assert (single(0, 5), single(4, 5), single(5, 5)) == (0, None, 5)
