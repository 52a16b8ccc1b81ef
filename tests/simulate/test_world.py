"""What a caller of `simulate` may rely on."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest

import tanglaw.simulate
from tanglaw.errors import CheckUsage
from tanglaw.simulate import Plan, simulate

PACKAGE = Path(tanglaw.simulate.__file__).parent


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def imports() -> list[tuple[str, str]]:
    found = []
    for path in sorted(PACKAGE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.extend((path.name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.append((path.name, node.module or ""))
    return found


def test_same_arguments_give_the_same_bytes(tmp_path: Path, small) -> None:
    """Making a world again gives every file again, byte for byte, and the same counts."""
    again = simulate(tmp_path / "again", Plan(400, 3_000, 40, 8, seed=11))
    assert again == small.counts
    assert digests(tmp_path / "again") == digests(small.out)


def test_another_seed_gives_another_world(tmp_path: Path, small) -> None:
    """No evidence file of another seed is equal, save for the fixed odd ones; days are days."""
    simulate(tmp_path / "other", Plan(400, 3_000, 40, 8, seed=12))
    mine, other = digests(small.inbox), digests(tmp_path / "other" / "inbox")
    same = {name for name in mine if other.get(name) == mine[name]}
    assert {name.split("/")[0] for name in same if not name.endswith("delivery.toml")} <= {"odd"}


def test_more_messages_do_not_change_the_reports(tmp_path: Path, small) -> None:
    """Each part has its own stream of chance: the reports of a world do not depend on its chats."""
    simulate(tmp_path / "more", Plan(400, 500, 40, 8, seed=11))
    for name, digest in digests(small.inbox).items():
        if name.startswith(("cybertips", "police", "partner")):
            assert digests(tmp_path / "more" / "inbox")[name] == digest


def test_writes_as_many_as_asked(small) -> None:
    """Reports and messages are exactly as many as asked; the truth has a row for each report."""
    assert small.counts["reports"] == 400
    assert small.counts["messages"] == 3_000
    assert len(small.truth("reports")) == 400 + small.counts["hotline_reports"]
    held = sum(int(row["messages"]) for row in small.truth("messages") if row["copy"] == "0")
    assert held == 3_000


def test_writes_as_many_payments_as_asked(middle) -> None:
    """With a number given, that many payments are written, the buyers' own among them."""
    assert middle.counts["payments"] == 30_000 == len(middle.truth("payments"))


def test_never_fewer_payments_than_the_buyers_own(tmp_path: Path) -> None:
    """The buyers' distribution is kept whole even when fewer payments are asked for."""
    counts = simulate(tmp_path / "w", Plan(0, 0, 50, 5, seed=1, payments=1))
    assert counts["payments"] >= 50


def test_an_empty_world_is_a_world(tmp_path: Path) -> None:
    """Zero of everything still writes an inbox and a truth."""
    counts = simulate(tmp_path / "w", Plan(0, 0, 0, 0, seed=1))
    assert counts["reports"] == counts["messages"] == counts["payments"] == 0
    assert (tmp_path / "w" / "truth" / "world.json").is_file()


@pytest.mark.parametrize("reports", [1, 2, 7])
def test_tiny_worlds(tmp_path: Path, reports: int) -> None:
    """A handful of reports works, with one of each person."""
    assert simulate(tmp_path / "w", Plan(reports, 5, 1, 1, seed=3))["reports"] == reports


def test_harder_worlds_state_less(tmp_path: Path) -> None:
    """In a harder world fewer selectors are stated."""
    mails = {}
    for name in ("easy", "hard"):
        simulate(tmp_path / name, Plan(300, 0, 0, 0, seed=4, difficulty=name))
        text = b"".join(path.read_bytes() for path in sorted((tmp_path / name / "inbox").glob("cybertips-*")))
        mails[name] = text.count(b"<personOrUserReportedPerson>"), text.count(b"<port>"), text.count(b"<idValue>")
    assert all(easy > 1.15 * hard for easy, hard in zip(mails["easy"], mails["hard"], strict=True))


@pytest.mark.parametrize(
    "bad",
    [
        {"reports": -1},
        {"difficulty": "absurd"},
        {"sellers": 0},
        {"payments": -5},
        {"seed": -1},
    ],
)
def test_refuses_what_does_not_fit(tmp_path: Path, bad: dict) -> None:
    """Arguments that do not fit are refused before anything is written."""
    given = {"reports": 1, "messages": 1, "buyers": 1, "sellers": 1, "seed": 1} | bad
    with pytest.raises(CheckUsage):
        simulate(tmp_path / "w", Plan(**given))
    assert not (tmp_path / "w").exists()


def test_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    """What lies in a folder is never mixed with a new world."""
    (tmp_path / "note.txt").write_text("keep me")
    with pytest.raises(CheckUsage):
        simulate(tmp_path, Plan(1, 1, 1, 1, seed=1))
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_tells_its_progress(tmp_path: Path) -> None:
    """The callback hears of each stage and of its end."""
    heard: list[tuple[str, int, int]] = []
    simulate(tmp_path / "w", Plan(30, 60, 3, 1, seed=1), lambda *said: heard.append(said))
    ends = {stage: (done, total) for stage, done, total in heard}
    assert ends["reports"] == (30, 30)
    assert ends["messages"] == (60, 60)
    assert set(ends) == {"reports", "payments", "messages"}


def test_knows_none_of_the_machinery() -> None:
    """The generator imports nothing of ours but itself, config and errors."""
    ours = {name for _, name in imports() if name.split(".")[0] == "tanglaw"}
    assert all(name.startswith("tanglaw.simulate") or name in ("tanglaw.config", "tanglaw.errors") for name in ours)


def test_uses_no_clock_and_no_foreign_chance() -> None:
    """Nothing reads the time of the machine or draws from an unseeded stream."""
    names = {name for _, name in imports()}
    assert not names & {"random", "secrets", "time", "uuid", "socket", "urllib.request"}
    for path in PACKAGE.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in (".now(", ".today(", "utcnow(", "default_rng()", "os.urandom", "hash("):
            assert word not in text.replace("shared_hash(", ""), (path.name, word)


def test_the_truth_is_not_in_the_inbox(small) -> None:
    """No actor's name of the truth files is found in any delivered file."""
    for path in small.inbox.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"actor-0" not in data
            assert b"danger" not in data


def test_turns_change_countries_and_ways_to_the_net_alone(tmp_path: Path) -> None:
    """In four turns each household is once in each country and on each way to the net; who holds which account is the same."""
    plans = [Plan(60, 0, 4, 2, seed=11, turn=turn) for turn in range(4)]
    for plan in plans:
        simulate(tmp_path / str(plan.turn), plan)
    where = [
        [line.split(",") for line in (tmp_path / str(n) / "truth" / "actors.csv").read_text().splitlines()[1:]]
        for n in range(4)
    ]
    for rows in zip(*where, strict=True):
        keys, countries, ways = (set(values) for values in zip(*rows, strict=True))
        assert (len(keys), countries, ways) == (1, {"US", "GB", "FR", "AU"}, {"fixed", "dynamic", "nat", "vpn"})
    reports = {(tmp_path / str(n) / "truth" / "reports.csv").read_bytes() for n in range(4)}
    assert len(reports) == 1
    # A service that names accounts by phone number names them by another country's.
    accounts = [(tmp_path / str(n) / "truth" / "accounts.csv").read_text().splitlines() for n in range(4)]
    assert len({tuple(line for line in lines if ",+" not in line) for lines in accounts}) == 1
