"""Ids of conversations and messages are equal for equal input and tell the rest apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.reading.chats import Chats, Conversation, Sent, direct_id, group_id
from tanglaw.testing.rows import memory_rows

IDS = Ids(DEMO_KEY)
CHAT = Conversation("c", "telegram", "direct", None, "")


def written(*batches: Sent) -> tuple[list[str], list[dict[str, object]]]:
    rows, sink = memory_rows()
    rows.begin("file", "0" * 64, 1)
    chats = Chats(rows, "file", "telegram")
    ids = [one for batch in batches for one in chats.write(CHAT, batch)]
    rows.flush()
    return ids, sink.found().get("messages", [])


def sent(texts: list[str], first: int = 0, time: int | None = 5, sender: str | None = "s") -> Sent:
    count = len(texts)
    return Sent(first, [time] * count, ["5"] * count, [sender] * count, texts, ["message"] * count, "/m/", number=first)


@given(st.lists(st.text(max_size=8), max_size=12))
def test_message_ids_are_those_of_ids(texts: list[str]) -> None:
    """The fast way gives the ids that `Ids.of` gives, numbering equal messages from 0."""
    expected, counts = [], dict[str, int]()
    for text in texts:
        counts[text] = counts.get(text, -1) + 1
        expected.append(IDS.of("message", "c", "s", 5, text, counts[text]))
    ids, rows = written(sent(texts))
    assert ids == expected == [row["message_id"] for row in rows]


def test_numbering_goes_on_over_batches() -> None:
    """Equal messages in two batches of one file are told apart."""
    ids, rows = written(sent(["ok"]), sent(["ok"], first=1))
    assert len(set(ids)) == 2
    assert [(row["source_index"], row["locator"]) for row in rows] == [(0, "/m/0"), (1, "/m/1")]


def test_messages_without_time_or_sender_are_told_apart_by_place() -> None:
    """Where nothing else tells messages apart, their place in the file does."""
    ids, _ = written(sent(["ok", "ok"], time=None), sent(["ok", "ok"], first=2, sender=None))
    assert len(set(ids)) == 4


def test_many_messages_are_numbered_in_bounded_memory() -> None:
    """Equal messages near each other are told apart however many came before."""
    many = [str(number) for number in range(300_000)]
    ids, _ = written(sent(many), sent([*many[-1:], "new"], first=300_000))
    assert len(set(ids)) == 300_002


def test_conversations() -> None:
    """Two sides make one conversation in either order; one side, a group and another platform make others."""
    assert direct_id(IDS, "telegram", "a", "b") == direct_id(IDS, "telegram", "b", "a")
    ids = [
        direct_id(IDS, "telegram", "a", "b"),
        direct_id(IDS, "telegram", "a", None),
        direct_id(IDS, "whatsapp", "a", "b"),
        group_id(IDS, "telegram", "a"),
    ]
    assert len(set(ids)) == 4


def test_names_seen_for_an_account() -> None:
    """An account is one row a role, with all names it was seen under."""
    rows, sink = memory_rows()
    rows.begin("file", "0" * 64, 1)
    chats = Chats(rows, "file", "telegram")
    for name in ("Ana", "Ana B", "Ana"):
        account = chats.account("esp-id", "1", name=name, place="x")
    chats.account("esp-id", "1", "mentioned")
    chats.handle(account, "participant", "@ana")
    chats.close()
    rows.flush()
    found = [(r["role"], r["display_name"], r["handle"], r["locator"]) for r in sink.found()["accounts"]]
    assert found == [("participant", "Ana | Ana B", "@ana", "x"), ("mentioned", None, None, "")]
