"""Transfers of ledgers with accounts, from what node dumps and explorers write, into `chain_transfers`.

Layouts by the names of their fields, folded: ethereum-etl `transactions` and `token_transfers`, Etherscan (CSV and API),
TronScan (CSV and API), TronGrid, `eth_getBlockByNumber`. What they share is told by aliases; what differs by `Layout`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tanglaw.reading.chain.accounts import address_of, known_token, native, network_of
from tanglaw.reading.chain.records import Record, folded
from tanglaw.reading.chain.values import amount, bad, decimal, digest, number, small, stamp
from tanglaw.reading.rows import Rows
from tanglaw.selectors.base import words

_HASH = "transaction_hash transactionhash txhash txn_hash hash transaction_id txid tx_hash"
_HEIGHT = "block_number blocknumber blockno block_no block blockheight"
_TIME = "block_timestamp timestamp unixtimestamp datetime_utc time_utc timestamp_utc date_time date_utc block_ts time"
_FROM = "from_address from transferfromaddress from_addr owner_address owneraddress sender"
_TO = "to_address to transfertoaddress to_addr toaddress recipient receiver"
_CONTRACT = "token_address contractaddress contract_address tokenaddress contract token_contract"
_SYMBOL = "tokensymbol token_symbol tokenname token_name token tokenabbr symbol asset"
_DECIMALS = "tokendecimal token_decimal decimals token_decimals tokendecimals"
_PLACE = "log_index logindex trace_address traceid event_index eventindex"
_STATUS = "receipt_status txreceipt_status iserror status errcode result contractret contract_ret revert finalresult"
_RAW = "value quant amount_raw"
_UNITS = "tokenvalue token_value amount quantity value_in_eth value_out_eth amount_token"
_FAILED = frozenset(
    ("0", "0x0", "false", "failed", "fail", "error", "revert", "reverted", "out_of_energy", "out_of_time")
)
# Read for nothing here, by name: fees, prices, calls, and what repeats the block.
_PASSED_OVER = words(
    "nonce block_hash blockhash transaction_index transactionindex gas gas_price gasprice input block_timestamp "
    "max_fee_per_gas max_priority_fee_per_gas transaction_type receipt_cumulative_gas_used receipt_gas_used "
    "receipt_contract_address receipt_root receipt_effective_gas_price cumulativegasused gasused confirmations "
    "methodid functionname method txnfee_eth txnfee_usd historical_price_eth currentvalue usdvaluedayoftx usd_value "
    "type r s v yparity chainid accesslist maxfeepergas maxpriorityfeepergas maxfeeperblobgas blobversionedhashes "
    "tokenname token_name token_info confirmed fee net_fee net_usage energy_fee energy_usage energy_usage_total "
    "signature raw_data raw_data_hex internal_transactions ret cost data trigger_info id tokentype token_type level "
    "icon tokenlogo fromaddressiscontract toaddressiscontract riskytransaction private_note privatenote dateutc "
    "usd_value_day_of_tx max_fee_per_blob_gas blob_versioned_hashes receipt_blob_gas_price receipt_blob_gas_used "
    "authorizationlist parenttxhash parent_txn_hash direction txn_type extra_data event_type block_ts "
    "from_address_tag to_address_tag"
)
_KNOWN = frozenset(
    name
    for names in (_HASH, _HEIGHT, _TIME, _FROM, _TO, _CONTRACT, _SYMBOL, _DECIMALS, _PLACE, _STATUS, _RAW, _UNITS)
    for name in names.split()
)
_FIELDS = _KNOWN | _PASSED_OVER
_INNER = {
    "token_info": words("symbol address decimals name tokenid tokenabbr tokenname tokendecimal tokentype tokenlogo"),
    "raw_data": words("contract ref_block_bytes ref_block_hash ref_block_num expiration timestamp fee_limit data"),
    "contract": words("parameter type permission_id"),
    "parameter": words("value type_url"),
    "value": words("amount owner_address to_address"),
    "ret": words("contractret fee ret"),
}
_BLOCK = words(
    "number hash parenthash stateroot timestamp transactions nonce sha3uncles logsbloom transactionsroot receiptsroot "
    "miner difficulty totaldifficulty extradata size gaslimit gasused uncles mixhash basefeepergas withdrawals "
    "withdrawalsroot blobgasused excessblobgas parentbeaconblockroot requestshash"
)
_ANSWER = words("jsonrpc id result error status message")
_PREFIXED = ("currentvalue", "historical_price", "txnfee", "usdvalue", "usd_value", "value_in", "value_out")


@dataclass(frozen=True, slots=True)
class Token:
    """An asset: contract (empty for the network's own coin), symbol, and decimals if they are told."""

    contract: str
    symbol: str
    decimals: int | None


def looks_like(names: Iterable[str]) -> bool:
    """True if the folded names are those of transfers: an id, both ends, and an amount."""
    found = set(names)
    wanted = (_HASH, _FROM, _TO, f"{_RAW} {_UNITS}")
    return all(found & set(group.split()) for group in wanted) and len(found & _KNOWN) >= 5


def ends_of(record: Record) -> tuple[Any, Any]:
    """What the record states of sender and recipient."""
    return _first(record, _FROM), _first(record, _TO)


@dataclass
class Transfers:
    """Takes one record after the other. `tokens` are symbol and decimals by contract, from a dump of tokens beside."""

    rows: Rows
    tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def take(self, record: Record, place: str) -> None:
        """The row of one record. Raises BadRecord for one whose id, address or amount is none."""
        record = self._unwrapped(record, place)
        self._unknown(record, _FIELDS, place)
        ends = ends_of(record)
        network = next((found for end in ends if (found := network_of(end))), None)
        if network is None:
            raise bad("neither end is an address of Ethereum or TRON")
        txid = digest(_first(record, _HASH), "transaction hash")
        token = self._token(record, network, place)
        value = self._amount(record, token, network, place)
        if value is None:
            return
        height, n = small(_first(record, _HEIGHT), "block number"), _first(record, _PLACE)
        shown_ends = [
            address_of(str(end), network, name) if end else None
            for end, name in zip(ends, ("sender", "recipient"), strict=True)
        ]
        self.rows.add(
            "chain_transfers",
            {
                "network": network,
                "txid": txid if network == "trx" else f"0x{txid}",
                "n": "" if n is None else str(n),
                "height": height,
                **stamp(_first(record, _TIME), self.rows.settings.default_zone),
                "from_address": shown_ends[0],
                "to_address": shown_ends[1],
                "asset": token.symbol,
                "contract": token.contract or None,
                "amount": value,
                "counted": passed(record),
                "locator": place,
            },
        )

    def around(self, given: dict[str, Any], place: str) -> None:
        """Say what is not known around the transactions of a block or in the interface's answer."""
        known = _ANSWER if "result" in given else _BLOCK
        self._unknown({folded(name): None for name in given}, known, place or "/")

    def _unwrapped(self, record: Record, place: str) -> Record:
        """TronGrid's shapes made flat: `token_info` of a token transfer, `raw_data` of a native one."""
        info = record.get("token_info") or record.get("tokeninfo")
        if isinstance(info, dict):
            inner = self._inner(info, "token_info", place)
            return {
                **record,
                "tokensymbol": inner.get("symbol", inner.get("tokenabbr")),
                "contractaddress": inner.get("address", inner.get("tokenid")),
                "tokendecimal": inner.get("decimals", inner.get("tokendecimal")),
            }
        if not isinstance(record.get("raw_data"), dict):
            return record
        contract = self._inner(
            _only(self._inner(record["raw_data"], "raw_data", place).get("contract")), "contract", place
        )
        value = self._inner(self._inner(contract.get("parameter"), "parameter", place).get("value"), "value", place)
        if not value or contract.get("type") != "TransferContract":
            raise bad("a TRON transaction of another type than TransferContract moves no coins by itself")
        state = self._inner(_only(record.get("ret")), "ret", place).get("contractret")
        ends = {"from": value.get("owner_address"), "to": value.get("to_address"), "value": value.get("amount")}
        return {**record, **ends, "contractret": state}

    def _inner(self, given: Any, name: str, place: str) -> Record:
        """An inner object with folded names; what is not known in it is said."""
        found = {folded(key): value for key, value in given.items()} if isinstance(given, dict) else {}
        self._unknown(found, _INNER[name], f"{place}/{name}")
        return found

    def _token(self, record: Record, network: str, place: str) -> Token:
        contract, symbol = _first(record, _CONTRACT), _text(_first(record, _SYMBOL))
        stated = small(_first(record, _DECIMALS), "decimals")
        coin, places = native(network)
        raw_token = any(
            name in record
            for name in ("tokenvalue", "token_value", "tokensymbol", "token_symbol", "token_address", "log_index")
        )
        if contract is None or (not raw_token and not symbol and stated is None):
            # A transaction that makes a contract states it too: what it sends is the network's coin.
            if symbol and symbol.upper() not in (coin, "", "_"):
                self._say("token-unnamed", "a token without its contract is read by the symbol that is stated", place)
                return Token("", symbol, stated)
            return Token("", coin, places)
        named = str(contract).strip()
        if network == "trx" and named in ("_", "TRX", "trx", "0"):
            return Token("", coin, places)
        spelled = address_of(named, network, "contract")
        known = self.tokens.get(spelled) or known_token(network, spelled) or ("", None)
        return Token(spelled, symbol or known[0] or spelled, known[1] if stated is None else stated)

    def _amount(self, record: Record, token: Token, network: str, place: str) -> Decimal | None:
        units = [record[name] for name in _UNITS.split() if record.get(name) not in (None, "")]
        raw = _first(record, _RAW)
        spoken = [decimal(one, "amount") for one in units]
        if spoken and (raw is None or "tokenvalue" in record or "value_in_eth" in record):
            found = max(spoken)
            if "transferfromaddress" in record and raw is None:
                # TronScan's interface gives whole smallest units under `amount`.
                places = native(network)[1] if token.decimals is None else token.decimals
                return amount(found, places, "amount")
            return amount(found, 0, "amount")
        if raw is None:
            raise bad("no amount is stated")
        # An explorer's CSV of tokens gives units under `Value`; its interface and node dumps give smallest units.
        if "." in str(raw) or ("tokensymbol" in record and not {"tokendecimal", "token_address"} & record.keys()):
            return amount(decimal(raw, "value"), 0, "value")
        if token.decimals is None:
            self._say(
                "decimals-unknown",
                "a token's decimals are not stated: lay the dump of tokens beside, as tokens.csv",
                place,
            )
            raise bad("the token's decimals are not stated, so its amount is not known")
        if token.decimals > 77:
            raise bad("decimals are beyond what a token may have")
        whole = number(raw, "value")
        return None if whole is None else amount(Decimal(whole), token.decimals, "value")

    def _unknown(self, record: Record, known: frozenset[str], place: str) -> None:
        for name in record.keys() - known - self._said:
            self._said.add(name)
            if name and not name.startswith(_PREFIXED):
                self.rows.issue("unknown-field", f"field {name[:80]!r} is not known and was not read", place)

    def _say(self, code: str, reason: str, place: str) -> None:
        if code not in self._said:
            self._said.add(code)
            self.rows.issue(code, reason, place)


def passed(record: Record) -> bool:
    """False if the record says that the transaction failed. One that says nothing counts: dumps without receipts, and
    Ethereum before Byzantium, state none."""
    for name in _STATUS.split():
        text = _text(record.get(name)).lower()
        if name in ("iserror", "revert"):
            if text in ("1", "true"):
                return False
        elif name == "errcode":
            if text:
                return False
        elif text in _FAILED or text.startswith("error") or text.startswith("fail"):
            return False
    return True


def _only(given: Any) -> Any:
    return given[0] if isinstance(given, list) and given else None


def _first(record: Record, names: str) -> Any:
    """The first stated value under one of the names."""
    for name in names.split():
        value = record.get(name)
        if value is not None and value != "" and value == value:  # noqa: PLR0124 Parquet's empty floats
            return value
    return None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
