"""Traces over accounts (ETH, TRX, tokens): which accounts the coins can have reached, as SQL; how much, by `sweep`.

Makes `account_ends`, `account_paths`, `account_shares` and `account_refused`, in amounts of the asset. Fees that a ledger takes
besides are no transfers and stay with the payer here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from tanglaw.chain.coin_trails import NAMED
from tanglaw.chain.coins import DAY
from tanglaw.chain.sweep import Move, Sweep, Task
from tanglaw.engine.base import Engine
from tanglaw.engine.steps import Sql
from tanglaw.policy_parts import Tracing
from tanglaw.tables.base import AMOUNT, FLOAT, INT, TEXT, TIME, schema_of

# Addresses in hex differ by case alone.
ONE_CASE = "case when starts_with({0}, '0x') then lower_ascii({0}) else {0} end"
_SCALE = 18
_EXACT = Context(prec=76)

_ENDS = schema_of(
    *(("trail", INT), ("network", TEXT), ("seed_address", TEXT), ("report_id", TEXT), ("direction", TEXT)),
    *(("end_kind", TEXT), ("end_address", TEXT), ("asset", TEXT), ("haircut", AMOUNT), ("fifo", AMOUNT)),
    *(("poison", AMOUNT), ("hops", INT), ("first_at", TIME), ("last_at", TIME), ("transactions", INT)),
)
_PATHS = schema_of(
    *(("trail", INT), ("hop", INT), ("txid", TEXT), ("at", TIME), ("from_address", TEXT), ("to_address", TEXT)),
    *(("value", AMOUNT), ("haircut", AMOUNT), ("fifo", AMOUNT)),
)
_SHARES = schema_of(
    *(("network", TEXT), ("seed_address", TEXT), ("direction", TEXT), ("asset", TEXT), ("end_kind", TEXT)),
    *(("amount", AMOUNT), ("share", FLOAT)),
)


_START = (
    Sql(
        "acc_texts",
        f"""
        select network, txid, n, height, t.at, {ONE_CASE.format("from_address")} as payer,
            {ONE_CASE.format("to_address")} as payee, asset, contract, amount
        from chain_transfers t
        where coalesce(counted, true) and amount > 0 and from_address is not null and to_address is not null
            and t.at is not null
        """,
    ),
    Sql(
        "acc_names",
        """
        select row_number() over (order by network nulls first, address nulls first) as a, network, address
        from (select network, payer as address from acc_texts union select network, payee from acc_texts) x
        """,
        keep=True,
    ),
    Sql(
        "acc_assets",
        """
        select row_number() over (order by network nulls first, asset nulls first, contract nulls first) as asset_no,
            network, asset, contract, case when count(*) over (partition by network, asset) = 1 then asset
                else asset || ' (' || coalesce(contract, 'native') || ')' end as called
        from (select distinct network, asset, contract from acc_texts) x
        """,
        keep=True,
    ),
    Sql(
        "acc_moves",
        """
        select row_number() over (
                order by t.at nulls first, t.height nulls first, t.network nulls first, t.txid nulls first, t.n nulls first,
                    s.asset_no nulls first, p.a nulls first, q.a nulls first, t.amount nulls first
            ) as m, p.a as payer, q.a as payee, s.asset_no, t.amount, micros(t.at) as at_micros, t.txid
        from acc_texts t
        join acc_names p on p.network = t.network and p.address = t.payer
        join acc_names q on q.network = t.network and q.address = t.payee
        join acc_assets s on s.network = t.network and coalesce(s.asset, '') = coalesce(t.asset, '')
            and coalesce(s.contract, '') = coalesce(t.contract, '')
        """,
        keep=True,
    ),
    Sql(
        "acc_hubs",
        """
        select u.a
        from (
            select a, count(*) as uses
            from (select payer as a from acc_moves union all select payee from acc_moves) x
            group by a
        ) u
        cross join trace_limits l
        where u.uses > l.uses_max
        """,
        keep=True,
    ),
    Sql(
        "acc_stops",
        f"""
        select n.a, min(s.kind) as kind
        from trace_stops s
        join acc_names n on n.network = s.network and n.address = {ONE_CASE.format("s.address")}
        group by n.a
        """,
        keep=True,
    ),
    Sql(
        "acc_seeds",
        f"""
        select n.a, n.network, n.address, s.report_id, s.since, s.until, s.least, k.kind
        from trace_seeds s
        join acc_names n on n.network = s.network and n.address = {ONE_CASE.format("s.address")}
        left join acc_stops k on k.a = n.a
        """,
        keep=True,
    ),
    Sql(
        "account_refused",
        "select network, address, report_id from acc_seeds where kind is not null",
        keep=True,
    ),
    Sql(
        "acc_runs",
        f"""
        select row_number() over (order by a nulls first, asset_no nulls first, forward nulls first) as r, x.*
        from (
            select s.a, s.network, s.address, s.report_id, m.asset_no, d.forward,
                coalesce(micros(s.since), case when d.forward then m.first_at else m.first_at - l.days * {DAY} end)
                    as since_micros,
                coalesce(micros(s.until), case when d.forward then m.last_at + l.days * {DAY} else m.last_at end)
                    as until_micros,
                s.least, m.whole
            from acc_seeds s
            join (
                select a, asset_no, greatest(sum(received), sum(paid)) as whole, min(at_micros) as first_at,
                    max(at_micros) as last_at
                from (
                    select payee as a, asset_no, at_micros, amount as received, cast(0 as decimal(38, 18)) as paid
                    from acc_moves
                    union all
                    select payer, asset_no, at_micros, cast(0 as decimal(38, 18)), amount from acc_moves
                ) b
                group by a, asset_no
            ) m on m.a = s.a
            cross join (select true as forward union all select false) d
            cross join trace_limits l
            where s.kind is null
        ) x
        """,
        keep=True,
    ),
    Sql(
        "acc_hop_0",
        """
        select r, forward, asset_no, a, case when forward then since_micros else until_micros end as from_at, 0 as hop,
            cast(null as varchar) as end_kind
        from acc_runs
        """,
        keep=True,
    ),
)


def _reach(hop: int, depth: int) -> Sql:
    """Accounts that the coins can have reached by this hop and not before, and what ends them there."""
    before = " union all ".join(f"select r, a from acc_hop_{h}" for h in range(hop))
    last = "'depth'" if hop >= depth else "cast(null as varchar)"
    return Sql(
        f"acc_hop_{hop}",
        f"""
        select f.*, {hop} as hop,
            case when s.kind is not null then s.kind when h.a is not null then 'hub' else {last} end as end_kind
        from (
            select x.r, x.forward, x.asset_no, x.a, case when x.forward then min(x.at_micros) else max(x.at_micros) end as from_at
            from (
                select d.r, d.forward, d.asset_no, m.payee as a, m.at_micros
                from acc_hop_{hop - 1} d
                join acc_runs r on r.r = d.r
                join acc_moves m on m.payer = d.a and m.asset_no = d.asset_no
                where d.end_kind is null and d.forward and m.at_micros between d.from_at and r.until_micros
                union all
                select d.r, d.forward, d.asset_no, m.payer, m.at_micros
                from acc_hop_{hop - 1} d
                join acc_runs r on r.r = d.r
                join acc_moves m on m.payee = d.a and m.asset_no = d.asset_no
                where d.end_kind is null and not d.forward and m.at_micros between r.since_micros and d.from_at
            ) x
            left join (select distinct r, a from ({before}) b) b on b.r = x.r and b.a = x.a
            where b.a is null
            group by x.r, x.forward, x.asset_no, x.a
        ) f
        left join acc_stops s on s.a = f.a
        left join acc_hubs h on h.a = f.a
        """,
        keep=True,
    )


# Every transfer of an account that is followed: its balance hangs on those, too, that carry nothing of the seed.
_TOUCHED = """
    select distinct d.r, m.m, m.payer, m.payee, m.amount, m.at_micros
    from acc_reached d
    join acc_moves m on m.asset_no = d.asset_no and (m.payer = d.a or m.payee = d.a)
    where d.end_kind is null
    order by r nulls first, m nulls first
