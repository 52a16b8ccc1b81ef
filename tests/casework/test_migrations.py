"""The shipped migrations make what the models say."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from tanglaw.casework import database


def test_models_and_migrations_agree(setting: str, tmp_path: Path) -> None:
    """No change of the models is without its migration, and an opened database has them all."""
    using = database.opened(tmp_path, setting)
    connections.settings["default"] = connections.settings[using]
    out = StringIO()
    call_command("makemigrations", "casework", "--check", "--dry-run", stdout=out)
    assert "No changes" in out.getvalue()
    shown = StringIO()
    call_command("showmigrations", "casework", database=using, stdout=shown, no_color=True)
    assert "[ ]" not in shown.getvalue()
    assert shown.getvalue().count("[X]") == 14
