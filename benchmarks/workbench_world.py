"""A workspace of very many reports for `workbench.py`, its tables written directly: no file is read and no stage runs.

    python benchmarks/workbench_world.py FOLDER --reports 1000000
    python benchmarks/workbench.py FOLDER [--database postgresql://...]

A report has two accounts, four log-ins, three files with a hash each, six reasons with evidence, five findings, nine selectors
and ten messages; accounts return in later reports, and a third of the reports stands in proposals. Values are made up.
"""

from __future__ import annotations

import argparse
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tanglaw.ids import DEMO_KEY
from tanglaw.store.commits import DERIVE
from tanglaw.store.parts import part_of
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN"}
_R = "substr(md5('r' || i), 1, 24)"
_A = "substr(md5('a' || (i * 7919 + k) % {accounts}), 1, 24)"
_AT = "timestamptz '2026-01-01 00:00:00+00' + to_seconds((i * 977) % 15552000)"
_C = "substr(md5('c' || i || '-' || k), 1, 24)"
# By table: rows a report, and what its columns say; i is the report, k the row of the report. Other columns are empty.
_MADE: dict[str, tuple[int, dict[str, str]]] = {
    "reports": (1, {
        "report_id": _R, "report_number": "cast(100000000 + i as varchar)", "scheme": "'cybertipline'",
        "format": "'cybertip-xml'", "esp": "'Service ' || i % 40", "platform": "'service-' || i % 40",
        "incident_type": "'type ' || i % 9", "incident_at": _AT, "received_at": _AT, "country": "'C' || i % 60",
        "version": "1", "source_id": "'s' || i // 100", "locator": "'/report'",
    }),
    "priorities": (1, {
        "rank": "(i * {stride}) % {n} + 1", "report_id": _R, "report_number": "cast(100000000 + i as varchar)",
        "danger": "round(60 - 60.0 * ((i * {stride}) % {n}) / {n}, 1)", "band": "1 + 5 * ((i * {stride}) % {n}) // {n}",
        "actionability": "i % 20", "clock_at": "timestamptz '2026-06-30 12:00:00+00' + to_hours(i % 4000 - 200)",
        "lane": "case when i % 50 = 0 then 'safeguarding' when i % 31 = 0 then 'generated' else 'triage' end",
        "group_id": "case when i % 10 = 0 then 'g' || i // 400 else " + _R + " end", "policy": "'demo'",
    }),
    "reasons": (6, {
        "report_id": _R, "value": "['danger', 'danger', 'danger', 'actionability', 'clock', 'lane'][k + 1]",
        "criterion": "'criterion_' || (i + k * 3) % 25", "weight": "k + i % 7", "text": "'reason ' || k || ' of report ' || i",
        "evidence": _C + " || '; ' || substr(md5('c' || i || '-' || (k + 1)), 1, 24)",
    }),
    "findings": (5, {
        "finding_id": "md5('f' || i || '-' || k)", "detector": "'detector_' || k", "report_id": _R, "account_id": _A,
        "criterion": "'criterion_' || (i + k) % 25", "outcome": "'found'", "reason": "'finding ' || k", "evidence": _C,
    }),
    "accounts": (2, {
        "account_id": _A, "platform": "'service-' || i % 40", "handle": "'name.' || (i * 7919 + k) % {accounts}",
        "role": "['reported', 'recipient'][k + 1]", "report_id": _R, "source_id": "'s' || i // 100", "locator": "'/a' || k",
    }),
    "captures": (4, {
        "capture_id": _C, "report_id": _R, "account_id": _A.replace("+ k", "+ 0"), "role": "'reported'",
        "ip": "'10.' || i % 250 || '.' || (i // 250) % 250 || '.' || k", "event": "'Login'",
        "at": _AT, "at_original": "'stated'", "source_id": "'s' || i // 100", "locator": "'/c' || k",
    }),
    "files": (3, {
        "file_id": "md5('file' || i || '-' || k)", "report_id": _R, "name": "'file-' || k", "viewed_by_esp": "k = 0",
        "uploaded_at": _AT, "source_id": "'s' || i // 100", "locator": "'/f' || k",
    }),
    "file_hashes": (3, {
        "file_id": "md5('file' || i || '-' || k)", "report_id": _R, "hash_type": "'md5'",
        "value": "md5('h' || (i * 3 + k) % ({n} * 2))", "original": "'stated'", "valid": "true",
        "source_id": "'s' || i // 100", "locator": "'/h' || k",
    }),
    "selectors": (9, {
        "selector_id": "md5('s' || i || '-' || k)",
        "type": "['email', 'phone', 'handle', 'handle', 'device', 'ipv4', 'ipv4', 'ipv4', 'url'][k + 1]",
        "value": "['m', '+63', 'service:name.', 'service:other.', 'd', '10.0.', '10.1.', '10.2.', 'https://a.example/'][k + 1] "
                 "|| (i * 7919 + k) % {accounts}",
        "original": "'N' || (i * 7919 + k) % {accounts}", "record_id": _C, "table_name": "'captures'", "field": "'ip'",
        "valid": "true", "report_id": _R, "account_id": _A, "role": "'reported'", "at": _AT,
    }),
    "contacts": (1, {
        "contact_id": "md5('k' || i)", "report_id": _R, "role": "'reported'", "kind": "'email'",
        "value": "'m' || (i * 7919) % {accounts}", "source_id": "'s' || i // 100", "locator": "'/k'",
    }),
    "texts": (1, {
        "text_id": "md5('t' || i)", "report_id": _R, "field": "'additionalInfo'", "text": "'see you at noon, number ' || i",
        "source_id": "'s' || i // 100", "locator": "'/t'",
    }),
    "report_documents": (1, {
        "report_id": _R, "report_number": "cast(100000000 + i as varchar)", "format": "'cybertip-xml'",
        "source_id": "'s' || i // 100", "locator": "'/report'",
    }),
    "links": (1, {
        "a": "substr(md5('a' || i % {accounts}), 1, 24)", "b": "substr(md5('a' || (i + 1 + i % 5) % {accounts}), 1, 24)",
        "bits": "8.5", "probability": "0.9", "evidence": "'same device'", "joins": "i % 2 = 0", "grouped": "true",
    }),
    "proposals": (1, {"proposal_id": "'p' || i // 8", "report_id": _R, "reports": "8"}),
    "messages": (10, {
        "message_id": "md5('m' || i || '-' || k)", "conversation_id": "md5('v' || i // 20)", "platform": "'service'",
        "sent_at": _AT + " + to_minutes(k)", "sender_account_id": _A.replace("+ k", "+ k % 2"), "kind": "'text'",
        "text": "'the train leaves at ' || k", "source_id": "'s' || i // 100", "locator": "'/' || k",
    }),
}  # fmt: skip
# Tables with rows for some reports only: of how many reports one has them.
_SOME = {"links": 3, "proposals": 3}


