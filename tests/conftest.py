"""Fixtures for all tests, how they are shared out to processes, and what happens to tests on the public test data
where these are missing."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tanglaw.testing.engines"]

TESTS = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("TANGLAW_SHARED_DATA") or TESTS.parents[1] / "shared" / "data")
# Over tables of a few rows, Java's optimising compiler costs more than all else that Spark does.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

# A password's hash is made to take long. Those of tests keep nobody out.
ScryptPasswordHasher.work_factor = 2**4

# How long an example takes hangs on what else the machine does; tests of time measure it themselves.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


# Folders that one process runs whole, for a server, a browser, a database or a demo that all of their modules share.
TOGETHER = ("browser", "workbench", "cli", "casework")
# What takes long comes first: whoever is done early then finds something left to do.
FIRST = ("spark", *TOGETHER, "flow", "linking", "sessions", "chain", "intake", "selectors", "fuzz", "contracts")


class Sharing(LoadScopeScheduling):
    """Gives a process whole modules of tests, or whole folders, so that what their fixtures make is made once, and one
    process all modules with tests on Spark, so that one JVM is started."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::")[0]
        room = _room(self.config.rootpath / module)
        return room if room in ("spark", *TOGETHER) else module


@cache
def _room(module: Path) -> str:
    """Folder of a module, or `spark`."""
    return "spark" if "mark.spark" in module.read_text(encoding="utf-8") else module.parent.name


def _place(item: pytest.Item) -> int:
    room = _room(item.path)
    return FIRST.index(room) if room in FIRST else len(FIRST)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One process more than there are cores: much of the time of each goes to waiting for a disk, a server or a browser."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else len(os.sched_getaffinity(0)) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """Tests are shared out by module or folder."""
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; a test on Spark is marked as one."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()) and item.get_closest_marker("spark") is None:
            raise pytest.UsageError(f"{item.nodeid} runs on Spark and is not marked with pytest.mark.spark")
    items.sort(key=_place)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked `shared` are skipped on a machine without the public test data, and fail in CI."""
    if item.get_closest_marker("shared") is None or SHARED.is_dir():
        return
    missing = f"the public test data are not in {SHARED}; TANGLAW_SHARED_DATA may say where they are"
    if os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the public test data; for tests marked `shared`."""
    return SHARED
