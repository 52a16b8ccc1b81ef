"""Telegram's JSON export: every message with its place, one conversation whoever exported it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.config import Settings
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.sources.telegram import TELEGRAM
from tanglaw.sources.telegram.reader import Telegram
from tanglaw.testing.rows import Found, collect, item_of

EXAMPLES = Path(__file__).parent / "examples"
SINGLE: dict[str, Any] = json.loads((EXAMPLES / "chat_telegram_single.json").read_text("utf-8"))
FULL: dict[str, Any] = json.loads((EXAMPLES / "chat_telegram_full.json").read_text("utf-8"))
IDS = Ids(DEMO_KEY)


def user(number: int) -> str:
    return account_id(IDS, "telegram", "esp-id", str(number))


def read(document: object, layout: int | None = 1, **more: Any) -> Found:
    data = document if isinstance(document, bytes) else json.dumps(document, indent=layout, ensure_ascii=False).encode()
    return collect(TELEGRAM, data, "inbox/result.json", **more)


def column(found: Found, table: str, name: str) -> list[Any]:
    return [row[name] for row in found.get(table, [])]


def message(text: object, number: int = 0, **more: Any) -> dict[str, Any]:
    stamp = str(1_700_000_000 + number)
    base = {"id": number, "type": "message", "date": "2023-11-14T22:13:20", "date_unixtime": stamp}
    return {**base, "from": "Ana", "from_id": "user111", "text": text, **more}


def chat(messages: list[Any], **more: Any) -> dict[str, Any]:
    return {"name": "Ana", "type": "personal_chat", "id": 111, "messages": messages, **more}


def test_one_chat() -> None:
    """A single chat gives its messages in order, with sender, recipient, kind, place and time."""
    found = read(SINGLE)
    rows = found["messages"]
    assert column(found, "messages", "source_index") == list(range(8))
    assert column(found, "messages", "kind") == ["message"] * 3 + ["call", "attachment"] + ["message"] * 3
    assert rows[0]["sent_at"].isoformat() == "2024-03-01T10:00:00+00:00"
    assert rows[0]["sent_at_original"] == "1709287200"
    assert rows[0]["sent_at_assumed"] is None
    assert (rows[0]["sender_account_id"], rows[0]["recipient_account_id"]) == (user(111), user(222))
    assert (rows[1]["sender_account_id"], rows[1]["recipient_account_id"]) == (user(222), user(111))
    assert rows[1]["text"] == "write to ben@example.org or here"
    assert rows[1]["reply_to"] == "1"
    assert rows[2]["edited_at"] == "1709287380"
    assert rows[3]["text"] == "phone_call"
    assert column(found, "messages", "attachments") == [0, 0, 0, 0, 1, 0, 0, 0]
    assert {row["source_path"] for row in rows} == {"inbox/result.json"}
    assert rows[4]["locator"] == "/messages/4"
    assert "issues" not in found
    assert "quarantine" not in found


def test_what_stands_beside_the_text() -> None:
    """A link behind words, a call and a forwarded third party have rows of their own."""
    found = read(SINGLE)
    (call,) = found["calls"]
    assert (call["seconds"], call["outcome"], call["kind"]) == (65.0, "hangup", "call")
    assert (call["caller_account_id"], call["callee_account_id"]) == (user(222), user(111))
    assert call["started_at"].isoformat() == "2024-03-01T10:10:00+00:00"
    assert [(row["field"], row["text"]) for row in found["texts"]] == [("href", "https://example.org/park")]
    assert [(r["role"], r["display_name"]) for r in found["accounts"] if r["role"] != "participant"] == [
        ("mentioned", "Park Friends")
    ]


def test_equal_messages_have_ids_of_their_own() -> None:
    """The same words in the same second twice are two messages."""
    assert len(set(column(read(SINGLE), "messages", "message_id"))) == 8


def test_the_whole_account() -> None:
    """A whole-account export gives each chat, the owner's profile, the address book and the sessions."""
    found = read(FULL)
    assert column(found, "conversations", "kind") == ["direct", "group", "direct", "channel"]
    assert column(found, "conversations", "title") == ["Ana", "Lunch", None, "Park news"]
    assert column(found, "messages", "source_index") == list(range(8))
    assert found["messages"][3]["text"] == "create_group: Lunch: Ben, Cy"
    assert found["messages"][3]["locator"] == "/chats/list/1/messages/0"
    assert [r["recipient_account_id"] for r in found["messages"][3:]] == [None] * 5
    owner = next(row for row in found["accounts"] if row["role"] == "subscriber")
    assert (owner["account_id"], owner["handle"], owner["display_name"]) == (user(222), "@ben_example", "Ben Example")
    assert [(r["role"], r["value"]) for r in found["contacts"]] == [
        ("subscriber", "+63 917 000 0222"),
        ("mentioned", "+63 917 000 0111"),
        ("mentioned", "+63 917 000 0333"),
    ]
    assert ("profileBio", "walks: ben.walks@example.org") in [(row["field"], row["text"]) for row in found["texts"]]
    (capture,) = found["captures"]
    assert (capture["ip"], capture["account_id"], capture["at_original"]) == ("192.0.2.7", user(222), "1709287200")
    assert {r["identifier"] for r in found["accounts"] if r["role"] == "mentioned"} == {"111", "+639170000333"}
    assert "issues" not in found
    assert "quarantine" not in found


