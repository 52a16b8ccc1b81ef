"""Blocks and transactions as a node's RPC and REST interface gives them: getblock (verbosity 2 and 3), getrawtransaction.

Field names: Bitcoin Core 28 (`getblock`, `getrawtransaction`, `/rest/block`). Addresses are made of the scripts, as they are of
raw blocks; the stated ones stand in only where the script is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np

from tanglaw.errors import BadRecord
from tanglaw.reading.chain import block_loops as b
from tanglaw.reading.chain.addresses import addresses_of, spelled
from tanglaw.reading.chain.addresses import payloads as payloads_of
from tanglaw.reading.chain.hashing import double, merkle_root, shown
from tanglaw.reading.chain.networks import (
    BTC,
    SCRIPT_KINDS,
    Network,
    network_of,
    network_spelled,
    target_of,
    work_of,
)
from tanglaw.reading.chain.values import bad, digest, number, satoshi, small, stamp
from tanglaw.reading.json_records import Raw, decoded
from tanglaw.reading.rows import Rows, columns
from tanglaw.selectors.base import words

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_TX_KNOWN = words(
    "txid hash version size vsize weight locktime vin vout fee hex blockhash confirmations time blocktime "
    "in_active_chain"
)
_BLOCK_KNOWN = words(
    "hash confirmations strippedsize size weight height version versionHex merkleroot tx time mediantime nonce bits "
    "target difficulty chainwork nTx previousblockhash nextblockhash coinbase_tx"
)
_IN_KNOWN = words("coinbase txid vout scriptSig txinwitness sequence prevout")
_OUT_KNOWN = words("value n scriptPubKey ismine")
_SCRIPT_KNOWN = words("asm desc hex address addresses reqSigs type")
_PREVOUT_KNOWN = words("generated height value scriptPubKey")
_ENVELOPE = words("result error id jsonrpc")
_TX = columns(
    "chain_transactions",
    "network block_hash txid position at coinbase version lock_time inputs outputs locator",
)
_OUT = columns("chain_outputs", "network block_hash txid n position value kind address")
_IN = columns(
    "chain_inputs",
    "network block_hash txid n position previous_txid previous_n sequence value kind address told_by",
)


@dataclass(frozen=True, slots=True)
class _Where:
    """The block that transactions stand in, and the document's place of their list."""

    network: Network
    block: str
    at: Any
    place: str


