"""What tells the networks of Bitcoin apart: magic, address prefixes, proof-of-work limit; and what a node calls scripts.

Figures: `chainparams.cpp` of Bitcoin Core 28. The test networks share their address prefixes, so all are `btc-test`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.selectors.checksums import base58check, segwit


@dataclass(frozen=True, slots=True)
class Network:
    """Version bytes of P2PKH and P2SH addresses, the prefix of SegWit ones, and the largest target a block may state."""

    name: str
    key: int
    script: int
    prefix: str
    limit: int


_LIMIT = 0xFFFF << 208
BTC = Network("btc", 0x00, 0x05, "bc", _LIMIT)
BTC_TEST = Network("btc-test", 0x6F, 0xC4, "tb", 0x377AE << 216)
BTC_REGTEST = Network("btc-regtest", 0x6F, 0xC4, "bcrt", 0x7FFFFF << 232)
NETWORKS = {network.name: network for network in (BTC, BTC_TEST, BTC_REGTEST)}

MAGIC: dict[bytes, Network] = {
    bytes.fromhex("f9beb4d9"): BTC,
    bytes.fromhex("0b110907"): BTC_TEST,
    bytes.fromhex("1c163f28"): BTC_TEST,
    bytes.fromhex("0a03cf40"): BTC_TEST,
    bytes.fromhex("fabfb5da"): BTC_REGTEST,
}
# Identifiers of the first blocks: what names one of them as its parent is of that network.
GENESIS: dict[str, Network] = {
    "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f": BTC,
    "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943": BTC_TEST,
    "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043": BTC_TEST,
    "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6": BTC_TEST,
    "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206": BTC_REGTEST,
}
_VERSIONS = {0x00: BTC, 0x05: BTC, 0x6F: BTC_TEST, 0xC4: BTC_TEST}
_PREFIXES = {network.prefix: network for network in NETWORKS.values()}
# Kinds of scripts by the words of a node's `type`, which exports repeat.
SCRIPT_KINDS = {
    "pubkey": "p2pk",
    "pubkeyhash": "p2pkh",
    "scripthash": "p2sh",
    "witness_v0_keyhash": "p2wpkh",
    "witness_v0_scripthash": "p2wsh",
    "witness_v1_taproot": "p2tr",
    "multisig": "multisig",
    "nulldata": "op-return",
    "witness_unknown": "witness-unknown",
    "anchor": "witness-unknown",
}
# Year: a difficulty that every block of the main network reached by then, and no test network comes near.
_LEAST = {2011: 1_000, 2012: 5e5, 2013: 1e6, 2014: 1e9, 2015: 2e10, 2016: 5e10, 2018: 5e11, 2020: 5e12, 2024: 3e13}
_YEAR = 31_556_952


def network_spelled(address: str) -> Network | None:
    """The network of an address whose checksum holds, else None. Test networks share their Base58 versions: `btc-test`."""
    found = segwit(address, frozenset(_PREFIXES)) if "1" in address[:5] and address[:1] in "bBtT" else None
    if found is not None:
        return _PREFIXES[address.lower().rpartition("1")[0]]
    body = base58check(address)
    return _VERSIONS.get(body[0]) if body is not None and len(body) == 21 else None


def target_of(bits: int) -> int:
    """The target that the compact form states; 0 if it is negative or beyond 256 bits."""
    size, word = bits >> 24, bits & 0x7FFFFF
    if bits & 0x800000 or not word:
        return 0
    target = word << 8 * (size - 3) if size > 3 else word >> 8 * (3 - size)
    return target if target < 1 << 256 else 0


def work_of(bits: int) -> int:
    """Hashes that a block of this target takes on average: 2**256 / (target + 1); 0 without a target."""
    target = target_of(bits)
    return (1 << 256) // (target + 1) if target else 0


def network_of(previous: str, bits: int, stamp: int) -> Network:
    """The network of a block that comes without magic, by its parent, its target and its time (seconds since 1970).

    Main-network blocks reach the difficulty of their year; what claims less is of a test network.
    """
    if previous in GENESIS:
        return GENESIS[previous]
    target = target_of(bits)
    if target > BTC_TEST.limit:
        return BTC_REGTEST
    if target > BTC.limit:
        return BTC_TEST
    year = 1970 + stamp / _YEAR
    least = max((bound for since, bound in _LEAST.items() if year >= since + 0.2), default=0)
    return BTC if _LIMIT / max(target, 1) >= least else BTC_TEST
