"""Viral reports as one row of the queue: how many they are, and whose report came first."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES

Rows = list[dict[str, Any]]


def collapsed(priorities: pa.Table) -> tuple[pa.Table, dict[str, list[str]]]:
    """The rows without those that an earlier row stands for, and by report the numbers (else ids) of these.

    One row stands for reports on the same viral material whose danger and lane are equal too, so that nothing that makes
    a report more dangerous hides behind another.
    """
    rows = priorities.select(["report_id", "report_number", "group_id", "danger", "lane"]).to_pylist()
    stands: dict[tuple[object, ...], str] = {}
    like: dict[str, list[str]] = {}
    kept = []
    for row in rows:
        key = (row["group_id"], row["danger"], row["lane"])
        first = stands.setdefault(key, row["report_id"])
        kept.append(first == row["report_id"])
        if not kept[-1]:
            like.setdefault(first, []).append(str(row["report_number"] or row["report_id"]))
    return priorities.filter(pa.array(kept, pa.bool_())), like


def groups_of(workspace: Workspace, priorities: pa.Table, shown: Rows) -> dict[str, dict[str, Any]]:
    """By group_id of the rows shown, if it has several reports: `reports`, and the first one's `first_report`, `first_at`
    (UTC) and `first_sender` (platform:identifier of the reported account)."""
    sizes = Counter(priorities.column("group_id").to_pylist())
    wanted = {row["group_id"] for row in shown if sizes[row["group_id"]] > 1}
    if not wanted:
        return {}
    members = priorities.filter(pc.field("group_id").isin(pa.array(sorted(wanted), pa.string())))
    frame = pl.from_arrow(members.select(["report_id", "report_number", "group_id"]))
    assert isinstance(frame, pl.DataFrame)
    first = (
        frame.join(_times(workspace, members), on="report_id", how="left")
        .sort("at", "report_number", "report_id", nulls_last=True)
        .unique("group_id", keep="first", maintain_order=True)
        .join(_senders(workspace, members), on="report_id", how="left")
    )
    return {
        row["group_id"]: {
            "reports": sizes[row["group_id"]],
            "first_report": row["report_number"] or row["report_id"],
            "first_at": row["at"],
            "first_sender": row["sender"],
        }
        for row in first.to_dicts()
    }


def _times(workspace: Workspace, members: pa.Table) -> pl.DataFrame:
    rows = _read(workspace, "reports", ["report_id", "received_at", "incident_at"], members)
    return rows.group_by("report_id").agg(
        pl.coalesce(pl.col("received_at").min(), pl.col("incident_at").min()).alias("at")
    )


def _senders(workspace: Workspace, members: pa.Table) -> pl.DataFrame:
    columns = ["report_id", "role", "platform", "identifier", "handle"]
    rows = _read(workspace, "accounts", columns, members).filter(pl.col("role") == "reported")
    name = pl.col("platform").fill_null("?") + ":" + pl.coalesce("identifier", "handle").fill_null("not stated")
    return rows.group_by("report_id").agg(name.min().alias("sender"))


def _read(workspace: Workspace, name: str, columns: list[str], members: pa.Table) -> pl.DataFrame:
    """Those columns of a table's rows on these reports, all sightings."""
    schema = pa.schema([TABLES[name].schema.field(column) for column in columns])
    keep = pc.field("report_id").isin(members.column("report_id").combine_chunks())
    found = [pq.read_table(file, columns=columns, filters=keep).cast(schema) for file in workspace.files(name)]
    rows = pl.from_arrow(workspace.gate.table(pa.concat_tables([schema.empty_table(), *found])))
    assert isinstance(rows, pl.DataFrame)
    return rows
