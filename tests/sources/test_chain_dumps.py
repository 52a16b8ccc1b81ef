"""Dumps and exports of ledgers: layouts, exact units, failed transactions, spellings, Parquet, and bad rows."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.lookups.tables import FORMATS
from tanglaw.reading.chain.accounts import address_of
from tanglaw.sources.chain_dumps import CHAIN_DUMPS
from tanglaw.tables import TABLES
from tanglaw.testing import chain_dumps as made
from tanglaw.testing.rows import collect, item_of

EXAMPLES = made.examples()


def read(data: bytes, name: str = "dump.csv", **beside: bytes):
    item = item_of(data, name)
    assert CHAIN_DUMPS.recognise(item), "the dump is not recognised"
    return collect(CHAIN_DUMPS, data, name, (), {key.replace("__", "."): value for key, value in beside.items()})


def transfer(found, row: int = 0):
    return {
        key: found["chain_transfers"][row][key]
        for key in ("network", "asset", "amount", "counted", "from_address", "to_address")
    }


def test_wei_are_exact_and_failed_transactions_are_not_counted():
    """ethereum-etl: 1234567890123456789 wei are 1.234567890123456789 ETH; a failed transaction is kept and not counted."""
    found = read(EXAMPLES["eth_transactions.csv"])
    assert transfer(found) == {
        "network": "eth",
        "asset": "ETH",
        "amount": Decimal("1.234567890123456789"),
        "counted": True,
        "from_address": made.ETH[0],
        "to_address": made.ETH[1],
    }
    assert transfer(found, 1)["counted"] is False
    assert found["chain_transfers"][0]["at"].isoformat() == "2026-01-01T00:00:00+00:00"
    assert found["chain_transfers"][0]["txid"] == f"0x{made.HASH}" and found["chain_transfers"][0]["n"] == ""


def test_token_units_follow_the_tokens_decimals():
    """1500000 smallest units of a token with six decimals are 1.5, with its contract, symbol and log index."""
    row = read(EXAMPLES["eth_token_transfers.csv"])["chain_transfers"][0]
    assert (row["asset"], row["amount"], row["contract"], row["n"]) == ("USDT", Decimal("1.5"), made.USDT, "7")


def test_a_token_without_decimals_is_set_aside_until_a_dump_of_tokens_tells():
    """Without decimals the amount is not known: the row is set aside with what to do; with `tokens.csv` beside it is read."""
    data = made.csv_of({**made.ETL_TOKEN, "token_address": made.ETH[1].lower()})
    found = read(data)
    assert [row["code"] for row in found["quarantine"]] == ["ledger-value"]
    assert [row["code"] for row in found["issues"]] == ["decimals-unknown"]
    tokens = made.csv_of({"address": made.ETH[1].lower(), "symbol": "NOON", "name": "Noon", "decimals": 4})
    assert transfer(read(data, tokens__csv=tokens))["amount"] == Decimal("150")


def test_an_explorers_export_gives_units():
    """Etherscan's CSV states amounts in units, in a column for each direction."""
    assert transfer(read(EXAMPLES["etherscan.csv"]))["amount"] == Decimal("0.25")
    failed = made.csv_of({**made.ETHERSCAN, "Status": "Error(0)", "ErrCode": "out of gas"})
    assert transfer(read(failed))["counted"] is False
    token = {"Txhash": f"0x{made.HASH}", "UnixTimestamp": 1767225600, "From": made.ETH[0], "To": made.ETH[1]}
    token |= {"Value": "1000", "ContractAddress": made.USDT, "TokenName": "Tether USD", "TokenSymbol": "USDT"}
    assert transfer(read(made.csv_of(token)))["amount"] == Decimal(1000)


