"""Addresses of a ledger: what holds a cluster together, and which transactions and rules joined two addresses.

A cluster is a statement about addresses, made by heuristics; it names no person.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tanglaw.engine import Engine, Sql
from tanglaw.errors import CheckUsage
from tanglaw.selectors import SELECTORS

Rows = list[dict[str, Any]]
MOST = 200
WORDS = {
    "common-input": "both paid for the same transaction",
    "address-type": "the only output of the kind that all inputs have",
    "reuse": "the only output to a new address",
    "optimal": "the only output smaller than every input",
    "round": "the only amount that is not round",
    "peel": "the side of a peel chain that goes on",
    "locktime": "the only output spent by software that looks the same",
    "trunk": "the large coin that pays small parts away, again and again",
    "kin": "a service's payment out of one deposit, whose change came back to it",
    "deposit": "all that comes there is soon passed on whole to the other, where the service collects",
}
_MAIN, _TEST = ("bc1", "1", "3"), ("tb1", "m", "n", "2")


@dataclass
class Cluster:
    """`members` are at most MOST, the address asked for first; `balance` and `received` in smallest units; `tags` and
    `refused` at most MOST; `conflicts` the owners that lists give to addresses of this cluster, if there are several."""

    network: str
    address: str
    cluster_id: str
    addresses: int
    members: list[str]
    rules: Rows
    first_at: Any
    last_at: Any
    transactions: int
    received: int
    balance: int
    tags: Rows
    conflicts: list[str]
    refused: Rows


@dataclass
class Why:
    """`steps` is the way from one address to the other, join by join, with `said` in words; empty if nothing joins them.
    `refused`: transactions in which addresses of both clusters take part and a join was not made."""

    network: str
    a: str
    b: str
    joined: bool
    clusters: list[dict[str, Any]]
    verdict: str
    steps: Rows
    refused: Rows


def told_address(engine: Engine, text: str) -> tuple[str, str]:
    """Network and address that are meant by ADDRESS or NETWORK:ADDRESS. Raises CheckUsage, saying what may be wrong."""
    network, _, rest = text.strip().rpartition(":")
    network = "" if network == "bitcoin" else network
    given = rest.lower() if rest[:3].lower() in ("bc1", "tb1", "bcr") else rest
    engine.put("asked_address", pa.table({"network": [network], "address": [given]}))
    found = engine.rows(
        """
        select distinct x.network from (
            select o.network from chain_outputs o join asked_address q on q.address = o.address
            union all
            select i.network from chain_inputs i join asked_address q on q.address = i.address
            union all
            select case when q.address = t.from_address or q.address = t.to_address then t.network end
            from chain_transfers t cross join asked_address q
            where q.address = t.from_address or q.address = t.to_address
        ) x
        cross join asked_address q
        where q.network = '' or q.network = x.network
        order by x.network nulls last
        """
    ).to_pylist()
    if len(found) == 1:
        return str(found[0]["network"]), given
    if found:
        names = " or ".join(f"{row['network']}:{given}" for row in found)
        raise CheckUsage(f"{given} occurs on several networks: say {names}")
    raise CheckUsage(f"{given} {_missing(engine, given)}")


def _missing(engine: Engine, address: str) -> str:
    """Why an address may not be found."""
    held = [row["network"] for row in engine.rows("select distinct network from chain_blocks").to_pylist()]
    transfers = engine.rows("select distinct network from chain_transfers").to_pylist()
    held = sorted({str(name) for name in (*held, *(row["network"] for row in transfers)) if name})
    if not held:
        return "cannot be looked up: this workspace holds no ledger; `tanglaw run` reads blocks and exports of one"
    listed = ", ".join(held)
    bitcoin = address.startswith((*_MAIN, *_TEST, "bcrt1"))
    if bitcoin and not address.startswith("bcrt1") and SELECTORS["btc"].normalise(address, "") is None:
        return "is no address: its checksum does not hold, so a letter is wrong or missing"
    if bitcoin and not any(name.startswith("btc") for name in held):
        return f"is an address of Bitcoin; this workspace holds {listed}"
    if address.startswith(_MAIN) and "btc" not in held:
        return f"is an address of the main network; this workspace holds {listed}"
    if address.startswith((*_TEST, "bcrt1")) and not {"btc-test", "btc-regtest"} & set(held):
        return f"is an address of a test network; this workspace holds {listed}"
    return f"occurs in no transaction of the blocks and exports read ({listed})"


def cluster_of(engine: Engine, text: str) -> Cluster:
    """The cluster of an address; one that nothing joined is a cluster of itself. Raises CheckUsage."""
    network, address = told_address(engine, text)
    root, size = _put_members(engine, "asked_members", network, address)
    members = engine.rows("select address from asked_members order by address nulls last limit 200").to_pylist()
    engine.run(Sql("asked_paid", _PAID))
    money = engine.rows(_MONEY).to_pylist()[0]
    times = engine.rows(_TIMES).to_pylist()[0]
    tags = engine.rows(_TAGS).to_pylist()
    owners = {row["who"]: str(row["actor"] or row["label"]) for row in tags if row["who"]}
    return Cluster(
        network,
        address,
        root,
        size,
        list(dict.fromkeys([address, *(row["address"] for row in members)]))[:MOST],
        engine.rows(_RULES).to_pylist(),
        times["first_at"],
        times["last_at"],
        int(times["transactions"]),
        int(money["received"]),
        int(money["received"]) - int(money["spent"]),
        tags,
        sorted(owners.values()) if len(owners) > 1 else [],
        engine.rows(_REFUSED).to_pylist(),
    )


def why(engine: Engine, first: str, second: str) -> Why:
    """The way over joins from one address to the other, or that there is none and what was refused. Raises CheckUsage."""
    (network, a), (other, b) = told_address(engine, first), told_address(engine, second)
    if a == b:
        raise CheckUsage("both name the same address")
    if network != other:
        raise CheckUsage(f"{a} is of {network}, {b} of {other}: clusters do not reach over networks")
    ends: list[dict[str, Any]] = []
    for place, address in (("asked_one", a), ("asked_other", b)):
        root, size = _put_members(engine, place, network, address)
        ends.append({"address": address, "cluster_id": root, "addresses": size})
    if ends[0]["cluster_id"] == ends[1]["cluster_id"]:
        steps = _way(engine, ends[0]["cluster_id"], network, a, b)
        count = "1 join leads" if len(steps) == 1 else f"{len(steps)} joins lead"
        verdict = f"One cluster of {ends[0]['addresses']:,} addresses: {count} from one to the other."
        return Why(network, a, b, True, ends, verdict, steps, [])
    refused = engine.rows(_REFUSED_BOTH).to_pylist()
    verdict = (
        f"Nothing joins them: clusters of {ends[0]['addresses']:,} and {ends[1]['addresses']:,} addresses"
        f" ({'joins were refused, see below' if refused else 'and no join between the two was refused'})."
    )
    return Why(network, a, b, False, ends, verdict, [], refused)


def _put_members(engine: Engine, name: str, network: str, address: str) -> tuple[str, int]:
    """Puts the addresses of its cluster as a table; the cluster's id and size."""
    engine.put(f"{name}_asked", pa.table({"network": [network], "address": [address]}))
    rows = engine.rows(
        f"""
        select c.cluster_id, c.addresses from chain_clusters c
        join {name}_asked q on q.network = c.network and q.address = c.address
        """
    ).to_pylist()
    root, size = (str(rows[0]["cluster_id"]), int(rows[0]["addresses"])) if rows else (address, 1)
    engine.put(f"{name}_root", pa.table({"network": [network], "cluster_id": [root]}))
    engine.run(
        Sql(
            name,
            f"""
            select c.network, c.address from chain_clusters c
            join {name}_root q on q.network = c.network and q.cluster_id = c.cluster_id
            union
            select network, address from {name}_asked
            """,
            keep=True,
        )
    )
    return root, size


