"""JSON of a Bitcoin node: blocks with their transactions (getblock 2 and 3, REST) and single transactions, as files.

One object, an array, lines, or the RPC interface's answer around them. Inputs with `prevout` tell what they spend.
"""

from __future__ import annotations

import re
from importlib import import_module

from tanglaw.reading.item import Item
from tanglaw.reading.json_records import each_record
from tanglaw.reading.rows import Rows

_START = re.compile(r"\s*[\[{]")
_MARK = re.compile(r'"(?:merkleroot|vin|txid)"\s*:')
_BLOCK = re.compile(r'"merkleroot"\s*:\s*"[0-9a-f]{64}"')
_TX = re.compile(r'"(?:vin|vout|txid|scriptSig|scriptPubKey)"\s*:')


class BitcoinNode:
    """Reads a node's JSON. Locators: JSON pointers, behind the line where there are several."""

    name = "bitcoin-node-json"
    tables = ("chain_blocks", "chain_transactions", "chain_outputs", "chain_inputs")

    def recognise(self, item: Item) -> bool:
        """True for JSON with a Merkle root, or with the three names that a verbose transaction has."""
        head = item.text_head
        if _START.match(head) is None:
            return False
        return _BLOCK.search(head) is not None or {'"vin"', '"txid"', '"scriptPubKey"'} <= {
            found.group().split(":")[0].strip() for found in _TX.finditer(head)
        }

    def hints(self, item: Item) -> tuple[str, ...]:
        """None."""
        del item
        return ()

    def read(self, item: Item, rows: Rows) -> None:
        """Rows of each block and transaction; one that cannot be read is set aside with its place.

        Raises BadRecord: json-broken, json-truncated, json-deep, json-shape.
        """
        each_record(item, rows, _MARK, import_module("tanglaw.reading.chain.node_json").NodeJson(rows).take)


BITCOIN_NODE = BitcoinNode()
