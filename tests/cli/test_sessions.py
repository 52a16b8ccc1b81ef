"""`sessions`, `network`, `requests` and the time line of `explain`, over a small world of the scenario."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from lxml import etree

from .conftest import tanglaw


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acted")
    made = tanglaw(
        "simulate", folder / "world", "--scenario", "action-week", "--buyers", 40, "--sellers", 3, "--reports", 30
    )
    assert made.code == 0, made.err
    assert tanglaw("init", folder / "w").code == 0
    with as_file(files("tanglaw.policies") / "demo") as pack:
        shutil.copytree(pack, folder / "w" / "policy", dirs_exist_ok=True)
    weights = folder / "w" / "policy" / "sessions.toml"
    weights.write_text(weights.read_text("utf-8").replace("shown_from = 0.97", "shown_from = 0.5"), "utf-8")
    ran = tanglaw("run", folder / "world" / "inbox", "--workspace", folder / "w", "--as-of", "2026-06-30T00:00:00Z")
    assert ran.code == 0, ran.err
    return folder


def test_sessions_are_shown_with_their_reasons(acted: Path) -> None:
    """The likeliest come first, every output says what the probability is worth, and an id opens a time line."""
    shown = tanglaw("sessions", "--workspace", acted / "w", "--from", "0.3", "--top", "5", "--json")
    assert shown.code == 0, shown.err
    rows = shown.json["rows"]
    assert "simulated worlds only" in shown.json["note"]
    assert [row["probability"] for row in rows] == sorted((row["probability"] for row in rows), reverse=True)
    told = tanglaw("explain", rows[0]["session_id"], "--workspace", acted / "w")
    assert told.code == 0, told.err
    assert "estimated" in told.out
    assert "simulated worlds only" in " ".join(told.out.split())


def test_nothing_likely_enough_is_exit_1(acted: Path) -> None:
    """No session reaches certainty."""
    assert tanglaw("sessions", "--workspace", acted / "w", "--from", "1").code == 1


@pytest.mark.parametrize("suffix", (".gexf", ".graphml"))
def test_the_network_is_written_for_other_tools(acted: Path, suffix: str) -> None:
    """The file is XML with a node for each end of each edge."""
    out = acted / f"net{suffix}"
    assert tanglaw("network", "--workspace", acted / "w", "--out", out).code == 0
    root = etree.parse(out).getroot()
    nodes = {node.get("id") for node in root.iter("{*}node")}
    ends = {edge.get(end) for edge in root.iter("{*}edge") for end in ("source", "target")}
    assert nodes == ends != set()


def test_another_suffix_is_wrong_usage(acted: Path) -> None:
    """Only the two formats are written."""
    assert tanglaw("network", "--workspace", acted / "w", "--out", acted / "net.dot").code == 2


def test_requests_lead_with_what_lapses_first_and_have_drafts(acted: Path) -> None:
    """Open requests in order of lapse; each draft names its holder and says that a person signs."""
    shown = tanglaw("requests", "--workspace", acted / "w", "--drafts", acted / "letters", "--top", "3", "--json")
    rows = shown.json["rows"]
    assert rows
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)
    for row in rows:
        draft = (acted / "letters" / f"{row['request_id']}.txt").read_text(encoding="utf-8")
        assert row["holder"] in draft
        assert "signed by a person" in draft


def test_what_became_of_a_request_is_recorded_and_taken_back(acted: Path) -> None:
    """Sent, it leaves the open ones at once; answered, the sent ones; withdrawn, it is back; a day ahead is refused."""
    where = ("--workspace", acted / "w")

    def ids(status: str) -> set[str]:
        shown = tanglaw("requests", *where, "--status", status, "--top", 0, "--json")
        return {row["request_id"] for row in shown.json["rows"]}

    one = sorted(ids("open"))[0]

    def became(kind: str, request: str, on: str) -> int:
        words = ("decide", kind, request, "--on", on, "--by", "A. Cruz", "--reason", "letter 44")
        return tanglaw(*words, *where).code

    assert became("sent", one, "2999-01-01") == 2
    assert became("sent", "nobody", "2026-06-20") == 2
    assert became("sent", one, "2026-06-20") == 0
    assert one not in ids("open")
    assert ids("sent") == {one}
    assert became("answered", one, "2026-06-25T08:00Z") == 0
    assert (ids("sent"), ids("answered")) == (set(), {one})
    for number in (2, 1):
        done = tanglaw("decide", "withdraw", number, "--by", "A. Cruz", "--reason", "of another case", *where)
        assert done.code == 0, done.err
    assert one in ids("open")


def test_evaluate_scores_sessions(acted: Path) -> None:
    """The figures, the baseline and the curve against the share of logs are printed."""
    found = tanglaw("evaluate", acted / "world", "--workspace", acted / "w", "--json")
    assert found.code == 0, found.err
    scores = found.json["sessions"]
    assert [share for share, _, _ in scores["logs"]] == [0, 25, 50, 75, 100]
    assert scores["minors_shown"] == 0
    assert scores["logs"][-1][1] == pytest.approx(scores["best_f1"])
