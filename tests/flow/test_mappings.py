"""A mapping beside its table is found whenever and however often both are delivered."""

from __future__ import annotations

from tests.flow.conftest import Place

MAPPING = b"""confirmed = true
kind = "payments"
zone = "UTC"
dates = ["%Y-%m-%d"]
[match]
columns = ["Ref", "Day"]
[columns]
Ref = "reference"
Day = "paid_at"
Sum = "amount"
Cur = "currency"
Payer = "from.account-number"
[constants]
provider = "Example Pay"
"""


def table(reference: str) -> bytes:
    return f"Ref,Day,Sum,Cur,Payer\n{reference},2026-05-01,10.00,EUR,acc-1\n".encode()


def references(place: Place) -> list[str]:
    return [row["reference"] for row in place.rows("payments")]


def test_one_mapping_copied_beside_two_tables(place: Place) -> None:
    """The same mapping, copied beside the table of each month, serves both."""
    for month in ("may", "june"):
        place.put(f"{month}.csv", table(month))
        place.put(f"{month}.csv.mapping.toml", MAPPING)
    place.run()
    assert sorted(references(place)) == ["june", "may"]
    assert place.set_aside() == []


def test_table_that_comes_after_its_mapping(place: Place) -> None:
    """A table that arrives when its mapping is known already is read with it."""
    place.put("may.csv.mapping.toml", MAPPING)
    place.run()
    place.put("may.csv", table("may"))
    place.run()
    assert references(place) == ["may"]


def test_a_later_table_with_the_same_mapping(place: Place) -> None:
    """Next month's table comes with the same mapping under its own name."""
    place.put("may.csv", table("may"))
    place.put("may.csv.mapping.toml", MAPPING)
    place.run()
    place.put("june.csv", table("june"))
    place.put("june.csv.mapping.toml", MAPPING)
    place.run()
    assert sorted(references(place)) == ["june", "may"]
