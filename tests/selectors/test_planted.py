"""Precision and recall on selectors planted in real talk, and what is found in the talk as it is."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from tanglaw.ids import Ids
from tanglaw.selectors.scan import Scanner

pytestmark = pytest.mark.shared
# No template or pattern was changed after a look at this seed.
SEED = 101


@pytest.fixture(scope="module")
def planted() -> ModuleType:
    """The module beside this one."""
    spec = importlib.util.spec_from_file_location("planted", Path(__file__).with_name("planted.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lines(planted: ModuleType, shared_data: Path) -> list[str]:
    """What people wrote in the public logs."""
    return planted.talk(shared_data)


@pytest.fixture(scope="module")
def counts(planted: ModuleType, lines: list[str], ids: Ids) -> dict[str, Counter[str]]:
    """For each type how many were planted, found right and found wrong; exact value, exact place."""
    items = list(planted.corpus(lines, SEED))
    found = defaultdict(list)
    for one in Scanner(ids).find(pl.Series([item.text for item in items]), [item.country for item in items]):
        if one.valid:
            found[one.row].append(one)
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("planted", "right", "wrong")}
    for row, item in enumerate(items):
        counted["planted"][item.type] += 1
        value = ids.of("card", item.value) if item.type == "card" else item.value
        for one in found[row]:
            if (one.type, one.value, one.start, one.end) == (item.type, value, item.start, item.end):
                counted["right"][one.type] += 1
            elif one.type == item.type or not item.type or one.end <= item.first or one.start >= item.last:
                counted["wrong"][one.type] += 1
    return counted


def test_recall_and_precision_by_type(planted: ModuleType, counts: dict[str, Counter[str]]) -> None:
    """At least 200 of each type; each is found at 0.95 or more, all together at 0.97 or more, and as precisely."""
    right, wrong = counts["right"], counts["wrong"]
    for kind in planted.MAKERS:
        assert counts["planted"][kind] >= 200
        recall, precision = right[kind] / counts["planted"][kind], right[kind] / (right[kind] + wrong[kind])
        print(f"{kind:<12} recall {recall:.3f} precision {precision:.3f}")
        assert recall >= 0.95, kind
        assert precision >= 0.95, kind
    all_recall = right.total() / sum(counts["planted"][kind] for kind in planted.MAKERS)
    all_precision = right.total() / (right.total() + wrong.total())
    print(f"all          recall {all_recall:.4f} precision {all_precision:.4f}")
    assert min(all_recall, all_precision) >= 0.97


def test_talk_as_it_is_gives_few_false_readings(lines: list[str], ids: Ids) -> None:
    """In help-channel talk nobody gives phones, cards, accounts or wallets: what is found of them is false."""
    found = Counter(one.type for one in Scanner(ids, "US").find(pl.Series(lines), [None] * len(lines)) if one.valid)
    print(len(lines), dict(found))
    none = (
        "card",
        "iban",
        "imei",
        "remittance",
        "payment",
        "cybertip",
        "btc",
        "eth",
        "tron",
        "ltc",
        "bch",
        "doge",
        "xmr",
        "xrp",
        "sol",
    )
    assert sum(found[kind] for kind in none) == 0
    assert found["phone"] <= 3
    assert found["coordinates"] <= 2
    assert len(lines) > 190_000
