"""Logging in through an identity provider: a small one of our own, and the real server, over HTTP."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests

from tanglaw.casework import audit, database, services_people
from tanglaw.casework.models import AuditRow
from tanglaw.errors import CheckSettings
from tanglaw.ids import DEMO_KEY
from tanglaw.store.workspace import Workspace
from tanglaw.workbench import oidc
from tests.workbench.test_killed import Served

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
SECRET = "s" * 40


class Provider(BaseHTTPRequestHandler):
    """Says of everybody that they are the subject and name that its server holds at the moment."""

    server: Any

    def do_GET(self) -> None:
        here, asked = f"http://127.0.0.1:{self.server.server_port}", urlsplit(self.path)
        if asked.path.endswith("openid-configuration"):
            names = {
                name: f"{here}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
            }
            return self.tell({"issuer": here, "jwks_uri": f"{here}/keys", **names})
        if asked.path == "/authorization_endpoint":
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self.send_response(302)
            back = urlencode({"code": "c", "state": query["state"]})
            self.send_header("Location", f"{query['redirect_uri']}?{back}")
            return self.end_headers()
        return self.tell({"sub": self.server.who[0], "preferred_username": self.server.who[1]})

    def do_POST(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_port}"
        claims = {"iss": here, "aud": "tanglaw", "sub": self.server.who[0], "exp": time.time() + 60, "iat": time.time()}
        self.tell({"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(claims, SECRET, "HS256")})

    def tell(self, what: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.who = ("1", "nobody")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.slow
def test_a_known_person_gets_in_and_nobody_else(provider: Any, tmp_path: Path) -> None:
    """Who was added here gets in under the identity that came first; strangers, a second identity of the same name, and forged
    answers do not, and each is a row of the audit."""
    workspace = Workspace.create(tmp_path / "w", key=DEMO_KEY)
    file = workspace.folder / oidc.FILE
    stated = {"server_url": f"http://127.0.0.1:{provider.server_port}", "client_id": "tanglaw", "client_secret": SECRET}
    file.write_text("\n".join(f'{name} = "{value}"' for name, value in stated.items()))
    file.chmod(0o600)
    using = database.opened(workspace.folder)
    services_people.add_user(using, "cruz", "analyst", {"full_name": "A. Cruz", "by": "set-up"}, "new")
    served = Served(workspace.folder)
    served.start("--no-worker")
    try:
        assert through(served, provider, "1", "stranger").status_code == 403
        session = requests.Session()
        assert through(served, provider, "1", "Cruz", session).headers["Location"] == "/"
        assert session.get(f"{served.address}/queue/", timeout=30).url.split("?")[0].endswith("/purpose/")
        assert through(served, provider, "2", "cruz").status_code == 403
        assert through(served, provider, "1", "renamed").headers["Location"] == "/"
        forged = requests.get(
            f"{served.address}/in/with/agency/back/?code=c&state=x", timeout=30, allow_redirects=False
        )
        assert forged.status_code == 403
        assert requests.get(f"{served.address}/in/with/other/", timeout=30).url.endswith("/?next=%2F")
        page = requests.get(f"{served.address}/in/", timeout=30)
        assert f"form-action 'self' {stated['server_url']};" in page.headers["Content-Security-Policy"]
    finally:
        served.end()
    rows = list(AuditRow.objects.using(using).order_by("number").values_list("verb", "subject"))
    assert ("log in refused", "stranger") in rows
    assert [verb for verb, _ in rows].count("log in") == 2
    assert audit.verify(using, workspace.folder) == []


def through(served: Served, provider: Any, subject: str, name: str, session: Any = None) -> requests.Response:
    """To the provider and back, as a browser goes."""
    provider.who = (subject, name)
    here = session or requests.Session()
    token = _TOKEN.search(here.get(f"{served.address}/in/", timeout=30).text)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1]}
    away = here.post(f"{served.address}/in/with/agency/", form, timeout=30, allow_redirects=False)
    back = requests.get(away.headers["Location"], timeout=30, allow_redirects=False)
    answer: requests.Response = here.get(back.headers["Location"], timeout=30, allow_redirects=False)
    return answer


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    (
        ('server_url = "https://id.example.org"\nclient_id = "a"\nclient_secret = "b"', 0o644, "others may read"),
        ('server_url = "http://id.example.org"\nclient_id = "a"\nclient_secret = "b"', 0o600, "over https"),
        ('server_url = "https://id.example.org"', 0o600, "client_id"),
        ('server_url = "https://id.example.org"\nclient_id = "a"\nclient_secret = "b"\nx = 1', 0o600, "unknown field"),
        ("=", 0o600, "oidc.toml"),
    ),
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, mode: int, told: str) -> None:
    """A secret that others may read, a provider without TLS, and what is missing or unknown are told."""
    (tmp_path / oidc.FILE).write_text(text)
    (tmp_path / oidc.FILE).chmod(mode)
    with pytest.raises(CheckSettings, match=told):
        oidc.stated(tmp_path)


def test_without_a_file_there_is_no_provider(tmp_path: Path) -> None:
    """It is off by default."""
    assert oidc.stated(tmp_path) is None
