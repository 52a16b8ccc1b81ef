"""Every address of the workbench, walked by rule: pages that are added are walked too, or fail here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import lxml.html
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tanglaw.casework import audit
from tanglaw.casework.models import AuditRow, Case, User
from tanglaw.lookups.desk.queue import Wanted, part
from tanglaw.workbench import urls
from tanglaw.workbench.registry import ALL, ANYONE, CASE, CASEWORK, KEEPERS, Page
from tanglaw.workbench.state import USING, desk
from tests.workbench.conftest import ODD, ROLES, LogIn, ask

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}=1+1'
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")
# Ends the session, or takes something away from the person who walks.
LEAVES = ("account_logout",)
WALKED = [page for page in urls.PAGES if page.name not in LEAVES]


def address(page: Page, *given: object) -> str:
    return reverse(page.name, args=given or page.example)


@pytest.fixture
def undone(served: object) -> Iterator[None]:
    """Whatever a test writes is taken back at its end, seals too."""
    folder = desk().folder
    kept = [folder / audit.SEALS, (folder / audit.SEALS).with_suffix(".head.json")]
    copies = [path.with_name(f"{path.name}.kept") for path in kept if path.exists()]
    for copy in copies:
        shutil.copy(copy.with_name(copy.name.removesuffix(".kept")), copy)
    with transaction.atomic(using=USING):
        yield
        transaction.set_rollback(True, using=USING)
    for path in kept:
        path.unlink(missing_ok=True)
    for copy in copies:
        copy.replace(copy.with_name(copy.name.removesuffix(".kept")))


def state() -> list[tuple[object, ...]]:
    """What must not change behind anybody's back."""
    fields = ("name", "full_name", "role", "team_id", "is_active", "password", "must_change")
    return [*User.objects.using(USING).order_by("pk").values_list(*fields), *Case.objects.using(USING).values_list()]


# Who may


@pytest.mark.parametrize(
    ("role", "method"),
    [
        *((role, "post") for role in ("nobody", *ROLES)),
        *(("analyst", one) for one in ("head", "put", "delete", "options")),
    ],
)
def test_every_address_by_every_method(log_in: LogIn, undone: None, role: str, method: str) -> None:
    """A role that a page does not name is refused whatever the method; those it names get no fault; nobody gets a log-in."""
    client = Client() if role == "nobody" else log_in(role)
    before = state()
    for page in WALKED:
        answer = getattr(client, method)(address(page))
        where = answer.headers.get("Location", "")
        if page.roles != ANYONE and role == "nobody":
            assert (answer.status_code, where.split("?")[0]) == (302, "/in/"), page.name
        elif page.roles != ANYONE and role not in page.roles:
            assert answer.status_code == 403, page.name
        assert answer.status_code < 500, (page.name, answer.status_code)
    assert state() == before


def test_what_only_reads_is_for_all_and_what_writes_is_not() -> None:
    """Auditors may write nowhere but for themselves; pages that anybody may see are those of the entrance alone."""
    own = ("purpose", "mfa_", "account_", "home", "custody")
    for page in urls.PAGES:
        assert page.roles <= ALL or page.roles == ANYONE, page.name
        if page.roles == ANYONE:
            assert page.path.startswith("in/"), page.name
        if page.roles == ALL:
            assert page.name.startswith(own), page.name
        if page.name.endswith("_act") and not page.name.startswith(("person",)):
            assert page.roles <= CASEWORK or page.roles == KEEPERS, page.name


def test_an_address_with_parts_has_an_example() -> None:
    """Each part of an address is a number or a slug, so that no path, dot or slash gets in; and has an example to walk by."""
    for page in urls.PAGES:
        parts = re.findall(r"<([^>]*)>", page.path)
        assert len(parts) == len(page.example), page.name
        assert all(part_.split(":")[0] in ("int", "slug") for part_ in parts), page.path


# Forms of others


@pytest.mark.parametrize("role", ROLES)
def test_no_form_works_without_its_token(log_in: LogIn, undone: None, role: str) -> None:
    """Another site's form is refused at every address, and changes nothing."""
    known = log_in(role)
    client = Client(enforce_csrf_checks=True)
    client.cookies = known.cookies
    before = state()
    for page in urls.PAGES:
        answer = client.post(address(page), {"reason": "x", "next": "/"})
        assert answer.status_code == 403, page.name
    assert state() == before


