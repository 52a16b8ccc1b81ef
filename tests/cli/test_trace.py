"""`tanglaw trace`, `cluster` and `why` over a small chain that reports name addresses of."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tanglaw.cli.trace import _show
from tanglaw.lookups.trails import Trails
from tanglaw.simulate.ledger import Size, coins_world
from tests.cli.conftest import AS_OF, tanglaw


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a world and a workspace that took it in."""
    home = tmp_path_factory.mktemp("coins")
    coins_world(home / "world", 3, Size(buyers=20, sellers=4, payments=80, reports=8))
    assert tanglaw("init", home / "w").code == 0
    told = tanglaw("run", home / "world" / "inbox", "--workspace", home / "w", "--as-of", AS_OF)
    assert told.code == 0, told.err
    return home


def asked(cases: Path, *words: str | Path):
    return tanglaw(*words, "--workspace", cases / "w")


def seed_of(cases: Path) -> str:
    """An address of a report whose coins truly reached a service, as the world says."""
    with (cases / "world" / "truth" / "trails.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["end_kind"] == "service" and float(row["haircut"]) > 1_000]
    return max(rows, key=lambda row: (float(row["haircut"]), row["seed"]))["seed"]


def test_ends_come_with_paths_and_the_share_without_attribution(cases: Path, tmp_path: Path) -> None:
    """The trails of a report's address: every end in the table, JSON with paths and coverage, a picture without script."""
    seed = seed_of(cases)
    told = asked(cases, "trace", seed, "--svg", tmp_path / "trail.svg")
    assert told.code == 0 and "Where coins went" in told.out and "Without attribution" in told.out
    found = asked(cases, "trace", seed, "--json").json
    assert found["trails"] and all(len(row["path"]) >= row["hops"] for row in found["trails"])
    assert abs(sum(row["share"] for row in found["coverage"]) - 1) < 0.001
    picture = (tmp_path / "trail.svg").read_text()
    assert picture.startswith("<svg") and "<script" not in picture


def test_a_question_of_its_own_is_traced_anew(cases: Path) -> None:
    """With the run's own depth a trace on demand finds what the run wrote, of no report; with less it ends earlier."""
    seed = seed_of(cases)
    known, anew, short = (
        asked(cases, "trace", seed, "--json", *more).json for more in ((), ("--depth", "25"), ("--depth", "1"))
    )
    for row in known["trails"]:
        row["report_id"] = None
    assert anew == known
    assert max(row["hops"] for row in short["trails"]) == 1


def test_payers_and_peels(cases: Path) -> None:
    """Who paid the address, who paid it twice over, and that a chain which is none ends with 1."""
    seed = seed_of(cases)
    payers = asked(cases, "trace", seed, "--payers", "--json")
    assert payers.code == 0 and all(row["payments"] > 0 for row in payers.json)
    assert asked(cases, "trace", seed, "--shared-payers", seed).code in (0, 1)
    assert asked(cases, "trace", seed, "--peels").code in (0, 1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    (
        (("trace", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), 1, "hold no coins"),
        (("trace", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"), 2, "no address"),
        (("trace", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "--least", "much"), 2, "--least is an amount"),
    ),
)
def test_what_cannot_be_traced_is_said(cases: Path, words: tuple[str, ...], code: int, said: str) -> None:
    """An address that no block holds, one whose checksum is wrong, and an amount that is none."""
    told = asked(cases, *words)
    assert told.code == code and said in told.out + told.err


def test_a_run_without_new_blocks_keeps_its_clusters(cases: Path) -> None:
    """The clusters of the first run are taken again, and every table of the chain stays as it was."""
    folder = cases / "w" / "indexes" / "clusters"
    (kept,) = folder.iterdir()
    before = {file: file.stat().st_mtime_ns for file in kept.rglob("*.parquet")}
    seed = seed_of(cases)
    known = asked(cases, "trace", seed, "--json").json
    assert tanglaw("run", "--workspace", cases / "w", "--as-of", AS_OF).code == 0
    assert {file: file.stat().st_mtime_ns for file in kept.rglob("*.parquet")} == before
    assert asked(cases, "trace", seed, "--json").json == known


@pytest.mark.parametrize("width", [80, 120])
def test_trails_fit_the_terminal(cases: Path, width: int) -> None:
    """On a narrow terminal the dates stand below the table; amounts, dates and the asset's name are whole at any width."""
    seed = seed_of(cases)
    row = asked(cases, "trace", seed, "--json").json["trails"][0]
    rest = tanglaw("trace", seed, "--workspace", cases / "w", width=width).out
    table = rest.split("1  address", 1)[0]
    assert [line for line in table.splitlines() if len(line) > width] == []
    assert f"in {row['asset']}" in table and f"{row['fifo']} " in table
    assert ("1  first  " in rest) == (width == 80)
    assert row["first_at"][:16].replace("T", " ") in rest


def test_a_range_is_said_where_mixed_coins_can_be_divided_in_two_ways(capsys: pytest.CaptureFixture[str]) -> None:
    """Under the table stands from what to what an amount lies that depends on how coins are divided; of a sure one nothing."""
    row = {
        "asset": "BTC",
        "end_kind": "service",
        "poison": Decimal("0.9"),
        "hops": 1,
        "attribution": "list",
        "trail_id": "t",
    }
    row |= {"end_address": "a", "first_at": None, "last_at": None, "fifo": Decimal("0.5")}
    rows = [
        row | {"service": "north", "haircut": Decimal("0.2")},
        row | {"service": "south", "haircut": Decimal("0.5")},
    ]
    _show(Trails("seed", "forward", rows, {"t": []}, []), 0, False)
    said = " ".join(capsys.readouterr().out.split())
    assert "north: 0.2 to 0.5 BTC, as one divides coins" in said and "south: 0" not in said


def test_a_cluster_states_coins(cases: Path) -> None:
    """What the addresses received and hold stands in coins for people, and in smallest units for scripts."""
    seed = seed_of(cases)
    found, told = asked(cases, "cluster", seed, "--json").json, asked(cases, "cluster", seed)
    said = " ".join(told.out.split())
    assert found["received"] > 0
    for word, units in (("received", found["received"]), ("holds", found["balance"])):
        stated = said.split(f"{word} ", 1)[1].split()[0].rstrip(",")
        assert Decimal(stated) * 10**8 == units
    assert "BTC-REGTEST by the blocks read" in said
