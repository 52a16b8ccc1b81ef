"""CHAIN: public ledgers as nodes and exports give them, and what is made of them: clusters, trails, services, alerts.

Networks: btc, btc-test, btc-regtest, eth, trx, ... A transaction is told by network and `txid`. Amounts of coins with
outputs are whole numbers of the smallest unit (satoshi); amounts of account-model transfers are exact decimals of
the asset. A cluster is a statement about addresses, never about a person.
"""

from __future__ import annotations

from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME, Column, Table, moment, provenance

_NETWORK = Column("network", TEXT, "ledger: btc, btc-test, btc-regtest, eth, trx, ...")

CHAIN_BLOCKS = Table(
    "chain_blocks",
    "CHAIN",
    "Blocks read, checked by themselves: Merkle root and proof of work. Each sighting of a block brings its own row.",
    ("network", "block_hash"),
    (
        _NETWORK,
        Column("block_hash", TEXT, "hash as shown by nodes, lower-case hex"),
        Column("previous_hash", TEXT, "hash of the block before"),
        Column("height", INT, "height, if the block, its coinbase or the export states it"),
        *moment("at", "time stamp of the block"),
        Column("transactions", INT, "transactions in the block"),
        Column("work", TEXT, "expected hashes for its target, decimal digits; empty if the export states no target"),
        Column("merkle_valid", BOOL, "Merkle root equals that of its transactions; empty if it cannot be told"),
        Column("work_valid", BOOL, "hash is below its target; empty if it cannot be told"),
        *provenance(),
    ),
)

CHAIN_TRANSACTIONS = Table(
    "chain_transactions",
    "CHAIN",
    "Transactions of coins with outputs. Each sighting of a block brings its own rows.",
    ("network", "block_hash", "txid"),
    (
        _NETWORK,
        Column("block_hash", TEXT, "the block"),
        Column("txid", TEXT, "transaction id, lower-case hex"),
        Column("position", INT, "place in the block, from 0"),
        Column("at", TIME, "time stamp of the block, UTC"),
        Column("coinbase", BOOL, "pays out the block's reward"),
        Column("version", INT, "version"),
        Column("lock_time", INT, "lock time: height below 500,000,000, else seconds since 1970"),
        Column("inputs", INT, "number of inputs"),
        Column("outputs", INT, "number of outputs"),
        *provenance(),
    ),
)

CHAIN_OUTPUTS = Table(
    "chain_outputs",
    "CHAIN",
    "Outputs of transactions; their place in the file is that of the transaction.",
    ("network", "block_hash", "txid", "n"),
    (
        _NETWORK,
        Column("block_hash", TEXT, "the block"),
        Column("txid", TEXT, "the transaction"),
        Column("n", INT, "number of the output, from 0"),
        Column("position", INT, "place of the transaction in the block, from 0; empty where the file does not tell"),
        Column("value", INT, "smallest units"),
        Column("kind", TEXT, "p2pk, p2pkh, p2sh, p2wpkh, p2wsh, p2tr, multisig, op-return, witness-unknown or other"),
        Column("address", TEXT, "address as its network writes it; empty where the script has none"),
        Column("source_id", TEXT, "the file it was read from"),
    ),
)

CHAIN_INPUTS = Table(
    "chain_inputs",
    "CHAIN",
    "Inputs of transactions. What they spend is stated only where undo data, an export or the spending key tells.",
    ("network", "block_hash", "txid", "n"),
    (
        _NETWORK,
        Column("block_hash", TEXT, "the block"),
        Column("txid", TEXT, "the transaction"),
        Column("n", INT, "number of the input, from 0"),
        Column("position", INT, "place of the transaction in the block, from 0; empty where the file does not tell"),
        Column("previous_txid", TEXT, "transaction whose output is spent; empty for a coinbase"),
        Column("previous_n", INT, "number of that output"),
        Column("sequence", INT, "sequence number"),
        Column("value", INT, "smallest units, if told"),
        Column("kind", TEXT, "kind of the output spent, if told"),
        Column("address", TEXT, "address of the output spent, if told"),
        Column("told_by", TEXT, "undo, export or key; empty where only the earlier transaction can tell"),
        Column("source_id", TEXT, "the file it was read from"),
    ),
)

