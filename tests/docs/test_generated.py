"""Generated parts of the documentation say what the code says."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tanglaw.detectors import DETECTORS
from tanglaw.exports import EXPORTERS
from tanglaw.pipeline import FLOW, WRITER
from tanglaw.references import REFERENCES
from tanglaw.selectors import SELECTORS
from tanglaw.sources import SOURCES
from tanglaw.tables import TABLES

PARTS = [
    ("README.md", "flow"),
    ("docs/concepts.md", "flow"),
    ("docs/concepts.md", "stages"),
    ("docs/tables.md", "tables"),
    ("docs/doors.md", "doors"),
    ("docs/operations.md", "verbs"),
]


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_the_committed_part_is_the_generated_one(
    generate: ModuleType, page: Callable[[str], str], name: str, part: str
) -> None:
    """What is committed equals what the code gives now; else run `uv run python docs/generate.py`."""
    text = page(name)
    assert part in generate.PLACES[name]
    assert generate.filled(text, part, generate.PARTS[part]()) == text, f"{name}: run `uv run python docs/generate.py`"


def test_nothing_generated_is_left_untested(generate: ModuleType) -> None:
    """Every generated part of every page is in the list above."""
    assert sorted(PARTS) == sorted((name, part) for name, parts in generate.PLACES.items() for part in parts)


def test_a_missing_mark_is_said(generate: ModuleType) -> None:
    """A page that lost a mark is an error, not a page that is never brought up to date."""
    with pytest.raises(ValueError, match="flow:end"):
        generate.filled("<!-- flow:start --> and no end", "flow", "new")


def test_only_what_is_between_the_marks_changes(generate: ModuleType) -> None:
    """Text before and behind the marks stays as it is."""
    text = "before\n<!-- flow:start -->\nold\n<!-- flow:end -->\nafter <!-- flow:end -->"
    filled = generate.filled(text, "flow", "new")
    assert filled == "before\n<!-- flow:start -->\n\nnew\n\n<!-- flow:end -->\nafter <!-- flow:end -->"


def test_the_picture_has_every_stage_and_every_table_that_flows(generate: ModuleType) -> None:
    """Each stage is a box, and each pair of stages that meet in a table has an arrow."""
    picture = generate.flow()
    for stage in FLOW:
        assert f"{stage.name}[" in picture
        for table in stage.reads:
            assert f"{WRITER[table]} -->|" in picture
            arrows = [line for line in picture.splitlines() if line.endswith(f"| {stage.name}")]
            assert any(WRITER[table] in line and TABLES[table].group in line for line in arrows), table


def test_every_column_is_on_the_page_of_tables(page: Callable[[str], str]) -> None:
    """Each table has a heading, and each of its columns a row with a meaning below it."""
    sections = {part.split("\n", 1)[0]: part for part in page("docs/tables.md").split("\n### ")[1:]}
    assert set(sections) == set(TABLES)
    for table in TABLES.values():
        rows = dict(
            row.strip("| ").split(" | ", 1) for row in sections[table.name].splitlines() if row.startswith("| `")
        )
        assert list(rows) == [f"`{column.name}`" for column in table.columns]
        assert all(meaning.split(" | ", 1)[1].strip() for meaning in rows.values()), table.name


def test_every_door_is_listed(page: Callable[[str], str]) -> None:
    """Each reader, detector, exporter and selector type that is registered has its row, with a sentence."""
    rows = [line.strip("| ").split(" | ") for line in page("docs/doors.md").splitlines() if line.startswith("| `")]
    said = {row[0]: row[1] for row in rows}
    registered = [one.name for one in (*SOURCES, *REFERENCES, *DETECTORS, *EXPORTERS)] + list(SELECTORS)
    assert set(said) == {f"`{name}`" for name in registered}
    assert all(len(sentence.split()) >= 2 for sentence in said.values())


@pytest.mark.parametrize("reader", [*SOURCES, *REFERENCES], ids=lambda one: one.name)
def test_a_reader_names_tables_that_there_are(reader: object) -> None:
    """The tables that a reader says it may write are tables of the vocabulary that the intake writes."""
    tables = reader.tables  # type: ignore[attr-defined]
    assert {WRITER[name] for name in tables} <= {"intake"}


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.name)
def test_a_detector_says_what_it_does_and_its_outcomes(detector: object) -> None:
    """A detector's docstring is what an analyst reads: one sentence, then the outcomes."""
    sentence = detector.sentence.strip()  # type: ignore[attr-defined]
    assert sentence.split("\n\n")[0].endswith(".")
    assert "Outcome" in sentence
