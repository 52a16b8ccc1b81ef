"""WhatsApp's text export: dates and times of many locales, whole messages, nobody confused with a namesake."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.sources.whatsapp import WHATSAPP
from tanglaw.sources.whatsapp.headers import headers
from tanglaw.sources.whatsapp.reader import WhatsApp
from tanglaw.testing.rows import Found, collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
IDS = Ids(DEMO_KEY)
NNBSP, LRM = "\u202f", "\u200e"


def read(text: str | bytes, path: str = "inbox/chat.txt", **more: Any) -> Found:
    return collect(WHATSAPP, text.encode() if isinstance(text, str) else text, path, **more)


def column(found: Found, table: str, name: str) -> list[Any]:
    return [row[name] for row in found.get(table, [])]


def example(name: str) -> bytes:
    return (EXAMPLES / f"chat_whatsapp_{name}.txt").read_bytes()


def test_a_chat_from_android() -> None:
    """Continuation lines, system lines, media, deleted and edited messages and calls are told apart."""
    found = read(example("android"), "inbox/WhatsApp Chat with +63 917 000 0222.txt")
    assert column(found, "messages", "kind") == [
        "service",
        "message",
        "attachment",
        "deleted",
        "call",
        "message",
        "message",
        "message",
    ]
    rows = found["messages"]
    assert rows[1]["text"] == "see you at noon\nby the old bridge"
    assert rows[1]["sent_at"] == datetime(2023, 12, 31, 23, 59, tzinfo=UTC)
    assert (rows[1]["sent_at_original"], rows[1]["sent_at_assumed"]) == ("31/12/2023, 23:59", "UTC")
    assert rows[5]["edited_at"] == "<This message was edited>"
    assert column(found, "messages", "attachments") == [0, 0, 1, 0, 0, 0, 0, 0]
    assert column(found, "messages", "source_index") == list(range(8))
    assert [row["locator"] for row in rows[:3]] == ["line 1", "line 2", "line 4"]
    assert len(set(column(found, "messages", "message_id"))) == 8
    phone = account_id(IDS, "whatsapp", "phone", "+639170000222")
    assert rows[2]["sender_account_id"] == phone == rows[1]["recipient_account_id"]
    assert rows[0]["sender_account_id"] is None
    assert column(found, "conversations", "kind") == ["direct"]
    assert column(found, "conversations", "title") == ["+63 917 000 0222"]
    assert [(c["kind"], c["outcome"], c["caller_account_id"] == phone) for c in found["calls"]] == [
        ("audio", "Missed voice call", True)
    ]
    assert "issues" not in found
    assert "quarantine" not in found


def test_a_group_from_ios() -> None:
    """Brackets, direction marks, narrow blanks and a group that speaks in its own name."""
    found = read(example("ios"), "inbox/WhatsApp Chat - Lunch.zip!/_chat.txt")
    rows = found["messages"]
    assert column(found, "messages", "kind") == ["service", "service", "message", "attachment", "message", "message"]
    assert rows[4]["text"] == "yes: at the bridge"
    assert rows[2]["sent_at"] == datetime(2024, 1, 31, 21, 5, 30, tzinfo=UTC)
    assert rows[5]["sent_at"] == datetime(2024, 2, 1, 0, 10, tzinfo=UTC)
    assert rows[4]["sent_at_original"] == f"1/31/24, 9:07:00{NNBSP}PM"
    assert column(found, "conversations", "kind") == ["group"]
    assert column(found, "conversations", "title") == ["Lunch"]
    assert {row["display_name"] for row in found["accounts"]} == {"Ana", "Cy", "+63 917 000 0222"}
    assert column(found, "messages", "recipient_account_id") == [None] * 6
    assert "issues" not in found


# The same minute as phones of many languages and countries write it: 13 March 2024, 15:05 (and 7 seconds).
FORMS = [
    "13/03/2024, 15:05 - ",
    "13/03/24, 15:05 - ",
    "13/3/24 15:05 - ",
    "13/3/24, 3:05 p. m. - ",
    f"13/3/24, 3:05{NNBSP}p.{NNBSP}m. - ",
    "13/03/2024, 3:05 pm - ",
    "13/03/2024, 3:05 PM - ",
    "13/03/2024 à 15:05 - ",
    "13/03/2024 às 15:05 - ",
    "13/03/2024 15 h 05 - ",
    "13.03.24, 15:05 - ",
    "13.3.2024, 15.05 - ",
    "13.03.2024 um 15:05 Uhr - ",
    "13.3.2024 klo 15.05 - ",
    "13/03/2024 kl. 15.05 - ",
    "13-03-2024 15:05 - ",
    "13-03-24 15:05 - ",
    "3/13/24, 3:05 PM - ",
    f"3/13/24, 3:05{NNBSP}PM - ",
    "2024-03-13 15:05 - ",
    "2024-03-13, 3:05 p.m. - ",
    "2024/03/13 15:05 - ",
    "2024. 3. 13. 오후 3:05 - ",
    "2024年3月13日 下午3:05 - ",
    "2024/3/13 午後3:05 - ",
    "2024. 03. 13. du. 3:05 - ",
    "[13/03/2024, 15:05:07] ",
    "[13/03/24, 15:05:07] ",
    "[13/3/24 15:05:07] ",
    "[13.03.24, 15:05:07] ",
    "[13.3.2024 klo 15.05.07] ",
    f"{LRM}[3/13/24, 3:05:07{NNBSP}PM] ",
    "[2024-03-13 15:05:07] ",
    "[2024/3/13 下午3:05:07] ",
    "[2024. 3. 13. 오후 3:05:07] ",
    "[13.03.24 15:05:07] ",
    "[13/3/2567 15:05:07] ",
    "\u200f13\u200f/3\u200f/2024، 3:05 م - ",
    "١٣/٣/٢٠٢٤، ٣:٠٥ م - ",
    "13/03/2024, 3:05 अपराह्न - ",
    "13.03.2024 ÖS 3:05 - ",
]


@pytest.mark.parametrize("form", FORMS)
def test_header_forms(form: str) -> None:
    """Each spelling of date and time is read, and what stands behind it."""
    found = read(f"{form}Ana: see you at noon\n{form}Ben: yes\n{form}Ana: fine\n")
    seconds = 7 if form.count("07") else 0
    assert set(column(found, "messages", "sent_at")) == {datetime(2024, 3, 13, 15, 5, seconds, tzinfo=UTC)}
    assert column(found, "messages", "text") == ["see you at noon", "yes", "fine"]
    assert {row["display_name"] for row in found["accounts"]} == {"Ana", "Ben"}
    assert "issues" not in found


@pytest.mark.parametrize(("text", "hour"), [("12:30 AM", 0), ("12:30 PM", 12), ("1:30 am", 1), ("11:30 p. m.", 23)])
def test_halves_of_the_day(text: str, hour: int) -> None:
    """Twelve at night is hour 0 and twelve at noon is hour 12."""
    (header,) = headers(f"1/31/24, {text} - Ana: hi")
    assert header.time == (hour, 30, 0)


ORDERS = [
    (["13/01/24", "01/02/24"], (2024, 2, 1), False),
    (["01/13/24", "02/01/24"], (2024, 2, 1), False),
    (["01/02/24", "02/02/24", "03/02/24"], (2024, 2, 3), True),
    (["2/1/24", "2/2/24", "2/5/24", "2/11/24"], (2024, 2, 11), True),
    (["13/01/24", "01/02/24", "31/02/24", "05/02/24"], (2024, 2, 5), False),
    (["24-05-14", "24-05-30", "24-06-02", "24-06-29", "24-07-01"], (2024, 7, 1), False),
    (["01/02/24", "01/03/24", "02/01/24"], (2024, 2, 1), False),
    (["01/02/24", "01/02/24"], (2024, 2, 1), True),
    (["24/01/05", "24/02/01"], (2024, 2, 1), False),
    (["2024/02/01"], (2024, 2, 1), False),
    (["2024-13-01"], (2024, 1, 13), False),
]


@pytest.mark.parametrize(("dates", "last", "assumed"), ORDERS)
def test_order_of_day_and_month(dates: list[str], last: tuple[int, int, int], assumed: bool) -> None:
    """A number over twelve or time running forward tells the order for the whole file; else it is assumed, and
    that is said."""
    found = read("".join(f"{date}, 10:00 - Ana: hi\n" for date in dates))
    assert found["messages"][-1]["sent_at"] == datetime(*last, 10, tzinfo=UTC)
    assert ("date-order-assumed" in column(found, "issues", "code")) == assumed


def test_the_assumed_order_follows_the_agency_s_country() -> None:
    """Where nothing tells, the country set for the workspace decides, and that is said."""
    text = "01/02/24, 10:00 - Ana: hi\n"
    found = read(text, settings=Settings(default_country="PH"))
    assert found["messages"][0]["sent_at"].month == 1
    assert column(found, "issues", "code") == ["date-order-assumed"]


def test_the_assumed_zone() -> None:
    """Times are the phone's: the workspace's zone is assumed, and each row says so."""
    (row,) = read("13/01/24, 10:00 - Ana: hi\n", settings=Settings(default_zone="Asia/Manila"))["messages"]
    assert row["sent_at"] == datetime(2024, 1, 13, 2, tzinfo=UTC)
    assert row["sent_at_assumed"] == "Asia/Manila"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<Media omitted>", "attachment"),
        (f"{LRM}image omitted", "attachment"),
        ("<Multimedia omitido>", "attachment"),
        ("<Medien ausgeschlossen>", "attachment"),
        ("<Médias omis>", "attachment"),
        (f"{LRM}imagen omitida", "attachment"),
        (f"{LRM}Bild weggelassen", "attachment"),
        (f"{LRM}list.pdf • {LRM}3 pages {LRM}document omitted", "attachment"),
        (f"{LRM}<attached: 00000012-PHOTO-2024-01-31-21-05-30.jpg>", "attachment"),
        ("IMG-20240131-WA0001.jpg (file attached)\nthe bridge", "attachment"),
        ("DOC-20240131-WA0002.pdf (Datei angehängt)", "attachment"),
        ("Se eliminó este mensaje.", "deleted"),
        (f"{LRM}You deleted this message.", "deleted"),
        ("Missed voice call", "call"),
        (f"{LRM}Video call, {LRM}5 min", "call"),
        (f"{LRM}Your security code with Ben changed.", "service"),
        ("I omitted nothing", "message"),
        ("the media were omitted", "message"),
        ("", "message"),
    ],
)
def test_words_in_place_of_a_message(text: str, kind: str) -> None:
    """What WhatsApp writes itself is told from what people write."""
    found = read(f"[31/01/24, 10:00:00] Ana: hello\n[31/01/24, 10:00:01] Ana: {text}\n")
    assert found["messages"][1]["kind"] == kind
    assert found["messages"][1]["text"] == text


def test_length_of_calls() -> None:
    """A call that states its length has it in seconds."""
    found = read("[31/01/24, 10:00:00] Ana: hi\n[31/01/24, 10:00:01] Ana: \u200eVideo call, \u200e1 hr 5 min\n")
    assert [(call["kind"], call["seconds"]) for call in found["calls"]] == [("video", 3900.0)]


BOTH = """\
[31/01/24, 10:00:00] +63 917 000 0111: see you at noon
[31/01/24, 10:01:00] +63\xa0917\xa0000\u20110222: yes
[31/01/24, 10:01:00] +63 917 000 0111: ok
"""


def test_both_sides_by_number_give_one_conversation() -> None:
    """Where both sides are shown by number, the chat exported by either is one conversation with equal ids."""
    ours = read(BOTH, "a/WhatsApp Chat with +63 917 000 0222.txt")
    theirs = read(BOTH.replace("\xa0", " ").replace("\u2011", " "), "b/WhatsApp Chat with +63 917 000 0111.txt")
    for table, name in (("conversations", "conversation_id"), ("messages", "message_id")):
        assert column(ours, table, name) == column(theirs, table, name)
    assert column(ours, "messages", "sender_account_id") == column(theirs, "messages", "sender_account_id")


def test_names_hold_inside_one_chat_only() -> None:
    """Two chats of people with the same names are two conversations of four accounts; the same one later
    exported longer is the same."""
    one = "31/01/24, 10:00 - Ana: see you at noon\n31/01/24, 10:01 - Ben: yes\n"
    other = one.replace("noon", "one")
    longer = one + "31/01/24, 11:00 - Ana: late\n"
    first, second, third = (read(text) for text in (one, other, longer))
    assert not set(column(first, "accounts", "account_id")) & set(column(second, "accounts", "account_id"))
    assert column(first, "conversations", "conversation_id") == column(third, "conversations", "conversation_id")
    assert column(first, "messages", "message_id") == column(third, "messages", "message_id")[:2]


def test_the_other_side_of_a_monologue() -> None:
    """If only one side wrote, the file's name tells the other."""
    found = read("31/01/24, 10:00 - Ana: hi\n", "in/Chat de WhatsApp con Ben.txt")
    assert {row["display_name"] for row in found["accounts"]} == {"Ana", "Ben"}
    assert found["messages"][0]["recipient_account_id"] is not None


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("WhatsApp Chat with Ana Ben.txt", "Ana Ben"),
        ("WhatsApp-Chat mit Ana.txt", "Ana"),
        ("Conversa do WhatsApp com Ana.txt", "Ana"),
        ("Discussion WhatsApp avec Ana.txt", "Ana"),
        ("WhatsApp Chat - Ana.zip!/_chat.txt", "Ana"),
        ("notes.txt", None),
    ],
)
def test_titles(path: str, title: str | None) -> None:
    """The file's name, or that of its archive, tells the title."""
    found = read("31/01/24, 10:00 - Ana: hi\n31/01/24, 10:00 - Ben: hi\n", f"inbox/{path}")
    assert column(found, "conversations", "title") == [title]