def test_both_sides_give_one_conversation() -> None:
    """Exported by Ana and by Ben, a chat has the same conversation and message ids, though numbered apart."""
    other = copy.deepcopy(SINGLE)
    other.update(name="Ben", id=222)
    for entry in other["messages"]:
        entry["id"] += 7000
    ours, theirs = read(SINGLE), read(other)
    for table, name in (("messages", "message_id"), ("messages", "recipient_account_id"), ("calls", "call_id")):
        assert column(ours, table, name) == column(theirs, table, name)
    assert column(ours, "conversations", "conversation_id") == column(theirs, "conversations", "conversation_id")
    assert set(column(ours, "participants", "account_id")) == set(column(theirs, "participants", "account_id"))


def test_a_chat_in_a_whole_account_equals_the_chat_alone() -> None:
    """The same chat exported alone and inside the whole account gives the same ids."""
    alone = read(chat(FULL["chats"]["list"][0]["messages"]))
    assert column(read(FULL), "messages", "message_id")[:3] == column(alone, "messages", "message_id")


def test_the_owner_is_found_wherever_they_write() -> None:
    """The owner's first word may stand far behind: the conversation is the same as if it stood first."""
    late = [message("x" * 200, n) for n in range(20_000)]
    late.append(message("hello", 20_000, from_id="user222", **{"from": "Ben"}))
    found = read(chat(late), layout=None)
    assert set(column(found, "conversations", "conversation_id")) == set(
        column(read(SINGLE), "conversations", "conversation_id")
    )
    assert set(column(found, "messages", "recipient_account_id")) == {user(111), user(222)}


def test_a_chat_in_which_the_owner_never_wrote() -> None:
    """Without a word of the owner, the conversation has one side and its messages no recipient."""
    found = read(chat([message("hello")]))
    assert column(found, "messages", "recipient_account_id") == [None]
    assert column(found, "participants", "account_id") == [user(111)]


def test_keys_in_another_order() -> None:
    """A file whose keys were sorted names the chat after its messages; nothing changes."""
    data = json.dumps(SINGLE, sort_keys=True).encode()
    swapped = {"messages": SINGLE["messages"], "type": "personal_chat", "name": "Ana", "id": 111}
    for found in (read(data), read(swapped)):
        assert column(found, "messages", "message_id") == column(read(SINGLE), "messages", "message_id")
        assert column(found, "conversations", "title") == ["Ana"]


def test_groups_have_the_group_s_id() -> None:
    """A group is the same conversation in everyone's export, and another than the channel of that number."""
    group = {"name": "Lunch", "type": "private_group", "id": 9, "messages": [message("noon?")]}
    one, other = read(group), read({**group, "messages": [message("yes", from_id="user5")]})
    channel = read({**group, "type": "public_channel"})
    ids = [column(found, "conversations", "conversation_id") for found in (one, other, channel)]
    assert ids[0] == ids[1] != ids[2]


def test_old_exports() -> None:
    """Exports before 2021 have local times without a zone, and bare numbers for people."""
    old = {"id": 1, "type": "message", "date": "2020-06-01T12:00:00", "from": "Ana", "from_id": 111, "text": "hi"}
    found = read(chat([old]), settings=Settings(default_zone="Asia/Manila"))
    (row,) = found["messages"]
    assert row["sent_at"].isoformat() == "2020-06-01T04:00:00+00:00"
    assert (row["sent_at_original"], row["sent_at_assumed"]) == ("2020-06-01T12:00:00", "Asia/Manila")
    assert row["sender_account_id"] == user(111)


@pytest.mark.parametrize("stamp", ["soon", "", "-5", "99999999999999", None, 1.5])
def test_times_that_cannot_be_read(stamp: object) -> None:
    """A message whose time cannot be read arrives without one, or is set aside where it is no time at all."""
    found = read(chat([message("a", date_unixtime=stamp, date="never"), message("b", 1)]))
    kept = column(found, "messages", "text")
    assert kept in (["a", "b"], ["b"])
    assert len(kept) + len(found.get("quarantine", [])) == 2
    if len(kept) == 2:
        assert found["messages"][0]["sent_at"] is None


