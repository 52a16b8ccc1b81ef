"""No page breaks a rule of WCAG 2.2 AA that a program can check, in light and dark: axe, over every page that links lead to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Desk, state_purpose

pytestmark = pytest.mark.slow
Person = Callable[[str], Page]

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (rules) => (await axe.run(document, {resultTypes: ["violations"], runOnly: rules})).violations.map(
    one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`)"""
# Every page's own second look, which no link leads to.
_ALSO = {
    "analyst": ("/purpose/?kind=search",),
    "auditor": ("/audit/?check=1",),
    "administrator": (),
}
# A folder for pictures of each page, for people to look at.
PICTURES = os.environ.get("TANGLAW_PICTURES", "")


@pytest.mark.parametrize("role", list(_ALSO))
def test_no_page_breaks_a_rule(person: Person, desk: Desk, role: str) -> None:
    """Contrast, names, roles, order of headings, sizes of targets: nothing is found on any page, folded parts opened."""
    page = person(role)
    if role == "analyst":
        _open_case(page)
    waiting = [page.url, *(f"{desk.address}{path}" for path in _ALSO[role])]
    seen: set[str] = set()
    wrong = []
    while waiting:
        where = waiting.pop(0)
        if shape(where) in seen:
            continue
        seen.add(shape(where))
        page.goto(where)
        state_purpose(page)
        if "/in/again/" in page.url:
            wrong += [f"again: {one}" for one in checked(page, "/in/again/", role)]
            page.get_by_label("Password").fill(desk.passwords[role])
            page.locator("main button.first").click()
            page.wait_for_url(lambda url: "/in/again/" not in url)
        if page.locator("main").count() == 0:
            continue
        links = page.evaluate(
            "[...document.querySelectorAll('a[href]')].map(one => new URL(one.getAttribute('href'), document.baseURI).href)"
        )
        waiting += [link for link in links if link.startswith(desk.address) and "#" not in link]
        wrong += [f"{urlsplit(where).path}: {one}" for one in checked(page, shape(where), role)]
    assert len(seen) > 5
    assert wrong == [], "\n" + "\n".join(wrong)


def checked(page: Page, name: str, role: str) -> list[str]:
    """What axe finds in light, and of contrast in dark, with everything unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(AXE_SCRIPT)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = page.evaluate(_RUN, {"type": "tag", "values": _TAGS})
    picture(page, role, name, "light")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark {one}" for one in page.evaluate(_RUN, {"type": "rule", "values": ["color-contrast"]})]
    picture(page, role, name, "dark")
    return list(found)


def picture(page: Page, role: str, name: str, scheme: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{role}{name.replace('/', '_')}{scheme}.png", full_page=True)


def shape(where: str) -> str:
    """Pages of one kind are looked at once: numbers and ids in an address stand for each other."""
    return re.sub(r"(?<=/)(?=[^/]*\d)[0-9a-f]+(?=/)", "N", urlsplit(where).path)


def _open_case(page: Page) -> None:
    page.locator("[data-row] a[data-open]").first.click()
    page.get_by_text("Open a case").click()
    page.get_by_label("Title").fill("Harbour")
    page.locator("form[action$='/case/']").get_by_label("Reason", exact=True).fill("one hand by their links")
    page.get_by_role("button", name="Open the case").click()
    state_purpose(page)


def test_pages_before_log_in_and_refusals_break_no_rule(desk: Desk, browser: Browser) -> None:
    """The log-in page, a wrong password, an address that is not there, a page of another role, a form out of date: with axe too."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{desk.address}/in/")
    wrong = checked(page, "/in/", "nobody")
    page.get_by_label("Username").fill("analyst")
    page.get_by_label("Password").fill("not this one")
    page.locator("main button.first").click()
    expect(page.get_by_text("not correct")).to_be_visible()
    wrong += checked(page, "/in/wrong/", "nobody")
    page.evaluate("document.querySelectorAll('input[name=csrfmiddlewaretoken]').forEach(one => { one.value = 'x'; })")
    page.get_by_label("Password").fill("not this one")
    page.locator("main button.first").click()
    expect(page.get_by_text("out of date")).to_be_visible()
    wrong += checked(page, "/in/out-of-date/", "nobody")
    # Not by `person`, which takes what a browser says of a refusal for a fault.
    page.goto(f"{desk.address}/in/")
    page.get_by_label("Username").fill("analyst")
    page.get_by_label("Password").fill(desk.passwords["analyst"])
    page.locator("main button.first").click()
    state_purpose(page)
    for where, words in (("/nothing/", "nothing at this address"), ("/people/", "may not see this page")):
        page.goto(f"{desk.address}{where}")
        expect(page.get_by_text(words)).to_be_visible()
        wrong += checked(page, where, "refused")
    context.close()
    assert wrong == [], "\n" + "\n".join(wrong)


# Both pages are made without a request or the database: by the view that the server makes them with.
_FAULTS = """
import json
from tanglaw.workbench.settings import Serving, values
from tanglaw.workbench.start import install
install(values("k" * 50, Serving(), second_factor=False))
from django.db import OperationalError
from tanglaw.errors import FreeSpace
from tanglaw.workbench.pages.refused import fault
answers = []
for error in (OperationalError("unable to open database file"), FreeSpace("the disk is full")):
    try:
        raise error
    except type(error):
        answers.append(fault(None))
print(json.dumps([(one.status_code, one.content.decode()) for one in answers]))
"""


def _fulfilled(answer: dict[str, Any], route: Route) -> None:
    route.fulfill(**answer)


def test_what_is_said_while_the_database_is_away_or_the_disk_full_breaks_no_rule(desk: Desk, browser: Browser) -> None:
    """503 and 507, as the server makes them and in its own style: with axe too."""
    told = subprocess.run([sys.executable, "-c", _FAULTS], capture_output=True, text=True, check=True).stdout
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{desk.address}/in/")
    style = "getComputedStyle(document.querySelector('main')).fontFamily"
    wrong, served = [], page.evaluate(style)
    for (status, text), words in zip(json.loads(told), ("does not answer", "disk of the server is full"), strict=True):
        answer = {"status": status, "body": text, "content_type": "text/html"}
        page.route("**/queue/", partial(_fulfilled, answer))
        page.goto(f"{desk.address}/queue/")
        expect(page.get_by_role("heading", name=str(status))).to_be_visible()
        expect(page.get_by_text(words)).to_be_visible()
        assert page.evaluate(style) == served
        wrong += checked(page, f"/{status}/", "nobody")
        page.unroute_all()
    assert json.loads(told)[0][0] == 503 and json.loads(told)[1][0] == 507
    context.close()
    assert wrong == [], "\n" + "\n".join(wrong)