def _way(engine: Engine, root: str, network: str, start: str, goal: str) -> Rows:
    """The joins from one address to the other; the forest has one way only."""
    engine.put("asked_forest", pa.table({"network": [network], "cluster_id": [root]}))
    joins = engine.rows(
        """
        select j.a, j.b, j.rule, j.weight, j.txid, j."at" from chain_joins j
        join asked_forest q on q.network = j.network and q.cluster_id = j.cluster_id
        order by j.a nulls last, j.b nulls last
        """
    ).to_pylist()
    beside: dict[str, list[dict[str, Any]]] = {}
    for join in joins:
        beside.setdefault(join["a"], []).append(join)
        beside.setdefault(join["b"], []).append(join)
    came: dict[str, dict[str, Any] | None] = {start: None}
    due = deque([start])
    while due and goal not in came:
        here = due.popleft()
        for join in beside.get(here, []):
            there = join["b"] if join["a"] == here else join["a"]
            if there not in came:
                came[there] = {"from": here, "to": there, **_told(join)}
                due.append(there)
    steps: Rows = []
    step = came.get(goal)
    while step is not None:
        steps.append(step)
        step = came[step["from"]]
    return steps[::-1]


def _told(join: dict[str, Any]) -> dict[str, Any]:
    rules = str(join["rule"]).split(" + ")
    words = "; ".join(WORDS.get(rule, rule) for rule in rules)
    said = (
        words
        if rules in (["common-input"], ["deposit"], ["kin"])
        else f"one paid, the rest returned to the other: {words}"
    )
    return {key: join[key] for key in ("rule", "weight", "txid", "at")} | {"said": said}


