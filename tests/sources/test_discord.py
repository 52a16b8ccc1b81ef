"""DiscordChatExporter's JSON: channels by their own number, calls, mentions, nothing opened."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.accounts import account_id
from tanglaw.sources.discord import DISCORD, Discord
from tanglaw.testing.rows import Found, collect, item_of

EXAMPLE = Path(__file__).parent / "examples" / "chat_discord.json"
CHAT: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"))
IDS = Ids(DEMO_KEY)


def user(number: int) -> str:
    return account_id(IDS, "discord", "esp-id", str(number))


def read(document: object, layout: int | None = 2) -> Found:
    data = document if isinstance(document, bytes) else json.dumps(document, indent=layout, ensure_ascii=False).encode()
    return collect(DISCORD, data, "inbox/chat.json")


def column(found: Found, table: str, name: str) -> list[Any]:
    return [row[name] for row in found.get(table, [])]


def changed(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CHAT), **more}


def test_a_direct_chat() -> None:
    """Messages arrive in order with both sides, kinds, replies, edits and counted attachments."""
    found = read(CHAT)
    assert column(found, "messages", "text") == [
        "see you at noon",
        "ok @Cy",
        "Started a call that lasted 2 minutes.",
        "",
        "Pinned a message.",
        "the park opens at nine",
    ]
    assert column(found, "messages", "kind") == ["message", "message", "call", "attachment", "service", "message"]
    assert column(found, "messages", "attachments") == [0, 0, 0, 1, 0, 0]
    assert column(found, "messages", "reply_to")[:2] == [None, "1"]
    assert column(found, "messages", "edited_at")[4] == "2024-03-01T10:07:00+00:00"
    assert column(found, "messages", "source_index") == list(range(6))
    first = found["messages"][0]
    assert (first["sender_account_id"], first["recipient_account_id"]) == (user(1001), user(1002))
    assert first["sent_at"].isoformat() == "2024-03-01T10:00:00+00:00"
    assert (first["sent_at_original"], first["sent_at_assumed"]) == ("2024-03-01T10:00:00+00:00", None)
    assert found["messages"][1]["sent_at"].microsecond == 500_000
    assert column(found, "conversations", "kind") == ["direct"]
    assert column(found, "conversations", "title") == ["Direct Messages / Ana"]
    assert "issues" not in found
    assert "quarantine" not in found


def test_a_call() -> None:
    """A call has its length from start to end, and both sides."""
    (call,) = read(CHAT)["calls"]
    assert call["seconds"] == 150.0
    assert (call["caller_account_id"], call["callee_account_id"]) == (user(1002), user(1001))


def test_third_parties_are_only_mentioned() -> None:
    """Someone mentioned is an account of that role and takes no part."""
    found = read(CHAT)
    assert {(r["account_id"], r["role"], r["handle"]) for r in found["accounts"]} == {
        (user(1001), "participant", "ana"),
        (user(1002), "participant", "ben"),
        (user(1003), "mentioned", "cy"),
    }
    assert set(column(found, "participants", "account_id")) == {user(1001), user(1002)}


def test_both_sides_give_one_conversation() -> None:
    """The channel's own number makes the conversation, so the other side's export gives the same ids."""
    other = changed(channel={**CHAT["channel"], "name": "Ben"}, exportedAt="2025-01-01T00:00:00+00:00")
    for table, name in (("conversations", "conversation_id"), ("messages", "message_id"), ("calls", "call_id")):
        assert column(read(CHAT), table, name) == column(read(other), table, name)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("DirectTextChat", "direct"), ("DirectGroupTextChat", "group"), ("GuildTextChat", "channel"), ("7", "channel")],
)
def test_channel_types(kind: str, expected: str) -> None:
    """Direct chats, groups and channels of a guild are told apart; only direct ones have recipients."""
    found = read(changed(channel={"id": "9", "type": kind, "name": "park"}))
    assert column(found, "conversations", "kind") == [expected]
    assert (found["messages"][0]["recipient_account_id"] is not None) == (expected == "direct")


def test_keys_in_another_order() -> None:
    """A file that names its channel after the messages gives the same rows."""
    swapped = {"messages": CHAT["messages"], **{key: CHAT[key] for key in CHAT if key != "messages"}}
    assert column(read(swapped), "messages", "message_id") == column(read(CHAT), "messages", "message_id")
    assert column(read(swapped), "conversations", "title") == ["Direct Messages / Ana"]


def test_unknown_fields_are_said_once() -> None:
    """A field nobody knows is an issue at each level, once a file."""
    document = changed(novelty=1)
    document["channel"]["glow"] = 1
    for entry in document["messages"]:
        entry["fresh"] = True
        entry["author"]["hat"] = "red"
    document["messages"][3]["attachments"][0]["colour"] = 1
    found = read(document)
    assert sorted(column(found, "issues", "locator")) == [
        "/channel/glow",
        "/messages/*/attachments/*/colour",
        "/messages/*/author/hat",
        "/messages/*/fresh",
        "/novelty",
    ]
    assert len(found["messages"]) == 6


def test_a_wrong_count_is_said() -> None:
    """A file that states another number of messages than it holds is named."""
    assert column(read(changed(messageCount=9)), "issues", "code") == ["count-differs"]


def test_a_missing_channel() -> None:
    """Without a channel the file is a conversation of its own, and that is said."""
    document = changed()
    del document["channel"]
    found = read(document)
    assert column(found, "issues", "code") == ["missing-field"]
    assert len(found["messages"]) == 6


def test_a_truncated_file() -> None:
    """Whole messages before the cut arrive."""
    data = json.dumps(CHAT, indent=2).encode()
    found = read(data[: data.index(b'"id": "4"') + 40])
    assert column(found, "messages", "source_index") == [0, 1, 2]
    assert column(found, "quarantine", "code") == ["json-truncated"]


@pytest.mark.parametrize("layout", [None, 2])
def test_a_broken_message_costs_only_itself(layout: int | None) -> None:
    """A message whose author is a number is set aside; the others keep their places."""
    document = changed()
    document["messages"][2]["author"] = 7
    found = read(document, layout)
    assert column(found, "messages", "source_index") == [0, 1, 3, 4, 5]
    assert column(found, "quarantine", "code") == ["json-shape"]


def test_authors_of_odd_shape() -> None:
    """A message without an author, or with an author without a number, has no sender."""
    document = changed()
    document["messages"][0]["author"] = None
    document["messages"][1]["author"] = {"name": "x"}
    assert column(read(document), "messages", "sender_account_id")[:2] == [None, None]


def test_recognised_by_content() -> None:
    """The export is recognised by its guild and channel; other JSON is not."""
    assert DISCORD.recognise(item_of(EXAMPLE.read_bytes()))
    for text in ('{"messages": []}', '["guild", "channel", "exportedAt"]', "", '{"guild": 1}'):
        assert not DISCORD.recognise(item_of(text.encode()))
    assert DISCORD.hints(item_of(b"{}")) == ()


def test_what_is_no_export() -> None:
    """Text that is no object is one quarantine row."""
    assert list(read(b"guild")) == ["quarantine"]


def test_everything_it_writes_is_declared() -> None:
    """No row goes into a table that the reader does not name."""
    assert set(read(CHAT)) <= set(Discord.tables)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.text(max_size=40)), max_size=20), st.sampled_from([None, 2]))
@settings(max_examples=60, deadline=None)
def test_round_trip(said: list[tuple[int, str]], layout: int | None) -> None:
    """Whatever is said arrives as it was said, with its sender, the same when read again."""
    messages = [
        {"id": str(n), "type": "Default", "timestamp": f"2024-01-01T00:00:{n:02}+00:00", "content": text}
        | {"author": {"id": str(number), "name": "x"}}
        for n, (number, text) in enumerate(said)
    ]
    document = changed(messages=messages, messageCount=len(said))
    found = read(json.dumps(document, indent=layout).encode("utf-8"))
    assert column(found, "messages", "text") == [text for _, text in said]
    assert column(found, "messages", "sender_account_id") == [user(number) for number, _ in said]
    assert read(json.dumps(document, indent=layout).encode("utf-8")) == found


@given(st.data(), st.sampled_from([None, 2]))
@settings(max_examples=100, deadline=None)
def test_damage_anywhere(data: st.DataObject, layout: int | None) -> None:
    """Bytes put in, taken out or cut off anywhere never make the reader fail, and places stay unique."""
    whole = json.dumps(CHAT, indent=layout).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(whole)))
        whole = whole[:start] + data.draw(st.binary(max_size=3)) + whole[start + data.draw(st.integers(0, 20)) :]
    found = read(whole)
    indexes = column(found, "messages", "source_index")
    assert len(set(indexes)) == len(indexes)
    assert found
