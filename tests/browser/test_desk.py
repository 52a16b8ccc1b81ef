"""A team works in Chromium, through the real server: keys, forms, refusals, signatures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tanglaw.config import Settings
from tanglaw.lookups.desk.layout import shelf_of
from tanglaw.store.workspace import Workspace
from tests.browser.conftest import Desk, state_purpose

pytestmark = pytest.mark.slow
Person = Callable[[str], Page]


def test_a_triage_officer_works_ten_reports_by_keys(person: Person) -> None:
    """Down the queue, into a report, and through its neighbours without a pointer; `?` lists the keys."""
    page = person("triage")
    first = page.locator("[data-row] a[data-open]").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(first)
    seen = {first}
    for _ in range(9):
        before = page.locator("h1").inner_text()
        page.keyboard.press("n")
        expect(page.locator("h1")).not_to_have_text(before)
        seen.add(page.locator("h1").inner_text())
    assert len(seen) == 10
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.locator("h1")).to_have_text("Queue")


def test_filters_change_the_rows_and_the_address(person: Person) -> None:
    """Choosing a band swaps the rows in place; the address can be passed on."""
    page = person("triage")
    page.get_by_label("Band").select_option("2")
    expect(page.locator("#rows .band").first).to_have_text("2")
    page.wait_for_url("**band=2**")
    page.reload()
    expect(page.locator("#rows .band").first).to_have_text("2")


def test_texts_are_folded_until_asked_for(person: Person) -> None:
    """No running text of a report is seen before somebody unfolds it."""
    page = person("triage")
    page.locator("[data-row] a[data-open]").first.click()
    said = page.locator("details.text .said")
    expect(said.first).not_to_be_visible()
    page.keyboard.press("u")
    expect(said.first).to_be_visible()


def test_a_case_from_opening_to_signature(person: Person, desk: Desk) -> None:
    """An analyst opens a case and enters a child; closing is refused until the child is safeguarded; a supervisor signs; the
    auditor finds each step, and the chain holds."""
    page = person("analyst")
    page.locator("[data-row] a[data-open]").first.click()
    page.get_by_text("Open a case").click()
    page.get_by_label("Title").fill("Harbour")
    page.locator("form[action$='/case/']").get_by_label("Reason", exact=True).fill("one hand by their links")
    page.get_by_role("button", name="Open the case").click()
    state_purpose(page)
    expect(page.locator("h1")).to_contain_text("Harbour")
    where = page.url
    enter(page)
    decide(page, "close")
    expect(page.locator(".told")).to_contain_text("Child A")
    form = page.locator("form[action$='/child-state/']")
    page.get_by_text("Say what is known now").click()
    form.locator("[name=status]").select_option("safeguarded")
    form.locator("[name=reason]").fill("confirmed by Region 7")
    form.get_by_role("button").click()
    decide(page, "close")
    expect(page.locator(".strip.warn")).to_contain_text("second person")
    second = person("supervisor")
    second.goto(where)
    state_purpose(second)
    second.get_by_placeholder("reason").fill("seen")
    second.get_by_role("button", name="Sign").click()
    expect(second.locator(".head .chip")).to_have_text("closed")
    auditor = person("auditor")
    auditor.goto(f"{desk.address}/audit/?check=1")
    expect(auditor.locator(".strip.good")).to_be_visible()
    for step in ("child", "close", "child-state", "sign"):
        assert auditor.get_by_text(f": {step}", exact=False).count() >= 1, step
    words = [sys.executable, "-m", "tanglaw", "audit", "verify", "--workspace", str(desk.folder)]
    assert subprocess.run(words, check=False, capture_output=True, text=True).stdout.startswith("the audit is whole")


def test_an_analyst_marks_rows_and_follows_a_case_to_its_words(person: Person, desk: Desk) -> None:
    """By keys: rows marked and put into one case; its time line is zoomed by keys and by drawing over it, its network leads to the
    evidence of two accounts, its conversation unfolds where asked, and a session is confirmed."""
    page = person("analyst")
    bar = page.locator("[data-marks]")
    expect(bar).not_to_be_visible()
    for key in "jxjxjx":
        page.keyboard.press(key)
    expect(bar).to_contain_text("3 marked")
    bar.get_by_label("Reason").fill("alike")
    bar.get_by_label("Title").fill("Harbour")
    bar.get_by_role("button", name="open one case").click()
    state_purpose(page)
    span = page.locator("#line-picture .hint").first
    for step in ("+", "+", "]", "-"):
        before = span.inner_text()
        page.locator("body").press(step)
        expect(span).not_to_have_text(before)
    before = span.inner_text()
    box = page.locator("svg.timeline").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] - 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] - 6)
    page.mouse.up()
    expect(span).not_to_have_text(before)
    page.wait_for_url("**from=**")
    drawn = span.inner_text()
    page.go_back()
    expect(span).not_to_have_text(drawn)
    page.go_forward()
    expect(span).to_have_text(drawn)
    where = page.url
    page.locator("svg.network a[href*='/accounts/'] path.hit").first.dispatch_event("click")
    expect(page.locator("h1")).to_have_text("Two accounts")
    page.goto(where)
    page.locator("#talks a[data-open]").first.click()
    said = page.locator(".talk .said").first
    expect(said).not_to_be_visible()
    page.get_by_text("unfold the texts").click()
    expect(said).to_be_visible()
    page.goto(where)
    page.locator("#sessions a[data-open]").first.click()
    page.get_by_label("Reason").fill("the return names it")
    page.get_by_role("button", name="confirm").click()
    expect(page.locator(".told")).to_contain_text("stands")


def enter(page: Page) -> None:
    form = page.locator("form[action$='/child/']")
    page.get_by_text("Enter a child", exact=True).click()
    for name, value in (
        ("pseudonym", "Child A"),
        ("authority", "Region 7"),
        ("due", "2026-07-02"),
        ("reason", "named"),
    ):
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").click()


def decide(page: Page, kind: str) -> None:
    form = page.locator(f"form[action$='/{kind}/']")
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=reason]").fill("all is done")
    form.get_by_role("button").click()


@pytest.mark.parametrize("width", (1440, 900))
@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_pages_fit_and_can_be_read(person: Person, desk: Desk, width: int, scheme: str) -> None:
    """No page is wider than the window, each has one heading and a title, every field has a name, and text stands out from its
    ground by 4.5 to 1."""
    page = person("auditor")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    report = page.locator("[data-row] a[data-open]").first.get_attribute("href")
    opened = Workspace(desk.folder)
    shelf = shelf_of(opened, Settings())
    talk = shelf.rows("select conversation_id from talks order by messages desc limit 1")[0]["conversation_id"]
    link = shelf.rows("select one, other from account_links order by bits desc limit 1")[0]
    session = shelf.rows("select session_id from episodes order by probability desc limit 1")[0]["session_id"]
    shelf.close()
    of_accounts = (f"/accounts/{link['one']}/", f"/accounts/{link['one']}/{link['other']}/", f"/session/{session}/")
    around = (f"/conversation/{talk}/?texts=1", *of_accounts)
    lists = ("/cases/", "/search/?q=a", "/quarantine/", "/custody/", "/audit/", "/account/")
    for path in ("/queue/", report, *around, *lists):
        page.goto(f"{desk.address}{path}")
        state_purpose(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        assert page.locator("h1").count() == 1, path
        assert page.evaluate(_NAMELESS) == [], path
        assert page.evaluate(_FAINT) == [], (path, scheme)


_NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")]
    .filter(one => !(one.labels && one.labels.length) && !one.getAttribute("aria-label") && !one.textContent.trim())
    .map(one => one.outerHTML.slice(0, 120))"""
# Contrast of every visible text with the ground that is painted behind it (WCAG 2.2, 1.4.3).
_FAINT = """() => {
    const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = one => {
        for (let at = one; at; at = at.parentElement) {
            const found = rgb(getComputedStyle(at).backgroundColor);
            if (found.length === 3 || found[3] > 0.5) return found;
        }
        return [255, 255, 255];
    };
    const faint = new Set();
    for (const one of document.querySelectorAll("body *")) {
        const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !one.checkVisibility() || one.closest("svg, .hidden, .skip")) continue;
        const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
    }
    return [...faint];
}"""
