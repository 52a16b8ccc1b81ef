"""Known fields are decoded fast, unknown ones are told once, wrong ones are refused."""

from __future__ import annotations

import msgspec
import pytest

from tanglaw.reading.json_known import Known


class Kind(msgspec.Struct, kw_only=True, gc=False):
    id: int
    from_: str | None = msgspec.field(name="from", default=None)


def test_unknown_fields_are_told_once() -> None:
    """Each unknown name is told once, and all objects arrive."""
    told: list[str] = []
    known = Known(Kind, {"unused"}, told.append)
    found = known.many(b'[{"id":1,"from":"a","unused":[1]},{"id":2,"x":1},{"id":3,"y z":1,"x":2}]')
    assert [(one.id, one.from_) for one in found] == [(1, "a"), (2, None), (3, None)]
    assert known.one(b'{"id":4,"y z":1}').id == 4
    assert told == ["x", "y z"]


def test_a_flood_of_unknown_names_is_bounded() -> None:
    """Beyond a bound unknown names are told as one."""
    told: list[str] = []
    known = Known(Kind, (), told.append)
    found = known.many(b"[" + b",".join(b'{"id":%d,"f%d":0}' % (n, n) for n in range(500)) + b"]")
    assert len(found) == 500
    assert told[-1] == "(and more)"
    assert len(told) < 100


@pytest.mark.parametrize("bad", [b'{"id":"x"}', b"{}", b'{"id":1', b"7", b'{"id":1,"from":7}'])
def test_what_does_not_fit_is_refused(bad: bytes) -> None:
    """Wrong types, missing fields and broken text raise what msgspec raises."""
    with pytest.raises(msgspec.DecodeError):
        Known(Kind, ()).one(bad)


def test_names_with_odd_characters() -> None:
    """A field name may hold quotes and what the decoder's own message holds."""
    told: list[str] = []
    Known(Kind, (), told.append).one(b'{"id":1,"a` - at `$.b":1,"\\u00e9":2}')
    assert "é" in told
    assert len(told) == 2
