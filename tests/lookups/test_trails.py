"""What is told of all trails of an address together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanglaw.lookups.trails import Trails


def row(fifo: str, haircut: str, service: str | None = "North", kind: str = "service") -> dict[str, object]:
    return {"end_kind": kind, "service": service, "asset": "BTC", "fifo": Decimal(fifo), "haircut": Decimal(haircut)}


@pytest.mark.parametrize(
    ("rows", "ranges"),
    (
        ((row("0.5", "0.5"),), []),
        ((row("0.5", "0.48"),), []),
        ((row("0.5", "0.2"),), [("North", "BTC", Decimal("0.2"), Decimal("0.5"))]),
        # One way says it came to this address of the service, the other to that: together they say one amount.
        ((row("0.5", "0.2"), row("0", "0.3")), []),
        ((row("0.5", "0.2"), row("0.5", "0.5", "South")), [("North", "BTC", Decimal("0.2"), Decimal("0.5"))]),
        # Of what lies past other hands, or at nobody whom a list names, nothing is claimed.
        ((row("0.5", "0.2", kind="beyond"), row("0.5", "0.2", None, "unspent")), []),
    ),
)
def test_an_amount_that_cannot_be_divided_is_a_range(rows, ranges) -> None:
    """Where first in, first out and proportion differ over all that came to a service, both ends of the range are told."""
    assert Trails("seed", "forward", list(rows), {}, []).undivided() == ranges
