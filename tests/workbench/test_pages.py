"""What pages show: the queue, reports, cases, search, custody and the audit, through the test client."""

from __future__ import annotations

import csv
import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from django.test import Client

from tanglaw.attach import attached
from tanglaw.casework import audit, queries_cases
from tanglaw.casework.models import AuditRow
from tanglaw.config import Settings
from tanglaw.lookups.desk.queue import Wanted, part
from tanglaw.lookups.report import explain
from tanglaw.store.workspace import Workspace
from tanglaw.tables import TABLES
from tanglaw.workbench.state import USING, desk
from tanglaw.workbench.tags import defanged, plain, span
from tests.cli.conftest import tanglaw
from tests.workbench.conftest import FORMULA, LogIn, ask, open_case, user

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7|add:7 }}=1+1'


def act(client: Client, number: int, kind: str, **fields: str) -> str:
    """Post one form of the case page; what the page then tells."""
    answer = client.post(f"/case/{number}/{kind}/", {"reason": "because", **fields}, follow=True)
    assert answer.status_code == 200
    told = re.search(r'<ul class="told".*?</ul>', answer.content.decode(), re.DOTALL)
    return html.unescape(told[0]) if told else ""


# Purpose


def test_reading_asks_for_a_purpose_once_and_keeps_it(log_in: LogIn, report_id: str) -> None:
    """Work, search and each case ask for themselves; what was stated stands in the audit beside what was read."""
    client = log_in("analyst", purposes=False)
    assert client.get("/queue/").headers["Location"].startswith("/purpose/?kind=work")
    client.post("/purpose/?kind=work", {"purpose": "night shift"})
    assert client.get(f"/report/{report_id}/").status_code == 200
    row = AuditRow.objects.using(USING).order_by("-number").first()
    assert (row.verb, row.purpose, row.who) == ("report", "night shift", "Analyst")
    assert client.get("/search/?q=x").headers["Location"].startswith("/purpose/?kind=search")
    number = open_case(client, report_id)
    other = log_in("supervisor")
    assert other.get(f"/case/{number}/").headers["Location"].startswith(f"/purpose/?kind=case-{number}")
    assert client.post("/purpose/?kind=work", {"purpose": "  "}).status_code == 302
    assert client.get("/queue/").status_code == 200


# Queue


def test_the_queue_shows_every_rank_in_order(log_in: LogIn) -> None:
    """Page after page, each report of the queue stands once, in the order of its rank."""
    client = log_in("triage")
    ranks: list[int] = []
    after = 0
    for _ in range(20):
        text = client.get("/queue/", {"after": after, "each": 1}).content.decode()
        found = [int(one) for one in re.findall(r'class="num rank">(\d+)<', text)]
        if not found:
            break
        ranks += found
        after = found[-1]
    assert ranks == list(range(1, part(desk().run.shelf, Wanted(each=True)).whole + 1))


def test_filters_narrow_the_queue(log_in: LogIn) -> None:
    """Lane, band, reason and start of the number each leave what they say; nonsense is no fault."""
    client = log_in("triage")
    rows = part(desk().run.shelf, Wanted(), most=500).rows
    bands = {row["band"] for row in rows}
    for band in bands:
        found = part(desk().run.shelf, Wanted(band=band), most=500).rows
        assert [row["rank"] for row in found] == [row["rank"] for row in rows if row["band"] == band]
    criterion = rows[0]["criteria"][0]
    found = part(desk().run.shelf, Wanted(criterion=criterion), most=500).rows
    assert [row["rank"] for row in found] == [row["rank"] for row in rows if criterion in (row["criteria"] or ())]
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    soon = part(desk().run.shelf, Wanted(hours=24, now=now), most=500).rows
    assert all(row["clock_at"] <= now + timedelta(days=1) for row in soon)
    for query in ("band=x&hours=-3&after=' or 1=1 --", "lane=%00&esp=%27", "number=%25&criterion=;drop"):
        assert client.get(f"/queue/?{query}").status_code == 200


def test_a_script_gets_the_rows_alone(log_in: LogIn) -> None:
    """HTMX asks for the rows and gets no page around them."""
    answer = log_in("triage").get("/queue/", headers={"HX-Request": "true", "HX-Target": "rows"})
    assert answer.content.decode().lstrip().startswith('<div id="rows">')


# Report


