"""The verbs that read: queue, explain, search, quarantine, custody, flow, doctor, evaluate."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw.pipeline import FLOW
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES
from tanglaw.testing.documents import file_details_xml, report_xml
from tests.cli.conftest import AS_OF, Demo, tanglaw


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """All sightings of a table, straight from its files."""
    files = Workspace(folder).files(name)
    schema = TABLES[name].schema
    return pa.concat_tables([pq.read_table(file, schema=schema) for file in files]).to_pylist() if files else []


def test_queue_is_in_order_and_whole(demo: Demo) -> None:
    """`queue --json --top 0` gives every report once, by rank, with the columns of `priorities` and its reasons."""
    found = tanglaw("queue", "--json", "--top", "0", "--workspace", demo.folder).json
    each = tanglaw("queue", "--json", "--top", "0", "--each", "--workspace", demo.folder).json
    assert [row["rank"] for row in each] == list(range(1, len(rows(demo.folder, "reports")) + 1))
    numbers = [number for row in found for number in (row["report_number"], *row["like"])]
    assert sorted(numbers) == sorted(row["report_number"] or row["report_id"] for row in each)
    assert list(found[0]) == [*TABLES["priorities"].names, "why", "like", "group"]
    assert list(found[0]["why"][0]) == ["value", "criterion", "weight", "text"]
    for row in found[:20]:
        danger = sum(one["weight"] for one in row["why"] if one["value"] == "danger")
        assert danger == pytest.approx(row["danger"])


def test_queue_top_and_lane(demo: Demo) -> None:
    """`--top` and `--lane` narrow the queue; a lane with nothing in it ends with 1."""
    assert len(tanglaw("queue", "--json", "--top", "3", "--workspace", demo.folder).json) == 3
    found = tanglaw("queue", "--json", "--top", "0", "--lane", "safeguarding", "--workspace", demo.folder).json
    assert {row["lane"] for row in found} == {"safeguarding"}
    shown = tanglaw("queue", "--top", "3", "--workspace", demo.folder).out
    assert re.match(r"3 of \d+ reports, policy demo \S+, as of 2026-06-30 12:00 UTC\n", shown)


def test_empty_queue(folder: Path) -> None:
    """A queue without a run says what to do, and ends with 1."""
    told = tanglaw("queue", "--workspace", folder)
    assert (told.code, told.out) == (1, "")
    assert f"tanglaw run INBOX --workspace {folder}" in told.err
    assert tanglaw("queue", "--json", "--workspace", folder).json == []


def test_explain_says_why_with_evidence(demo: Demo) -> None:
    """Every reason and finding of an explained report rests on rows whose file and place are told."""
    number = demo.second.json["queue"][1]["report_number"]
    found = tanglaw("explain", number, "--json", "--workspace", demo.folder).json
    assert found["report"]["report_number"] == number
    assert {row["value"] for row in found["reasons"]} >= {"danger", "missing"}
    places = {row["id"]: row for row in found["evidence"]}
    resting = [one for row in found["reasons"] + found["findings"] for one in row["evidence"].split("; ")]
    assert resting
    for one in resting:
        assert places[one]["path"], one
        assert places[one]["locator"] is not None
    labels = [
        row["label"] for row in found["evidence"] if re.search(r"^(account|file|capture|person) \d", row["label"])
    ]
    assert len(labels) == len(set(labels))
    shown = tanglaw("explain", number, "--workspace", demo.folder).out
    for part in ("Why it stands there", "What is missing", "Accounts", "Read from"):
        assert f"\n{part}\n" in shown
    for row in found["reasons"]:
        assert " ".join(row["text"].split()[:4]) in shown


def test_explain_unknown_number(demo: Demo) -> None:
    """An unknown number is an error with exit 2 that names similar numbers: a digit wrong, missing or swapped."""
    number = demo.second.json["queue"][0]["report_number"]
    swapped = number[:-3] + number[-2] + number[-3] + number[-1]
    for asked in (number[:-1], number + "0", swapped if swapped != number else number[:-1]):
        if asked == number:
            continue
        told = tanglaw("explain", asked, "--workspace", demo.folder)
        assert (told.code, told.out) == (2, "")
        assert f"no report {asked} in this workspace; similar: " in told.err
    assert "similar" not in tanglaw("explain", "unheard-of", "--workspace", demo.folder).err


def test_explain_by_id_and_spelling(demo: Demo) -> None:
    """A report is found by its id and by its number with a sign before it."""
    first = demo.second.json["queue"][0]
    for asked in (first["report_id"], f"#{first['report_number']}", f" {first['report_number']} "):
        found = tanglaw("explain", asked, "--json", "--workspace", demo.folder).json
        assert found["report"]["report_id"] == first["report_id"]


def test_explain_shows_custody(demo: Demo) -> None:
    """The explained report says which file it was read from, with SHA-256, and who brought it under what authority."""
    found = demo.second.json["explained"]["sources"]
    assert found
    for row in found:
        assert re.fullmatch("[0-9a-f]{64}", row["sha256"])
        assert (row["brought_by"], row["authority"], row["handling"]) == ("demo", "made-up data", "none")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one report whose selectors are known, and text that would act on a terminal."""
    home = tmp_path_factory.mktemp("small")
    text = (
        "<additionalInfo>see hxxps://pictures[.]example[.]net/a/1 or call +44 117 496 0838"
        " \u202egnp.exe &lt;b&gt;[red]here[/red]</additionalInfo>"
        "<profileUrl>https://people.example.com/p/77</profileUrl>"
    )
    inbox = home / "inbox" / "900000123"
    inbox.mkdir(parents=True)
    (inbox / "report.xml").write_bytes(report_xml("acc-9", "River.Stone", text))
    (inbox / "file.xml").write_bytes(file_details_xml(900000123))
    (home / "inbox" / "bad \x1b[31m name.xml").write_bytes(b"<report><incidentSummary>card 4111 1111 1111 1111")
    assert tanglaw("init", home / "w").code == 0
    assert tanglaw("run", home / "inbox", "--workspace", home / "w", "--as-of", AS_OF).code == 0
    return home / "w"


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (("acc-9@example.org",), "acc-9@example.org"),
        (("ACC-9 (at) Example dot org",), "acc-9@example.org"),
        (("+44 117 496 0838",), "+441174960838"),
        (("0044 117 4960838",), "+441174960838"),
        (("(0117) 496-0838", "--country", "gb"), "+441174960838"),
        (("hxxps://pictures[.]example[.]net/a/1",), "https://pictures.example.net/a/1"),
        (("https://pictures.example.net/a/1",), "https://pictures.example.net/a/1"),
        (("203.0.113[.]7",), "203.0.113.7"),
        (("@river.stone",), "river.stone"),
        (("RIVER.STONE",), "river.stone"),
    ],
)
def test_search_in_any_spelling(small: Path, asked: tuple[str, ...], value: str) -> None:
    """A selector is found whatever its spelling: obfuscated, defanged, national, with @ or capitals."""
    found = tanglaw("search", *asked, "--json", "--workspace", small)
    assert found.code == 0, found.err
    assert found.json
    for row in found.json:
        assert row["value"].endswith(value)
        assert row["report_number"] == "900000123"
        assert row["rank"] == 1


