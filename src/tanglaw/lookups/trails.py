"""Trails of an address as the last run left them, or traced on demand; who paid it, who paid two of them, and its peel chains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tanglaw.chain import ends, ledger, paid
from tanglaw.chain.kept import Kept
from tanglaw.chain.seeds import NETWORKS
from tanglaw.chain.trace import follow, limits_of
from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.errors import CheckSettings, CheckUsage
from tanglaw.lookups.tables import derived
from tanglaw.selectors import SELECTORS
from tanglaw.store.workspace import Workspace
from tanglaw.tables.base import AMOUNT, TEXT, TIME, schema_of

Rows = list[dict[str, Any]]
NAMED = ("service", "mixer", "bridge", "miner")
METHODS = ("fifo", "haircut", "poison")
# Two ways of dividing coins tell one amount if the smaller is so much of the larger.
ONE_AMOUNT = Decimal("0.95")
PEELS_MIN = 3
_PEEL_STEPS = 200
_SEEDS = schema_of(
    ("network", TEXT), ("address", TEXT), ("report_id", TEXT), ("since", TIME), ("until", TIME), ("least", AMOUNT)
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an address: the way, and limits other than the policy pack's (None, 0: the pack's)."""

    address: str
    back: bool = False
    depth: int = 0
    since: datetime | None = None
    until: datetime | None = None
    least: Decimal | None = None

    @property
    def usual(self) -> bool:
        """Whether the run's own trails answer it."""
        return not self.depth and self.since is None and self.until is None and self.least is None

    @property
    def direction(self) -> str:
        """As in `chain_trails`."""
        return "backward" if self.back else "forward"


@dataclass(frozen=True, slots=True)
class Trails:
    """Rows of `chain_trails` (best first), `chain_hops` by trail, and `chain_coverage` of one address and direction."""

    address: str
    direction: str
    trails: Rows
    hops: dict[str, Rows]
    coverage: Rows

    def uncovered(self) -> list[tuple[str, float]]:
        """By asset, the share of the seed's coins that ends at nobody whom a list names."""
        named: dict[str, float] = {}
        for row in self.coverage:
            named[row["asset"]] = named.get(row["asset"], 0.0) + (row["share"] if row["end_kind"] in NAMED else 0.0)
        return [(asset, max(0.0, 1 - share)) for asset, share in sorted(named.items())]

    def undivided(self) -> list[tuple[str, str, Decimal, Decimal]]:
        """By service and asset, of those whose amount depends on how mixed coins are divided, from what to what it lies."""
        sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for row in self.trails:
            if row["end_kind"] in NAMED and row["service"]:
                about = row["service"], row["asset"] or ""
                fifo, haircut = sums.get(about, (Decimal(0), Decimal(0)))
                sums[about] = fifo + row["fifo"], haircut + row["haircut"]
        ranges = ((*about, min(both), max(both)) for about, both in sorted(sums.items()))
        return [one for one in ranges if one[2] < one[3] * ONE_AMOUNT]


def known_address(text: str) -> tuple[str, tuple[str, ...]]:
    """The address as its ledgers write it, and those ledgers. Raises CheckUsage if it is none."""
    for kind, networks in NETWORKS.items():
        value = SELECTORS[kind].normalise(text.strip(), "")
        if value:
            return value, networks
    raise CheckUsage(f"{text!r} is no address of {', '.join(NETWORKS)}: its checksum, length or letters do not hold")


def stored(workspace: Workspace, question: Question) -> Trails | None:
    """What the last run traced from the address; None if nothing."""
    mine = (pc.field("seed_address") == question.address) & (pc.field("direction") == question.direction)
    trails = derived(workspace, "chain_trails").filter(mine)
    coverage = derived(workspace, "chain_coverage").filter(mine)
    if not trails.num_rows and not coverage.num_rows:
        return None
    hops = derived(workspace, "chain_hops")
    hops = hops.filter(pc.is_in(hops.column("trail_id"), trails.column("trail_id")))
    return _sorted(question, trails.to_pylist(), hops.to_pylist(), coverage.to_pylist())


def traced(engine: Engine, question: Question, networks: tuple[str, ...], given: Given) -> Trails:
    """The same made anew, over the workspace's ledgers as they stand. The engine has the tables of the last run.

    Raises CheckSettings if the policy pack says nothing of tracing.
    """
    limits = limits_of(engine)
    if limits is None:
        raise CheckSettings("the policy pack has no tracing.toml: it says how far coins are followed (docs/policy.md)")
    _seeded(engine, given, networks, (question.address,), question)
    follow(engine, msgspec.structs.replace(limits, depth=question.depth or limits.depth), given.ids)
    where = f"where direction = '{question.direction}'"
    trails = engine.rows(f"select * from chain_trails {where}").to_pylist()
    hops = engine.rows("select * from chain_hops").to_pylist()
    coverage = engine.rows(f"select * from chain_coverage {where}").to_pylist()
    return _sorted(question, trails, hops, coverage)


