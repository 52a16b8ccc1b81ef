"""`run --engine spark` gives the tables that DuckDB gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flow.conftest import Place, new_place, tables_of


@pytest.mark.spark
@pytest.mark.slow
def test_both_engines_give_equal_tables(world: Path, taken: Place, tmp_path: Path) -> None:
    """A whole run on Spark gives equal rows in every table, and the run record names the engine."""
    pytest.importorskip("pyspark")
    place = Place(new_place(tmp_path).folder, world)
    told = place.run("--engine", "spark", "--json")
    assert tables_of(place.folder) == tables_of(taken.folder)
    record = json.loads((place.folder / "runs" / f"{told.json['run_id']}.json").read_text(encoding="utf-8"))
    assert record["engine"] == "spark"
