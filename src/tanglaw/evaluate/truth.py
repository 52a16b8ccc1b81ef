"""The truth folder of a simulated world, read and matched with what a workspace holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa

from tanglaw.errors import CheckUsage

Tables = Mapping[str, pa.Table] | Callable[[str], pa.Table]

_ACCOUNTS = ("platform", "identifier", "actor")
_REPORTS = ("report_number", "danger_true", "dangerous", "urgent_true")
_ACTORS = ("actor", "country", "network")
_SIGNS = ("report_number", "sign")


def table(tables: Tables, name: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """Those columns of a workspace's table. `tables` maps names to tables, or gives one for a name."""
    rows = tables(name) if callable(tables) else tables[name]
    frame = pl.from_arrow(rows.select(list(columns)))
    return frame if isinstance(frame, pl.DataFrame) else frame.to_frame()


def read_accounts(folder: Path) -> pl.DataFrame:
    """`accounts.csv`: platform, identifier, actor, all text."""
    return _read(folder / "accounts.csv", _ACCOUNTS)


def read_reports(folder: Path) -> pl.DataFrame:
    """`reports.csv`: report_number as text, danger_true as a number of 0 or more, dangerous and urgent_true."""
    file = folder / "reports.csv"
    rows = _read(file, _REPORTS).with_columns(
        pl.col("danger_true").cast(pl.Float64, strict=False), pl.col("dangerous", "urgent_true") == "1"
    )
    if rows["danger_true"].null_count() or rows["danger_true"].is_nan().any() or (rows["danger_true"] < 0).any():
        raise CheckUsage(f"{file.name}: danger_true must be a number of 0 or more in every row")
    return rows


def read_signs(folder: Path) -> pl.DataFrame:
    """`signs.csv`: report_number and sign, each pair once, all text; without rows where a world has no such file."""
    if not (folder / "signs.csv").is_file():
        return pl.DataFrame(schema=dict.fromkeys(_SIGNS, pl.String))
    return _read(folder / "signs.csv", _SIGNS).unique()


def read_actors(folder: Path) -> pl.DataFrame:
    """`actors.csv`: actor, country, network, all text; without rows where a world has no such file."""
    if not (folder / "actors.csv").is_file():
        return pl.DataFrame(schema=dict.fromkeys(_ACTORS, pl.String))
    return _read(folder / "actors.csv", _ACTORS)


def known_accounts(accounts: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """account_id, actor: each account that both the workspace and the truth know, once, sorted.

    Platform and identifier are compared without case and outer blanks.
    """
    key = [_plain("platform"), _plain("identifier")]
    mine = accounts.drop_nulls("identifier").with_columns(key).unique(["platform", "identifier", "account_id"])
    true = truth.with_columns(key).unique(["platform", "identifier"], keep="first", maintain_order=True)
    both = mine.join(true, on=["platform", "identifier"]).drop_nulls("actor")
    return both.select("account_id", "actor").unique("account_id", keep="first").sort("account_id")


def _plain(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars().str.to_lowercase()


def _read(file: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    if not file.is_file():
        raise CheckUsage(f"{file.parent.name}/{file.name} is missing: not the truth folder of a simulated world")
    try:
        rows = pl.read_csv(file, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise CheckUsage(f"{file.name} is not a readable CSV file") from error
    lacking = [name for name in columns if name not in rows.columns]
    if lacking:
        raise CheckUsage(f"{file.name} has no column {', '.join(lacking)}")
    return rows.select(columns)