def test_unknown_fields_are_said_once() -> None:
    """A field nobody knows is an issue, once for each place where it may stand, and stops nothing."""
    document = chat([message("a", n, novelty={"x": 1}, second=n) for n in range(50)], extra=1)
    document["messages"][3]["text"] = [{"type": "plain", "text": "b", "glow": True}]
    found = read(document)
    assert len(found["messages"]) == 50
    assert sorted(column(found, "issues", "locator")) == [
        "/extra",
        "/messages/*/novelty",
        "/messages/*/second",
        "/messages/*/text/*/glow",
    ]
    assert set(column(found, "issues", "code")) == {"unknown-field"}


def test_a_flood_of_unknown_fields() -> None:
    """A thousand unknown fields end in a bounded number of issues and lose no message."""
    found = read(chat([message("a", n, **{f"field{n}": n}) for n in range(1000)]))
    assert len(found["messages"]) == 1000
    assert 10 < len(found["issues"]) < 100


def test_a_truncated_file() -> None:
    """All whole messages before the cut arrive; the cut one is set aside."""
    data = json.dumps(SINGLE, indent=1).encode()
    found = read(data[: data.index(b'"id": 6') + 30])
    assert column(found, "messages", "source_index") == [0, 1, 2, 3, 4]
    assert column(found, "quarantine", "code") == ["json-truncated"]
    assert column(found, "quarantine", "locator")[0].startswith("/messages/5 byte ")


def test_a_truncated_account() -> None:
    """Cut in its chats, a whole-account export still gives the owner and the address book before them."""
    data = json.dumps(FULL, indent=1).encode()
    found = read(data[: data.index(b'"id": 21')])
    assert {row["role"] for row in found["accounts"]} >= {"subscriber", "mentioned", "participant"}
    assert len(found["contacts"]) == 3
    found = read(data[: data.index(b'"sessions"')])
    assert len(found["contacts"]) == 3
    assert "messages" not in found


def test_an_account_stripped_of_all_but_its_chats() -> None:
    """Without the profile the owner is whoever writes beside the other side; a chat without messages stays."""
    chats = copy.deepcopy(FULL["chats"]["list"][:2])
    chats.append({"name": "Di", "type": "personal_chat", "id": 444})
    found = read({"chats": {"list": chats}})
    assert column(found, "conversations", "title") == ["Ana", "Lunch", "Di"]
    assert column(found, "messages", "message_id") == column(read(FULL), "messages", "message_id")[:6]
    assert "issues" not in found


@pytest.mark.parametrize("spoil", [('"text": "bring', '"text": bring'), ('"id": 3,', '"id": 3'), ("}\n  ", "\n  ")])
def test_a_broken_message_costs_only_itself(spoil: tuple[str, str]) -> None:
    """One damaged message is set aside with its text and its place; places of the others do not move."""
    text = json.dumps(SINGLE, indent=1)
    at = text.index('"id": 3,')
    found = read((text[:at] + text[at:].replace(*spoil, 1)).encode())
    assert len(found["quarantine"]) == 1
    assert len(found["messages"]) == 7
    assert column(found, "messages", "source_index") == [0, 1, 3, 4, 5, 6, 7]
    assert found["quarantine"][0]["locator"].startswith("/messages/2 byte ")


def test_a_broken_chat_does_not_hide_the_next() -> None:
    """In a whole-account export damage in one chat leaves the other chats whole."""
    text = json.dumps(FULL, indent=1).replace('"text": "noon?"', '"text": "noon?', 1)
    found = read(text.encode())
    assert column(found, "messages", "source_index") == [0, 1, 2, 3, 5, 6, 7]
    assert len(found["conversations"]) == 4
    assert len(found["quarantine"]) == 1


def test_wrong_types_are_set_aside() -> None:
    """An entry that is no message, or has a list for a name, is set aside and keeps its place."""
    found = read(chat([message("a"), 7, "x", None, message("b", **{"from": ["Ana"]}), {}, message("c", 9)]))
    assert column(found, "messages", "source_index") == [0, 6]
    assert column(found, "quarantine", "code") == ["json-shape"] * 5


