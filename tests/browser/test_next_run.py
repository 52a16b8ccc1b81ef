"""What an analyst decides in a browser changes the links of the next run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tanglaw.config import Settings
from tanglaw.lookups.desk.layout import shelf_of
from tanglaw.store.workspace import Workspace
from tests.browser.conftest import Desk, state_purpose

pytestmark = pytest.mark.slow
_WHOLE_RUN = 180_000


def opened(page: Page, desk: Desk, report: str, title: str) -> str:
    """The address of a case that was opened for the report."""
    page.goto(f"{desk.address}/report/{report}/")
    state_purpose(page)
    page.get_by_text("Open a case").click()
    page.get_by_label("Title").fill(title)
    page.locator("form[action$='/case/']").get_by_label("Reason", exact=True).fill("of one hand by the link")
    page.get_by_role("button", name="Open the case").click()
    state_purpose(page)
    expect(page.locator("h1")).to_contain_text(title)
    return page.url


def test_a_case_is_merged_and_split_and_the_next_run_keeps_to_the_decision(
    person: Callable[[str], Page], desk: Desk
) -> None:
    """Two cases become one and a part of it one of its own; two accounts of one hand are judged not to be, and after a run
    that an administrator starts they are two."""
    shelf = shelf_of(Workspace(desk.folder), Settings())
    link = shelf.rows("select one, other from account_links where joins order by bits desc, one, other limit 1")[0]
    reports = [row["report_id"] for row in shelf.rows("select report_id from queue order by rank")]
    shelf.close()
    page = person("analyst")
    one = opened(page, desk, reports[0], "Quay")
    inside = page.locator("input[name=members]").evaluate_all("all => all.map(one => one.value)")
    opened(page, desk, next(report for report in reports if f"report:{report}" not in inside), "Pier")
    page.goto(one)
    merge = page.locator("form[action$='/merge/']")
    merge.get_by_label("Other case").select_option(label=merge.locator("option", has_text="Pier").inner_text())
    merge.get_by_label("Reason").fill("the same two people")
    merge.get_by_role("button").click()
    expect(page.get_by_text("from case").first).to_be_visible()
    page.locator("input[name=members]").first.check()
    split = page.locator("form[action$='/split/']")
    split.get_by_label("Reason (for taking out or splitting)").fill("another hand")
    split.get_by_label("Title of the new case").fill("Apart")
    split.get_by_role("button", name="Split").click()
    state_purpose(page)
    expect(page.locator("h1")).to_contain_text("Apart")
    pair = f"{desk.address}/accounts/{link['one']}/{link['other']}/"
    page.goto(pair)
    hand = page.locator("dl.facts div", has_text="One actor in the last run").locator("dd")
    expect(hand).to_have_text("yes")
    judge = page.locator("form[action$='/decide/same/']")
    judge.get_by_label("Reason").fill("two phones, two people")
    judge.get_by_role("button", name="not the same").click()
    expect(page.locator(".strip", has_text="two phones, two people")).to_be_visible()
    chief = person("administrator")
    chief.goto(f"{desk.address}/administration/")
    form = chief.locator("form[action$='/administration/run/']")
    form.get_by_label("What").select_option("rebuild")
    form.get_by_label("Reason").fill("decisions of today")
    form.get_by_role("button", name="Start the run").click()
    expect(chief.locator("#runs tbody tr").first.locator(".chip")).to_have_text("done", timeout=_WHOLE_RUN)
    page.goto(pair)
    expect(hand).to_have_text("no")
