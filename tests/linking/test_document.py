"""docs/linking.md says what the code weighs."""

from __future__ import annotations

import math
import re
from pathlib import Path

from tanglaw.linking.settings import CORE
from tanglaw.linking.weights import DIFFERS, LEAST_ACCOUNTS, NEAR, OTHER, PLACES, STATED, TAILS, TYPES

TEXT = (Path(__file__).parents[2] / "docs" / "linking.md").read_text(encoding="utf-8")


def rows(head):
    """The cells of the table whose first line begins with `head`."""
    table = re.search(rf"^\| {re.escape(head)}.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert table, head
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def figure(number):
    return f"{number:.0e}".replace("e-0", "e-") if 0 < number < 1e-3 else f"{number:g}"


def said(flag):
    return "yes" if flag else "no"


def weighed(row):
    return [row.family, *map(figure, (row.m, row.stranger, row.floor)), f"{row.population:,}", said(row.hand)]


def test_types() -> None:
    """Each type that links stands there with its figures, and those that link nobody by name."""
    told = {name: row[1:] for row in rows("type ") for name in re.findall(r"`([^`]+)`", row[0]) or ["*"]}
    assert told == {row.type: weighed(row) for row in (*TYPES, OTHER) if row.m}
    silent = re.search(r"third party \(([^)]+)\) links nobody", TEXT)
    assert silent and sorted(re.findall(r"`([^`]+)`", silent[1])) == sorted(row.type for row in TYPES if not row.m)


def test_places_closeness_and_digits() -> None:
    """Places, closeness in time and digits behind user names are those of the code."""
    assert [(row[0].split("`")[1], *row[1:]) for row in rows("place ")] == [
        (row.place, figure(row.share), said(row.stated)) for row in PLACES
    ]
    assert rows("closeness ") == [
        [row.meaning, *map(figure, (row.m, row.stranger, row.floor)), f"{row.population:,}"] for row in NEAR
    ]
    assert rows("digits behind ")[0][1:] == [figure(row.share) for row in TAILS]


def test_against_and_stated() -> None:
    """What argues against, and what documents state, has the bits of the code."""
    assert rows("evidence ") == [[f"`{row.type}`", row.meaning, f"{row.bits:g}"] for row in DIFFERS]
    assert rows("statement ") == [
        [f"`{row.kind}`", row.value or "any other", f"{row.bits:g}", said(row.hand)] for row in STATED
    ]


def test_example_and_limits() -> None:
    """The worked example comes out as told; the other figures in the text are those of the code."""
    email = next(row for row in TYPES if row.type == "email")
    bits, chance = math.log2(email.m / (email.stranger / email.population)), math.log2(50_000)
    fewer = bits + next(row.bits for row in DIFFERS if row.type == "other-name")
    told = re.search(r"= ([\d.]+), chance asks\s+for ([\d.]+), and the probability is ([\d.]+)\.", TEXT)
    assert told and told.groups() == (f"{bits:.1f}", f"{chance:.1f}", f"{1 / (1 + 2 ** (chance - bits)):.3f}")
    less = re.search(r"other names, ([\d.]+) bits are left, and the probability is ([\d.]+)\.", TEXT)
    assert less and less.groups() == (f"{fewer:.1f}", f"{1 / (1 + 2 ** (chance - fewer)):.2f}")
    assert f"counting as {LEAST_ACCOUNTS:,} at least" in TEXT
    assert f"{CORE:g} bits above" in TEXT
    most = {row.type: row.holders_max for row in TYPES}
    assert f"a file, if at most {most['hash']} do" in TEXT
    assert most["name"] == most["born"] == most["home"] == 1
