"""Who gets in, who sees what, and what is refused with which reason."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, path, reverse

from tanglaw.casework import services_people
from tanglaw.casework.models import AuditRow
from tanglaw.config import Settings
from tanglaw.errors import CheckSettings, CheckWorkspace
from tanglaw.store.workspace import Workspace
from tanglaw.workbench import urls
from tanglaw.workbench.headers import POLICY
from tanglaw.workbench.registry import ANYONE, Page
from tanglaw.workbench.settings import IDLE_SECONDS, KEY, Serving, secret_key, values
from tanglaw.workbench.start import prepared, refusals
from tanglaw.workbench.state import USING
from tests.workbench.conftest import ROLES, LogIn, user
from tests.workbench.test_walk import checked

WALKED = [page for page in urls.PAGES if page.name not in ("account_logout",)]


def address(page: Page) -> str:
    return reverse(page.name, args=page.example)


# Default deny


def test_every_address_is_a_page_of_the_registry() -> None:
    """Each address that answers is listed with its roles; nothing is routed past the registry."""
    found = get_resolver().url_patterns
    assert all(isinstance(one, URLPattern) for one in found)
    assert [one.callback.page.name for one in found] == [page.name for page in urls.PAGES]
    assert all(page.roles for page in urls.PAGES)


def test_an_unlisted_address_is_refused_to_everybody(log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view that somebody routes without listing it answers 403, whoever asks."""
    extra = path("extra/", lambda request: None)
    monkeypatch.setattr(get_resolver(), "url_patterns", [*get_resolver().url_patterns, extra])
    get_resolver()._populate()
    for client in (Client(), *(log_in(role) for role in ROLES)):
        assert client.get("/extra/").status_code == 403


@pytest.mark.parametrize("role", ("nobody", *ROLES))
def test_every_address_as_each_role(log_in: LogIn, role: str) -> None:
    """A page lets in the roles that it names and no other; who is not logged in is sent to log in."""
    client = Client() if role == "nobody" else log_in(role)
    for page in WALKED:
        answer = client.get(address(page))
        where = answer.headers.get("Location", "")
        if page.roles == ANYONE:
            assert answer.status_code in (200, 302, 404), page.name
        elif role == "nobody":
            assert (answer.status_code, where.split("?")[0]) == (302, "/in/"), page.name
        elif role in page.roles:
            assert answer.status_code in (200, 302, 404), (page.name, answer.status_code)
        else:
            assert answer.status_code == 403, page.name


# Log-in


def test_a_wrong_password_is_told_and_tries_are_slowed_down(passwords: dict[str, str]) -> None:
    """After five wrong passwords the right one waits too; each try is a row of the audit."""
    client = Client()
    for _ in range(5):
        assert client.post("/in/", {"login": "triage", "password": "wrong"}).status_code == 200
    answer = client.post("/in/", {"login": "triage", "password": passwords["triage"]})
    assert answer.status_code in (200, 429)
    assert client.get("/queue/").status_code == 302


def test_a_given_password_is_changed_first_and_nothing_else_is_seen(served: Workspace) -> None:
    """A new user sees the page for a password of their own only, and weak ones are refused."""
    _, password = services_people.add_user(USING, "fresh", "analyst", {"by": "set-up"}, "new")
    client = Client()
    client.post("/in/", {"login": "fresh", "password": password})
    assert client.get("/queue/").headers["Location"].startswith("/account/password/")
    for weak in ("short", "123456789012", "password1234"):
        form = {"oldpassword": password, "password1": weak, "password2": weak}
        assert client.post("/account/password/", form).status_code == 200, weak
    good = {"oldpassword": password, "password1": "harbour-lamp-42", "password2": "harbour-lamp-42"}
    assert client.post("/account/password/", good).status_code == 302
    assert not user("fresh").must_change
    assert client.get("/queue/").headers["Location"].startswith("/purpose/")