def payers(engine: Engine, addresses: tuple[str, ...], networks: tuple[str, ...], given: Given) -> Rows:
    """Clusters that paid every one of the addresses: payer, service, payments, amount, asset, first and last time.

    Of several addresses, services are left out: they hide who stands behind them.
    """
    _seeded(engine, given, networks, addresses, Question(addresses[0]))
    paid.run(engine, given.ids)
    several = len(addresses) > 1
    return engine.rows(f"""
        select f.identifier as payer, max(f.service) as service, p.currency as asset, count(*) as payments,
            sum(p.amount) as amount, min(p.paid_at) as first_at, max(p.paid_at) as last_at
        from chain_payments p
        join (select account_id, min(identifier) as identifier, max(service) as service from chain_accounts group by account_id) f
            on f.account_id = p.from_account_id
        where p.counted {"and f.service is null" if several else ""}
        group by f.identifier, p.currency
        having count(distinct p.to_account_id) >= {len(addresses)}
        order by payments desc nulls last, amount desc nulls last, payer nulls last, asset nulls last
    """).to_pylist()


def peels(engine: Engine, address: str, networks: tuple[str, ...], given: Given) -> list[Rows]:
    """Chains of transactions with one input and two outputs, of which the larger goes on the same way: by chain its
    steps with txid, at, peeled, to, service and rest. Chains of fewer than PEELS_MIN steps are none."""
    _seeded(engine, given, networks, (address,), Question(address))
    engine.put("peel_asked", pa.table({"address": [address]}))
    engine.run(_PEEL_START)
    chains: dict[tuple[int, int], Rows] = {}
    for _ in range(_PEEL_STEPS):
        rows = engine.rows(_PEEL).to_pylist()
        following = []
        for row in rows:
            chain = chains.pop((row["before_t"], row["before_n"]), [])
            chains[row["t"], row["rest_n"]] = [*chain, row]
            following.append((row["t"], row["rest_n"]))
        if not following:
            break
        columns = {
            "t": pa.array([t for t, _ in following], pa.int64()),
            "n": pa.array([n for _, n in following], pa.int64()),
        }
        engine.put("peel_here", pa.table(columns))
    return [chain for _, chain in sorted(chains.items()) if len(chain) >= PEELS_MIN]


_PEEL_START = Sql(
    "peel_here",
    "select o.t, o.n from led_out o join led_addr a on a.a = o.a join peel_asked q on q.address = a.address",
    keep=True,
)
_PEEL = """
    select h.t as before_t, h.n as before_n, l.t, l.txid, l.at, small.value as peeled, x.address as peeled_to, s.service,
        large.n as rest_n, large.value as rest
    from peel_here h
    join led_out o on o.t = h.t and o.n = h.n
    join led_tx l on l.t = o.spent_t and l.inputs = 1 and l.outputs = 2
    join led_out small on small.t = l.t
    join led_out large on large.t = l.t and large.n <> small.n and large.value > small.value
    left join led_addr x on x.a = small.a
    left join trace_stops s on s.network = x.network and s.address = x.address
    order by before_t nulls first, before_n nulls first
"""


def _seeded(
    engine: Engine, given: Given, networks: tuple[str, ...], addresses: tuple[str, ...], question: Question
) -> None:
    """The ledger (that of the last run, if nothing came since), what ends trails, and the addresses as seeds."""
    if not Kept(engine, given).read(engine):
        ledger.run(engine)
    ends.run(engine)
    limits = {"report_id": None, "since": question.since, "until": question.until, "least": question.least}
    rows = [{"network": network, "address": address, **limits} for network in networks for address in addresses]
    engine.put("trace_seeds", pa.Table.from_pylist(rows, schema=_SEEDS))


def _sorted(question: Question, trails: Rows, hops: Rows, coverage: Rows) -> Trails:
    trails.sort(key=lambda row: (row["end_kind"] not in NAMED, -row["fifo"], -row["haircut"], row["trail_id"]))
    by: dict[str, Rows] = {row["trail_id"]: [] for row in trails}
    for row in sorted(hops, key=lambda row: row["hop"]):
        if row["trail_id"] in by:
            by[row["trail_id"]].append(row)
    coverage.sort(key=lambda row: (row["asset"], -row["share"], row["end_kind"]))
    return Trails(question.address, question.direction, trails, by, coverage)
