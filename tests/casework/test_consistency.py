"""Whether judgements agree, against a check that is slow and plain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tanglaw.casework.consistency import contradiction

ACCOUNTS = "abcdef"


@dataclass(frozen=True)
class Row:
    """A judgement."""

    kind: str
    a: str
    b: str


def agree(rows: list[Row]) -> bool:
    """Whether some grouping of the accounts fits all rows: groups grown by `same` hold no `not-same`."""
    group = {account: {account} for account in ACCOUNTS}
    for row in rows:
        if row.kind == "same":
            whole = group[row.a] | group[row.b]
            for account in whole:
                group[account] = whole
    return not any(row.kind == "not-same" and row.b in group[row.a] for row in rows)


PAIRS = [(a, b) for a, b in product(ACCOUNTS, ACCOUNTS) if a < b]
ROWS = st.lists(
    st.tuples(st.sampled_from(("same", "same", "not-same")), st.sampled_from(PAIRS)).map(lambda x: Row(x[0], *x[1])),
    max_size=25,
)


@given(ROWS)
def test_refused_exactly_when_they_cannot_all_hold(rows: list[Row]) -> None:
    """Whatever the order, a judgement is refused if and only if no grouping would fit it and those that stand."""
    standing: list[Row] = []
    for row in rows:
        against = contradiction(row.kind, row.a, row.b, standing)
        assert bool(against) != agree([*standing, row])
        if not against:
            standing.append(row)


@given(ROWS)
def test_what_is_named_is_enough(rows: list[Row]) -> None:
    """The judgements named contradict the refused one by themselves, and none of them could be left out."""
    standing: list[Row] = []
    for row in rows:
        against = contradiction(row.kind, row.a, row.b, standing)
        if against:
            assert not agree([*against, row])
            assert all(agree([*(one for one in against if one is not out), row]) for out in against)
            assert all(one in standing for one in against)
        else:
            standing.append(row)