class NodeJson:
    """Takes one record after the other: a block, a transaction, or an answer of the RPC interface around either."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._said: set[str] = set()

    def take(self, data: Raw, place: str, alone: bool) -> None:  # noqa: ARG002
        """Rows of one record. Raises BadRecord for what is neither a block nor a transaction."""
        try:
            given = decoded(data, _DECODER.decode)
        except msgspec.ValidationError as error:
            raise BadRecord("json-broken", "a number beyond what can be held", "", bytes(data)) from error
        if isinstance(given, dict) and "result" in given:
            self._unknown(given, _ENVELOPE, place)
            given, place = given["result"], f"{place}/result"
        for number_, one in enumerate(given if isinstance(given, list) else [given]):
            self._record(one, f"{place}/{number_}" if isinstance(given, list) else place)

    def _record(self, given: Any, place: str) -> None:
        if not isinstance(given, dict):
            raise BadRecord("json-shape", "neither a block nor a transaction", place)
        if isinstance(given.get("tx"), list):
            self._block(given, place)
        elif isinstance(given.get("vin"), list):
            self._lone(given, place)
        else:
            raise BadRecord("json-shape", "neither a block nor a transaction with its inputs", place)

    def _block(self, given: dict[str, Any], place: str) -> None:
        self._unknown(given, _BLOCK_KNOWN, place)
        hash_ = digest(given.get("hash"), "hash")
        previous = digest(given["previousblockhash"], "previousblockhash") if "previousblockhash" in given else None
        bits, seconds = _bits(given.get("bits")), small(given.get("time"), "time")
        txs = given["tx"]
        if bits and seconds is not None:
            network = network_of(previous or "", bits, seconds)
        else:
            network = _network_told(txs)
        moment = stamp(seconds, "UTC")
        merkle, work = _checks(given, txs, hash_, previous, network)
        self._rows.add(
            "chain_blocks",
            {
                "network": network.name,
                "block_hash": hash_,
                "previous_hash": previous or ("0" * 64 if given.get("height") == 0 else None),
                "height": small(given.get("height"), "height"),
                **moment,
                "transactions": len(txs),
                "work": str(work_of(bits)) if bits else None,
                "merkle_valid": merkle,
                "work_valid": work,
                "locator": place or "/",
            },
        )
        if merkle is False or work is False:
            which = (
                "the Merkle root is not that of its transactions"
                if merkle is False
                else "the proof of work does not hold"
            )
            self._rows.quarantine("block-invalid", f"{which}: the block is not counted", place or "/", hash_)
            return
        where = _Where(network, hash_, moment.get("at"), f"{place}/tx")
        for position, one in enumerate(txs):
            self._guarded(one, where, position)

    def _lone(self, given: dict[str, Any], place: str) -> None:
        """A transaction by itself: the block that it names gets a row, since without one it would not be counted."""
        network = _network_told([given])
        block = digest(given["blockhash"], "blockhash") if given.get("blockhash") else ""
        moment = stamp(given.get("blocktime", given.get("time")), "UTC")
        if block:
            row = {"network": network.name, "block_hash": block, **moment, "locator": place or "/"}
            self._rows.add("chain_blocks", row)
        else:
            self._rows.issue("unconfirmed", "a transaction without a block is kept and not counted", place or "/")
        self._transaction(given, _Where(network, block, moment.get("at"), place), None, place or "/")

    def _guarded(self, given: Any, where: _Where, position: int) -> None:
        place = f"{where.place}/{position}"
        try:
            if not isinstance(given, dict):
                raise BadRecord("json-shape", "a transaction by its id alone: ask the node for verbosity 2 or 3", place)
            self._transaction(given, where, position, place)
        except BadRecord as fault:
            raw = msgspec.json.encode(given)
            self._rows.quarantine(fault.code, fault.reason, place, raw)

    def _transaction(self, given: dict[str, Any], where: _Where, position: int | None, place: str) -> None:
        self._unknown(given, _TX_KNOWN, place)
        txid = digest(given.get("txid"), "txid")
        key = (where.network.name, where.block, txid)
        ins = [self._input(one, n, where.network, place) for n, one in enumerate(_list(given, "vin"))]
        outs = [self._output(one, n, where.network, place) for n, one in enumerate(_list(given, "vout"))]
        coinbase = len(ins) == 1 and ins[0][0] is None
        version, lock = number(given.get("version"), "version", -(1 << 31)), small(given.get("locktime"), "locktime")
        self._rows.put(_TX, (*key, position, where.at, coinbase, version, lock, len(ins), len(outs), place))
        for values in outs:
            self._rows.put(_OUT, (*key, values[0], position, *values[1:]))
        for n, values in enumerate(ins):
            self._rows.put(_IN, (*key, n, position, *values))

    def _output(self, given: Any, n: int, network: Network, place: str) -> tuple[Any, ...]:
        """Number, value, kind and address."""
        if not isinstance(given, dict):
            raise bad("an output that is no object", place)
        self._unknown(given, _OUT_KNOWN, f"{place}/vout/{n}")
        stated = small(given.get("n"), "n")
        value = satoshi(given.get("value"), "value")
        if value is None:
            raise bad("an output without a value", place)
        return n if stated is None else stated, value, *self._script(given.get("scriptPubKey"), network, place)

    def _script(self, given: Any, network: Network, place: str) -> tuple[str | None, str | None]:
        if not isinstance(given, dict):
            return None, None
        self._unknown(given, _SCRIPT_KNOWN, place)
        script = _bytes(given.get("hex"))
        if script is not None:
            kinds, addresses = addresses_of([script], network)
            return kinds[0], addresses[0]
        kind = SCRIPT_KINDS.get(str(given.get("type")), "other")
        several = given.get("addresses")
        listed = several[0] if kind != "multisig" and isinstance(several, list) and len(several) == 1 else None
        address = given.get("address", listed)
        return kind, str(address) if address else None

    def _input(self, given: Any, n: int, network: Network, place: str) -> tuple[Any, ...]:
        """Earlier id and number, sequence, value, kind, address and what told them."""
        if not isinstance(given, dict):
            raise bad("an input that is no object", place)
        self._unknown(given, _IN_KNOWN, f"{place}/vin/{n}")
        sequence = small(given.get("sequence"), "sequence")
        if "coinbase" in given:
            return None, None, sequence, None, None, None, None
        earlier, index = digest(given.get("txid"), "vin/txid"), small(given.get("vout"), "vin/vout")
        script, prevout = given.get("scriptSig"), given.get("prevout")
        if isinstance(script, dict):
            self._unknown(script, _SCRIPT_KNOWN, f"{place}/vin/{n}/scriptSig")
        if isinstance(prevout, dict):
            self._unknown(prevout, _PREVOUT_KNOWN, f"{place}/vin/{n}/prevout")
            kind, address = self._script(prevout.get("scriptPubKey"), network, place)
            return earlier, index, sequence, satoshi(prevout.get("value"), "value"), kind, address, "undo"
        signed = _bytes(script.get("hex")) if isinstance(script, dict) else None
        kind, address = spender(signed or b"", _witness(given.get("txinwitness")), network)
        return earlier, index, sequence, None, kind, address, "key" if address else None

    def _unknown(self, given: dict[str, Any], known: frozenset[str], place: str) -> None:
        for name in given.keys() - known - self._said:
            self._said.add(name)
            self._rows.issue("unknown-field", f"field {name[:80]!r} is not known and was not read", place or "/")


def spender(script: bytes, witness: list[bytes], network: Network) -> tuple[str | None, str | None]:
    """Kind and address of the output that a signature script or witness of the usual shapes spends."""
    kind, key = b.OTHER, b""
    if script:
        data = np.frombuffer(script, np.uint8)
        kind, at, size = b.spender_of(data, 0, len(data))
        key = script[at : at + size]
    elif len(witness) == 2 and 9 <= len(witness[0]) <= 73 and witness[0][0] == 0x30 and _is_short_key(witness[1]):
        kind, key = b.P2WPKH, witness[1]
    if kind == b.OTHER:
        return None, None
    one = np.zeros(1, np.int64)
    rows = payloads_of(np.frombuffer(key, np.uint8), one + kind, one, one + len(key), np.ones(1, bool))
    return b.KINDS[kind], spelled(rows, network)[0].as_py()


def _is_short_key(key: bytes) -> bool:
    return len(key) == 33 and key[0] in (2, 3)


def _list(given: dict[str, Any], name: str) -> list[Any]:
    found = given.get(name)
    if not isinstance(found, list):
        raise bad(f"{name} is not a list")
    return found


def _bytes(text: Any) -> bytes | None:
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise bad("a script is not hex digits") from error


def _witness(given: Any) -> list[bytes]:
    return [_bytes(one) or b"" for one in given] if isinstance(given, list) else []


def _bits(value: Any) -> int:
    if not isinstance(value, str) or len(value) != 8:
        return 0
    try:
        return int(value, 16)
    except ValueError as error:
        raise bad("bits are not hex digits") from error


def _network_told(txs: list[Any]) -> Network:
    """The network of the first stated address whose checksum holds; the main one where none is stated."""
    for tx in txs:
        for out in tx.get("vout", ()) if isinstance(tx, dict) else ():
            script = out.get("scriptPubKey") if isinstance(out, dict) else None
            address = (
                script.get("address") or next(iter(script.get("addresses") or ()), "")
                if isinstance(script, dict)
                else ""
            )
            network = network_spelled(str(address)) if address else None
            if network is not None:
                return network
    return BTC


def _checks(
    given: dict[str, Any], txs: list[Any], hash_: str, previous: str | None, network: Network
) -> tuple[bool | None, bool | None]:
    """Whether the stated ids make the stated Merkle root, and the stated header the hash, below its target; None where
    a part is not stated."""
    merkle = None
    ids = [one.get("txid") if isinstance(one, dict) else one for one in txs]
    root = digest(given["merkleroot"], "merkleroot") if given.get("merkleroot") else None
    if root and ids and all(isinstance(one, str) and len(one) == 64 for one in ids):
        found, mutated = merkle_root([bytes.fromhex(digest(one, "txid"))[::-1] for one in ids])
        merkle = shown(found) == root and not mutated
    parts = [given.get(name) for name in ("version", "time", "nonce")]
    bits = _bits(given.get("bits"))
    if root is None or not bits or not all(isinstance(part, int) for part in parts):
        return merkle, None
    version, time, nonce = (int(part) & 0xFFFFFFFF for part in parts if part is not None)
    header = b"".join(
        (
            version.to_bytes(4, "little"),
            bytes.fromhex(previous or "0" * 64)[::-1],
            bytes.fromhex(root)[::-1],
            time.to_bytes(4, "little"),
            bits.to_bytes(4, "little"),
            nonce.to_bytes(4, "little"),
        )
    )
    target = target_of(bits)
    found = double(header)
    return merkle, shown(found) == hash_ and 0 < target <= network.limit and int.from_bytes(found, "little") <= target
