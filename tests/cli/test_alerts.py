"""Alerts from the command line: proposed, released by a person, written, fallen, recalled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.chain import alerts, tags
from tanglaw.cli.casework import decided
from tanglaw.config import Settings
from tanglaw.engine.base import Given
from tanglaw.engine.open import open_engine
from tanglaw.policy import demo
from tanglaw.store.commits import DERIVE
from tanglaw.store.parts import part_of
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import TABLES
from tests.cli.conftest import Ended, tanglaw

SEED, END = "12ib7dApVFvg82TXKycWBNpN8kFyiAN1dr", "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
TXID = "ab" * 32
TAG = {
    "list_name": "pack",
    "network": "btc",
    "address": END,
    "label": "North Desk",
    "category": "exchange",
    "confidence": "service_data",
    "source": "pack",
    "withdrawn": False,
}
TRAIL = {
    "trail_id": "t1",
    "network": "btc",
    "seed_address": SEED,
    "report_id": "secret-report",
    "direction": "forward",
    "end_kind": "service",
    "end_address": END,
    "end_cluster_id": END,
    "asset": "BTC",
    "haircut": Decimal("0.4"),
    "fifo": Decimal("0.5"),
    "poison": Decimal(9),
    "first_at": DAY,
    "last_at": DAY,
}
HOP = {
    "trail_id": "t1",
    "hop": 1,
    "txid": TXID,
    "at": DAY,
    "from_address": SEED,
    "to_address": END,
    "value": Decimal("0.5"),
}
COVERAGE = {"network": "btc", "seed_address": SEED, "direction": "forward", "asset": "BTC"}
Rerun = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty workspace."""
    assert tanglaw("init", tmp_path / "cases").code == 0
    return tmp_path / "cases"


@pytest.fixture
def rerun(folder: Path) -> Rerun:
    """rerun(tags, trails): alerts made and committed as a run does, with the decisions in force."""
    numbers = iter(range(100))

    def run(tagged: list[dict[str, Any]], trails: list[dict[str, Any]]) -> None:
        workspace, number = Workspace(folder), next(numbers)
        given = {
            "address_tags": tagged,
            "chain_trails": trails,
            "chain_clusters": [],
            "chain_hops": [HOP for _ in trails],
            "chain_coverage": [COVERAGE | {"end_kind": k, "share": s} for k, s in (("service", 0.4), ("unknown", 0.6))],
        }
        tables = {name: pa.Table.from_pylist(rows, schema=TABLES[name].schema) for name, rows in given.items()}
        records = decided(workspace, Settings()).get("alert_records", TABLES["alert_records"].schema.empty_table())
        with workspace.writing():
            engine = open_engine(Settings(), workspace.folder / "spill")
            for name, rows in {**tables, "alert_records": records, **demo().tables()}.items():
                engine.put(name, rows)
            tags.claims(engine)
            tags.conflicts(engine)
            alerts.run(engine, Given(workspace.ids))
            staged = []
            written = ("chain_alerts", "chain_trails", "chain_hops", "chain_coverage", "alert_records")
            for name in written:
                files = engine.write(name, TABLES[name].schema, TABLES[name].key, workspace.staging(f"{number}-{name}"))
                staged += [(file, part_of(name, file, pq.read_metadata(file).num_rows)) for file in files]
            workspace.keep_policy(demo().digest(), demo().as_bytes())
            workspace.record_run(f"run{number}", {"policy": {"digest": demo().digest()}})
            workspace.commit(f"run{number}", Batch(DERIVE, staged, list(written)))
            engine.close()

    return run


def called(folder: Path, *words: str | Path, code: int = 0) -> Ended:
    told = tanglaw(*words, "--workspace", folder)
    assert told.code == code, told.err
    return told


def decide(folder: Path, *words: str, code: int = 0) -> Ended:
    return called(folder, "decide", *words, "--by", "A. Cruz", "--reason", "case 12/26, secret", code=code)


