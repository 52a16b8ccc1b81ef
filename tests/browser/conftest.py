"""A real server over the demo's world, and a real browser: Chromium, without a network of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tanglaw.casework import database, services_people
from tanglaw.cli.shared import instant
from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY
from tanglaw.pipeline import run
from tanglaw.policy import demo
from tanglaw.simulate import Plan, simulate
from tanglaw.simulate.week import Size, action_week
from tanglaw.store.workspace import Workspace
from tests.cli.conftest import AS_OF

# Playwright's loop runs in the thread of the tests that follow in this process; Django would take them for asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROLES = ("triage", "analyst", "supervisor", "auditor", "administrator")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_WAIT = 60_000


@dataclass(frozen=True)
class Desk:
    """The server's address, its workspace, and the password of a user of each role."""

    address: str
    folder: Path
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """`tanglaw serve` in a process of its own, over a small world."""
    folder = tmp_path_factory.mktemp("browser")
    simulate(folder / "world", Plan(120, 600, 20, 5, 1))
    action_week(folder / "week", 7, Size(12, 2, None, None, None, 12))
    (folder / "week" / "inbox").rename(folder / "world" / "inbox" / "week")
    workspace = Workspace.create(folder / "workspace", key=DEMO_KEY)
    run(workspace, folder / "world" / "inbox", Settings(), demo(), instant(AS_OF))
    passwords = _people(database.opened(workspace.folder))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "tanglaw", "serve", "--workspace", str(workspace.folder), "--port", str(port)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert "is open at" in server.stdout.readline()
    yield Desk(f"http://127.0.0.1:{port}", workspace.folder, passwords)
    server.terminate()
    server.wait(timeout=60)


def _people(using: str) -> dict[str, str]:
    made = {}
    for role in ROLES:
        stated = {"full_name": role.title(), "team": "north", "by": "set-up"}
        # The server hashes at full cost, and would make a cheaper hash anew at log-in.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ScryptPasswordHasher, "work_factor", 2**14)
            user, made[role] = services_people.add_user(using, role, role, stated, "new")
        user.must_change = False
        user.save(using=using)
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without it these tests are skipped on a machine, and fail in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        told = "these tests need Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(told, pytrace=False)
        pytest.skip(told)
    with sync_playwright() as playwright:
        # On a machine that does much else, a page may take its time.
        expect.set_options(timeout=_WAIT / 2)
        opened = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def person(desk: Desk, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """person(role) -> the page of somebody of that role who logged in and said why; no request may leave the server."""
    contexts, strange = [], []

    def watched(page: Page) -> None:
        page.on("request", lambda one: None if one.url.startswith((desk.address, "data:")) else strange.append(one.url))
        page.on("console", lambda one: strange.append(one.text) if one.type in ("error", "warning") else None)

    def made(role: str) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(_WAIT)
        contexts.append(context)
        page = context.new_page()
        watched(page)
        page.goto(f"{desk.address}/in/")
        page.get_by_label("Username").fill(role)
        page.get_by_label("Password").fill(desk.passwords[role])
        page.locator("main button.first").click()
        state_purpose(page)
        return page

    yield made
    for context in contexts:
        context.close()
    assert strange == []


def state_purpose(page: Page) -> None:
    """Say why, where the page asks."""
    if "/purpose/" in page.url:
        page.get_by_label("Purpose").fill("return 12/26")
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(lambda url: "/purpose/" not in url)