def test_a_report_shows_what_explain_shows(log_in: LogIn, workspace: Workspace) -> None:
    """Every reason, and every row of each part that `tanglaw explain` has, stands on the page too."""
    client = log_in("analyst")
    with attached(workspace, Settings()) as engine:
        for row in part(desk().run.shelf, Wanted(), most=6).rows:
            told = explain(engine, row["report_id"])
            text = html.unescape(client.get(f"/report/{row['report_id']}/").content.decode())
            assert [one["text"] for one in told.reasons if defanged(one["text"]) not in text] == []
            for rows, name in ((told.files, "esp_file_id"), (told.captures, "ip"), (told.links, "evidence")):
                assert [one[name] for one in rows if one[name] and defanged(one[name]) not in text] == []
            assert all(str(one["report_number"]) in text for one in told.proposal[:20])
            assert all(str(one["report_number"]) in text for one in told.near)


def test_each_field_stands_with_its_original_and_place(log_in: LogIn, report_id: str) -> None:
    """Instants have what the source wrote beside them, rows have their place, texts are folded."""
    text = log_in("analyst").get(f"/report/{report_id}/").content.decode()
    row = desk().run.shelf.rows("select * from reports where report_id = ?", report_id)[0]
    assert html.escape(row["received_at_original"] or row["incident_at_original"]) in text
    assert html.escape(row["locator"]) in text
    assert "<details open" not in text


def test_neighbours_follow_the_filters(log_in: LogIn) -> None:
    """Next and previous lead through the queue as it was filtered."""
    rows = part(desk().run.shelf, Wanted(band=2), most=3).rows
    text = log_in("triage").get(f"/report/{rows[1]['report_id']}/?band=2").content.decode()
    assert f"/report/{rows[0]['report_id']}/?band=2" in text
    assert f"/report/{rows[2]['report_id']}/?band=2" in text


def test_urls_are_no_links(log_in: LogIn) -> None:
    """Addresses out of evidence are defanged, in fields, texts and links to search."""
    client = log_in("analyst")
    for row in part(desk().run.shelf, Wanted(), most=10).rows:
        text = client.get(f"/report/{row['report_id']}/").content.decode()
        assert not re.search(r'href="(?!/|#|\?)', text)
        assert "http://" not in text.replace("http://www.w3.org", "")
    assert defanged("see https://a.example.com/x") == "see hxxps://a[.]example[.]com/x"
    assert defanged("me@mail.example.org") == "me@mail[.]example[.]org"


def test_hidden_signs_are_shown(served: Workspace) -> None:
    """Signs that turn the direction of writing or cannot be seen stand as their code points."""
    assert plain("a\u202eb\u200bc\x00") == "a‹U+202E›b‹U+200B›c‹U+0000›"
    assert plain("zwei\nZeilen") == "zwei\nZeilen"


# Cases


def test_a_case_lives_through_its_forms(log_in: LogIn, case: int) -> None:
    """Children, notes, tasks and decisions go through the page; closing is refused with the child's pseudonym."""
    client, supervisor = log_in("analyst"), log_in("supervisor")
    ask(client, case)
    ask(supervisor, case)
    step = {"authority": "Region 7", "due": "2026-07-02"}
    assert act(client, case, "child", pseudonym="Child A", **step) == ""
    assert "Child A" in act(client, case, "close")
    child = str(queries_cases.opened(USING, case).children[0].child.pk)
    assert act(client, case, "child-state", child=child, status="safeguarded", authority="Region 7") == ""
    assert act(client, case, "note", text="see you at noon") == ""
    assert act(client, case, "task", text="ask the carrier", due="2026-07-01") == ""
    assert act(client, case, "close", seen="1").count("acted meanwhile") == 1
    assert act(client, case, "close") == ""
    number = str(queries_cases.opened(USING, case).standing.waiting[0].number)
    assert "sign is for" in act(client, case, "sign", act=number)
    assert act(supervisor, case, "sign", act=number) == ""
    assert queries_cases.opened(USING, case).status == "closed"
    assert "closed" in act(client, case, "task", text="late")


def test_merge_and_split_through_the_page(log_in: LogIn, report_id: str, case: int) -> None:
    """Two cases become one, and chosen members a case of their own; the next run's table says so."""
    client = log_in("analyst")
    ask(client, case)
    rows = part(desk().run.shelf, Wanted(), most=30).rows
    inside = {subject for _, subject in queries_cases.opened(USING, case).members}
    other = next(row for row in rows if row["report_id"] not in inside)
    second = open_case(client, other["report_id"], whole="")
    assert act(client, case, "merge", other=str(second)) == ""
    assert ("report", other["report_id"]) in queries_cases.opened(USING, case).members
    assert "by themselves" in act(client, case, "split", members=f"report:{other['report_id']}", title="Apart")
    assert act(client, case, "add", report="0") != ""