_PAID = """
    select distinct o.txid, o.n, o.value from chain_outputs o
    join asked_members m on m.network = o.network and m.address = o.address
"""
_MONEY = """
    select cast(coalesce(sum(p.value), 0) as decimal(38, 18)) as received,
        cast(coalesce(sum(case when s.txid is not null then p.value else 0 end), 0) as decimal(38, 18)) as spent
    from asked_paid p
    left join (
        select distinct i.previous_txid as txid, i.previous_n as n from chain_inputs i
        join asked_paid q on q.txid = i.previous_txid and q.n = i.previous_n
    ) s on s.txid = p.txid and s.n = p.n
"""
_TIMES = """
    select min(t."at") as first_at, max(t."at") as last_at, count(distinct t.txid) as transactions
    from chain_transactions t
    join (
        select o.network, o.txid from chain_outputs o
        join asked_members m on m.network = o.network and m.address = o.address
        union
        select i.network, i.txid from chain_inputs i
        join asked_members m on m.network = i.network and m.address = i.address
    ) x on x.network = t.network and x.txid = t.txid
"""
_RULES = """
    select j.rule, count(*) as joins, min(j."at") as first_at from chain_joins j
    join asked_members_root q on q.network = j.network and q.cluster_id = j.cluster_id
    group by j.rule order by joins desc nulls last, j.rule nulls last
"""
_TAGS = """
    select g.address, g.label, g.actor, g.who, g.category, g.confidence, g.list_name, g.source, g.stated_at
    from tag_in_force g
    join asked_members m on m.network = g.network and m.address = g.address
    order by g.address nulls last, g.list_name nulls last, g.label nulls last, g.source nulls last limit 200
"""
_REFUSED = """
    select distinct r.txid, r.rule, r.reason, r.addresses from chain_refused r
    join chain_inputs i on i.network = r.network and i.txid = r.txid
    join asked_members m on m.network = i.network and m.address = i.address
    order by r.txid nulls last, r.rule nulls last limit 200
"""
_SIDE = """
    select i.network, i.txid from chain_inputs i join {0} m on m.network = i.network and m.address = i.address
    union
    select o.network, o.txid from chain_outputs o join {0} m on m.network = o.network and m.address = o.address
"""
_REFUSED_BOTH = f"""
    select distinct r.txid, r.rule, r.reason, r.addresses from chain_refused r
    join ({_SIDE.format("asked_one")}) x on x.network = r.network and x.txid = r.txid
    join ({_SIDE.format("asked_other")}) y on y.network = r.network and y.txid = r.txid
    order by r.txid nulls last, r.rule nulls last limit 200
"""
