"""The scenario action-week: same arguments, same bytes; published shares; its truth agrees with its files."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from tanglaw.errors import CheckUsage
from tanglaw.simulate.week import Size, action_week

SMALL = Size(150, 4, None, None, None, 40)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("week") / "world"
    action_week(out, 7, SMALL)
    return out


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def digest(folder: Path) -> str:
    parts = [
        f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return "\n".join(parts)


def test_same_arguments_give_same_bytes(week: Path, tmp_path: Path) -> None:
    """Files and truth repeat, byte by byte."""
    action_week(tmp_path / "again", 7, SMALL)
    assert digest(tmp_path / "again") == digest(week)


def test_arrangers_and_logs_have_their_share(week: Path) -> None:
    """About 35 % of sessions have an arranger, about 30 % a call log."""
    sessions = table(week / "truth" / "week_sessions.csv")
    assert 0.2 < sum(bool(row["facilitator"]) for row in sessions) / len(sessions) < 0.5
    assert 0.25 < sum(row["logged"] == "1" for row in sessions) / len(sessions) < 0.35


def test_look_alikes_outnumber_sessions(week: Path) -> None:
    """Ties of honest people, with payments and video calls, are more than those of sessions."""
    ties = table(week / "truth" / "ties.csv")
    kinds = {kind: sum(row["kind"] == kind for row in ties) for kind in {row["kind"] for row in ties}}
    assert sum(kinds[kind] for kind in ("lesson", "freelance", "family", "friend", "honest")) > kinds["session"]


def test_minors_are_on_record(week: Path) -> None:
    """Each recipient under age has a record of the birth day; their meetings are marked for safeguarding."""
    minors = json.loads((week / "truth" / "world.json").read_text(encoding="utf-8"))["minors"]
    assert len(minors) == 4
    lanes = {row["seller"]: row["lane"] for row in table(week / "truth" / "week_sessions.csv")}
    assert all(lanes.get(one, "safeguarding") == "safeguarding" for one in minors)
    born = {row["date_of_birth"] for row in table(week / "inbox" / "records" / "subscribers.csv")}
    assert any(day > "2009" for day in born)


def test_chat_is_small_talk_in_real_formats(week: Path) -> None:
    """Exports of several formats are there, phones' tables with a mapping beside each."""
    chats = week / "inbox" / "chats"
    assert list(chats.glob("telegram/*/result.json"))
    assert list(chats.glob("discord/*.json"))
    for file in chats.glob("phones/*.csv"):
        assert file.with_name(f"{file.name}.mapping.toml").is_file()


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    """No people, an unknown level, and a folder that is not empty."""
    for size, level in ((Size(0, 4), "middle"), (SMALL, "gentle")):
        with pytest.raises(CheckUsage):
            action_week(tmp_path / "x", 1, size, level)
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "z").write_text("", encoding="utf-8")
    with pytest.raises(CheckUsage, match="empty"):
        action_week(tmp_path / "y", 1, SMALL)