"""


def run(engine: Engine, limits: Tracing) -> None:
    """Make the tables of the module's docstring from `chain_transfers`, `trace_seeds` and `trace_stops`."""
    for step in _START:
        engine.run(step)
    hops = 0
    if engine.rows("select count(*) as n from acc_hop_0").column("n")[0].as_py():
        for hops in range(1, limits.depth + 1):
            engine.run(_reach(hops, limits.depth))
            if not engine.rows(f"select count(*) as n from acc_hop_{hops}").column("n")[0].as_py():
                break
    engine.run(Sql("acc_reached", " union all ".join(f"select * from acc_hop_{hop}" for hop in range(hops + 1))))
    found = _Found(engine, limits)
    engine.put("account_ends", pa.Table.from_pylist(found.ends, schema=_ENDS))
    engine.put("account_paths", pa.Table.from_pylist(found.paths, schema=_PATHS))
    engine.put("account_shares", pa.Table.from_pylist(found.shares, schema=_SHARES))


class _Found:
    """The rows of every run, in order."""

    def __init__(self, engine: Engine, limits: Tracing) -> None:
        self.ends: list[dict[str, Any]] = []
        self.paths: list[dict[str, Any]] = []
        self.shares: list[dict[str, Any]] = []
        self._limits = limits
        self._names: dict[int, str] = _pairs(
            engine, "select distinct n.a as k, n.address as v from acc_names n join acc_reached d on d.a = n.a"
        )
        assets = _pairs(engine, "select asset_no as k, called as v from acc_assets")
        self._txids: dict[int, str] = {}
        runs = {row["r"]: row for row in engine.rows("select * from acc_runs order by r nulls first").to_pylist()}
        reached: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in engine.rows(
            "select * from acc_reached order by r nulls first, hop nulls first, a nulls first"
        ).to_pylist():
            reached[row["r"]].append(row)
        for r, moves in _grouped(engine):
            self._add(runs[r] | {"asset": assets[runs[r]["asset_no"]]}, reached[r], moves)
        self._named(engine)

    def _add(self, run: dict[str, Any], reached: list[dict[str, Any]], moves: list[Move]) -> None:
        forward = run["forward"]
        task = Task(
            run["a"],
            forward,
            frozenset(row["a"] for row in reached if row["end_kind"] is None),
            {row["a"]: row["end_kind"] for row in reached if row["end_kind"]},
            run["since_micros"],
            run["until_micros"],
            self._least(run),
        )
        sweep = Sweep(task, moves)
        by = {move.number: move for move in moves}
        direction = "forward" if forward else "backward"
        about = {
            "network": run["network"],
            "seed_address": run["address"],
            "direction": direction,
            "asset": run["asset"],
        }
        paths = {place: sweep.path(*place) for place in sweep.ends}
        called = {place: self._called(place[0], path) for place, path in paths.items()}
        whole = sum(end.haircut for end in sweep.ends.values())
        kinds: dict[str, int] = defaultdict(int)
        for place, end in sweep.ends.items():
            kinds[called[place]] += end.haircut
        for kind, units in sorted(kinds.items()):
            if units:
                share = (units * 20_000 + whole) // (2 * whole) / 10_000
                self.shares.append(about | {"end_kind": kind, "amount": _amount(units), "share": share})
        order = sorted(sweep.ends.items(), key=lambda item: (-item[1].fifo, -item[1].haircut, item[0]))
        unnamed = 0
        for place, end in order:
            kind, path = called[place], paths[place]
            unnamed += kind not in NAMED
            if (kind in NAMED or unnamed <= self._limits.unnamed_max) and (end.fifo or end.haircut):
                ended = about | {"report_id": run["report_id"], "end_kind": kind, "hops": len(path)}
                self._trail(ended, place[1], end, [by[m] for m in sorted(end.moves)])
                self._path(path, by, sweep)

    def _called(self, kind: str, path: list[int]) -> str:
        return "beyond" if kind == "service" and len(path) > self._limits.named_hops_max else kind

    def _least(self, run: dict[str, Any]) -> int:
        if run["least"] is not None:
            return _units(run["least"])
        return int(_units(run["whole"]) * Fraction(self._limits.least_share))

    def _trail(self, about: dict[str, Any], account: int, end: Any, moves: list[Move]) -> None:
        times = [move.at for move in moves]
        self.ends.append(
            about
            | {"trail": len(self.ends) + 1, "end_address": self._names[account]}
            | {name: _amount(getattr(end, name)) for name in ("haircut", "fifo", "poison")}
            | {"first_at": min(times, default=None), "last_at": max(times, default=None), "transactions": len(moves)}
        )

    def _path(self, path: list[int], by: dict[int, Move], sweep: Sweep) -> None:
        for hop, number in enumerate(path, 1):
            move, share = by[number], sweep.shares[number]
            self.paths.append(
                {"trail": len(self.ends), "hop": hop, "txid": str(number), "at": move.at}
                | {"from_address": self._names[move.payer], "to_address": self._names[move.payee]}
                | {"value": _amount(move.amount), "haircut": _amount(share.haircut), "fifo": _amount(share.fifo)}
            )

    def _named(self, engine: Engine) -> None:
        """Put transaction ids in the place of the numbers of transfers."""
        wanted = sorted({int(row["txid"]) for row in self.paths})
        engine.put("acc_wanted", pa.table({"m": pa.array(wanted, INT)}))
        known = _pairs(engine, "select m.m as k, m.txid as v from acc_moves m join acc_wanted w on w.m = m.m")
        for row in self.paths:
            row["txid"] = known[int(row["txid"])]


def _grouped(engine: Engine) -> Iterator[tuple[int, list[Move]]]:
    """The transfers of each run, in order of run."""
    columns = ("r", "m", "payer", "payee", "amount", "at_micros")
    rows = engine.rows(_TOUCHED)
    now, moves = None, list[Move]()
    for r, number, payer, payee, amount, at in zip(*(rows.column(name).to_pylist() for name in columns), strict=True):
        if r != now and now is not None:
            yield now, moves
            moves = []
        now = r
        moves.append(Move(number, payer, payee, _units(amount), at))
    if now is not None:
        yield now, moves


def _pairs(engine: Engine, sql: str) -> dict[int, str]:
    return {row["k"]: row["v"] for row in engine.rows(f"select * from ({sql}) p order by k nulls first").to_pylist()}


def _units(amount: Decimal) -> int:
    return int(_EXACT.scaleb(amount, _SCALE))


def _amount(units: int) -> Decimal:
    return _EXACT.scaleb(Decimal(units), -_SCALE)
