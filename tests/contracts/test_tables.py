"""What every table of the vocabulary and every stage keeps to."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from tanglaw.detectors import DETECTORS
from tanglaw.engine.types import SQL_TYPES
from tanglaw.intake.tasks import READERS
from tanglaw.pipeline import FLOW, INTAKE, WRITER
from tanglaw.tables import TABLES

GROUPS = {
    "CUSTODY",
    "EVIDENCE",
    "REFERENCE",
    "CASEWORK",
    "SELECTORS",
    "LINKS",
    "FINDINGS",
    "PRIORITIES",
    "SESSIONS",
} | {*("CHAIN", "CLUSTERS", "TRAILS", "TRANSACTIONS")}
EACH = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
NAME = re.compile(r"[a-z][a-z0-9_]*")


@EACH
def test_every_table_has_exactly_one_writer(table):
    """One stage writes it, and the table of writers says which."""
    assert [stage.name for stage in FLOW if table.name in stage.writes] == [WRITER[table.name]]


@EACH
def test_a_table_says_what_it_is(table):
    """Name, group, a sentence that ends with a period, columns each with a phrase that does not."""
    assert NAME.fullmatch(table.name)
    assert table.group in GROUPS
    assert re.fullmatch(r"[A-Z].*[^.]\.", table.meaning)
    assert len(set(table.names)) == len(table.columns)
    for column in table.columns:
        assert NAME.fullmatch(column.name), column.name
        assert column.meaning.strip() and re.search(r"([^.]|\.\.\.)\Z", column.meaning), column.name
        assert column.type in SQL_TYPES, column.name


@EACH
def test_its_key_is_made_of_its_columns(table):
    """The key's columns exist, each once, and are text or a number that can be compared."""
    assert table.key and set(table.key) <= set(table.names)
    assert len(set(table.key)) == len(table.key)
    assert all(table.schema.field(name).type in (pa.string(), pa.int64()) for name in table.key)


@EACH
def test_evidence_has_provenance_and_instants_their_originals(table):
    """What a reader writes has source and place; an instant read from a source has its text and its assumed zone."""
    if table.group in ("EVIDENCE", "REFERENCE"):
        assert table.names[-2:] == ("source_id", "locator")
    for name in table.names:
        if name.endswith("_original"):
            moment = name.removesuffix("_original")
            assert {moment, f"{moment}_assumed"} <= set(table.names)
            assert str(table.schema.field(moment).type) == "timestamp[us, tz=UTC]"


def test_what_readers_write_is_what_the_intake_writes():
    """Each evidence and reference table of the intake has a reader that may write it, and no reader another."""
    by_readers = {name for reader in READERS for name in reader.tables}
    by_intake = {name for name in INTAKE.writes if TABLES[name].group in ("EVIDENCE", "CHAIN", "REFERENCE")}
    assert by_readers == by_intake


def test_stages_read_only_what_earlier_stages_write():
    """The flow is a straight line: nothing is read that a later stage makes."""
    written: set[str] = set()
    for stage in FLOW:
        assert set(stage.reads) <= written, stage.name
        assert len(set(stage.reads)) == len(stage.reads) and len(set(stage.writes)) == len(stage.writes)
        assert re.fullmatch(r"[A-Z].*[^.]\.", stage.meaning), stage.name
        written |= set(stage.writes)
    assert written == set(TABLES)
    assert len({stage.name for stage in FLOW}) == len(FLOW)


def test_evidence_is_read_by_somebody():
    """Each evidence and reference table is read by a stage after the intake, so that nothing is kept unused."""
    read = {name for stage in FLOW for name in stage.reads}
    unread = {table.name for table in TABLES.values() if table.group in ("EVIDENCE", "REFERENCE")} - read
    # What a person reads and no stage: versions are shown by explain.
    assert unread <= {"report_versions"}


def test_words_of_the_house_are_kept():
    """No table, column or meaning calls anybody a suspect or an offender, and nobody has a score.

    An alert is what a hotline sends to an exchange, in tables of the chain; a detector writes findings.
    """
    text = " ".join(
        f"{table.name} {table.meaning} " + " ".join(f"{c.name} {c.meaning}" for c in table.columns)
        for table in TABLES.values()
    )
    assert not re.search(r"\b(suspects?|offenders?|perpetrators?|risk|score|tickets?)\b", text, re.I)
    alerting = {table.name for table in TABLES.values() if re.search(r"\balerts?\b", table.meaning, re.I)}
    assert all(name.startswith("chain_") for name in alerting)


def test_detectors_are_strangers_with_names_of_their_own():
    """No two detectors share a name, and none makes a step that another makes differently."""
    names = [detector.name for detector in DETECTORS]
    assert len(set(names)) == len(names)
    steps: dict[str, object] = {}
    for detector in DETECTORS:
        for step in detector.steps:
            assert steps.setdefault(step.name, step) == step, f"{detector.name}: {step.name} is another's"
