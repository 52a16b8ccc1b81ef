"""The governance table names tests that exist, and its registers leave nothing out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from tanglaw.tables import TABLES
from tanglaw.tables.base import FLOAT

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "governance.md").read_text(encoding="utf-8")
# Durations and places in a video, no judgement of anything.
_MEASURED = {"calls", "hash_frames"}


def test_every_rule_has_a_row() -> None:
    """G1 to G24, each once, in order."""
    assert re.findall(r"^\| (G\d+) \|", TEXT, re.MULTILINE) == [f"G{number}" for number in range(1, 25)]


def test_every_named_test_exists() -> None:
    """Each test that holds a rule is there under its name."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 40
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_register_has_every_table_that_weighs() -> None:
    """Each table with a weight, probability or share stands in the register, and none that has none."""
    part = TEXT[TEXT.index("## Register of what weighs") : TEXT.index("## Dates of duties")]
    named = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))
    weighs = {name for name, table in TABLES.items() if any(column.type == FLOAT for column in table.columns)}
    assert named == weighs - _MEASURED


def test_duties_have_their_dates() -> None:
    """Each duty has the day from which it binds, in order."""
    part = TEXT[TEXT.index("## Dates of duties") :]
    days = [date.fromisoformat(day) for day in re.findall(r"^\| (\d{4}-\d\d-\d\d) \|", part, re.MULTILINE)]
    assert len(days) == 3 and days == sorted(days)
