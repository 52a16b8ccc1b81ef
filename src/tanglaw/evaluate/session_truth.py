"""The truth of an `action-week` world, and what a workspace holds, in the truth's own names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from tanglaw.engine.base import Engine
from tanglaw.errors import CheckUsage
from tanglaw.evaluate.truth import known_accounts, read_accounts

LOOK_ALIKE = ("lesson", "freelance", "family", "friend", "honest")
_SESSIONS = ("buyer", "seller", "facilitator", "start", "end", "logged", "named", "lane")
_TIES = ("kind", "payer", "payee")


@dataclass(frozen=True, slots=True)
class SessionTruth:
    """`sessions`: buyer, seller, facilitator, start and end in seconds; `ties`: kind, payer, payee; `minors`: keys of
    actors under age; `as_of`: the world's end."""

    sessions: pl.DataFrame
    ties: pl.DataFrame
    minors: tuple[str, ...]
    as_of: datetime
    accounts: pl.DataFrame


def has_sessions(folder: Path) -> bool:
    """True if the world was made with the scenario `action-week`."""
    return (folder / "week_sessions.csv").is_file()


def read_session_truth(folder: Path) -> SessionTruth:
    """The truth folder of the scenario. Raises CheckUsage if a file is missing or broken."""
    sessions = _table(folder / "week_sessions.csv", _SESSIONS).filter(pl.col("lane").fill_null("") == "")
    seconds = [pl.col(name).str.to_datetime(time_zone="UTC").dt.epoch("s") for name in ("start", "end")]
    try:
        world = json.loads((folder / "world.json").read_text(encoding="utf-8"))
        as_of = datetime.fromisoformat(world["as_of"])
    except (OSError, ValueError, KeyError) as error:
        raise CheckUsage("truth/world.json is missing or broken") from error
    ties = _table(folder / "ties.csv", _TIES)
    return SessionTruth(sessions.with_columns(seconds), ties, tuple(world["minors"]), as_of, read_accounts(folder))


def truth_names(engine: Engine, truth: SessionTruth) -> pl.DataFrame:
    """account_id -> key: whose hand the truth says an actor of the workspace mostly is, for every account of it."""
    accounts = _frame(engine, "select account_id, platform, identifier from accounts where account_id is not null")
    actors = _frame(engine, "select account_id, actor_id from actors")
    held = accounts.select("account_id").unique().join(actors, on="account_id", how="left")
    held = held.with_columns(pl.coalesce("actor_id", "account_id").alias("actor_id"))
    known = held.join(known_accounts(accounts, truth.accounts), on="account_id")
    counts = known.group_by("actor_id", "actor").len().sort("len", "actor", descending=[True, False])
    mostly = counts.unique("actor_id", keep="first", maintain_order=True).select(
        "actor_id", pl.col("actor").alias("key")
    )
    return held.join(mostly, on="actor_id").select("account_id", "key")


def candidates(engine: Engine, names: pl.DataFrame) -> pl.DataFrame:
    """Candidates that stand, unprotected: buyer, seller, facilitator (keys), start, end (seconds), probability."""
    rows = _frame(
        engine,
        "select session_id, buyer_account_id, seller_account_id, facilitator_account_id, micros(start_at) as start,"
        " micros(end_at) as until, probability from session_candidates where stands and not protected"
        " order by session_id nulls last",
    )
    for name in ("buyer", "seller", "facilitator"):
        key = names.select(pl.col("account_id").alias(f"{name}_account_id"), pl.col("key").alias(name))
        rows = rows.join(key, on=f"{name}_account_id", how="left", maintain_order="left")
    return rows.with_columns(
        (pl.col("start") // 1_000_000).alias("start"), (pl.col("until") // 1_000_000).alias("end")
    ).select("buyer", "seller", "facilitator", "start", "end", "probability")


def contacts(engine: Engine, names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the fixed-window rule sees: contacts and payments of the pairs inside the expansion, by keys of the truth."""
    pairs = _frame(engine, "select distinct payer_account_id, recipient_account_id from network_edges")
    for old, new in (("payer_account_id", "buyer"), ("recipient_account_id", "seller")):
        pairs = pairs.join(names.select(pl.col("account_id").alias(old), pl.col("key").alias(new)), on=old)
    pairs = pairs.select("buyer", "seller").unique()
    met = _keyed(engine, names, _MET)
    back = met.select(pl.col("seller").alias("buyer"), pl.col("buyer").alias("seller"), "at", "seconds")
    both = pl.concat([met, back]).join(pairs, on=["buyer", "seller"], how="semi")
    paid = _keyed(engine, names, _PAID).join(pairs, on=["buyer", "seller"], how="semi")
    return both, paid.select("buyer", "seller", "at")


_MET = """
    select sender_account_id as one, recipient_account_id as two, micros(sent_at) as ts, cast(null as bigint) as seconds
    from messages
    where sent_at is not null and recipient_account_id is not null and kind <> 'call'
    union all
    select caller_account_id, callee_account_id, micros(started_at), cast(floor(seconds) as bigint)
    from calls where started_at is not null and seconds >= 60
"""
_PAID = """
    select from_account_id as one, to_account_id as two, micros(paid_at) as ts, cast(null as bigint) as seconds
    from payments where counted and paid_at is not null
"""


def _keyed(engine: Engine, names: pl.DataFrame, sql: str) -> pl.DataFrame:
    rows = _frame(engine, sql)
    for old, new in (("one", "buyer"), ("two", "seller")):
        rows = rows.join(names.select(pl.col("account_id").alias(old), pl.col("key").alias(new)), on=old)
    return rows.select("buyer", "seller", (pl.col("ts") // 1_000_000).alias("at"), "seconds")


def _frame(engine: Engine, sql: str) -> pl.DataFrame:
    frame = pl.from_arrow(engine.rows(sql))
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def _table(file: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    if not file.is_file():
        raise CheckUsage(f"{file.parent.name}/{file.name} is missing: not the truth of an action-week world")
    try:
        return pl.read_csv(file, infer_schema=False).select(columns)
    except pl.exceptions.PolarsError as error:
        raise CheckUsage(f"{file.name} is not a readable CSV file with columns {', '.join(columns)}") from error
