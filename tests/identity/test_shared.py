"""Figures on public data, as docs/accuracy.md states them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.shared
BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "identity.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The script that makes the figures."""
    spec = importlib.util.spec_from_file_location("benchmark_identity", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_febrl3(benchmark: ModuleType, shared_data: Path) -> None:
    """5,000 rows with typing errors: pairwise F1 of 0.97 or more."""
    found = benchmark.of_table(
        shared_data / "linking" / "febrl3.csv", lambda row: row["rec_id"].split("-")[1], ("rec_id",)
    )
    assert found["f1"] >= 0.97


def test_fake_1000(benchmark: ModuleType, shared_data: Path) -> None:
    """1,000 rows: at our one threshold, no worse than Splink's own model at whichever threshold suits it best."""
    file = shared_data / "linking" / "fake_1000.csv"
    ours = benchmark.of_table(file, lambda row: row["cluster"], ("cluster", "unique_id"))
    assert ours["f1"] >= benchmark.splink_itself(file)["f1"]
    assert ours["precision"] >= 0.99


def test_name_pairs(benchmark: ModuleType, shared_data: Path) -> None:
    """321 pairs over many scripts: F1 of 0.85 or more (a public matcher: 0.79)."""
    found = benchmark.of_names(shared_data / "linking" / "name_pairs.csv")
    assert found["f1"] >= 0.85
    assert found["f1"] > found["f1_jaro_winkler_best_threshold"]


def test_nick_changes(benchmark: ModuleType, shared_data: Path) -> None:
    """5,104 observed changes: more of them among the first ten than by string similarity alone."""
    found = benchmark.of_nicks(shared_data / "chat" / "alias_pairs.csv")
    assert found["recall_at_10"] > max(found["recall_at_10_jaro_winkler"], found["recall_at_10_levenshtein"])
