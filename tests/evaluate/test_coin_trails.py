"""Trails against what coins truly did, on a world by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from tanglaw.evaluate.coin_trails import TrailScores, evaluate_trails

COIN = 100_000_000
TRUTH = {
    "chain_addresses.csv": "address,owner,service\nhot,north,North\nlone,north,North\nmain,south,South\np,p-1,\n",
    "chain_services.csv": "service,owner,style\nNorth,north,pooled\nSouth,south,sweep\n",
    "trails.csv": "seed,end_kind,service,end_address,haircut,fifo,own_haircut,own_fifo\n"
    f"one,service,North,hot,{COIN},{COIN},{COIN},{COIN}\n"
    f"two,service,North,hot,{COIN},{COIN},{COIN},{COIN}\ntwo,service,North,lone,{COIN},{COIN},{COIN},{COIN}\n"
    f"three,service,North,lone,{COIN},{COIN},{COIN},{COIN}\nthree,unspent,,p,{COIN},{COIN},{COIN},{COIN}\n",
}


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    for name, text in TRUTH.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def scored(truth: Path, *named: tuple[str, str, str, float]) -> TrailScores:
    """Scores of trails from a seed to a service at an address with so many coins; `hot` is listed and tied."""
    rows = [
        {"seed_address": seed, "direction": "forward", "end_kind": "service", "service": service}
        | {"end_address": address, "haircut": Decimal(str(coins)), "fifo": Decimal(str(coins))}
        for seed, service, address, coins in named
    ]
    trails = pa.Table.from_pylist(rows)
    return evaluate_trails(trails, pa.table({"address": ["hot"]}), {"hot"}, truth, 0.001)


def test_what_cannot_be_known_is_counted_apart(truth: Path) -> None:
    """Of three trails to a listed service two are tied to its list, and of one all that came there is."""
    found = scored(truth, ("one", "north", "hot", 1), ("two", "north", "hot", 1))
    assert (found.known, found.tied, found.whole) == (3, 2, 1)
    assert (found.found, found.right, found.tied_found, found.tied_right, found.whole_right) == (2, 1, 2, 1, 1)
    assert found.by_service == {"North (pooled)": (3, 2, 2, 1)}


@pytest.mark.parametrize(("coins", "right"), ((1.04, 1), (0.96, 1), (1.06, 0), (0.94, 0)))
def test_an_amount_is_right_within_a_twentieth(truth: Path, coins: float, right: int) -> None:
    """More is as wrong as less."""
    assert scored(truth, ("one", "north", "hot", coins)).right == right


def test_a_service_that_got_nothing_is_named_wrongly(truth: Path) -> None:
    """A name that the truth does not tie to the seed is counted, whatever the amount."""
    found = scored(truth, ("one", "north", "hot", 1), ("one", "south", "main", 0.1))
    assert (found.named, found.not_reached, found.right) == (2, 1, 1)


def test_what_one_hand_brought_is_counted_apart(truth: Path) -> None:
    """Of what came to a service past others nothing is wanted of one hand, and a trail that says one hand there is counted."""
    rows = (truth / "trails.csv").read_text().splitlines()
    passed = [row if not row.startswith("one,") else f"one,service,North,hot,{COIN},{COIN},0,0" for row in rows]
    (truth / "trails.csv").write_text("\n".join(passed))
    found = scored(truth, ("one", "north", "hot", 1), ("two", "north", "hot", 2))
    assert (found.known, found.found, found.right) == (3, 2, 2)
    assert (found.own, found.own_found, found.own_right, found.own_tied, found.own_whole) == (2, 1, 1, 1, 0)
    assert (found.not_reached, found.not_own) == (0, 1)
