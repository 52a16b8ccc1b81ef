"""Both engines give equal sessions."""

from __future__ import annotations

import pytest

from tanglaw.sessions import SESSION_STAGE
from tanglaw.testing.engines import Both

from .conftest import Story, policy_tables, table_of


@pytest.mark.spark
def test_engines_give_equal_sessions(both: Both, told: Story) -> None:
    """Every table of the stage, written down and read back, is equal row by row."""
    for name, rows in policy_tables().items():
        both.put(name, rows)
    made = both.stage(SESSION_STAGE, {name: table_of(name, rows) for name, rows in told.rows.items()})
    assert made["sessions"].num_rows == 6
    assert made["roles"].num_rows > 0
