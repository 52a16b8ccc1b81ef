"""What lists call the owner of an address, and what that means for a trail: where it ends, and who can be asked.

Categories are those of the public TagPack concept taxonomy (which derives from that of INTERPOL's working group on
darknet and cryptocurrencies), of FATF's guidance on virtual assets (2021: exchange, transfer, safekeeping, kiosk) and of
FinCEN's notices of 2019 and 2024 (peer-to-peer exchange, kiosk, mixing). Confidence words and their levels are TagPack's.
"""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa


class Category(NamedTuple):
    """One category: the kind of end it makes, and whether such a business knows its customers and can be asked."""

    name: str
    kind: str
    asked: bool
    meaning: str


KINDS = ("service", "mixer", "bridge", "miner", "other")
CATEGORIES = (
    Category("exchange", "service", True, "trades coins for other assets or money"),
    Category("p2p_exchange", "service", True, "brings buyers and sellers together, who pay each other"),
    Category("kiosk", "service", True, "machine that sells or buys coins for cash"),
    Category("broker", "service", True, "buys and sells on behalf of others"),
    Category("payment_processor", "service", True, "takes coins for shops"),
    Category("wallet_service", "service", True, "keeps its customers' keys"),
    Category("custodian", "service", True, "keeps coins for others"),
    Category("escrow_wallet", "service", True, "keeps coins until a trade is done"),
    Category("lending", "service", True, "lends against coins"),
    Category("gambling", "service", True, "takes wagers"),
    Category("hosting", "service", True, "rents out machines or domains"),
    Category("service", "service", True, "some business, not said which"),
    Category("shop", "service", True, "sells goods"),
    Category("market", "service", False, "marketplace of many sellers, often one that answers nobody"),
    Category("filesharing", "service", False, "gives access to files"),
    Category("messaging_service", "service", False, "carries messages"),
    Category("mixing_service", "mixer", False, "mixes coins of many so that trails are lost"),
    Category("mixing", "mixer", False, "mixes coins, not said how"),
    Category("coinjoin", "mixer", False, "one transaction of many hands"),
    Category("bridge", "bridge", False, "moves value to another ledger"),
    Category("swap", "bridge", False, "changes one coin for another without accounts"),
    Category("miner", "miner", False, "is paid for making blocks"),
    Category("mining_service", "miner", False, "mines for others and pays them out"),
    Category("defi", "other", False, "program on a ledger, which knows no customers"),
    Category("defi_dex", "other", False, "exchange that is a program on a ledger"),
    Category("defi_lending", "other", False, "lending that is a program on a ledger"),
    Category("sanctioned", "other", False, "stands on a sanction list; that names no owner to ask"),
    Category("organization", "other", False, "company or public body"),
    Category("user", "other", False, "somebody who uses services"),
    Category("donation", "other", False, "takes donations"),
    Category("hack", "other", False, "took part in a theft, as a list says"),
)
# Other words for the same, in lower case with underscores.
SAME = {
    "exchanges": "exchange",
    "cex": "exchange",
    "vasp": "exchange",
    "peer_to_peer_exchange": "p2p_exchange",
    "p2p": "p2p_exchange",
    "atm": "kiosk",
    "bitcoin_atm": "kiosk",
    "crypto_atm": "kiosk",
    "payment_service": "payment_processor",
    "merchant_services": "payment_processor",
    "wallet": "wallet_service",
    "hosted_wallet": "wallet_service",
    "marketplace": "market",
    "darknet_market": "market",
    "gaming": "gambling",
    "mixer": "mixing_service",
    "tumbler": "mixing_service",
    "pool": "mining_service",
    "mining_pool": "mining_service",
    "mining": "miner",
    "cross_chain_bridge": "bridge",
    "defi_bridge": "bridge",
    "sanction": "sanctioned",
    "sanctions": "sanctioned",
    "ofac": "sanctioned",
    "hosting_service": "hosting",
    "service_hack": "hack",
}
# TagPack's own levels, 0 to 100; a word that is not here has none.
CONFIDENCE = {
    "override": 100,
    "ownership": 100,
    "manual_transaction": 90,
    "service_api": 70,
    "authority_data": 60,
    "trusted_provider": 50,
    "service_data": 50,
    "forensic": 50,
    "untrusted_transaction": 40,
    "web_crawl": 20,
    "heuristic": 10,
    "unknown": 5,
}


def tables() -> dict[str, pa.Table]:
    """tag_kinds(word, category, kind, asked) and tag_confidences(word, level), for SQL steps."""
    known = {one.name: one for one in CATEGORIES}
    words = {name: known[name] for name in known} | {word: known[name] for word, name in SAME.items()}
    rows = sorted(words.items())
    return {
        "tag_kinds": pa.table(
            {
                "word": [word for word, _ in rows],
                "category": [one.name for _, one in rows],
                "kind": [one.kind for _, one in rows],
                "asked": [one.asked for _, one in rows],
            }
        ),
        "tag_confidences": pa.table({"word": list(CONFIDENCE), "level": pa.array(CONFIDENCE.values(), pa.int64())}),
    }
