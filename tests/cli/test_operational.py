"""An operational workspace: its own policy pack, and user, case and purpose for each verb that reads evidence."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tanglaw.store.chain import check_lines
from tanglaw.testing.documents import police_json, report_xml
from tests.cli.conftest import AS_OF, tanglaw

WHO = ("--user", "officer 7", "--case", "EX-1", "--purpose", "triage")
# Every verb that reads evidence, as called in a workspace that holds report 900000007.
READING = (
    ("queue",),
    ("queue", "--json"),
    ("explain", "900000007"),
    ("explain-link", "a", "b"),
    ("search", "+441174960838"),
    ("sessions",),
    ("network",),
    ("requests",),
    ("cluster", "bc1q"),
    ("why", "bc1q", "bc1p"),
    ("trace", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "--payers"),
    ("alerts",),
    ("sites",),
    ("decisions",),
    ("table", "reports", "--out", "OUT"),
    ("quarantine", "list"),
    ("quarantine", "show", "ffffffff"),
    ("quarantine", "retry", "--as-of", AS_OF),
    ("evaluate", "nowhere"),
    ("run", "--as-of", AS_OF),
    ("run", "INBOX", "--as-of", AS_OF),
)

# Asks a node, and ends where none is configured.
NODE = ("node", "fetch", "blocks", "--from", "1")


def write_pack(folder: Path, illustrative: bool = False) -> None:
    """A pack as an agency would write it: the demo's mechanism, owned, dated, and not illustrative."""
    demo = resources.files("tanglaw") / "policies" / "demo"
    policy = (demo / "policy.toml").read_text(encoding="utf-8")
    retention = (demo / "retention.toml").read_text(encoding="utf-8")
    if not illustrative:
        policy = policy.replace("illustrative = true", "illustrative = false").replace(
            'name = "demo"', 'name = "agency"'
        )
        retention = retention.replace("\nsource = ", "\nverified_on = 2026-05-01\nsource = ")
    (folder / "policy" / "policy.toml").write_text(policy, encoding="utf-8")
    (folder / "policy" / "retention.toml").write_text(retention, encoding="utf-8")


def audited(folder: Path) -> list[dict[str, Any]]:
    file = folder / "audit.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an operational workspace that has its own pack and one report in its inbox, taken in."""
    home = tmp_path_factory.mktemp("agency")
    (home / "inbox").mkdir()
    (home / "inbox" / "tip.json").write_bytes(police_json(900000007))
    (home / "inbox" / "report.xml").write_bytes(report_xml())
    assert tanglaw("init", home / "w", "--operational").code == 0
    write_pack(home / "w")
    told = tanglaw("run", home / "inbox", "--workspace", home / "w", "--as-of", AS_OF, *WHO)
    assert told.code == 0, told.err
    return home


def words(verb: tuple[str, ...], home: Path) -> list[str]:
    given = {"OUT": str(home / "out.csv"), "INBOX": str(home / "inbox")}
    return [given.get(word, word) for word in (*verb, "--workspace", str(home / "w"))]


@pytest.mark.parametrize("verb", (*READING, NODE), ids=" ".join)
def test_refuses_without_user_case_and_purpose(agency: Path, verb: tuple[str, ...]) -> None:
    """Without all three a reading verb ends with 2, says what is missing, shows nothing and writes no audit row."""
    before = audited(agency / "w")
    for given in ((), WHO[:2], WHO[:4], (*WHO[:5], "  ")):
        told = tanglaw(*words(verb, agency), *given)
        assert (told.code, told.out) == (2, "")
        assert "this workspace is operational" in told.err
        assert "--purpose" in told.err
    assert audited(agency / "w") == before
    assert not (agency / "out.csv").exists()


