"""How much somebody read is theirs alone: it stays in their browser, and a break is offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tanglaw.casework import database
from tanglaw.casework.models import AuditRow
from tests.browser.conftest import Desk

pytestmark = pytest.mark.slow


def turned(page: Page) -> None:
    """One text is unfolded or folded, and the browser has said so: it joins the events of turns that follow each other at once."""
    said = page.evaluate_handle(
        "() => ({said: new Promise(done => document.addEventListener('toggle', done, {capture: true, once: true}))})"
    )
    page.locator("details.text summary").first.click()
    said.evaluate("one => one.said.then(() => null)")


def test_the_counter_is_the_readers_own(desk: Desk, person: Callable[[str], Page]) -> None:
    """Unfolding texts counts in the reader's browser: nothing is sent, the audit has no row of it, nobody else sees a number, and
    after much reading a break is offered that the reader takes or not."""
    page = person("triage")
    page.locator("[data-row] a[data-open]").first.click()
    page.wait_for_selector("details.text")
    using = database.opened(desk.folder)
    before = AuditRow.objects.using(using).count()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url))
    for _ in range(3):
        turned(page)
    expect(page.locator("[data-texts]")).to_have_text("2")
    assert sent == []
    assert AuditRow.objects.using(using).count() == before
    assert not page.locator("[data-rest]").is_visible()
    for _ in range(2 * 24):
        turned(page)
    expect(page.locator("[data-rest]")).to_be_visible()
    page.locator("[data-rest] button").click()
    expect(page.locator("[data-rest]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-texts]")).to_have_text("26")
    other = person("supervisor")
    assert not other.locator("[data-exposure]").is_visible()
    page.locator("[data-exposure] button").click()
    expect(page.locator("[data-exposure]")).to_be_hidden()