def test_nobody_is_sent_elsewhere_by_any_address(log_in: LogIn, undone: None) -> None:
    """Whatever `next` says, in an address or a form, nobody leaves the workbench."""
    client = log_in("analyst")
    for page in WALKED:
        for target in ELSEWHERE:
            for answer in (
                client.get(address(page), {"next": target}),
                client.post(f"{address(page)}?{urlencode({'next': target})}", {"next": target, "purpose": "x"}),
            ):
                where = answer.headers.get("Location", "/")
                assert where.startswith("/"), (page.name, where)
                assert not re.match(r"/[/\\]", where), (page.name, where)
                assert urlsplit(dict(parse_qsl(urlsplit(where).query)).get("next", "/")).netloc == "", (
                    page.name,
                    where,
                )


def test_what_no_form_has_is_not_taken(log_in: LogIn, undone: None) -> None:
    """Who posts a role, a right or a name along keeps what they have, at every address and in every role."""
    more = {
        "role": "auditor",
        "is_active": "1",
        "is_superuser": "1",
        "is_staff": "1",
        "by": "1",
        "user": "1",
        "must_change": "",
    }
    for role in ("analyst", "auditor", "administrator"):
        client = log_in(role)
        before = state()
        for page in WALKED:
            if role in page.roles and page.name not in ("open_case", "person_act"):
                client.post(address(page), {**more, "name": "x", "full_name": "x", "team": "x", "title": "x"})
        assert state() == before, role


# Numbers and paths


def test_ids_cannot_be_guessed_or_climbed(log_in: LogIn, undone: None, case: int) -> None:
    """For a stranger a case that exists answers as one that does not, at every address of cases; dots and slashes find nothing."""
    client = log_in("stranger")
    for number in (case, 99_999):
        ask(client, number)
    walked = [page for page in WALKED if page.purpose == CASE]
    assert walked
    for page in walked:
        for method in ("get", "post"):
            here, none = (
                getattr(client, method)(address(page, number, *page.example[1:])) for number in (case, 99_999)
            )
            assert here.status_code == none.status_code == 404 or here.status_code == 403, page.name
            token = rb'value="[A-Za-z0-9]{64}"|nonce="[^"]*"'
            same = [re.sub(token, b"", one.content).replace(b"99999", str(case).encode()) for one in (here, none)]
            assert same[0] == same[1], page.name


@pytest.mark.parametrize("climb", ("../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//....//key", "%00", "key"))
def test_no_path_leads_out_of_the_static_folder(log_in: LogIn, climb: str) -> None:
    """Neither static files nor pages give a file of the machine or of the workspace."""
    client = log_in("analyst")
    key = (desk().folder / "key").read_bytes()
    for start in ("/static/", "/static/desk/", "/report/", "/case/", "/people/", "/"):
        answer = client.get(f"{start}{climb}")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (301, 302, 400, 403, 404), (start, climb)
        assert key not in content
        assert b"root:" not in content


# Markup in every field, of people and of evidence


class Crawler:
    """Follows every link and fills every form that a role is shown, once for each shape of address."""

    def __init__(self, client: Client, most: int = 80) -> None:
        self.client, self.most = client, most
        self.seen: set[str] = set()
        self.forms: set[tuple[str, ...]] = set()
        self.texts: list[str] = []

    def walk(self, start: str, fill: bool) -> None:
        waiting = [start]
        while waiting and len(self.seen) < self.most:
            where = waiting.pop(0)
            if (shape := self._shape(where)) in self.seen:
                continue
            self.seen.add(shape)
            answer = self.client.get(where, follow=True)
            if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code == 204:
                continue
            assert answer.status_code < 500, where
            page = checked(answer.content.decode(), where)
            self.texts.append(answer.content.decode())
            waiting += [link for link in page.xpath("//a/@href") if link.startswith("/") and "out/" not in link]
            for form in page.xpath("//form") if fill else ():
                self._fill(form, where)

    def _shape(self, where: str) -> str:
        path = re.sub(r"/\d+/", "/N/", urlsplit(where).path)
        return re.sub(r"/report/[^/]+/", "/report/R/", path) if fill_once(where) else path

    def _fill(self, form: lxml.html.FormElement, where: str) -> None:
        action = form.get("action") or where
        names = [one.get("name") for one in form.xpath(".//input|.//textarea") if is_text(one)]
        shape = (re.sub(r"\d+", "N", urlsplit(action).path), *map(str, names))
        if shape in self.forms or re.search(r"/out/|/in/|/account/(password|second|codes)", action):
            return
        self.forms.add(shape)
        for evil in [name for name in names if name]:
            given = {one.get("name"): value(one, evil) for one in form.xpath(".//input|.//textarea|.//select")}
            fields = {name: text for name, text in given.items() if name}
            method = self.client.post if form.get("method") == "post" else self.client.get
            answer = method(action, fields, follow=True)
            assert answer.status_code < 500, (action, evil)
            if answer.content:
                checked(answer.content.decode(), action)


