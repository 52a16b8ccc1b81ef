"""The time line and the network: nothing left out without saying so, same rows same picture, and each part leads somewhere."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.casework.models import Decision
from tanglaw.lookups.desk import events
from tanglaw.store.workspace import Workspace
from tanglaw.workbench import network
from tanglaw.workbench.state import USING, desk
from tanglaw.workbench.timeline import SLOTS, drawn, wanted
from tests.workbench.conftest import LogIn, open_case

START = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE = (START, START + timedelta(days=90))


def of_sessions() -> str:
    """The best report whose account has an inferred session."""
    rows = desk().run.shelf.rows(
        "select s.report_id from sightings s join episodes_of e on e.account_id = s.account_id and e.kind = 'session' "
        "where s.role = 'reported' order by s.rank limit 1"
    )
    return str(rows[0]["report_id"])


def case_of(client: Client) -> str:
    """The page of a case around a report with sessions, and its address."""
    return f"/case/{open_case(client, of_sessions())}/"


def test_the_time_line_counts_every_event(served: Workspace) -> None:
    """Dots together stand for all events of the accounts, in the whole and in any part of it; parts add up."""
    shelf = desk().run.shelf
    accounts = [row["account_id"] for row in shelf.rows("select distinct account_id from events order by all limit 60")]
    span = events.span(shelf, accounts, [])
    assert span is not None
    marks = ", ".join("?" * len(accounts))
    whole = shelf.rows(
        f"select count(*) as n from (select distinct kind, record_id, happened_at from events where account_id in ({marks}))",
        *accounts,
    )[0]["n"]
    assert drawn(events.slots(shelf, accounts, [], span, SLOTS), span, span).events == whole
    middle = span[0] + (span[1] - span[0]) / 2
    parts = ((span[0], middle), (middle + timedelta(microseconds=1), span[1]))
    assert sum(drawn(events.slots(shelf, accounts, [], part, SLOTS), span, part).events for part in parts) == whole


def test_each_dot_leads_to_its_event(log_in: LogIn) -> None:
    """Messages, payments, calls, log-ins and sessions of a case are on its line; each address answers."""
    client = log_in("analyst")
    where = case_of(client)
    text = client.get(where).content.decode()
    picture = text[text.index('id="line-picture"') : text.index("</figure>")]
    kinds = set(re.findall(r'class="dot (\w+)"', picture))
    assert {"report", "capture", "message", "session"} <= kinds
    for address in sorted(set(re.findall(r'<a href="([^"]+)" aria-label', picture)))[:12]:
        assert client.get(html.unescape(address).partition("#")[0]).status_code == 200, address
    alone = client.get(f"{where}line/", {"from": "2026-03-01T00:00:00", "to": "2026-03-09T00:00:00"}).content.decode()
    assert alone.lstrip().startswith('<figure class="picture" id="line-picture"')
    for nonsense in ("from=x&to=y", "from=2030-01-01&to=1990-01-01", "from=2026-13-01", "to='--"):
        assert client.get(f"{where}?{nonsense}").status_code == 200


instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@given(instants, instants)
def test_any_span_lies_inside_of_the_whole(low: datetime, high: datetime) -> None:
    """Whatever is asked for, in whatever order, the span has a length and moves stay where there is something."""
    found = wanted(WHOLE, low.isoformat(), high.isoformat())
    assert found[0] < found[1]
    assert WHOLE[0] <= found[0] <= WHOLE[1]
    line = drawn(
        [
            {
                "kind": "call",
                "slot": 0,
                "n": 2,
                "happened_at": found[0],
                "last_at": found[0],
                "text": "",
                "record_id": "1",
                "account_id": "a",
                "other": "b",
                "conversation_id": None,
                "report_id": None,
            }
        ],
        WHOLE,
        found,
    )
    for _, query in line.moves:
        pair = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in re.findall(r"=([^&]+)", query)]
        assert not pair or (WHOLE[0] <= pair[0] <= pair[1] <= WHOLE[1])


def test_ticks_stand_in_the_viewers_zone() -> None:
    """Round hours of the zone, named once; without events there is no picture."""
    between = (START, START + timedelta(hours=12))
    line = drawn([], WHOLE, between, ZoneInfo("Asia/Manila"))
    assert [word for _, word in line.ticks] == ["01-01 09:00", "01-01 12:00", "01-01 15:00", "01-01 18:00"]
    assert line.zone == "PST"


def edge(one: str, other: str, kind: str = "messages", **more: Any) -> dict[str, Any]:
    """A connection of two accounts."""
    return {"one": one, "other": other, "kind": kind, "n": 3, **more}


def test_the_network_is_the_same_for_the_same_rows_in_any_order() -> None:
    """Order of rows and accounts changes nothing but the order of what lies above what."""
    edges = [edge("a", "x"), edge("b", "y"), edge("a", "b", "link", bits=14.2), edge("b", "x", "paid", amount=None)]
    people = {one: {"platform": "p", "account": one} for one in "abxy"}
    first = network.drawn(["a", "b"], edges, people, {"a": "h", "b": "h2"})
    again = network.drawn(["b", "a"], edges[::-1], people, {"a": "h", "b": "h2"})
    assert sorted(first.nodes, key=str) == sorted(again.nodes, key=str)
    assert {(one.path, one.kind) for one in first.edges} == {(one.path, one.kind) for one in again.edges}
    assert first.kinds == ("link", "messages", "paid")


def test_no_name_covers_another_and_what_does_not_fit_is_said() -> None:
    """Every account has a place of its own; more than fit are counted as left out."""
    edges = [edge("a", f"x{number:03}") for number in range(60)]
    people: dict[str, dict[str, Any]] = {}
    found = network.drawn(["a"], edges, people, {})
    assert len({(node.x, node.y) for node in found.nodes}) == len(found.nodes) == 1 + network.MOST
    assert found.left_out == 60 - network.MOST
    assert network.drawn([], [], {}, {}).nodes == ()


def test_accounts_of_one_hand_stand_together() -> None:
    """A hand has one bracket, and links inside of it are not drawn over it."""
    edges = [edge("a", "c", "link", bits=20.0), edge("c", "z"), edge("b", "z")]
    found = network.drawn(["a", "b"], edges, {}, {"a": "h", "c": "h", "b": "k", "z": "w"})
    at = {node.account_id: node.y for node in found.nodes}
    assert abs(at["a"] - at["c"]) == network.ROW
    assert len(found.hands) == 1
    assert [one.kind for one in found.edges] == ["messages", "messages"]
    assert {node.account_id: (node.inside, node.ours) for node in found.nodes}["c"] == (False, True)


def test_a_case_shows_its_network_as_picture_and_table(log_in: LogIn) -> None:
    """Every connection of the picture leads to the page of its two accounts and stands in the table too."""
    client = log_in("analyst")
    text = client.get(case_of(client)).content.decode()
    picture, table = text[text.index('class="network"') :].split("The same as a table", 1)
    drawn_ = set(re.findall(r'href="(/accounts/\w+/\w+/)"', picture))
    assert drawn_
    assert drawn_ <= set(re.findall(r'href="(/accounts/\w+/\w+/)"', table))
    assert client.get(min(drawn_)).status_code == 200


def test_a_rejected_session_stands_last_in_its_case(log_in: LogIn) -> None:
    """What somebody rejected leads the list no more, and says who rejected it."""
    client = log_in("analyst")
    where = case_of(client)

    def listed() -> list[str]:
        text = client.get(where).content.decode()
        return re.findall(r'href="/session/(\w+)/"', text[text.index('id="sessions"') :])

    before = listed()
    client.post("/decide/reject-session/", {"session": before[0], "reason": "a call of a family", "next": where})
    assert listed() == [*before[1:], before[0]]
    number = str(Decision.objects.using(USING).get(inference=before[0], withdrawn_by__isnull=True).number)
    client.post("/decide/withdraw/", {"decision": number, "reason": "checked again", "next": where})
    assert listed() == before
