"""Where decisions are kept: SQLite in the workspace, or PostgreSQL by the setting `casework_database`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from tanglaw.casework import standalone
from tanglaw.errors import CheckSettings, CheckWorkspace, InstallExtra

FILE = "casework.sqlite3"
_FORM = "postgresql://USER:PASSWORD@HOST:PORT/NAME"
# Writers wait for each other, in seconds.
_WAIT = 30

__all__ = ["FILE", "exists", "opened", "settings_of", "standalone"]


def exists(folder: Path, setting: str = "") -> bool:
    """Whether anything can have been decided: a database server is named, or the workspace has its file."""
    return bool(setting) or (folder / FILE).is_file()


def opened(folder: Path, setting: str = "") -> str:
    """Alias of the workspace's casework database, brought to this version's form; made if it is not there.

    `setting` is empty for SQLite in `folder`, or `postgresql://USER:PASSWORD@HOST:PORT/NAME`. Raises CheckSettings
    for another form, InstallExtra without psycopg, CheckWorkspace if the database cannot be opened.
    """
    stated = settings_of(folder, setting)
    alias = f"casework-{hashlib.sha256(repr(sorted(stated.items(), key=str)).encode()).hexdigest()[:16]}"
    if alias not in connections.settings:
        connections.settings[alias] = connections.configure_settings({"default": stated})["default"]
    try:
        _brought_up(alias)
    except OperationalError as error:
        raise CheckWorkspace(
            "the casework database cannot be opened: check casework_database, server and rights"
        ) from error
    except ImproperlyConfigured as error:
        raise InstallExtra("PostgreSQL needs an optional part: pip install 'tanglaw[postgres]'") from error
    return alias


def settings_of(folder: Path, setting: str = "") -> dict[str, object]:
    """The database as Django's settings name it; the file is made if it is not there."""
    return _postgresql(setting) if setting else _sqlite(folder / FILE)


def _brought_up(alias: str) -> None:
    executor = MigrationExecutor(connections[alias])
    known = set(executor.loader.disk_migrations)
    newer = [name for name in executor.loader.applied_migrations if name[0] == "casework" and name not in known]
    if newer:
        raise CheckWorkspace("the casework database is of a newer version: update Tanglaw")
    if executor.migration_plan(executor.loader.graph.leaf_nodes("casework")):
        call_command("migrate", "casework", database=alias, verbosity=0, interactive=False)


def _sqlite(file: Path) -> dict[str, object]:
    if not file.exists():
        # Made before SQLite makes it, so that nobody else may read it at any moment.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file.resolve()),
        "OPTIONS": {
            "timeout": _WAIT,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(setting: str) -> dict[str, object]:
    try:
        parts = urlsplit(setting)
        port = str(parts.port or "")
    except ValueError as error:
        raise CheckSettings(f"settings: casework_database is {_FORM}, or empty") from error
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise CheckSettings(f"settings: casework_database is {_FORM}, or empty")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