def test_from_proposal_to_recall(folder: Path, rerun: Rerun, tmp_path: Path) -> None:
    """Proposed as a draft; released without the word; due for recall once the tag falls; recalled by a person."""
    called(folder, "alerts", code=1)
    rerun([TAG], [TRAIL])
    row = called(folder, "alerts", "--json").json[0]
    assert (row["state"], row["service"], row["fifo"]) == ("proposed", "North Desk", "0.5")
    one = row["alert_id"]
    assert "0.5 BTC" in called(folder, "alerts").out.replace("\n", " ")
    assert TXID[:8] in called(folder, "alerts", one).out

    called(folder, "alerts", one, "--out", tmp_path / "draft")
    assert all(f.name.startswith("DRAFT") or f.name == "manifest.json" for f in (tmp_path / "draft").iterdir())

    assert decide(folder, "release-alert", one, code=2).err
    assert "is released" in decide(folder, "release-alert", one, "--account-open", "yes").out
    assert called(folder, "alerts", "--json").json[0]["state"] == "released"
    called(folder, "alerts", one, "--out", tmp_path / "sent")
    sent = {file.name: file.read_bytes() for file in (tmp_path / "sent").iterdir()}
    assert not any(b"DRAFT" in data for data in sent.values())
    assert all(b"secret" not in data for data in sent.values())
    for line in json.loads(sent["manifest.json"])["files"]:
        assert hashlib.sha256(sent[line["name"]]).hexdigest() == line["sha256"]
    assert "Please keep the account open" in sent[f"alert-{one}.json"].decode()

    rerun([TAG], [TRAIL])
    assert called(folder, "alerts", "--json").json[0]["state"] == "released"
    rerun([TAG | {"withdrawn": True}], [TRAIL])
    due = called(folder, "alerts", "--state", "recall-due", "--json").json[0]
    assert due["alert_id"] == one and "no sound attribution" in due["reason"]
    called(folder, "alerts", one, "--out", tmp_path / "due")
    assert f"DRAFT-recall-{one}.pdf" in {file.name for file in (tmp_path / "due").iterdir()}

    assert "is recalled" in decide(folder, "recall-alert", one).out
    called(folder, "alerts", one, "--out", tmp_path / "recall")
    recall = {file.name: file.read_bytes() for file in (tmp_path / "recall").iterdir()}
    assert f"recall-{one}.pdf" in recall and not any(b"DRAFT" in data for data in recall.values())
    assert "We take back our alert" in recall[f"recall-{one}.json"].decode()
    rerun([TAG | {"withdrawn": True}], [TRAIL])
    assert called(folder, "alerts", "--json").json[0]["state"] == "recalled"
    assert [line["kind"] for line in called(folder, "decisions", "--json").json] == ["recall-alert", "release-alert"]


def test_what_was_sent_stays_as_it_was_sent(folder: Path, rerun: Rerun, tmp_path: Path) -> None:
    """A later run with other amounts changes nothing in what is written of a released alert, byte for byte."""
    rerun([TAG], [TRAIL])
    one = called(folder, "alerts", "--json").json[0]["alert_id"]
    decide(folder, "release-alert", one, "--account-open", "asked")
    called(folder, "alerts", one, "--out", tmp_path / "a")
    rerun([TAG], [TRAIL | {"fifo": Decimal("0.7")}])
    called(folder, "alerts", one, "--out", tmp_path / "b")
    first, second = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in "ab")
    assert first == second


def test_what_is_refused_is_not_written(folder: Path, rerun: Rerun, tmp_path: Path) -> None:
    """A refused alert stays refused and is not written; a withdrawn refusal proposes it again."""
    rerun([TAG], [TRAIL])
    one = called(folder, "alerts", "--json").json[0]["alert_id"]
    decide(folder, "refuse-alert", one)
    assert "was refused" in called(folder, "alerts", one, "--out", tmp_path / "x", code=2).err
    assert "is refused" in decide(folder, "release-alert", one, "--account-open", "no", code=2).err
    assert "only a released" in decide(folder, "recall-alert", one, code=2).err
    rerun([TAG], [TRAIL])
    decide(folder, "withdraw", "1")
    assert called(folder, "alerts", "--json").json[0]["state"] == "proposed"
    decide(folder, "release-alert", one, "--account-open", "no")


def test_words_that_do_not_fit(folder: Path, rerun: Rerun, tmp_path: Path) -> None:
    """An id that nobody has, --out without an alert, and a file where a folder should be."""
    rerun([TAG], [TRAIL])
    assert "lists them" in called(folder, "alerts", "nobody", code=2).err
    assert "name it" in called(folder, "alerts", "--out", tmp_path, code=2).err
    assert "lists them" in decide(folder, "release-alert", "nobody", "--account-open", "no", code=2).err
    (tmp_path / "file").write_text("x")
    one = called(folder, "alerts", "--json").json[0]["alert_id"]
    assert "no folder" in called(folder, "alerts", one, "--out", tmp_path / "file", code=2).err
    called(folder, "alerts", "--state", "recalled", code=1)


def test_poison_alone_proposes_nothing(folder: Path, rerun: Rerun) -> None:
    """Coins that merely passed the seed never raise an alert."""
    rerun([TAG], [TRAIL | {"fifo": Decimal(0), "haircut": Decimal(0)}])
    called(folder, "alerts", code=1)