def test_an_interfaces_answer_gives_smallest_units():
    """Etherscan's interface states wei, `isError`, and for tokens their decimals."""
    row = {"blockNumber": "100", "timeStamp": "1767225600", "hash": f"0x{made.HASH}", "from": made.ETH[0].lower()}
    row |= {"to": made.ETH[1].lower(), "value": "1000000", "isError": "1", "contractAddress": ""}
    tokens = {**row, "isError": "0", "contractAddress": made.USDT.lower(), "tokenSymbol": "USDT", "tokenDecimal": "6"}
    found = read(json.dumps({"status": "1", "message": "OK", "result": [row, tokens]}).encode(), "a.json")
    assert [transfer(found, n)["counted"] for n in (0, 1)] == [False, True]
    assert [transfer(found, n)["amount"] for n in (0, 1)] == [Decimal("0.000000000001"), Decimal(1)]


def test_a_block_of_an_ethereum_node_gives_its_transactions():
    """`eth_getBlockByNumber`: hex numbers, the block's time, one transfer a transaction."""
    found = read(EXAMPLES["eth_block.json"], "block.json")
    assert transfer(found)["amount"] == Decimal(1) and found["chain_transfers"][0]["height"] == 100
    assert found["chain_transfers"][0]["at"] is not None


def test_tron_addresses_in_hex_and_base58_are_one():
    """Sun become TRX; addresses in hex are spelled in Base58; token transfers keep contract and symbol."""
    native = read(EXAMPLES["trongrid.json"], "a.json")
    assert transfer(native) == {
        "network": "trx",
        "asset": "TRX",
        "amount": Decimal(3),
        "counted": True,
        "from_address": made.TRON,
        "to_address": made.TRON,
    }
    token = read(EXAMPLES["trongrid_tokens.json"], "b.json")
    assert transfer(token)["asset"] == "USDT" and transfer(token)["amount"] == Decimal("2.5")
    assert token["chain_transfers"][0]["txid"] == made.HASH
    assert address_of(made.TRON_HEX, "trx", "x") == made.TRON == address_of(made.TRON, "trx", "x")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from_address", made.ETH[0].replace("A", "a", 1)),
        ("to_address", made.TRON),
        ("hash", "0x12"),
        ("value", "-5"),
        ("value", "noon"),
        ("value", "9" * 70),
        ("block_number", "1e99"),
    ],
)
def test_a_bad_value_sets_its_row_aside_and_the_rest_goes_on(field, value):
    """A wrong checksum, an address of another network, a short hash or no amount: that row alone is set aside."""
    good = {**made.ETL_TX, "hash": f"0x{made.OTHER}"}
    found = read(made.csv_of({**made.ETL_TX, field: value}, good))
    assert [(row["code"], row["locator"]) for row in found["quarantine"]] == [("ledger-value", "line 2")]
    assert [row["locator"] for row in found["chain_transfers"]] == ["line 3"]


def test_blockchairs_dumps_hang_together_by_height():
    """Transactions, outputs and inputs from three files name the same block, and inputs what they spend."""
    txs, outs, ins = (read(EXAMPLES[f"chair_{name}.tsv"]) for name in ("transactions", "outputs", "inputs"))
    block = {
        row["block_hash"]
        for found in (txs, outs, ins)
        for rows in found.values()
        for row in rows
        if "block_hash" in row
    }
    assert block == {"height 100"}
    assert [(row["n"], row["address"], row["kind"]) for row in outs["chain_outputs"]] == [
        (0, made.BTC, "p2pkh"),
        (1, made.SEGWIT, "p2wpkh"),
    ]
    told = ins["chain_inputs"][0]
    assert (told["previous_txid"], told["previous_n"], told["value"], told["told_by"]) == (made.OTHER, 3, 600, "export")
    assert txs["chain_transactions"][0]["coinbase"] is False


def test_bitcoin_etl_in_json_lines_and_parquet_is_the_same():
    """Nested inputs and outputs are read alike from JSON lines and from Parquet, row group by row group."""
    lines, parquet = read(EXAMPLES["btc_etl.jsonl"], "t.json"), read(EXAMPLES["btc_etl.parquet"], "t.parquet")
    assert [row["locator"] for row in parquet["chain_transactions"]] == ["row 1", "row 2"]
    for found in (lines, parquet):
        assert found["chain_outputs"][0]["address"] == made.SEGWIT and found["chain_inputs"][0]["address"] == made.BTC
        assert found["chain_inputs"][0]["told_by"] == "export"
        assert {row["block_hash"] for row in found["chain_blocks"]} == {made.BLOCK}