CHAIN_TRANSFERS = Table(
    "chain_transfers",
    "CHAIN",
    "Transfers of account-model ledgers: native coins and tokens.",
    ("network", "txid", "n", "asset"),
    (
        _NETWORK,
        Column("txid", TEXT, "transaction hash as the ledger writes it"),
        Column("n", TEXT, "place within the transaction: log index, trace address, or empty for the native transfer"),
        Column("height", INT, "block number, if stated"),
        *moment("at", "time of the transfer"),
        Column("from_address", TEXT, "sender, as the network writes it"),
        Column("to_address", TEXT, "recipient"),
        Column("asset", TEXT, "ETH, TRX, or the token's symbol as stated"),
        Column("contract", TEXT, "contract of a token; empty for the native coin"),
        Column("amount", AMOUNT, "amount in units of the asset, exact"),
        Column("counted", BOOL, "false for failed transactions"),
        *provenance(),
    ),
    seen_often=True,
)

ADDRESS_TAGS = Table(
    "address_tags",
    "REFERENCE",
    "What lists say of addresses: exchange, service, mixer, miner, sanctioned. Claims with a source, never facts.",
    ("list_name", "network", "address", "label", "source"),
    (
        Column("list_name", TEXT, "the list or pack"),
        Column("list_version", TEXT, "version or date of the list as stated"),
        _NETWORK,
        Column("address", TEXT, "address as its network writes it"),
        Column("label", TEXT, "what the list calls it"),
        Column("actor", TEXT, "whose it is, short name as stated"),
        Column("category", TEXT, "exchange, mixing_service, miner, ... as stated"),
        Column("abuse", TEXT, "kind of abuse as stated"),
        Column("confidence", TEXT, "confidence as stated: the list's own word"),
        Column("cluster_definer", BOOL, "stated to hold for the whole cluster of the address: yes, no or not stated"),
        Column("source", TEXT, "where the list has it from"),
        Column("stated_at", TIME, "date of the tag, UTC"),
        Column("withdrawn", BOOL, "true where a list takes a tag back"),
        *provenance(),
    ),
    seen_often=True,
)

CHAIN_CLUSTERS = Table(
    "chain_clusters",
    "CLUSTERS",
    "Addresses that heuristics put under one control, of clusters with two or more addresses.",
    ("network", "address"),
    (
        _NETWORK,
        Column("address", TEXT, "the address"),
        Column("cluster_id", TEXT, "smallest address of the cluster, so it is stable"),
        Column("addresses", INT, "addresses in the cluster"),
    ),
)

CHAIN_JOINS = Table(
    "chain_joins",
    "CLUSTERS",
    "Why a cluster holds together: a forest of pairs, so that between any two addresses there is one way.",
    ("network", "a", "b"),
    (
        _NETWORK,
        Column("cluster_id", TEXT, "the cluster"),
        Column("a", TEXT, "one address"),
        Column("b", TEXT, "the other"),
        Column(
            "rule",
            TEXT,
            "rule that joined them: common-input, trunk, kin, deposit or the names of the change rules that agree",
        ),
        Column("weight", FLOAT, "sum of the rules' weights in the policy pack"),
        Column("txid", TEXT, "transaction by which they were joined, the earliest there is"),
        Column("at", TIME, "its time, UTC"),
    ),
)

CHAIN_REFUSED = Table(
    "chain_refused",
    "CLUSTERS",
    "Joins that were not made, with the reason: a shape of several hands, or a cluster over the cap.",
    ("network", "txid", "rule"),
    (
        _NETWORK,
        Column("txid", TEXT, "the transaction"),
        Column("rule", TEXT, "rule that would have joined"),
        Column("reason", TEXT, "coinjoin, payjoin, cap or conflict, with the figure that says so"),
        Column("addresses", INT, "addresses that would have been joined"),
    ),
)

CHAIN_TRAILS = Table(
    "chain_trails",
    "TRAILS",
    "Where coins of an address in a report went, or came from: one row per seed, direction and end reached.",
    ("trail_id",),
    (
        Column("trail_id", TEXT, "keyed id of network, seed, direction and end"),
        _NETWORK,
        Column("seed_address", TEXT, "the address that a report or a watch list names"),
        Column("report_id", TEXT, "smallest report that names it; empty if only a watch list does"),
        Column("direction", TEXT, "forward (where it went) or backward (where it came from)"),
        Column(
            "end_kind",
            TEXT,
            "service, beyond (a service behind other hands), mixer, bridge, miner, mined, unspent, unknown, depth, value, time, "
            "hub or refused (the seed is a service's)",
        ),
        Column("end_address", TEXT, "address at which the trail ends"),
        Column("end_cluster_id", TEXT, "its cluster, or the address itself"),
        Column("service", TEXT, "attributed owner of the end, as the list calls it; empty if none"),
        Column("category", TEXT, "category of that attribution"),
        Column("attribution", TEXT, "direct (address tagged) or cluster; with list, date and confidence as stated"),
        Column("asset", TEXT, "coin or token"),
        Column("haircut", AMOUNT, "amount that reached the end in proportion, units of the asset"),
        Column("fifo", AMOUNT, "amount by first in, first out"),
        Column("poison", AMOUNT, "whole amount of what arrived, if any of it came from the seed"),
        Column("hops", INT, "transactions of the shortest path"),
        Column("first_at", TIME, "first arrival, UTC"),
        Column("last_at", TIME, "last arrival, UTC"),
        Column("transactions", INT, "transactions that reached the end"),
    ),
)

