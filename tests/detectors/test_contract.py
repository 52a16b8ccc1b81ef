"""What every registered detector keeps to; its findings are checked wherever a test here runs it (conftest)."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from tanglaw import detectors
from tanglaw.detectors import DETECTION, DETECTORS, Detector
from tanglaw.detectors.base import FOUND
from tanglaw.engine.dialect import reads
from tanglaw.engine.steps import Sql
from tanglaw.policy import demo
from tanglaw.tables import TABLES

EACH = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.name)
# Words that judge somebody, or that speak of a person where an account or report is meant.
JUDGING = re.compile(r"\b(suspects?|offenders?|perpetrators?|predators?|criminals?|guilty|he|she|his|her|him)\b", re.I)


@EACH
def test_the_docstring_is_one_sentence_for_the_analyst(detector: Detector) -> None:
    """It begins with one sentence in the present tense, lists the outcomes, and judges nobody."""
    first, _, rest = detector.sentence.partition("\n\n")
    assert re.fullmatch(r"[A-Z][a-z]+s .*[^.]\.", first.replace("\n", " ")), first
    assert first.count(". ") == 0
    assert rest.startswith("Outcome: ")
    assert not JUDGING.search(detector.sentence)


@EACH
def test_it_says_what_it_reads(detector: Detector) -> None:
    """The tables that its steps read are those it names, and no other."""
    made, read = set(), set()
    for step in detector.steps:
        assert isinstance(step, Sql)
        read |= reads(step.text) - made
        made.add(step.name)
    # What ledgers add comes with the stage, which makes the views of payments, accounts and selectors.
    read = {name.removeprefix("known_") for name in read}
    assert {name for name in read if name in TABLES} == set(detector.reads)
    given = {"run_facts", *demo().tables()}
    assert read - set(detector.reads) <= given
    assert detector.steps[-1].name == f"found_{detector.name}"


@EACH
def test_it_has_examples_on_both_engines(detector: Detector) -> None:
    """A test here runs it on DuckDB and Spark, and another shows when it finds nothing."""
    texts = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert re.search(rf"find_on_both,?\s*(\(\s*)?{detector.name.upper()}\b", texts) or re.search(
        rf"find_on_both\(\s*{detector.name.upper()}\b|import {detector.name.upper()}\n(?s:.)*run\(\s*find_on_both",
        texts,
    )


@EACH
def test_nothing_in_nothing_out(detector: Detector, find) -> None:
    """Over empty tables it finds nothing and does not fail."""
    assert find(detector) == []


def test_finer_criteria_are_those_that_detectors_write() -> None:
    """Each finer criterion of the demo pack is written by a detector's SQL, and each literal one has its weight."""
    text = "".join(step.text for detector in DETECTORS for step in detector.steps)  # type: ignore[union-attr]
    finer = {name for name in demo().criteria if "." in name}
    assert {name for name in finer if f"'{name}'" not in text and f"'{name.split('.')[1]}'" not in text} == set()
    assert set(re.findall(r"'(T\d+\.[A-Za-z-]+)'", text)) <= finer


@pytest.mark.spark
def test_findings_of_all_detectors_are_one_table(both) -> None:
    """The stage joins what each detector found, with an id of detector, report, subject and outcome."""
    for detector in DETECTORS:
        row = {name: [f"{name} of {detector.name}"] for name in FOUND if name != "due_at"}
        both.put(f"found_{detector.name}", pa.table(row | {"due_at": pa.array([None], pa.timestamp("us", tz="UTC"))}))
    both.run(detectors._FINDINGS)
    found = both.equal("findings", ["finding_id"])
    assert set(found.column_names) == set(TABLES["findings"].names)
    assert sorted(found["detector"].to_pylist()) == sorted(detector.name for detector in DETECTORS)
    first = min(detector.name for detector in DETECTORS)
    assert found["finding_id"].to_pylist()[0] == "|".join(
        f"{part} of {first}" if part else first for part in ("", "report_id", "subject", "outcome")
    )


def test_the_stage_reads_what_its_detectors_read(duck) -> None:
    """Run whole over empty tables, the stage makes an empty table of findings."""
    for name in DETECTION.reads:
        duck.put(name, TABLES[name].schema.empty_table())
    duck.put("run_facts", pa.table({"as_of": pa.array([None], pa.timestamp("us", tz="UTC"))}))
    for name, rows in demo().tables().items():
        duck.put(name, rows)
    assert DETECTION.run is not None
    DETECTION.run(duck, None)
    assert duck.rows("select count(*) as n from findings").to_pylist() == [{"n": 0}]
