"""Addresses in lists of attributions: which ledger a list means, whether the address holds there, its one spelling.

Of ledgers with a selector type that type decides; of further ones Base58Check does. Of a ledger that nothing here can
check the address stands as written, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tanglaw.reading.rows import Rows
from tanglaw.reading.values import moment, truth
from tanglaw.references.base import Noted
from tanglaw.selectors import SELECTORS
from tanglaw.selectors.base import words
from tanglaw.selectors.checksums import base58check

_LONGEST = 200
# Selector type -> network.
_TYPES = {"btc": "btc", "eth": "eth", "tron": "trx", "ltc": "ltc", "bch": "bch", "doge": "doge"} | {
    name: name for name in ("xmr", "xrp", "sol")
}
# Networks that write addresses as Ethereum does.
_LIKE_ETH = words("eth etc bsc arb op base matic avax ftm kcc heco cro xdai celo")
# Base58Check versions (chainparams of each coin's reference software).
_VERSIONS = {
    "bsv": (b"\x00", b"\x05"),
    "btg": (b"\x26", b"\x17"),
    "dash": (b"\x4c", b"\x10"),
    "xvg": (b"\x1e", b"\x21"),
    "zec": (b"\x1c\xb8", b"\x1c\xbd"),
}
_WORDS = {
    "btc": "btc xbt bitcoin",
    "eth": "eth ethereum erc20 erc-20",
    "trx": "trx tron trc20 trc-20",
    "ltc": "ltc litecoin",
    "bch": "bch bitcoin-cash bitcoincash",
    "doge": "doge dogecoin",
    "xmr": "xmr monero",
    "xrp": "xrp ripple",
    "sol": "sol solana",
    "bsc": "bsc bep20 bep-20",
    "etc": "etc ethereum-classic",
    "arb": "arb arbitrum",
    "op": "op optimism",
    "matic": "matic polygon pol",
    "avax": "avax avalanche",
    "kcc": "kcc kcs",
    "bnb": "bnb bep2 bep-2",
    "zec": "zec zcash",
    "dash": "dash",
    "xvg": "xvg verge",
    "bsv": "bsv",
    "btg": "btg",
    "base": "base",
    "ftm": "ftm fantom",
    "heco": "heco",
    "cro": "cro cronos",
    "xdai": "xdai gnosis",
    "celo": "celo",
}
_NETWORKS = {word: network for network, words in _WORDS.items() for word in words.split()}
# Tokens that several ledgers carry: the address tells which.
_TOKENS = words("usdt usdc dai busd tusd usdp usde pyusd fdusd eurt eurc link uni wbtc weth shib")
# Asked in this order where only the form can tell.
_BY_FORM = ("btc", "eth", "tron", "bch", "ltc", "xmr", "xrp", "doge")
_TEST = ("m", "n", "2", "tb1")


class Place(NamedTuple):
    """Network and address in its one spelling; both empty with the `code` and `reason` why not. `doubt` says what
    was assumed or not checked."""

    network: str
    address: str
    code: str = ""
    reason: str = ""
    doubt: str = ""


def is_network(word: str) -> bool:
    """True for a word that names a ledger, or a token of ledgers whose addresses tell them."""
    return _word(word) in _NETWORKS or _word(word) in _TOKENS


def by_form(text: str) -> Place | None:
    """The ledger whose addresses have this form and checksum; None if there is none."""
    for name in _BY_FORM:
        value = SELECTORS[name].normalise(text, "") if len(text) <= _LONGEST else None
        if value is not None:
            return Place(_of_bitcoin(value) if name == "btc" else _TYPES[name], value)
    return None


def place_of(asset: str, network: str, text: str) -> Place:
    """The place that a list's asset and network (either may be empty) and address name."""
    text = text.strip()
    word = next((one for one in (_word(network), _word(asset)) if one in _NETWORKS), "")
    wanted = _NETWORKS.get(word, "")
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        return Place("", "", "bad-address", f"no address: {len(text)} characters")
    if not wanted and (_word(network) or _word(asset)) and _word(asset) not in _TOKENS:
        return Place(_word(network) or _word(asset), text, doubt="its ledger is not known here: not checked")
    if not wanted:
        found = by_form(text)
        return found or Place("", "", "bad-address", "no ledger known here has such an address")
    value, checked = _checked(wanted, text)
    if value:
        return Place(_of_bitcoin(value) if wanted == "btc" else wanted, value, doubt=checked)
    other = by_form(text)
    if other is not None:
        return Place("", "", "other-network", f"list says {wanted}, the address is one of {other.network}")
    return Place("", "", "bad-address", f"length, form or checksum does not hold on {wanted}")


@lru_cache(maxsize=1024)
def _word(text: str) -> str:
    return "-".join(text.strip().casefold().split())