CHAIN_HOPS = Table(
    "chain_hops",
    "TRAILS",
    "The path of each trail, hop by hop: the way that carried most by first in, first out, then in proportion.",
    ("trail_id", "hop"),
    (
        Column("trail_id", TEXT, "the trail"),
        Column("hop", INT, "number, from 1 at the seed"),
        Column("txid", TEXT, "the transaction"),
        Column("at", TIME, "its time, UTC"),
        Column("from_address", TEXT, "address that is left"),
        Column("to_address", TEXT, "address that is reached"),
        Column("value", AMOUNT, "value of that output or transfer, units of the asset"),
        Column("haircut", AMOUNT, "share of it that is the seed's in proportion"),
        Column("fifo", AMOUNT, "share of it by first in, first out"),
        Column("rule", TEXT, "spend, peel (the small side left, the rest went on), change, or transfer"),
    ),
)

CHAIN_COVERAGE = Table(
    "chain_coverage",
    "TRAILS",
    "How much of each seed's coins ends where: the share without attribution is always stated.",
    ("network", "seed_address", "direction", "asset", "end_kind"),
    (
        _NETWORK,
        Column("seed_address", TEXT, "the seed"),
        Column("direction", TEXT, "forward or backward"),
        Column("asset", TEXT, "coin or token"),
        Column("end_kind", TEXT, "as in `chain_trails`, or fee"),
        Column("amount", AMOUNT, "amount in proportion, units of the asset"),
        Column("share", FLOAT, "of the seed's whole amount in that direction, four decimals"),
    ),
)

CHAIN_PAYMENTS = Table(
    "chain_payments",
    "TRANSACTIONS",
    "Transactions that pay an address named in a report or watch list, as payments; `known_payments` joins them to evidence.",
    ("payment_id",),
    (
        Column("payment_id", TEXT, "keyed id of network, transaction, output"),
        Column("reference", TEXT, "transaction id"),
        *moment("paid_at", "time of the transaction"),
        Column("amount", AMOUNT, "amount in `currency`, exact"),
        Column("currency", TEXT, "asset name: BTC, ETH, TRX or the token's symbol"),
        Column("from_account_id", TEXT, "account of the paying cluster; empty if its address is not told"),
        Column("to_account_id", TEXT, "account of the paid cluster"),
        Column("provider", TEXT, "bitcoin, ethereum, tron"),
        Column("method", TEXT, "crypto"),
        Column("status", TEXT, "completed or rejected"),
        Column("counted", BOOL, "false for failed transactions"),
        Column("purpose", TEXT, "always empty"),
        Column("place", TEXT, "always empty"),
        *provenance(),
    ),
)

CHAIN_ACCOUNTS = Table(
    "chain_accounts",
    "TRANSACTIONS",
    "Clusters that pay or are paid in `chain_payments`, as accounts with role unknown, and the addresses that tell them.",
    ("account_id", "address"),
    (
        Column("account_id", TEXT, "keyed id of platform and cluster"),
        Column("platform", TEXT, "bitcoin, ethereum, tron"),
        Column("identifier", TEXT, "smallest address of the cluster"),
        Column("network", TEXT, "the ledger"),
        Column("address", TEXT, "address of the cluster that took part in a payment kept"),
        Column("service", TEXT, "attributed owner; payments through a service tell nothing of who stands behind"),
        *provenance(),
    ),
)

CHAIN_ALERTS = Table(
    "chain_alerts",
    "TRAILS",
    "Proposed alerts to services that can name an owner: what a person checks and releases, or does not.",
    ("alert_id",),
    (
        Column("alert_id", TEXT, "keyed id of service, network, asset, direction and seed"),
        Column("service", TEXT, "attributed owner"),
        Column("category", TEXT, "category of the attribution"),
        _NETWORK,
        Column("asset", TEXT, "coin or token"),
        Column("direction", TEXT, "forward (coins went to the service) or backward (they came from it)"),
        Column("haircut", AMOUNT, "amount in proportion, units of the asset"),
        Column("fifo", AMOUNT, "amount by first in, first out"),
        Column("trails", TEXT, "ids of its trails, joined by '; '"),
        Column("basis", TEXT, "direct or cluster attribution, with list, date and confidence"),
        Column("first_at", TIME, "first arrival or departure, UTC"),
        Column("last_at", TIME, "last, UTC"),
        Column("state", TEXT, "proposed, released, refused, recall-due (its attribution fell) or recalled"),
        Column("reason", TEXT, "why it is proposed, what a person said, or what fell"),
    ),
)