def test_an_address_of_another_network_is_set_aside():
    """Among main-network outputs one that pays a test network, and one with a wrong checksum, are set aside."""
    rows = [made.CHAIR_OUT, {**made.CHAIR_OUT, "recipient": "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r"}]
    rows.append({**made.CHAIR_OUT, "recipient": made.BTC[:-1] + "U"})
    found = read(made.csv_of(*rows, delimiter="\t"))
    assert [row["locator"] for row in found["quarantine"]] == ["line 3", "line 4"]
    assert len(found["chain_outputs"]) == 1


def test_our_own_exports_read_back_as_they_were():
    """What `table --out` writes of a ledger's table, in each form, gives the same rows."""
    given = read(EXAMPLES["eth_transactions.csv"])["chain_transfers"]
    names = TABLES["chain_transfers"].names
    assert set(FORMATS) >= {"csv", "parquet"}
    plain = [{name: "" if row[name] is None else row[name] for name in names} for row in given]
    for data, name in ((made.csv_of(*plain), "x.csv"), (made.parquet_of(given), "x.parquet")):
        again = read(data, name)["chain_transfers"]
        for row, want in zip(again, given, strict=True):
            same = {
                key: value for key, value in want.items() if key not in ("source_id", "locator", "at_original", "n")
            }
            assert {key: row[key] for key in same} == same


def test_columns_that_no_layout_has_are_said_once():
    """A column beyond the layout's becomes one issue for the file."""
    found = read(made.csv_of({**made.ETL_TX, "zz": "noon"}, {**made.ETL_TX, "zz": "noon", "hash": made.OTHER}))
    assert [row["code"] for row in found["issues"]] == ["unknown-field"]


def test_parquet_of_something_else_or_damaged_is_set_aside():
    """Parquet without a ledger's columns, and damaged Parquet, end in quarantine with a reason."""
    other = made.parquet_of([{"a": 1}])
    assert [row["code"] for row in read(other, "x.parquet")["quarantine"]] == ["no-table"]
    good = EXAMPLES["btc_etl.parquet"]
    for data in (good[:-30], good[:8] + bytes(len(good) - 8), b"PAR1" * 5):
        assert [row["code"] for row in read(data, "x.parquet")["quarantine"]] == ["parquet-damaged"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_parquet_never_crashes(flips):
    """With bytes changed anywhere a Parquet file is read or set aside."""
    data = bytearray(EXAMPLES["btc_etl.parquet"])
    for place, value in flips:
        data[4 + place % (len(data) - 4)] = value
    found = collect(CHAIN_DUMPS, bytes(data), "x.parquet")
    assert set(found) <= {*CHAIN_DUMPS.tables, "quarantine", "issues"}


def test_payments_of_a_bank_are_left_to_their_mapping():
    """A table of payments with senders, recipients and ids, or one with a mapping beside, is not taken for transfers."""
    row = {
        "transaction_id": "ab" * 32,
        "date": "2026-01-01",
        "sender": "Ana Roe",
        "recipient": "Ben Moe",
        "amount": "12.50",
    }
    data = made.csv_of({**row, "status": "completed", "token": "EUR"})
    assert not CHAIN_DUMPS.recognise(item_of(data, "payments.csv"))
    assert not CHAIN_DUMPS.recognise(item_of(json.dumps([{**row, "value": 5, "hash": "x"}]).encode(), "payments.json"))
    mapped = item_of(EXAMPLES["etherscan.csv"], "a.csv", (), {"a.csv.mapping.toml": b"kind"})
    assert not CHAIN_DUMPS.recognise(mapped)


def test_all_examples_are_recognised():
    """Each layout's small file is taken by this reader, save those of a node."""
    for name, data in EXAMPLES.items():
        assert CHAIN_DUMPS.recognise(item_of(data, name)) is not name.startswith("node_"), name
    assert pa.types.is_decimal(TABLES["chain_transfers"].schema.field("amount").type)
