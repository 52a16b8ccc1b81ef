"""The conversation reader: every message once and in order, folded, selectors marked, events in their place."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.attach import attached
from tanglaw.config import Settings
from tanglaw.lookups.desk.talk import PAGE, place_of, talk
from tanglaw.store.workspace import Workspace
from tanglaw.workbench.pages.conversation import pieces
from tanglaw.workbench.state import desk
from tests.workbench.conftest import LogIn, user


def one(sql: str, *values: object) -> dict[str, Any]:
    """The first row of a question to the shelf."""
    return desk().run.shelf.rows(sql, *values)[0]


@pytest.fixture
def longest(served: Workspace) -> dict[str, Any]:
    """The conversation with most messages."""
    return one("select * from talks order by messages desc, conversation_id limit 1")


def test_every_message_stands_once_and_in_order(longest: dict[str, Any], workspace: Workspace) -> None:
    """Page after page the reader shows all messages of a conversation, by time, and no other's."""
    shelf = desk().run.shelf
    seen: list[dict[str, Any]] = []
    at = 1
    while at <= longest["messages"]:
        found = talk(shelf, longest["conversation_id"], at)
        assert found is not None
        seen += found.messages
        at += PAGE
    assert [row["place"] for row in seen] == list(range(1, longest["messages"] + 1))
    times = [row["sent_at"] for row in seen]
    assert times == sorted(times)
    with attached(workspace, Settings()) as engine:
        asked = f"select count(*) as n from messages where conversation_id = '{longest['conversation_id']}'"
        assert engine.rows(asked).to_pylist() == [{"n": len({row["message_id"] for row in seen})}]


def test_texts_are_folded_until_asked_for(log_in: LogIn, longest: dict[str, Any]) -> None:
    """No message is unfolded at first; all of the conversation are where that is asked for, and pages keep to it."""
    client = log_in("analyst")
    where = f"/conversation/{longest['conversation_id']}/"
    assert '<details class="text" open>' not in client.get(where).content.decode()
    text = client.get(where, {"texts": 1}).content.decode()
    assert text.count('<details class="text" open>') == text.count('<details class="text"')
    assert re.search(r"data-next href=\"\?at=101&amp;texts=1\"", text)


def test_selectors_are_marked_where_they_stand(log_in: LogIn) -> None:
    """What the scanner found is marked as it was written, and listed with the place of its first message."""
    row = one(
        "select s.*, t.text from talk_selectors s join talk t using (conversation_id, place) order by all limit 1"
    )
    assert row["text"][row["start"] : row["end"]] == row["original"]
    where = f"/conversation/{row['conversation_id']}/?at={row['place']}"
    text = html.unescape(log_in("analyst").get(where).content.decode())
    marked = re.findall(r"<mark[^>]*>([^<]*)</mark>", text)
    assert row["original"] in [found.replace("[.]", ".") for found in marked]


def test_both_sides_exports_are_one_conversation(log_in: LogIn) -> None:
    """A message that two exports have stands once and says so; both files are named."""
    row = one("select * from talk where exports > 1 order by conversation_id, place limit 1")
    text = log_in("analyst").get(f"/conversation/{row['conversation_id']}/").content.decode()
    sources = desk().run.shelf.rows("select path from talk_sources where conversation_id = ?", row["conversation_id"])
    assert len(sources) > 1
    assert all(html.escape(source["path"]) in text for source in sources)
    assert f"in {row['exports']} exports" in text


def test_a_place_a_message_an_instant_and_a_day_lead_there(log_in: LogIn, longest: dict[str, Any]) -> None:
    """Each way of asking opens the page on which the message stands, and marks it."""
    shelf = desk().run.shelf
    row = one("select * from talk where conversation_id = ? and place = 150", longest["conversation_id"])
    client = log_in("analyst")
    where = f"/conversation/{longest['conversation_id']}/"
    assert place_of(shelf, longest["conversation_id"], row["message_id"]) == 150
    later = row["sent_at"] + timedelta(seconds=0)
    for asked in ({"at": "150"}, {"message": row["message_id"]}, {"time": later.isoformat()}):
        text = client.get(where, asked).content.decode()
        at = re.search(r'id="at">.*?class="number"[^>]*>(\d+)<', text, re.DOTALL)
        assert at is not None, asked
        assert (
            one(
                "select sent_at from talk where conversation_id = ? and place = ?",
                longest["conversation_id"],
                int(at[1]),
            )["sent_at"]
            == row["sent_at"]
        )
    day = client.get(where, {"day": f"{row['sent_at']:%Y-%m-%d}"}).content.decode()
    assert f"{row['sent_at']:%A %Y-%m-%d}" in day
    for nonsense in ("at=x", "at=-4", "at=99999999", "time=noon", "day=2026-13-40", "message=' or 1=1"):
        assert client.get(f"{where}?{nonsense}").status_code == 200, nonsense


