"""A table without a mapping is held with its suggestion; confirmed, it enters; what is still broken stays once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, tanglaw

PAYMENTS = """Transfer No,Sent on,Sum,Cur,Sender account,Receiver account
A-1,2026-05-01 10:00:00,25.50,EUR,acc-100,acc-200
A-2,2026-05-02 11:30:00,14.00,EUR,acc-100,acc-300
A-3,2026-05-03 12:45:00,99.95,EUR,acc-101,acc-200
"""
MAPPING = """confirmed = true
kind = "payments"
zone = "UTC"
dates = ["%Y-%m-%d %H:%M:%S"]

[match]
columns = ["Transfer No", "Sent on", "Sum", "Cur"]

[columns]
"Transfer No" = "reference"
"Sent on" = "paid_at"
Sum = "amount"
Cur = "currency"
"Sender account" = "from.account-number"
"Receiver account" = "to.account-number"

[constants]
provider = "Example Pay"
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `now` with a workspace and its inbox after a run, and `then`, a copy of it."""
    home = tmp_path_factory.mktemp("held")
    folder, inbox = home / "now" / "workspace", home / "now" / "inbox"
    inbox.mkdir(parents=True)
    assert tanglaw("init", folder).code == 0
    (inbox / "transfers.csv").write_text(PAYMENTS)
    (inbox / "broken.xml").write_bytes(b"<report><incidentSummary>")
    assert tanglaw("run", inbox, "--workspace", folder, "--as-of", AS_OF).code == 0
    assert codes(folder) == ["xml-malformed", "mapping-needed"]
    shutil.copytree(home / "now", home / "then")
    return home


@pytest.fixture
def held(ran: Path) -> Path:
    """A workspace whose inbox held a table that no mapping is for, a broken report, and nothing else; for each test as it
    was, at one place, for it knows where its inbox is."""
    shutil.rmtree(ran / "now")
    shutil.copytree(ran / "then", ran / "now")
    return ran / "now" / "workspace"


@pytest.fixture
def inbox(held: Path) -> Path:
    """The inbox of that workspace."""
    return held.with_name("inbox")


def codes(folder: Path) -> list[str]:
    return [row["code"] for row in tanglaw("quarantine", "list", "--json", "--workspace", folder).json]


def payments(folder: Path, tmp_path: Path) -> int:
    out = tmp_path / "payments.jsonl"
    told = tanglaw("table", "payments", "--format", "jsonl", "--out", out, "--workspace", folder, "--json")
    return int(told.json["rows"])


def test_suggestion_is_not_used_before_it_is_confirmed(held: Path, inbox: Path, tmp_path: Path) -> None:
    """A suggestion beside the data changes nothing until a person confirms it; then retry reads the table."""
    out = inbox / "transfers.csv.mapping.toml"
    assert tanglaw("mapping", "suggest", inbox / "transfers.csv", "--out", out).code == 0
    assert "confirmed = false" in out.read_text()
    assert tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF).code == 0
    assert payments(held, tmp_path) == 0
    assert sorted(codes(held)) == ["mapping-needed", "xml-malformed"]
    out.write_text(decided(out.read_text()))
    told = tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF)
    assert (told.code, told.out) == (0, "2 entries before, 1 now\n")
    assert payments(held, tmp_path) == 3
    assert codes(held) == ["xml-malformed"]


def decided(suggestion: str) -> str:
    """The suggestion as a person confirms it: what it asks is answered, nothing else is changed."""
    kept = [line for line in suggestion.splitlines() if "DECIDE" not in line or not line.lstrip().startswith("#")]
    return "\n".join(kept).replace("confirmed = false", "confirmed = true")


def test_mapping_in_the_workspace(held: Path, inbox: Path, tmp_path: Path) -> None:
    """A confirmed mapping in WORKSPACE/mappings lets the table in, with the next run already."""
    (held / "mappings" / "transfers.toml").write_text(MAPPING)
    assert tanglaw("run", inbox, "--workspace", held, "--as-of", AS_OF).code == 0
    assert payments(held, tmp_path) == 3
    assert codes(held) == ["xml-malformed"]


def test_suggestion_in_the_workspace(held: Path, inbox: Path, tmp_path: Path) -> None:
    """A suggestion written straight into WORKSPACE/mappings and confirmed lets the table in."""
    out = held / "mappings" / "transfers.toml"
    assert tanglaw("mapping", "suggest", inbox / "transfers.csv", "--out", out).code == 0
    assert tanglaw("run", inbox, "--workspace", held, "--as-of", AS_OF).code == 0
    assert payments(held, tmp_path) == 0
    out.write_text(decided(out.read_text()))
    assert tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF).code == 0
    assert payments(held, tmp_path) == 3


def test_a_mappings_folder_elsewhere(held: Path, inbox: Path, tmp_path: Path) -> None:
    """The setting `mappings_folder` names another folder instead."""
    (tmp_path / "agency").mkdir()
    (tmp_path / "agency" / "transfers.toml").write_text(MAPPING)
    (held / "settings.toml").write_text(f'mappings_folder = "{tmp_path / "agency"}"')
    assert tanglaw("run", inbox, "--workspace", held, "--as-of", AS_OF).code == 0
    assert payments(held, tmp_path) == 3


def test_retry_doubles_nothing(held: Path) -> None:
    """What is still broken stays on record once, however often it is tried."""
    before = tanglaw("quarantine", "list", "--json", "--workspace", held).json
    for _ in range(2):
        assert tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF).code == 0
    assert tanglaw("quarantine", "list", "--json", "--workspace", held).json == before


def test_retry_after_the_file_is_mended(held: Path, inbox: Path) -> None:
    """A file that was mended is a new file; the old bytes stay set aside, for they were delivered."""
    (inbox / "broken.xml").unlink()
    told = tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF, "--json")
    assert told.code == 0
    assert (told.json["before"], told.json["after"], told.json["gone"]) == (2, 2, [])


def test_retry_when_the_inbox_is_gone(held: Path, inbox: Path) -> None:
    """An inbox that is no longer there is named, and ends with 1."""
    inbox.rename(inbox.with_name("elsewhere"))
    told = tanglaw("quarantine", "retry", "--workspace", held, "--as-of", AS_OF)
    assert told.code == 1
    assert str(inbox) in told.err


def test_suggestions_overwrite_nothing(inbox: Path) -> None:
    """A suggestion never takes the place of a mapping that may be confirmed."""
    (inbox / "transfers.csv").write_text(PAYMENTS)
    out = inbox / "transfers.csv.mapping.toml"
    out.write_text("confirmed = true")
    assert tanglaw("mapping", "suggest", inbox / "transfers.csv", "--out", out).code == 2
    assert out.read_text() == "confirmed = true"
    shown = tanglaw("mapping", "suggest", inbox / "transfers.csv")
    assert shown.code == 0
    assert "acc-100" not in shown.out


def test_what_is_no_table(inbox: Path) -> None:
    """An empty file is an error in one line; what does not look like a table is said to be none."""
    (inbox / "empty.csv").write_text("")
    told = tanglaw("mapping", "suggest", inbox / "empty.csv")
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert "empty.csv" in told.err
    (inbox / "report.xml").write_bytes(b"<report/>")
    told = tanglaw("mapping", "suggest", inbox / "report.xml")
    assert "does not look like a table" in told.err