def test_quoted_headers_stay_text() -> None:
    """A line that looks like a header of another shape is part of the message it stands in."""
    text = "31/01/24, 10:00 - Ana: he wrote\n[30/01/24, 09:00:00] Cy: hello\n31/01/24, 10:02 - Ben: ok\n"
    text += "31/01/24, 10:03 - Ana: yes\n"
    assert read(text)["messages"][0]["text"] == "he wrote\n[30/01/24, 09:00:00] Cy: hello"


def test_system_lines_with_a_colon() -> None:
    """A system line that quotes a name with a colon has no sender."""
    text = '31/01/24, 10:00 - Ana changed the subject to "Lunch: noon"\n31/01/24, 10:01 - Ana: hi\n'
    found = read(text)
    assert column(found, "messages", "kind") == ["service", "message"]
    assert column(found, "accounts", "display_name") == ["Ana"]


def test_text_before_the_first_header() -> None:
    """Text that stands in no message is set aside, not dropped."""
    found = read("a line of its own\n31/01/24, 10:00 - Ana: hi\n")
    assert column(found, "quarantine", "code") == ["no-header"]
    assert column(found, "messages", "locator") == ["line 2"]


def test_mixed_encodings_and_nul() -> None:
    """Bytes of another encoding are replaced and the line named; NUL stays; the rest is untouched."""
    data = (
        "31/01/24, 10:00 - Ana: café\n31/01/24, 10:01 - Ana: ".encode() + b"caf\xe9 \x00\n31/01/24, 10:02 - Ben: ok\n"
    )
    found = read(data)
    assert column(found, "messages", "text") == ["café", "caf\ufffd \x00", "ok"]
    assert [(row["code"], row["locator"]) for row in found["issues"]] == [("bad-encoding", "line 2")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_unicode_encodings(encoding: str) -> None:
    """A BOM and UTF-16 change nothing."""
    text = example("android").decode()
    data = text.encode(encoding)
    assert WHATSAPP.recognise(item_of(data))
    assert column(read(data), "messages", "message_id") == column(read(text), "messages", "message_id")


def test_windows_lines() -> None:
    """Lines that end with carriage return and newline give the same messages."""
    text = example("android").decode()
    assert column(read(text.replace("\n", "\r\n")), "messages", "text") == column(read(text), "messages", "text")


@pytest.mark.parametrize("date", ["31/13/24", "99/99/99", "00/00/00", "31/02/24"])
def test_impossible_dates(date: str) -> None:
    """A date that cannot be leaves the instant empty and keeps what was written."""
    found = read(f"30/01/24, 10:00 - Ana: a\n{date}, 10:00 - Ana: b\n31/01/24, 99:99 - Ana: c\n")
    assert [row["sent_at"] is None for row in found["messages"]] == [False, True, True]
    assert found["messages"][1]["sent_at_original"] == f"{date}, 10:00"


def test_what_is_no_export() -> None:
    """Text without a header is one quarantine row and is not recognised; nor are logs of programs."""
    for text in ("", "hello\n", "a: b\n", '{"a": 1}', "[2024-01-31 10:00:00] INFO: started\n", "1/2/24 - Ana: x"):
        assert not WHATSAPP.recognise(item_of(text.encode()))
    assert list(read("hello\n")) == ["quarantine"]
    for name in ("android", "ios"):
        assert WHATSAPP.recognise(item_of(example(name)))
    assert WHATSAPP.hints(item_of(b"")) == ()


def test_everything_it_writes_is_declared() -> None:
    """No row goes into a table that the reader does not name."""
    assert {*read(example("android")), *read(example("ios"))} <= set(WhatsApp.tables)


@pytest.mark.slow
def test_one_line_of_50_mb() -> None:
    """An over-long line is set aside; the messages before and behind it arrive, quickly."""
    good = b"31/01/24, 10:00 - Ana: hi\n"
    start = time.monotonic()
    found = read(good + b"31/01/24, 10:01 - Ben: " + b"x" * 50_000_000 + b"\nmore\n" + good.replace(b"10:00", b"10:02"))
    assert time.monotonic() - start < 20
    assert [(r["source_index"], r["text"]) for r in found["messages"]] == [(0, "hi"), (2, "hi")]
    assert column(found, "quarantine", "code") == ["line-too-long", "no-header"]


@pytest.mark.parametrize(
    "hostile",
    [
        "1/1/24, " * 200_000,
        "[" * 1_000_000,
        "31/01/24, 10:00 - " * 100_000,
        "31/01/24, 10:00 - " + ":" * 1_000_000,
        "31/01/24, 10:00 - Ana" + " " * 1_000_000 + ": x",
        "31/01/24, 10:00 - Ana: " + "<a:" * 300_000,
        "31/01/24, 10:00 - Ana: x\n" + "\u200e" * 1_000_000 + "\n" + "1" * 1_000_000,
        "31/01/24, 10:00 - Ana: x\n" + "\n" * 1_000_000,
        "31/01/24, 10:00 - Ana: x\n" + "9/9/9\n" * 200_000,
    ],
    ids=lambda text: repr(text[:24]),
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    """No text makes the reader hang."""
    start = time.monotonic()
    read("31/01/24, 09:00 - Ana: a\n" + hostile)
    assert time.monotonic() - start < 15


SAID = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
NAMES = st.sampled_from(["Ana", "Ben Ex", "+63 917 000 0222", "Ñandú 4", "李雷"])


@given(
    st.lists(st.tuples(NAMES, SAID, st.integers(0, 100_000)), min_size=1, max_size=20),
    st.sampled_from(["%d/%m/%Y, %H:%M - ", "[%d.%m.%y, %H:%M:%S] ", "%m/%d/%y, %I:%M\u202f%p - ", "%Y-%m-%d %H.%M - "]),
)
@settings(max_examples=150, deadline=None)
def test_round_trip(said: list[tuple[str, str, int]], form: str) -> None:
    """Whatever is said arrives with its sender and time, in order, the same when read again."""
    assume(all(next(headers(text), None) is None and text == text.strip("\n") for _, text, _ in said))
    now, lines = datetime(2024, 1, 31, 8, 0), []
    for name, text, step in said:
        now += timedelta(minutes=step if lines else 0)
        lines.append((now, name, text))
    data = "".join(f"{when.strftime(form)}{name}: {text}\n" for when, name, text in lines)
    found = read(data)
    assert column(found, "messages", "text") == [text for _, _, text in lines]
    assert column(found, "messages", "sent_at") == [when.replace(tzinfo=UTC) for when, _, _ in lines]
    assert len(set(column(found, "messages", "message_id"))) == len(said)
    assert read(data) == found


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes(noise: bytes) -> None:
    """No bytes make the reader fail; the messages around them arrive."""
    found = read(b"31/01/24, 10:00 - Ana: first\n" + noise + b"\n31/01/24, 10:05 - Ben: last\n")
    assert column(found, "messages", "text")[-1] == "last"