def test_somebody_elses_case_is_no_case(log_in: LogIn, case: int) -> None:
    """An analyst of another team gets the same page for a case that exists and one that does not, and can post nothing."""
    client = log_in("stranger")
    ask(client, case)
    ask(client, 99_999)
    one, none = client.get(f"/case/{case}/"), client.get("/case/99999/")
    assert one.status_code == none.status_code == 404
    token = rb'value="[A-Za-z0-9]{64}"'
    shown = re.sub(token, b"", one.content).replace(str(case).encode(), b"N")
    assert shown == re.sub(token, b"", none.content).replace(b"99999", b"N").replace(str(case).encode(), b"N")
    assert client.post(f"/case/{case}/note/", {"text": "hello"}).status_code == 404
    assert "Harbour" not in client.get("/cases/").content.decode()


def test_an_auditor_reads_a_case_and_changes_nothing(log_in: LogIn, case: int) -> None:
    """The auditor sees the case without forms, and a form posted all the same is refused."""
    client = log_in("auditor")
    ask(client, case)
    text = client.get(f"/case/{case}/").content.decode()
    assert "Harbour" in text
    assert f"/case/{case}/" not in "".join(re.findall(r'action="([^"]*)"', text))
    assert client.post(f"/case/{case}/note/", {"text": "x"}).status_code == 403


@pytest.mark.parametrize("kind", ("note", "task", "child", "refer", "title", "purpose"))
def test_markup_in_a_field_stays_text(log_in: LogIn, report_id: str, kind: str) -> None:
    """Script, template and formula signs in any field are shown as they were typed."""
    client = log_in("analyst")
    number = open_case(client, report_id, **({"title": EVIL} if kind == "title" else {}))
    if kind == "purpose":
        client.post(f"/purpose/?kind=case-{number}", {"purpose": EVIL})
        client.post("/purpose/?kind=work", {"purpose": EVIL})
    elif kind != "title":
        fields = {"text": EVIL, "value": EVIL, "pseudonym": EVIL[:90], "authority": EVIL, "due": "2026-07-02"}
        assert act(client, number, kind, reason=EVIL, **fields) == ""
    for where in (f"/case/{number}/", "/cases/", "/queue/", f"/report/{report_id}/", "/account/"):
        text = client.get(where).content.decode()
        assert "<script>alert" not in text
        assert "<img" not in text
    assert html.escape("<script>") in text or kind != "purpose"


def test_a_note_of_a_megabyte_is_refused_with_its_reason(log_in: LogIn, case: int) -> None:
    """What is too long is refused on the page, and nothing is written."""
    client = log_in("analyst")
    ask(client, case)
    before = len(queries_cases.opened(USING, case).acts)
    assert "longer than" in act(client, case, "note", text="x" * 1_000_000)
    assert "control signs" in act(client, case, "note", text="a\u202eb")
    assert len(queries_cases.opened(USING, case).acts) == before


def test_fields_that_no_form_has_change_nothing(log_in: LogIn) -> None:
    """Who posts a role or name for themselves keeps what they have."""
    client = log_in("analyst")
    client.post(
        "/account/", {"zone": "Europe/Berlin", "theme": "dark", "role": "auditor", "is_active": "", "name": "x"}
    )
    found = user("analyst")
    assert (found.role, found.name, found.zone, found.theme) == ("analyst", "analyst", "Europe/Berlin", "dark")
    client.post("/account/", {"zone": "../../etc/passwd", "theme": "<b>"})
    assert (user("analyst").zone, user("analyst").theme) == ("UTC", "")


# Search, custody, audit


def test_search_finds_what_the_verb_finds(log_in: LogIn) -> None:
    """Handles, mails and phones in other spellings lead to their reports."""
    shelf = desk().run.shelf
    client = log_in("analyst")
    for kind in ("handle", "email", "phone", "ipv4"):
        row = shelf.rows("select * from occurrences where type = ? and valid and rank is not null limit 1", kind)[0]
        asked = row["original"].upper() if kind == "email" else row["original"]
        text = client.get("/search/", {"q": asked}).content.decode()
        assert f"/report/{row['report_id']}/" in text, kind
    assert client.get("/search/", {"q": "' or 1=1 --"}).status_code == 200


