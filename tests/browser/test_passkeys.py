"""Passkeys in Chromium, with an authenticator that the browser itself plays; no other address is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tanglaw.casework import database, services_people
from tests.browser.conftest import Desk, state_purpose

pytestmark = pytest.mark.slow


def opened(browser: Browser, strange: list[str], address: str) -> tuple[BrowserContext, Page]:
    context = browser.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.on("request", lambda one: None if one.url.startswith((address, "data:")) else strange.append(one.url))
    return context, page


def test_a_passkey_is_added_logs_in_and_goes_as_the_second_factor(desk: Desk, browser: Browser) -> None:
    """Added after the password was given again, it logs in alone; by password it is asked for as the second factor, and
    nothing else gets in; the last one cannot be taken off."""
    using = database.opened(desk.folder)
    stated = {"full_name": "K. Lim", "team": "north", "by": "set-up"}
    user, password = services_people.add_user(using, "lim", "triage", stated, "new")
    user.must_change = False
    user.save(using=using)
    # A passkey belongs to a name, never to an address in numbers.
    address = desk.address.replace("127.0.0.1", "localhost")
    strange: list[str] = []
    context, page = opened(browser, strange, address)
    told = context.new_cdp_session(page)
    told.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    resident = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    told.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **resident}})

    def log_in(on: Page) -> None:
        on.goto(f"{address}/in/")
        on.get_by_label("Username").fill("lim")
        on.get_by_label("Password").fill(password)
        on.locator("main button.first").click()

    log_in(page)
    state_purpose(page)
    page.goto(f"{address}/account/passkeys/add/")
    page.get_by_label("Password").fill(password)
    page.locator("main button.first").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/account/codes/")
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{address}/in/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/purpose/**")
    page.get_by_role("button", name="Log out").click()
    log_in(page)
    page.wait_for_url("**/in/second/")
    page.goto(f"{address}/queue/")
    assert "/in/" in page.url
    page.goto(f"{address}/in/second/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/purpose/**")
    page.goto(f"{address}/account/passkeys/")
    expect(page.get_by_text("Master key")).to_be_visible()
    expect(page.get_by_role("link", name="remove")).not_to_be_visible()
    told.send("WebAuthn.disable")
    context.close()
    other, without = opened(browser, strange, address)
    log_in(without)
    without.wait_for_url("**/in/second/")
    other.close()
    assert strange == []