def _checked(network: str, text: str) -> tuple[str, str]:
    """The address, empty if it does not hold, and what could not be checked."""
    kind = "eth" if network in _LIKE_ETH else next((name for name, of in _TYPES.items() if of == network), "")
    if kind:
        return SELECTORS[kind].normalise(text, "") or "", ""
    if network in _VERSIONS:
        if len(text) > 64:
            return "", ""
        body = base58check(text)
        good = body is not None and any(body[: len(v)] == v and len(body) == len(v) + 20 for v in _VERSIONS[network])
        return (text, "") if good else ("", "")
    return text, f"no checksum of {network} is known here: not checked"


def _of_bitcoin(value: str) -> str:
    if value.startswith("bcrt1"):
        return "btc-regtest"
    return "btc-test" if value.startswith(_TEST) else "btc"


# What a tag may say, by column of `address_tags`: the names that lists use for it.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "addr", "wallet", "wallet_address", "crypto_address"),
    "asset": ("currency", "asset", "coin", "ticker", "symbol"),
    "network": ("network", "chain", "blockchain", "ledger"),
    "label": ("label", "tag", "name_tag", "nametag", "title"),
    "actor": ("actor", "owner", "entity", "service", "vasp"),
    "category": ("category", "type", "service_type", "entity_type", "class"),
    "abuse": ("abuse", "abuse_type"),
    "confidence": ("confidence", "confidence_level"),
    "cluster_definer": ("cluster_definer", "is_cluster_definer"),
    "source": ("source", "source_uri", "reference", "uri", "url"),
    "stated_at": (
        "lastmod",
        "date",
        "stated_at",
        "updated",
        "updated_at",
        "created",
        "created_at",
        "listed_at",
        "listed",
    ),
    "list_name": ("pack", "list", "list_name", "tagpack"),
    "list_version": ("version", "list_version"),
    "withdrawn": ("withdrawn", "deleted", "removed", "retracted", "delisted"),
}
ROLES = {name: role for role, names in FIELDS.items() for name in names}


class Tags:
    """Writes the tags of one file: each becomes a row of `address_tags` or a quarantine row; `close` writes the issues."""

    def __init__(self, rows: Rows, list_name: str, noted: Noted) -> None:
        self._rows = rows
        self._list = list_name
        self._noted = noted
        self._when: Callable[[str], dict[str, Any]] = lru_cache(maxsize=4096)(
            lambda text: moment("at", text, rows.settings.default_zone)
        )

    def add(self, said: Mapping[str, str | None], locator: str) -> None:
        """One tag by the names of FIELDS; texts, empty where nothing is said."""
        place = place_of(said.get("asset") or "", said.get("network") or "", said.get("address") or "")
        if not place.address:
            shown = "; ".join(f"{name}={str(value)[:120]}" for name, value in said.items() if value)
            self._rows.quarantine(place.code, place.reason, locator, shown or "(empty)")
            return
        if place.doubt:
            self._noted.note("address-unchecked", f"{place.network[:40]}: {place.doubt}", locator)
        if place.network.startswith("btc-"):
            self._noted.note("test-network", f"address of {place.network}", locator)
        list_name = said.get("list_name") or self._list
        label = said.get("label") or said.get("actor") or list_name
        self._rows.add(
            "address_tags",
            {
                "list_name": list_name[:300],
                "list_version": said.get("list_version") or None,
                "network": place.network[:40],
                "address": place.address,
                "label": label[:500],
                "actor": said.get("actor") or None,
                "category": said.get("category") or None,
                "abuse": said.get("abuse") or None,
                "confidence": said.get("confidence") or None,
                "cluster_definer": self._truth(said, "cluster_definer", locator),
                "source": (said.get("source") or list_name)[:2000],
                "stated_at": self._stated(said.get("stated_at") or "", locator),
                "withdrawn": bool(self._truth(said, "withdrawn", locator)),
                "locator": locator,
            },
        )

    def close(self) -> None:
        """Write the issues."""
        self._noted.write(self._rows)

    def _truth(self, said: Mapping[str, str | None], name: str, locator: str) -> bool | None:
        text = said.get(name)
        found = truth(text) if text else None
        if text and found is None:
            self._noted.note("unknown-value", f"{name} is neither yes nor no and counts as not stated", locator)
        return found

    def _stated(self, text: str, locator: str) -> Any:
        if not text:
            return None
        found = self._when(text[:64])
        if found.get("at") is None:
            self._noted.note("time-unreadable", "date is no ISO 8601 date and is left empty", locator)
        elif found.get("at_assumed"):
            zone = self._rows.settings.default_zone
            self._noted.note("zone-assumed", f"dates without a zone are read in {zone}", locator)
        return found.get("at")