@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_writes_one_audit_row(agency: Path, verb: tuple[str, ...]) -> None:
    """With all three the verb does its work and adds exactly one chained row that says who asked what and why."""
    before = audited(agency / "w")
    told = tanglaw(*words(verb, agency), *WHO)
    assert told.code in (0, 1, 2)
    assert "operational" not in told.err
    after = audited(agency / "w")
    assert after[:-1] == before
    row = after[-1]
    assert (row["user"], row["case"], row["purpose"]) == ("officer 7", "EX-1", "triage")
    assert " ".join(verb).startswith(row["verb"])
    if verb[0] in ("explain", "search"):
        assert row["subject"] == verb[1]
    assert check_lines(agency / "w" / "audit.jsonl") == []
    (agency / "out.csv").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("4111 1111 1111 1111", "4111 11** **** 1111"),
        ("4222222222222", "*********2222"),
        ("card 5500005555555559 of May", "card 550000******5559 of May"),
        ("+441174960838", "+441174960838"),
        ("order 4111111111111112", "order 4111111111111112"),
    ],
)
def test_the_audit_repeats_no_card_number(agency: Path, asked: str, written: str) -> None:
    """What was searched for stands in the audit, digits of a payment card masked."""
    tanglaw("search", asked, "--workspace", agency / "w", *WHO)
    assert audited(agency / "w")[-1]["subject"] == written
    assert check_lines(agency / "w" / "audit.jsonl") == []


def test_who_may_stand_in_the_environment(agency: Path) -> None:
    """User, case and purpose may be given once, in the environment."""
    given = {"TANGLAW_USER": "officer 8", "TANGLAW_CASE": "EX-2", "TANGLAW_PURPOSE": "review"}
    assert tanglaw("queue", "--workspace", agency / "w", **given).code == 0
    assert audited(agency / "w")[-1]["user"] == "officer 8"


def test_verify_finds_a_changed_audit_row(agency: Path) -> None:
    """`custody verify` asks nothing and finds an audit row that was changed."""
    assert tanglaw("queue", "--workspace", agency / "w", *WHO).code == 0
    assert tanglaw("custody", "verify", "--workspace", agency / "w").code == 0
    file = agency / "w" / "audit.jsonl"
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b"officer 7", b"officer 9", 1))
    told = tanglaw("custody", "verify", "--workspace", agency / "w")
    assert told.code == 1
    assert "audit.jsonl" in told.out
    file.write_bytes(kept)


def test_queue_names_the_agencys_pack(agency: Path) -> None:
    """The pack's name and version stand in the output."""
    assert "policy agency 1" in tanglaw("queue", "--workspace", agency / "w", *WHO).out


def test_no_pack_and_the_demo_pack_are_refused(tmp_path: Path) -> None:
    """Without a pack, or with the illustrative one put in its place, nothing is run; a pack of its own is taken."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "tip.json").write_bytes(police_json(900000007))
    assert tanglaw("init", tmp_path / "w", "--operational").code == 0
    call = ("run", tmp_path / "inbox", "--workspace", tmp_path / "w", *WHO)
    told = tanglaw(*call)
    assert (told.code, "policy pack" in told.err) == (5, True)
    write_pack(tmp_path / "w", illustrative=True)
    told = tanglaw(*call)
    assert (told.code, "illustrative" in told.err) == (5, True)
    assert tanglaw("doctor", "--workspace", tmp_path / "w").code == 1
    assert not list((tmp_path / "w" / "log").iterdir())
    write_pack(tmp_path / "w")
    assert tanglaw(*call).code == 0
    assert tanglaw("doctor", "--workspace", tmp_path / "w").code == 0


def test_init_does_not_turn_one_kind_into_the_other(folder: Path, tmp_path: Path) -> None:
    """`init --operational` on a workspace that is not operational is refused; the same kind again is no change."""
    assert tanglaw("init", folder, "--operational").code == 2
    assert tanglaw("queue", "--workspace", folder).code == 1
    assert tanglaw("init", folder).code == 0
    assert tanglaw("init", tmp_path / "o", "--operational").code == 0
    told = tanglaw("init", tmp_path / "o")
    assert (told.code, "operational workspace" in told.out) == (0, True)


def test_init_gives_each_workspace_a_key_of_its_own(tmp_path: Path) -> None:
    """Two workspaces have different keys, readable by their owner only."""
    keys = set()
    for name in ("a", "b"):
        assert tanglaw("init", tmp_path / name).code == 0
        keys.add((tmp_path / name / "key").read_bytes())
        assert (tmp_path / name / "key").stat().st_mode & 0o777 == 0o600
    assert len(keys) == 2
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("see you at noon")
    assert tanglaw("init", tmp_path / "other").code == 4
