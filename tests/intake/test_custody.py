"""What is stated of a delivery, and which statement counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tanglaw.config import Settings
from tanglaw.errors import CheckSettings
from tanglaw.intake.custody import FILE, Stated


def stated(folder: Path, files: dict[str, str], settings: Settings | None = None) -> Stated:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Stated(settings or Settings(), [(name, str(folder / name)) for name in files])


def test_the_nearest_statement_counts_key_by_key(tmp_path: Path) -> None:
    """A file's own statement comes before its folder's, that before those above, and the settings before all."""
    files = {
        FILE: 'brought_by = "courier"\norigin = "office"\nauthority = "warrant"\n',
        f"a/{FILE}": 'origin = "shelf a"\nreceived_at = 2026-01-02T03:04:05Z\n',
        f"a/x.tar.{FILE}": 'received_at = "2026-02-03T04:05:06+08:00"\n',
    }
    found = stated(tmp_path, files, msgspec.structs.replace(Settings(), authority="order 7"))
    own = found.of("a/x.tar")
    assert (own["brought_by"], own["origin"], own["authority"]) == ("courier", "shelf a", "order 7")
    assert own["received_at"] == datetime(2026, 2, 2, 20, 5, 6, tzinfo=UTC)
    assert found.of("a/b/c.xml")["received_at"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.of("d.xml")["received_at"] is None
    assert found.of("d.xml")["grading"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "unknown key colour"),
        ("a = ", "not valid TOML"),
        ('received_at = "soon"', "no ISO 8601 time"),
        ("received_at = 3", "no ISO 8601 time"),
    ],
)
def test_a_statement_that_is_not_valid_stops_the_run(tmp_path: Path, text: str, said: str) -> None:
    """The error names the file and what is wrong with it."""
    with pytest.raises(CheckSettings, match=said) as caught:
        stated(tmp_path, {f"a/{FILE}": text})
    assert f"a/{FILE}" in str(caught.value)