def test_search_for_a_link_leaves_out_its_domain(small: Path) -> None:
    """Asking for a link or a mailbox gives that; asking for its domain or host gives what stands on it."""
    types = {
        text: {row["type"] for row in tanglaw("search", text, "--json", "--workspace", small).json}
        for text in ("https://people.example.com/p/77", "people.example.com", "Example[.]com", "acc-9@example.org")
    }
    assert types["https://people.example.com/p/77"] == {"url"}
    assert types["people.example.com"] == {"url", "domain"}
    assert types["Example[.]com"] == {"domain"}
    assert types["acc-9@example.org"] == {"email"}
    assert tanglaw("search", "elsewhere.example.com", "--workspace", small).code == 1


def test_search_finds_nothing(small: Path) -> None:
    """Nothing found ends with 1; a national number without a country is told what it lacks."""
    told = tanglaw("search", "0117 496 0838", "--workspace", small)
    assert (told.code, told.out) == (1, "")
    assert "--country" in told.err
    assert tanglaw("search", "nobody@example.org", "--json", "--workspace", small).json == []
    assert tanglaw("search", "", "--workspace", small).code == 1


def test_hostile_text_does_not_reach_the_terminal(small: Path) -> None:
    """Escape sequences, turned writing and markup out of evidence and file names are shown as text."""
    told = tanglaw("quarantine", "list", "--workspace", small).out
    assert "\x1b" not in told
    assert "bad \\x1b[31m name.xml" in told.replace("\n", " ")
    for verb in (("explain", "900000123"), ("queue",), ("quarantine", "list", "--json"), ("search", "@river.stone")):
        shown = tanglaw(*verb, "--workspace", small).out
        assert not set(shown) & set("\x1b\x9b\u202e\x07\r")