def main() -> None:
    """Make the workspace."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=1_000_000)
    asked = parser.parse_args()
    if asked.folder.exists():
        shutil.rmtree(asked.folder)
    workspace = Workspace.create(asked.folder, key=DEMO_KEY)
    began = time.monotonic()
    con = duckdb.connect(config={"memory_limit": "4GB", "threads": 2, "temp_directory": str(asked.folder / "spill")})
    con.execute("SET TimeZone = 'UTC'")
    staged = []
    with workspace.writing():
        for name, table in TABLES.items():
            file = workspace.staging(name) / "part-00000.parquet"
            if name in _MADE:
                con.execute(f"COPY ({_select(name, asked.reports)}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            elif name == "sources":
                con.execute(f"COPY ({_sources(asked.reports)}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            else:
                pq.write_table(table.schema.empty_table(), file)
            staged.append((file, part_of(name, file, pq.read_metadata(file).num_rows)))
        run_id = f"{AS_OF:%Y%m%dT%H%M%S%f}"
        workspace.commit(run_id, Batch(DERIVE, staged, list(TABLES)))
        workspace.record_run(run_id, {"run_id": run_id, "as_of": AS_OF.isoformat(), "state": "done"})
    rows = sum(part.rows for _, part in staged)
    print(f"{asked.reports:,} reports, {rows:,} rows in {time.monotonic() - began:.0f} s")


def _select(name: str, reports: int) -> str:
    rows, made = _MADE[name]
    # A stride that shares no factor with the number of reports gives each rank once.
    stride = next(one for one in (7919, 7927, 7933) if reports % one)
    columns = ", ".join(_column(field, made.get(field.name)) for field in TABLES[name].schema)
    text = columns.format(n=reports, accounts=max(10, reports * 4 // 5), stride=stride)
    return f"SELECT {text} FROM range({reports // _SOME.get(name, 1)}) r(i), range({rows}) x(k)"


def _sources(reports: int) -> str:
    made = {"source_id": "'s' || i", "delivery_id": "'d'", "arrival": "i", "path": "'inbox/' || i", "sha256": "sha256('s' || i)",
            "size": "1000", "format": "'cybertip-xml'", "rows": "100", "held": "false"}  # fmt: skip
    columns = ", ".join(_column(field, made.get(field.name)) for field in TABLES["sources"].schema)
    return f"SELECT {columns} FROM range({reports // 100 + 1}) r(i)"


def _column(field: pa.Field, text: str | None) -> str:
    kind = str(field.type)
    sql = _TYPES.get(kind, "TIMESTAMPTZ" if kind.startswith("timestamp") else "DECIMAL(38, 18)")
    return f'CAST({text or "NULL"} AS {sql}) AS "{field.name}"'


if __name__ == "__main__":
    main()