TAG_IN_FORCE = Table(
    "tag_in_force",
    "TRAILS",
    "Claims of lists that stand: not withdrawn, and of a list that states versions those of the newest.",
    ("network", "address", "list_name", "label", "source"),
    (
        _NETWORK,
        Column("address", TEXT, "the address"),
        Column("label", TEXT, "what the list calls it"),
        Column("actor", TEXT, "whose it is, as stated"),
        Column("who", TEXT, "actor, else label, in one spelling; empty for sanction lists, which name no owner"),
        Column("named", BOOL, "the list names the actor; false if only the label tells"),
        Column("category", TEXT, "category in one spelling (docs/alerts.md)"),
        Column("kind", TEXT, "service, mixer, bridge, miner or other"),
        Column("asked", BOOL, "a business of that category knows its customers and can be asked"),
        Column("abuse", TEXT, "kind of abuse as stated"),
        Column("list_name", TEXT, "the list"),
        Column("source", TEXT, "where the list has it from"),
        Column("confidence", TEXT, "confidence as stated"),
        Column("level", INT, "that confidence as a level, 0 to 100; empty if the word is not known"),
        Column("stated_at", TIME, "date of the tag, UTC"),
        Column("cluster_definer", BOOL, "stated to hold for the whole cluster of the address"),
    ),
)

TAG_CONFLICTS = Table(
    "tag_conflicts",
    "TRAILS",
    "Addresses and clusters that lists claim for different owners, or for kinds that exclude each other.",
    ("network", "level", "subject"),
    (
        _NETWORK,
        Column("level", TEXT, "address, or cluster: tagged addresses of it contradict each other"),
        Column("subject", TEXT, "the address or the cluster_id"),
        Column("about", TEXT, "actors (different owners), or kinds (one owner, but service and mixer, say)"),
        Column("said", TEXT, "owners as the lists state them, joined by '; '"),
        Column("kinds", TEXT, "kinds of end that they make, joined by '; '"),
        Column("lists", TEXT, "the lists, joined by '; '"),
        Column("addresses", INT, "tagged addresses that take part"),
    ),
)

SITES = Table(
    "sites",
    "TRAILS",
    "Web sites that reports name, each with the coin addresses of the same reports; unrelated hosts with one rare path are one.",
    ("site_id",),
    (
        Column("site_id", TEXT, "keyed id of the pattern, or of the host"),
        Column(
            "pattern", TEXT, "the rare part of a path that unrelated hosts carry, digits as #; empty for one host alone"
        ),
        Column("hosts", TEXT, "its hosts, defanged (example[.]com), joined by '; '"),
        Column("host_count", INT, "how many unrelated hosts"),
        Column("host_share", FLOAT, "share of all hosts here that carry the pattern: how rare it is, six decimals"),
        Column("reports", INT, "reports that name it"),
        Column("first_seen", TIME, "earliest such report, UTC"),
        Column("last_seen", TIME, "latest, UTC"),
        Column("addresses", TEXT, "coin addresses of these reports with days of first and last, joined by '; '"),
        Column("address_count", INT, "how many"),
    ),
)

SITE_EVIDENCE = Table(
    "site_evidence",
    "TRAILS",
    "The rows behind `sites`: where a report names the site, and where it names an address.",
    ("site_id", "report_id", "kind", "value", "record_id"),
    (
        Column("site_id", TEXT, "the site"),
        Column("report_id", TEXT, "the report"),
        Column("kind", TEXT, "url, or the selector type of an address: btc, eth, tron, ..."),
        Column("value", TEXT, "the URL, defanged, or the address"),
        Column("record_id", TEXT, "the evidence row it stands in"),
        Column("seen_at", TIME, "incident, else receipt of the report, UTC"),
    ),
)

CHAIN_READ = (CHAIN_BLOCKS, CHAIN_TRANSACTIONS, CHAIN_OUTPUTS, CHAIN_INPUTS, CHAIN_TRANSFERS)
CHAIN_MADE = (
    CHAIN_CLUSTERS,
    CHAIN_JOINS,
    CHAIN_REFUSED,
    CHAIN_TRAILS,
    CHAIN_HOPS,
    CHAIN_COVERAGE,
    CHAIN_PAYMENTS,
    CHAIN_ACCOUNTS,
    TAG_IN_FORCE,
    TAG_CONFLICTS,
    CHAIN_ALERTS,
    SITES,
    SITE_EVIDENCE,
)