def test_what_is_no_export() -> None:
    """A file that only begins like an export is one quarantine row."""
    for data in (b"", b"[]", b'{"type": "personal_chat"', b"\x00\x01"):
        assert list(read(data)) == ["quarantine"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings(encoding: str) -> None:
    """A BOM and UTF-16 change nothing."""
    data = json.dumps(SINGLE, ensure_ascii=False).encode(encoding)
    assert TELEGRAM.recognise(item_of(data))
    assert column(read(data), "messages", "message_id") == column(read(SINGLE), "messages", "message_id")


def test_bad_bytes_are_replaced_and_said() -> None:
    """A message with bytes that are not UTF-8 arrives with replacements and an issue."""
    found = read(json.dumps(SINGLE, indent=1).encode().replace(b"bring bread", b"bring \xff bread"))
    assert found["messages"][2]["text"] == "bring \ufffd bread"
    assert column(found, "issues", "code") == ["bad-encoding"]


def test_kinds_beside_messages() -> None:
    """Stickers, files, group calls, unsupported entries and places are told apart; nothing is opened."""
    found = read(
        chat(
            [
                message("", 0, media_type="sticker", file="stickers/a.webp", sticker_emoji="x"),
                message("", 1, file="files/list.txt", photo="p.jpg"),
                {"id": 2, "type": "unsupported"},
                message("", 3, type="service", action="group_call", actor="Ana", actor_id="user111", duration=30),
                message("", 4, type="service", information_text="welcome"),
                message("", 5, location_information={"latitude": "1.5", "longitude": "2.5"}, place_name="Park"),
                message("", 6, contact_information={"first_name": "Cy", "phone_number": "+63 917 000 0333"}),
                message([{"type": "mention_name", "text": "Di", "user_id": 444}], 7),
            ]
        )
    )
    assert column(found, "messages", "kind") == [
        "attachment",
        "attachment",
        "attachment",
        "call",
        "service",
        "message",
        "message",
        "message",
    ]
    assert column(found, "messages", "attachments") == [1, 2, 0, 0, 0, 0, 0, 0]
    assert found["messages"][4]["text"] == "welcome"
    assert column(found, "calls", "seconds") == [30.0]
    assert sorted(column(found, "texts", "field")) == ["location_information", "place_name"]
    assert column(found, "contacts", "value") == ["+63 917 000 0333"]
    mentioned = {row["identifier"] for row in found["accounts"] if row["role"] == "mentioned"}
    assert mentioned == {"+639170000333", "444"}


def test_a_sender_without_an_id() -> None:
    """A sender known by name only holds inside the conversation."""
    one = read(chat([message("a", from_id=None)]))
    other = read(chat([message("a", from_id=None)], id=5, name="Di"))
    ids = [row["account_id"] for found in (one, other) for row in found["accounts"] if row["identifier_kind"] == "name"]
    assert len(set(ids)) == 2


def test_recognised_by_content() -> None:
    """Both kinds of export are recognised; other JSON is not."""
    for name in ("chat_telegram_single.json", "chat_telegram_full.json"):
        assert TELEGRAM.recognise(item_of((EXAMPLES / name).read_bytes()))
    for text in ('{"messages": []}', '[{"type": "personal_chat"}]', "hello", '{"guild": {}, "channel": {}}', ""):
        assert not TELEGRAM.recognise(item_of(text.encode()))
    assert TELEGRAM.hints(item_of(b"{}")) == ()


def test_everything_it_writes_is_declared() -> None:
    """No row goes into a table that the reader does not name."""
    written = {*read(SINGLE), *read(FULL)} - {"issues", "quarantine"}
    assert written <= set(Telegram.tables)


SAID = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
SENDERS = st.sampled_from([111, 222])


@given(st.lists(st.tuples(SENDERS, SAID, st.integers(0, 3)), min_size=1, max_size=30), st.sampled_from([None, 0, 1, 4]))
@settings(max_examples=100, deadline=None)
def test_round_trip(said: list[tuple[int, str, int]], layout: int | None) -> None:
    """Whatever is said arrives as it was said, in order, each with an id of its own, the same when read again."""
    entries = [
        message(text, 1000 * n + step, from_id=f"user{number}", **{"from": str(number)})
        for n, (number, text, step) in enumerate(said)
    ]
    found = read(chat(entries), layout)
    assert column(found, "messages", "text") == [text for _, text, _ in said]
    assert column(found, "messages", "sender_account_id") == [user(number) for number, _, _ in said]
    assert len(set(column(found, "messages", "message_id"))) == len(said)
    assert read(chat(entries), layout) == found


@given(st.data(), st.sampled_from(["single", "full"]), st.sampled_from([None, 1]))
@settings(max_examples=150, deadline=None)
def test_damage_anywhere(data: st.DataObject, name: str, layout: int | None) -> None:
    """Bytes put in, taken out or cut off anywhere never make the reader fail, and places stay unique."""
    whole = json.dumps({"single": SINGLE, "full": FULL}[name], indent=layout).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole)))
        whole = whole[:start] + data.draw(st.binary(max_size=3)) + whole[start + data.draw(st.integers(0, 20)) :]
    found = read(whole)
    indexes = column(found, "messages", "source_index")
    assert len(set(indexes)) == len(indexes)
    assert found
