"""Names that an old user name may have become."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.identity.nicks import Nicks, folded

NAMES = ["riverstone", "river_st0ne", "riverbed|away", "lev|away", "maple|away", "maple", "Маплэ", "quartz99", "x"]


def test_rare_pieces_lead() -> None:
    """What is left of a name leads to it through case, signs, digits and script; an ending that many add does not."""
    nicks = Nicks(NAMES)
    assert [name for name, _ in nicks.like("RiverStone_", 2)] == ["river_st0ne", "riverstone"]
    assert nicks.like("quartz")[0][0] == "quartz99"
    assert nicks.like("maple|away", 1)[0][0] in ("maple", "Маплэ")


def test_folding() -> None:
    """Signs between words, case, look-alike digits and digits at the end do not count; digits alone stay."""
    assert folded("R1ver_Stone99") == folded("riverstone") == "riverstone"
    assert folded("12345") == "12345"
    assert folded("___") == "___"


@given(st.lists(st.text(max_size=12), max_size=12), st.text(max_size=12))
def test_any_names(names: list[str], asked: str) -> None:
    """Any texts: likeness between 0 and 1, falling, never the name itself, and the same in any order."""
    found = Nicks(names).like(asked)
    assert found == Nicks(names[::-1]).like(asked)
    assert all(0 <= value <= 1.000001 for _, value in found)
    assert [value for _, value in found] == sorted((value for _, value in found), reverse=True)
    assert asked not in [name for name, _ in found]