def test_a_second_factor_is_set_up_before_anything_else(served: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of the demo a user without a second factor sees its set-up only; then log-in asks for a code; its secret lies
    encrypted; a new one-time password takes it off."""
    monkeypatch.setattr(settings, "SECOND_FACTOR", True)
    someone, password = services_people.add_user(USING, "second", "analyst", {"by": "set-up"}, "new")
    someone.must_change = False
    someone.save(using=USING)
    client = Client()
    client.post("/in/", {"login": "second", "password": password})
    assert client.get("/queue/").headers["Location"].startswith("/account/second/")
    assert client.get("/account/second/").headers["Location"].startswith("/in/again/")
    client.post("/in/again/", {"password": password})
    secret = re.search(r"<code>([A-Z2-7=]+)</code>", client.get("/account/second/").content.decode())
    assert secret is not None
    assert client.post("/account/second/", {"code": code(secret[1])}).headers["Location"] == "/account/codes/"
    assert client.get("/account/codes/").status_code == 200
    assert client.get("/queue/").headers["Location"].startswith("/purpose/")
    kept = someone.authenticator_set.get(type="totp").data["secret"]
    assert secret[1] not in kept
    again = Client()
    assert again.post("/in/", {"login": "second", "password": password}).headers["Location"] == "/in/second/"
    assert again.get("/queue/").headers["Location"].startswith("/in/")
    assert again.post("/in/second/", {"code": "000000"}).status_code == 200
    assert again.post("/in/second/", {"credential": "{}"}).status_code == 200
    refused = AuditRow.objects.using(USING).filter(verb="log in refused").order_by("number")
    assert [row.subject for row in refused][-2:] == ["second, code", "second, passkey"]
    answer = Client().post("/in/passkey/", {"credential": "{}"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/in/")
    assert refused.last().subject == "not stated, passkey"
    services_people.new_password(USING, someone, "set-up", "lost")
    assert not someone.authenticator_set.exists()


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_session_ends_when_it_is_idle(log_in: LogIn) -> None:
    """After half an hour without a page the next one asks to log in."""
    client = log_in("analyst")
    assert client.get("/queue/").status_code == 200
    session = client.session
    session["seen"] = time.time() - IDLE_SECONDS - 1
    session.save()
    assert client.get("/queue/").headers["Location"].startswith("/in/")


def test_a_blocked_user_is_out_at_the_next_page(log_in: LogIn) -> None:
    """Blocking ends open sessions."""
    client = log_in("triage")
    services_people.block(USING, user("triage"), "set-up", "left")
    try:
        assert client.get("/queue/").headers["Location"].startswith("/in/")
    finally:
        services_people.block(USING, user("triage"), "set-up", "back", again=True)


def test_a_session_of_before_log_in_is_worth_nothing(passwords: dict[str, str]) -> None:
    """The session's name changes at log-in, so that one planted before opens nothing."""
    client = Client()
    client.get("/in/")
    client.cookies["tanglaw_session"] = "a" * 32
    client.post("/in/", {"login": "analyst", "password": passwords["analyst"]})
    assert client.cookies["tanglaw_session"].value != "a" * 32
    planted = Client()
    planted.cookies["tanglaw_session"] = "a" * 32
    assert planted.get("/queue/").headers["Location"].startswith("/in/")


@pytest.mark.parametrize(
    "target", ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")
)
def test_nobody_is_sent_to_another_site(passwords: dict[str, str], target: str) -> None:
    """Log-in and purpose go back to addresses of the workbench only."""
    client = Client()
    form = {"login": "analyst", "password": passwords["analyst"], "next": target}
    assert client.post("/in/", form).headers["Location"] == "/"
    answer = client.post("/purpose/?kind=work", {"purpose": "x", "next": target})
    assert answer.headers["Location"] == "/"
    page = client.get("/purpose/", {"kind": "work", "next": target}).content.decode()
    assert target not in page


def test_a_form_of_another_site_is_refused(log_in: LogIn, passwords: dict[str, str]) -> None:
    """Without the token of this session a form does nothing, and the refusal says why."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/in/", {"login": "analyst", "password": passwords["analyst"]})
    assert answer.status_code == 403
    assert "out of date" in answer.content.decode()


# Headers


def test_a_page_may_load_nothing_from_elsewhere(log_in: LogIn, report_id: str) -> None:
    """Each page forbids other addresses, inline scripts and styles, frames and keeping; none has any."""
    client = log_in("analyst")
    for where in ("/in/", "/queue/", f"/report/{report_id}/", "/search/?q=x", "/nope/"):
        answer = client.get(where)
        text = answer.content.decode()
        assert answer["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"
        checked(text, where)


def test_cookies_and_hsts_over_tls() -> None:
    """Over TLS cookies are secure and browsers are told to keep to it; without TLS neither."""
    over = values("k" * 50, Serving(names=("desk.example.org",), behind_tls=True), True)
    plain = values("k" * 50, Serving(), True)
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert (over[name], plain[name]) == (True, False)
    assert over["SECURE_HSTS_SECONDS"] > 0
    assert plain["SECURE_HSTS_SECONDS"] == 0
    assert plain["SECURE_PROXY_SSL_HEADER"] is None
    assert over["ALLOWED_HOSTS"] == ["desk.example.org"]


def test_another_host_name_is_refused(served: Workspace) -> None:
    """A request for a name that was not given is answered 400."""
    assert Client().get("/in/", headers={"host": "evil.example"}).status_code == 400


# Start


def test_an_operational_workspace_is_not_served_with_defaults(tmp_path: Path) -> None:
    """Names, TLS and users are demanded, each refusal with its reason."""
    workspace = Workspace.create(tmp_path / "w", operational=True)
    told = refusals(workspace, Serving(host="0.0.0.0"))
    assert len(told) == 3
    assert any("--name" in one for one in told)
    assert any("in the clear" in one for one in told)
    with pytest.raises(CheckSettings, match="not served"):
        prepared(workspace, Settings(), Serving())
    named = Serving(host="0.0.0.0", names=("desk.example.org",), behind_tls=True)
    assert refusals(workspace, named) == []
    assert refusals(Workspace.create(tmp_path / "trial"), Serving()) == []


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """The session key is made for its owner alone; one that others may read or that is short stops the start."""
    workspace = Workspace.create(tmp_path / "w")
    assert len(secret_key(workspace)) >= 50
    file = workspace.folder / KEY
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(CheckWorkspace, match="others may read"):
        secret_key(workspace)
    file.chmod(0o600)
    file.write_text("short")
    with pytest.raises(CheckWorkspace, match="too short"):
        secret_key(workspace)