def test_events_stand_between_the_messages_and_can_be_jumped_to(log_in: LogIn) -> None:
    """Calls, payments and sessions of those who take part are beside the messages of their time, each with its address."""
    row = one(
        "select e.*, o.conversation_id as talk from events e join talks_of o on o.account_id = e.account_id "
        "join talks_of p on p.conversation_id = o.conversation_id and p.account_id = e.other "
        "where e.kind = 'call' order by e.happened_at, e.record_id limit 1"
    )
    client = log_in("analyst")
    text = client.get(f"/conversation/{row['talk']}/").content.decode()
    aside = text[text.index("What else they did with each other") :]
    assert f"/accounts/{min(row['account_id'], row['other'])}/" in aside
    jump = re.search(r'href="(\?time=[^"]+)"', aside)
    assert jump is not None
    assert 'id="at"' in client.get(f"/conversation/{row['talk']}/{html.unescape(jump[1])}").content.decode()


def test_times_stand_in_the_viewers_zone_with_utc_beside(log_in: LogIn, longest: dict[str, Any]) -> None:
    """Who chose a zone reads days and hours in it, and UTC beside them."""
    client = log_in("analyst")
    client.post("/account/", {"zone": "Asia/Manila", "theme": ""})
    try:
        row = one("select * from talk where conversation_id = ? and place = 1", longest["conversation_id"])
        text = client.get(f"/conversation/{longest['conversation_id']}/").content.decode()
        local = row["sent_at"] + timedelta(hours=8)
        assert f"{local:%A %Y-%m-%d}" in text
        beside = (
            f"{row['sent_at']:%H:%M} UTC"
            if local.date() == row["sent_at"].date()
            else f"{row['sent_at']:%m-%d %H:%M} UTC"
        )
        assert f'{local:%H:%M} <span class="utc">{beside}</span>' in text
    finally:
        client.post("/account/", {"zone": "UTC", "theme": ""})
    assert user("analyst").zone == "UTC"


def test_reading_says_in_the_audit_which_messages(log_in: LogIn, longest: dict[str, Any]) -> None:
    """The row of the audit names the conversation, the messages shown, and whether texts were unfolded."""
    client = log_in("analyst")
    client.get(f"/conversation/{longest['conversation_id']}/?at=101&texts=1")
    text = log_in("auditor").get("/audit/", {"q": longest["conversation_id"]}).content.decode()
    assert f"conversation {longest['conversation_id']}, messages 101 to" in text
    assert ", unfolded" in text


def test_no_such_conversation(log_in: LogIn) -> None:
    """An id that is none answers 404."""
    assert log_in("analyst").get("/conversation/nothing/").status_code == 404


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45)), max_size=6))
def test_pieces_are_the_text_whatever_the_offsets(text: str, spans: list[tuple[int, int]]) -> None:
    """Cut at any offsets, overlapping, reversed or outside, the parts together are the text, and marked ones do not overlap."""
    rows = [{"start": start, "end": end, "type": "phone"} for start, end in spans if start >= 0]
    found = pieces(text, rows)
    assert "".join(piece.text for piece in found) == text
    for piece in found:
        if piece.selector is not None:
            assert text[piece.selector["start"] : piece.selector["end"]] == piece.text


def test_a_conversation_out_of_no_time_is_shown(served: Workspace) -> None:
    """Asking for an instant before the first message leads to the first page."""
    row = one("select * from talks where messages > 0 order by messages limit 1")
    assert place_of(desk().run.shelf, row["conversation_id"], at=datetime(1970, 1, 1, tzinfo=UTC)) == 1
