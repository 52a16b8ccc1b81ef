"""Ids repeat, differ where their parts differ, and say nothing without the key."""

from __future__ import annotations

import copy
import hashlib
import pickle

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.ids import ID_BYTES, NOTHING, Ids

PARTS = st.lists(st.one_of(st.none(), st.integers(), st.text(st.characters(exclude_characters="\x00\x1f"))), max_size=5)
IDS = Ids(b"test key")


@given(parts=PARTS)
def test_an_id_is_the_keyed_hash_of_its_parts(parts: list[str | int | None]) -> None:
    """BLAKE2b with the workspace's key over kind and parts, None marked."""
    text = "\x1f".join(["kind", *(NOTHING if part is None else str(part) for part in parts)])
    raw = text.encode("utf-8", "surrogatepass")
    assert IDS.of("kind", *parts) == hashlib.blake2b(raw, digest_size=ID_BYTES, key=b"test key").hexdigest()


@given(one=PARTS, other=PARTS)
def test_different_parts_give_different_ids(one: list[str | int | None], other: list[str | int | None]) -> None:
    """None, the empty text and another number of parts are all told apart; a number equals its digits."""
    same = [part if part is None else str(part) for part in one] == [p if p is None else str(p) for p in other]
    assert (IDS.of("kind", *one) == IDS.of("kind", *other)) is same


def test_texts_are_the_quick_way_to_the_same_id() -> None:
    """`of_texts` with NOTHING for None equals `of`."""
    assert IDS.of_texts("kind", "a", NOTHING, "3") == IDS.of("kind", "a", None, 3)


def test_ids_travel_with_their_key_and_do_not_show_it() -> None:
    """Workers and engines make the same ids; the key stands in no text of the object."""
    IDS.of("kind", "a")
    for other in (pickle.loads(pickle.dumps(IDS)), copy.copy(IDS)):
        assert other == IDS
        assert other.of("kind", "a") == IDS.of("kind", "a")
    assert "test key" not in repr(IDS)


def test_another_key_gives_other_ids() -> None:
    """The same parts are not linkable between workspaces."""
    assert Ids(b"other key").of("kind", "a") != IDS.of("kind", "a")
