"""The scenario `coins`: files as a node stores them, the same bytes each time, and a truth that agrees with them."""

from __future__ import annotations

import csv
import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pytest

from tanglaw.errors import CheckUsage
from tanglaw.simulate.coins import segwit
from tanglaw.simulate.dice import Dice
from tanglaw.simulate.ledger import Size, coins_world
from tanglaw.simulate.ledger.blocks import GENESIS, MAGIC, compressed_amount, varint
from tanglaw.simulate.ledger.keys import Coin, Key, Keys, Owner, Tx
from tanglaw.simulate.ledger.trails import trails

SIZE = Size(buyers=60, sellers=6, payments=300, reports=20)


def double(data: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world."""
    out = tmp_path_factory.mktemp("coins") / "world"
    coins_world(out, 3, SIZE)
    return out


def rows(made: Path, name: str) -> list[dict[str, str]]:
    with (made / "truth" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def framed(path: Path, tail: int = 0) -> list[tuple[bytes, bytes]]:
    """Records of a block or undo file, with what follows each."""
    data, place, found = path.read_bytes(), 0, []
    while place < len(data):
        assert data[place : place + 4] == MAGIC
        end = place + 8 + int.from_bytes(data[place + 4 : place + 8], "little")
        found.append((data[place + 8 : end], data[end : end + tail]))
        place = end + tail
    return found


def number(data: bytes, place: int) -> tuple[int, int]:
    size = {0xFD: 2, 0xFE: 4}.get(data[place], 0)
    if not size:
        return data[place], place + 1
    return int.from_bytes(data[place + 1 : place + 1 + size], "little"), place + 1 + size


def transaction(data: bytes, place: int) -> tuple[bytes, int]:
    """The id of the transaction at that place, and where it ends."""
    start, witness = place, data[place + 4] == 0
    place += 6 if witness else 4
    body = place
    inputs, place = number(data, place)
    for _ in range(inputs):
        size, place = number(data, place + 36)
        place += size + 4
    outputs, place = number(data, place)
    for _ in range(outputs):
        size, place = number(data, place + 8)
        place += size
    end = place
    for _ in range(inputs if witness else 0):
        items, place = number(data, place)
        for _ in range(items):
            size, place = number(data, place)
            place += size
    return double(data[start : start + 4] + data[body:end] + data[place : place + 4]), place + 4


def test_blocks_hold_as_a_node_checks_them(made: Path) -> None:
    """Each block names the one before, meets its target, and its Merkle root is that of its transactions; they are
    those of the truth, and each undo record carries its checksum."""
    previous, ids, undo = bytes(32), [], framed(made / "inbox/chain/rev00000.dat", 32)
    for height, (block, _) in enumerate(framed(made / "inbox/chain/blk00000.dat")):
        assert block[4:36] == previous
        if height:
            record, check = undo[height - 1]
            assert check == double(previous + record)
        previous = double(block[:80])
        assert int.from_bytes(previous, "little") <= 0x7FFFFF << 232
        count, place = number(block, 80)
        hashes = []
        for _ in range(count):
            txid, place = transaction(block, place)
            hashes.append(txid)
        assert place == len(block)
        ids += [txid[::-1].hex() for txid in hashes[:] if height]
        while len(hashes) > 1:
            hashes += hashes[-1:] * (len(hashes) % 2)
            hashes = [double(hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
        assert hashes[0] == block[36:68]
    assert sorted(ids) == sorted(row["txid"] for row in rows(made, "chain_transactions.csv"))
    assert double(GENESIS[:80])[::-1].hex() == "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"


def test_same_arguments_same_bytes(made: Path, tmp_path: Path) -> None:
    """A second world of the same arguments is the same, file by file; another seed gives another."""
    coins_world(tmp_path / "again", 3, SIZE)
    coins_world(tmp_path / "other", 4, SIZE)
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert all((made / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)
    block = Path("inbox/chain/blk00000.dat")
    assert (made / block).read_bytes() != (tmp_path / "other" / block).read_bytes()


def test_behaviours_are_there(made: Path) -> None:
    """The chain holds what it is meant to test, and the truth names each of it."""
    kinds = {row["kind"] for row in rows(made, "chain_transactions.csv")}
    assert kinds >= {"payment", "payout", "sweep", "forward", "coinjoin", "dust", "cash-out", "deposit", "bet"}
    payments = rows(made, "coin_payments.csv")
    assert len(payments) == SIZE.payments
    share = sum(float(row["usd"]) < 100 for row in payments) / len(payments)
    assert 0.4 < share < 0.6
    owners = {row["address"]: row["owner"] for row in rows(made, "chain_addresses.csv")}
    assert len(owners) == len(rows(made, "chain_addresses.csv"))
    assert all(owners[row["address"]] == row["seller"] for row in payments)


def test_reports_name_seeds(made: Path) -> None:
    """Reports name sellers' addresses, an exchange's hot wallet, one never used and one misspelt."""
    seeds = rows(made, "seeds.csv")
    assert {row["kind"] for row in seeds} >= {"seller", "hot-wallet", "unused", "misspelt"}
    hot = {row["hot_address"] for row in rows(made, "chain_services.csv")}
    assert {row["address"] for row in seeds if row["kind"] == "hot-wallet"} <= hot
    numbers = {row["report_number"] for row in rows(made, "reports.csv")}
    assert {row["report_number"] for row in seeds} <= numbers
    assert json.loads((made / "truth/world.json").read_text())["scenario"] == "coins"


def test_trails_end_at_services(made: Path) -> None:
    """A trail that says service ends at an address of that service, and poison is never less than the others."""
    services = {row["address"]: row["service"] for row in rows(made, "chain_addresses.csv")}
    found = rows(made, "trails.csv")
    assert any(row["end_kind"] == "service" for row in found)
    for row in found:
        assert services[row["end_address"]] == row["service"] or row["end_kind"] != "service"
        assert int(row["poison"]) >= int(row["fifo"]) and int(row["poison"]) >= float(row["haircut"]) - 0.01


class Nowhere:
    def take(self, coin: Coin) -> None:
        """Keeps nothing."""


def key(name: str, role: str, keys: Keys) -> Key:
    return keys.new(Owner(name, role, name if role == "exchange" else ""), Nowhere(), "p2wpkh")


def test_haircut_fifo_and_poison_by_hand() -> None:
    """60 of a seed and 40 of a stranger give 30 to an exchange and 65 to the seed's owner, 5 for the fee: haircut 18 and 39,
    first in first out 30 and 30, poison 30 and 65."""
    keys = Keys(Dice(1, "test"))
    seed, other = key("seller", "seller", keys), key("person", "person", keys)
    north, rest = key("north", "exchange", keys), key("seller", "seller", keys)
    first = Tx("payment", "", [], [Coin(60, seed), Coin(40, other)], number=0, at=10)
    second = Tx("cash-out", "", first.outputs[:], [Coin(30, north), Coin(65, rest)], number=1, at=20)
    for tx in (first, second):
        for n, coin in enumerate(tx.outputs):
            coin.tx, coin.n = tx, n
    for coin in second.inputs:
        coin.spent = second
    ends = {end.kind: end for end in trails([first, second], [seed])[seed.address]}
    assert (ends["service"].fifo, ends["service"].poison, ends["service"].hops) == (30, 30, 1)
    assert (ends["unspent"].fifo, ends["unspent"].poison) == (30, 65)
    assert ends["service"].haircut == pytest.approx(float(Fraction(60, 100) * 30))
    assert ends["unspent"].haircut == pytest.approx(39)


@pytest.mark.parametrize(("between", "own"), (("seller", 50), ("person", 0)))
def test_what_passed_another_hand_is_told_apart(between: str, own: int) -> None:
    """50 that go by another address of the seed's owner to an exchange are brought by one hand, by somebody else's they are not."""
    keys = Keys(Dice(1, "test"))
    seed, way, north = key("seller", "seller", keys), key(between, between, keys), key("north", "exchange", keys)
    paid, moved = [Coin(50, seed)], [Coin(50, way)]
    txs = [Tx("payment", "", [], paid, number=0, at=10), Tx("hop", "", paid, moved, number=1, at=20)]
    txs.append(Tx("cash-out", "", moved, [Coin(50, north)], number=2, at=30))
    for tx in txs:
        for n, coin in enumerate(tx.outputs):
            coin.tx, coin.n = tx, n
        for coin in tx.inputs:
            coin.spent = tx
    (end,) = trails(txs, [seed])[seed.address]
    assert (end.kind, end.fifo, end.haircut) == ("service", 50, pytest.approx(50))
    assert (end.own_fifo, end.own) == (own, pytest.approx(own))


def test_stored_integers_and_amounts() -> None:
    """Variable-length integers and compressed amounts as the reference node's own examples have them."""
    assert [varint(n).hex() for n in (0, 127, 128, 255, 256, 16_511, 65_535)] == [
        "00", "7f", "8000", "807f", "8100", "ff7f", "82fe7f",
    ]  # fmt: skip
    amounts = (0, 1, 1_000_000, 100_000_000, 5_000_000_000, 2_100_000_000_000_000)
    assert [compressed_amount(n) for n in amounts] == [0, 0x1, 0x7, 0x9, 0x32, 0x1406F40]


def test_bech32m_of_taproot() -> None:
    """The address of BIP 350's own example of a version 1 program."""
    program = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    assert segwit("bc", program, 1) == "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"


@pytest.mark.parametrize("size", [Size(buyers=0), Size(sellers=0), Size(reports=0), Size(payments=-1)])
def test_sizes_that_make_no_chain(size: Size, tmp_path: Path) -> None:
    """A chain without people, and a negative number, are refused; nothing is written."""
    with pytest.raises(CheckUsage):
        coins_world(tmp_path / "world", 1, size)
    assert not (tmp_path / "world").exists()