def test_a_searched_card_is_masked_in_the_audit(log_in: LogIn) -> None:
    """The digits of a payment card that somebody searches are nowhere in the audit."""
    client = log_in("analyst", purposes=False)
    client.get("/search/", {"q": "4111 1111 1111 1111"})
    client.post("/purpose/?kind=search", {"purpose": "return 12/26"})
    client.get("/search/", {"q": "4111 1111 1111 1111"})
    rows = AuditRow.objects.using(USING).order_by("-number")[:5]
    assert rows[0].verb == "search"
    assert not any("1111 1111" in row.subject or "11111111" in row.subject for row in rows)


def test_every_page_is_a_row_and_the_chain_holds(log_in: LogIn, report_id: str, workspace: Workspace) -> None:
    """Reading, searching, refusals and changes each leave exactly one row that says who, what and why."""
    client = log_in("analyst")
    before = AuditRow.objects.using(USING).count()
    for where in (
        "/queue/",
        f"/report/{report_id}/",
        "/search/?q=x",
        "/quarantine/",
        "/custody/",
        "/audit/",
        "/cases/",
    ):
        client.get(where)
    rows = list(AuditRow.objects.using(USING).filter(number__gt=before))
    assert [row.verb for row in rows] == [
        "queue",
        "report",
        "search",
        "quarantine",
        "custody",
        "audit refused",
        "cases",
    ]
    assert {row.who for row in rows} == {"Analyst"}
    assert {row.purpose for row in rows if row.verb != "audit refused"} == {"return 12/26"}
    assert audit.verify(USING, workspace.folder) == []
    text = log_in("auditor").get("/audit/", {"check": 1}).content.decode()
    assert "every seal holds" in text


def test_quarantine_and_custody_list_what_the_tables_have(log_in: LogIn) -> None:
    """Every kind of fault and every delivery stands on its page."""
    client = log_in("triage")
    text = client.get("/quarantine/").content.decode()
    for row in desk().run.shelf.rows("select distinct code from quarantine"):
        assert row["code"] in text
    source = desk().run.shelf.rows("select * from sources where format <> 'copy' limit 1")[0]
    assert source["sha256"] in client.get("/custody/", {"q": source["sha256"][:20]}).content.decode()


def test_the_shelf_holds_every_row(workspace: Workspace) -> None:
    """Counts of the tables laid out for pages are those of the run."""
    with attached(workspace, Settings()) as engine:
        for name in ("reports", "priorities", "reasons", "selectors", "accounts", "captures"):
            own = (
                "queue" if name == "priorities" else "occurrences where type <> 'name'" if name == "selectors" else name
            )
            seen = "known_selectors" if name == "selectors" else name
            asked = f"select count(*) as n from {seen}" + (" where report_id is not null" if own == name else "")
            assert (
                desk().run.shelf.rows(f"select count(*) as n from {own}")[0]["n"]
                == engine.rows(asked)[0].to_pylist()[0]
            )
    assert set(TABLES) >= {"reports"}


# Pictures and words


def test_lengths_of_time_are_told_in_two_units() -> None:
    """Days and hours, or hours and minutes."""
    assert span(timedelta(days=3, hours=4, minutes=5)) == "3 d 4 h"
    assert span(timedelta(hours=4, minutes=5)) == "4 h 5 min"
    assert span(-timedelta(minutes=5)) == "0 h 5 min ago"


def test_a_text_of_a_megabyte_is_folded_escaped_and_harmless_in_a_table(
    log_in: LogIn, workspace: Workspace, tmp_path: Path
) -> None:
    """Its page opens with the text folded and plain, without a sign that turns the direction; the exported cell is no formula."""
    row = desk().run.shelf.rows("select report_id, text from texts where length(text) > 1000000")[0]
    assert row["text"].startswith(FORMULA) and "\u202e" in row["text"]
    text = log_in("analyst").get(f"/report/{row['report_id']}/").content.decode()
    page = lxml.html.document_fromstring(text)
    places = [one for one in page.iter() if FORMULA in (one.text or "") and "see you at noon" in (one.text or "")]
    assert places
    for one in places:
        folded = [above for above in one.iterancestors("details") if above.get("open") is None]
        assert folded or len(one.text) < 1_000
        assert "\u202e" not in one.text
    assert page.xpath("//b[contains(., 'see you at noon')]") == []
    out = tmp_path / "texts.csv"
    assert tanglaw("table", "texts", "--out", out, "--workspace", workspace.folder).code == 0
    with out.open(encoding="utf-8", newline="") as file:
        csv.field_size_limit(1 << 24)
        cells = [one["text"] for one in csv.DictReader(file) if one["report_id"] == row["report_id"]]
    assert [cell for cell in cells if len(cell) > 1_000_000 and cell.startswith(f"'{FORMULA}")]
    assert not [cell for cell in cells if cell.startswith("=")]
