"""Small dumps and exports of ledgers in the layouts that are met, for tests. Addresses are of published examples."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.testing import small_chain
from tanglaw.testing.blocks import node_json

HASH = "ab" * 32
OTHER = "cd" * 32
BLOCK = "00" * 8 + "ef" * 24
# From EIP-55.
ETH = ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
# From TRON's documentation of its addresses: one in both spellings.
TRON = "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"
TRON_HEX = "418840e6c55b9ada326d211d818c34a994aeced808"
TRON_USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
BTC = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def csv_of(*rows: dict[str, Any], delimiter: str = ",") -> bytes:
    """Rows as delimited text under their keys."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(map(str, row.values())) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def parquet_of(rows: list[dict[str, Any]], groups: int = 1) -> bytes:
    """Rows as a Parquet file of so many row groups."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=max(1, len(rows) // groups))
    return out.getvalue()


ETL_TX = {
    "hash": f"0x{HASH}", "nonce": 1, "block_hash": f"0x{OTHER}", "block_number": 100, "transaction_index": 0,
    "from_address": ETH[0].lower(), "to_address": ETH[1].lower(), "value": 1234567890123456789, "gas": 21000,
    "gas_price": 1, "input": "0x", "block_timestamp": 1767225600, "receipt_status": 1,
}  # fmt: skip
ETL_TOKEN = {
    "token_address": USDT.lower(), "from_address": ETH[0].lower(), "to_address": ETH[1].lower(), "value": 1500000,
    "transaction_hash": f"0x{HASH}", "log_index": 7, "block_number": 100, "block_timestamp": "2026-01-01 00:00:00 UTC",
}  # fmt: skip
ETHERSCAN = {
    "Transaction Hash": f"0x{HASH}", "Blockno": 100, "UnixTimestamp": 1767225600, "DateTime (UTC)": "2026-01-01 00:00:00",
    "From": ETH[0].lower(), "To": ETH[1].lower(), "ContractAddress": "", "Value_IN(ETH)": 0, "Value_OUT(ETH)": "0.25",
    "CurrentValue @ $3000/Eth": "$750", "TxnFee(ETH)": "0.001", "TxnFee(USD)": "3", "Historical $Price/Eth": "3000",
    "Status": "", "ErrCode": "", "Method": "Transfer",
}  # fmt: skip
TRC20 = {
    "transaction_id": HASH, "token_info": {"symbol": "USDT", "address": TRON_USDT, "decimals": 6, "name": "Tether USD"},
    "block_timestamp": 1767225600000, "from": TRON, "to": TRON_USDT, "type": "Transfer", "value": "2500000",
}  # fmt: skip
TRX = {
    "ret": [{"contractRet": "SUCCESS", "fee": 0}], "signature": [], "txID": OTHER, "net_usage": 0, "raw_data_hex": "",
    "blockNumber": 100, "block_timestamp": 1767225600000, "energy_usage": 0,
    "raw_data": {"contract": [{"parameter": {"value": {"amount": 3000000, "owner_address": TRON_HEX, "to_address": TRON_HEX}},
                               "type": "TransferContract"}], "timestamp": 1767225600000},
    "internal_transactions": [],
}  # fmt: skip
ETH_BLOCK = {
    "jsonrpc": "2.0", "id": 1, "result": {
        "number": "0x64", "hash": f"0x{OTHER}", "parentHash": f"0x{HASH}", "stateRoot": f"0x{HASH}", "timestamp": "0x6955b900",
        "transactions": [{"hash": f"0x{HASH}", "from": ETH[0].lower(), "to": ETH[1].lower(), "value": "0xde0b6b3a7640000",
                          "blockNumber": "0x64", "transactionIndex": "0x0", "input": "0x", "nonce": "0x1", "gas": "0x5208",
                          "gasPrice": "0x1", "type": "0x0", "v": "0x1b", "r": "0x1", "s": "0x1", "blockHash": f"0x{OTHER}"}]},
}  # fmt: skip
CHAIR_TX = {
    "block_id": 100, "hash": HASH, "time": "2026-01-01 00:00:00", "size": 200, "weight": 800, "version": 2, "lock_time": 0,
    "is_coinbase": 0, "has_witness": 0, "input_count": 1, "output_count": 2, "input_total": 600, "input_total_usd": 1,
    "output_total": 500, "output_total_usd": 1, "fee": 100, "fee_usd": 1, "cdd_total": 1,
}  # fmt: skip
CHAIR_OUT = {
    "block_id": 100, "transaction_hash": HASH, "index": 0, "time": "2026-01-01 00:00:00", "value": 400, "value_usd": 1,
    "recipient": BTC, "type": "pubkeyhash", "script_hex": "", "is_from_coinbase": 0, "is_spendable": -1,
}  # fmt: skip
CHAIR_IN = {
    "block_id": 90, "transaction_hash": OTHER, "index": 3, "time": "2025-12-31 00:00:00", "value": 600, "value_usd": 1,
    "recipient": SEGWIT, "type": "witness_v0_keyhash", "script_hex": "", "is_from_coinbase": 0, "is_spendable": -1,
    "spending_block_id": 100, "spending_transaction_hash": HASH, "spending_index": 0, "spending_time": "2026-01-01 00:00:00",
    "spending_value_usd": 1, "spending_sequence": 4294967295, "spending_signature_hex": "", "spending_witness": "",
    "lifespan": 1, "cdd": 1,
}  # fmt: skip
ETL_BTC: dict[str, Any] = {
    "hash": HASH, "size": 200, "virtual_size": 200, "version": 2, "lock_time": 0, "block_number": 100, "block_hash": BLOCK,
    "block_timestamp": 1767225600, "is_coinbase": False, "index": 1, "input_count": 1, "output_count": 1, "input_value": 600,
    "output_value": 500, "fee": 100,
    "inputs": [{"index": 0, "spent_transaction_hash": OTHER, "spent_output_index": 3, "script_asm": "", "script_hex": "",
                "sequence": 4294967295, "required_signatures": 1, "type": "pubkeyhash", "addresses": [BTC], "value": 600}],
    "outputs": [{"index": 0, "script_asm": "", "script_hex": "0014751e76e8199196d454941c45d1b3a323f1433bd6",
                 "required_signatures": 1, "type": "witness_v0_keyhash", "addresses": [SEGWIT], "value": 500}],
}  # fmt: skip


def examples() -> dict[str, bytes]:
    """Small files of every layout, by name."""
    blocks, spent = small_chain.chain(), small_chain.spent_by(small_chain.chain())
    return {
        "eth_transactions.csv": csv_of(ETL_TX, {**ETL_TX, "hash": f"0x{OTHER}", "receipt_status": 0}),
        "eth_token_transfers.csv": csv_of(ETL_TOKEN),
        "etherscan.csv": csv_of(ETHERSCAN),
        "eth_block.json": json.dumps(ETH_BLOCK).encode(),
        "trongrid_tokens.json": json.dumps({"success": True, "data": [TRC20]}).encode(),
        "trongrid.json": json.dumps([TRX]).encode(),
        "chair_transactions.tsv": csv_of(CHAIR_TX, delimiter="\t"),
        "chair_outputs.tsv": csv_of(
            CHAIR_OUT, {**CHAIR_OUT, "index": 1, "recipient": SEGWIT, "type": "witness_v0_keyhash"}, delimiter="\t"
        ),
        "chair_inputs.tsv": csv_of(CHAIR_IN, delimiter="\t"),
        "btc_etl.jsonl": json.dumps(ETL_BTC).encode() + b"\n" + json.dumps({**ETL_BTC, "hash": OTHER}).encode() + b"\n",
        "btc_etl.parquet": parquet_of([ETL_BTC, {**ETL_BTC, "hash": OTHER, "index": 2}], 2),
        "node_block.json": json.dumps(node_json(blocks[2], spent[2])).encode(),
        "node_blocks.json": json.dumps([node_json(block) for block in blocks]).encode(),
        "node_transaction.json": json.dumps(
            {**node_json(blocks[1])["tx"][1], "blockhash": blocks[1].digest[::-1].hex(), "blocktime": blocks[1].stamp}
        ).encode(),
    }
