"""Fixtures for all tests, and what happens to tests on the public test data where these are missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tanglaw.testing.engines"]

SHARED = Path(os.environ.get("TANGLAW_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


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