def test_quarantine_show(small: Path) -> None:
    """An entry is shown whole by the start of its id, of a card in its excerpt no more than the mask; an unknown id ends with 1."""
    (row,) = tanglaw("quarantine", "list", "--json", "--workspace", small).json
    assert list(row) == list(TABLES["quarantine"].names)
    short = row["quarantine_id"][:8]
    assert short in tanglaw("quarantine", "list", "--workspace", small).out
    shown = tanglaw("quarantine", "show", short, "--workspace", small).out
    assert row["sha256"] in shown
    assert "4111 11** **** 1111" in shown
    assert "4111 1111 1111 1111" not in shown + json.dumps(row)
    assert tanglaw("quarantine", "show", short, "--json", "--workspace", small).json == [row]
    assert tanglaw("quarantine", "show", "ffffffffffff", "--workspace", small).code == 1


def test_custody_verify(small: Path, tmp_path: Path) -> None:
    """Verify ends with 0 on an untouched workspace and names a changed part, ending with 1."""
    assert tanglaw("custody", "verify", "--workspace", small).code == 0
    assert tanglaw("custody", "verify", "--json", "--workspace", small).json["faults"] == []
    copy = shutil.copytree(small, tmp_path / "copy")
    part = next((copy / "tables" / "accounts").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"\0")
    told = tanglaw("custody", "verify", "--workspace", copy)
    assert told.code == 1
    assert part.name[:20] in told.out.replace("\n", "")
    assert "FAULTS FOUND" in told.out


def test_flow() -> None:
    """`flow` prints every stage with what it reads and writes, without a workspace."""
    told = tanglaw("flow").out
    found = tanglaw("flow", "--json").json
    assert [row["stage"] for row in found] == [stage.name for stage in FLOW]
    for stage in FLOW:
        assert f"\n{stage.name}" in told
        assert set(stage.writes) <= set(next(row["writes"] for row in found if row["stage"] == stage.name))


def test_doctor(folder: Path) -> None:
    """Doctor says what is there, what is missing and how to get it; a key that others may read is unfit."""
    told = tanglaw("doctor", "--json", "--workspace", folder)
    assert told.code == 0
    assert {row["check"] for row in told.json} >= {
        "Python",
        "free disk",
        "duckdb",
        "workspace",
        "key file",
        "policy pack",
    }
    (folder / "key").chmod(0o644)
    told = tanglaw("doctor", "--workspace", folder)
    assert told.code == 1
    assert "chmod 600" in told.out
    (folder / "settings.toml").write_text("colour = 1")
    assert "colour" in tanglaw("doctor", "--workspace", folder).out


def test_doctor_without_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no workspace is, doctor says how to make one and is content with the machine."""
    monkeypatch.chdir(tmp_path)
    told = tanglaw("doctor")
    assert told.code == 0
    assert "tanglaw init tanglaw-workspace" in told.out
    assert list(tmp_path.iterdir()) == []


def test_evaluate(demo: Demo) -> None:
    """`evaluate` scores the demo against its truth, beside naive baselines."""
    told = tanglaw("evaluate", "--workspace", demo.folder)
    assert told.code == 0
    assert "NDCG@100" in told.out
    assert tanglaw("evaluate", "--json", "--workspace", demo.folder).json
    told = tanglaw("evaluate", demo.folder, "--workspace", demo.folder)
    assert told.code == 2
    assert told.err.count("\n") == 1


def test_reading_leaves_the_workspace_as_it_is(demo: Demo) -> None:
    """No reading verb adds or changes a file of the workspace."""

    def state() -> dict[str, int]:
        return {str(f): f.stat().st_mtime_ns for f in sorted(demo.folder.rglob("*")) if f.is_file()}

    before = state()
    number = demo.second.json["queue"][0]["report_number"]
    for words in (
        ("queue",),
        ("explain", number),
        ("search", "+441174960838"),
        ("quarantine", "list"),
        ("custody", "verify"),
    ):
        assert tanglaw(*words, "--workspace", demo.folder).code == 0
    assert state() == before


def test_run_tells_what_it_did(folder: Path, inbox: Path) -> None:
    """`run --json` gives counts by format and table and the as-of that is on record; `--strict` ends with 3."""
    (inbox / "report.xml").write_bytes(report_xml())
    (inbox / "bad.xml").write_bytes(b"<report>")
    told = tanglaw("run", inbox, "--workspace", folder, "--as-of", "2026-06-30T14:00:00+02:00", "--json", "--strict")
    assert told.code == 3
    assert told.json["files"] == {"cybertipline-xml": 1, "quarantine": 1}
    assert (told.json["set_aside"], told.json["rows"]["reports"]) == (1, 1)
    record = json.loads((folder / "runs" / f"{told.json['run_id']}.json").read_text(encoding="utf-8"))
    assert record["as_of"] == told.json["as_of"] == "2026-06-30T12:00:00+00:00"
    assert record["state"] == "done"
    shown = tanglaw("run", inbox, "--workspace", folder)
    assert shown.code == 0
    assert "read before, passed over" in shown.out