def fill_once(where: str) -> bool:
    """Reports have one shape, but for the one that holds markup."""
    return ODD not in where


def is_text(one: lxml.html.HtmlElement) -> bool:
    return one.tag == "textarea" or one.get("type", "text") in ("text", "search")


def value(one: lxml.html.HtmlElement, evil: str) -> str:
    if one.tag == "select":
        return next(iter(one.xpath(".//option/@value") or one.xpath(".//option/text()")), "")
    if is_text(one):
        return EVIL if one.get("name") == evil else one.get("value") or "harbour-12"
    return "2026-07-02" if one.get("type") == "date" else one.get("value") or ""


def checked(text: str, where: str) -> lxml.html.HtmlElement:
    """The page, which runs nothing of what anybody wrote."""
    page = lxml.html.document_fromstring(text or "<p>")
    assert page.xpath("//script[not(@src)]") == [], where
    assert [src for src in page.xpath("//script/@src") if not src.startswith("/static/")] == [], where
    assert page.xpath("//img[not(starts-with(@src, 'data:image/svg+xml'))]") == [], where
    assert page.xpath("//iframe|//object|//embed|//base|//style") == [], where
    handlers = [name for one in page.iter() for name in getattr(one, "attrib", {}) if name.startswith("on")]
    assert handlers == [], where
    assert page.xpath("//*[@style] | //link[not(starts-with(@href, '/static/'))]") == [], where
    assert [link for link in page.xpath("//a/@href") if not re.match(r"[/?#]", link)] == [], where
    return page


def test_markup_in_every_field_of_every_form_stays_text(log_in: LogIn, undone: None, report_id: str) -> None:
    """Whoever fills script, template and formula signs into any field of any form that any page shows: they run on no page that
    anybody sees afterwards."""
    roles = ("triage", "analyst", "supervisor", "auditor", "administrator")
    clients = {role: log_in(role) for role in roles}
    forms = 0
    for client in clients.values():
        crawler = Crawler(client)
        crawler.walk("/", fill=True)
        crawler.walk(f"/report/{report_id}/", fill=True)
        forms += len(crawler.forms)
    shown = 0
    for role in ("supervisor", "auditor", "administrator"):
        reader = Crawler(clients[role])
        reader.walk("/", fill=False)
        shown += sum("&lt;script&gt;alert(1)" in text for text in reader.texts)
    assert forms > 20
    assert shown > 3


def test_markup_out_of_evidence_stays_text(log_in: LogIn) -> None:
    """A report with script, formulas and signs that turn the direction of writing in every field runs and turns nothing."""
    client = log_in("analyst")
    row = next(row for row in part(desk().run.shelf, Wanted(each=True), most=500).rows if row["report_number"] == ODD)
    for where in (
        f"/report/{row['report_id']}/",
        f"/queue/?number={ODD}",
        "/search/?q=onerror",
        "/quarantine/",
        "/custody/",
    ):
        text = client.get(where).content.decode()
        page = checked(text, where)
        # A value that a form sends back stays as it is; what is read says the sign's code point.
        assert [one for one in page.itertext() if "\u202e" in one] == [], where
        assert page.xpath("//*[contains(@title, '\u202e')]") == [], where
    page = client.get(f"/report/{row['report_id']}/").content.decode()
    assert "&lt;script&gt;" in page


def test_pages_never_say_where_the_workspace_lies(log_in: LogIn) -> None:
    """A fault or refusal tells no path of the machine; only administrators see those of the doctor."""
    folder = str(desk().folder)
    for role in ("analyst", "auditor"):
        client = log_in(role)
        for page in WALKED:
            answer = client.get(address(page))
            assert folder.encode() not in answer.content, page.name
    assert Path(folder).is_dir()
    assert settings.DEBUG is False
    assert AuditRow.objects.using(USING).exists()
