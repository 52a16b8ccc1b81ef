"""Rows of a person table that speak of one person."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.errors import CheckUsage
from tanglaw.identity.columns import ROLES, prepared
from tanglaw.identity.groups import grouped
from tanglaw.identity.resolve import PAIRS, evidence, resolve
from tests.cli.conftest import tanglaw

PEOPLE = {
    "id": ["1", "2", "3", "4", "5"],
    "Given Name": ["Maria", "MARIA CLARA", "Bob", "Robert", "Maria"],
    "Surname": ["Santos", "Santos", "Miller", "Miller", "Santos"],
    "DOB": ["1980-02-03", "03/02/1980", "1975-11-30", "1975-11-03", "1999-01-01"],
    "E-mail": ["maria@example.org", "", "bob@example.com", "bob@example.com", "ms99@example.net"],
    "phone": ["+63 917 555 0001", "0917 555 0001", "", "", ""],
    "Country": ["PH", "PH", "US", "GB", "PH"],
    "sex": ["F", "F", "M", "M", "F"],
}

FIRSTS = ("Ana", "Bea", "Carl", "Dan", "Eva", "Finn", "Gil", "Hana", "Ian", "Jo")
LASTS = ("Abad", "Bell", "Cole", "Diaz", "Egan", "Ford", "Gray", "Hill", "Ito", "Jung")


def groups_of(table: pa.Table, **stated: str) -> list[set[str]]:
    found = resolve(table, stated)
    by: dict[int, set[str]] = {}
    for at, group in enumerate(found.groups):
        by.setdefault(group, set()).add(found.ids[at])
    return [members for members in by.values() if len(members) > 1]


def test_rows_of_one_person_are_found() -> None:
    """Two people with two rows each; a namesake born on another day stays apart. Every pair says why."""
    table = pa.table(PEOPLE)
    assert groups_of(table) == [{"1", "2"}, {"3", "4"}]
    found = resolve(table)
    assert found.pairs.schema == PAIRS
    assert found.unused == ("Country", "sex")
    strongest = max(found.pairs.to_pylist(), key=lambda row: row["bits"])
    assert "phones equal" in strongest["evidence"] or "e-mail addresses equal" in strongest["evidence"]


def test_country_language_and_sex_move_nothing() -> None:
    """Whatever stands in columns of country, nationality, language or sex, pairs and bits are the same."""
    table = pa.table(PEOPLE)
    swapped = table.drop_columns(["Country", "sex"]).append_column("nationality", [["PH", "DE", "FR", "PH", "US"]])
    assert resolve(swapped).pairs == resolve(table).pairs
    assert not {"country", "nationality", "language", "sex", "gender", "region"} & {
        name for names in ROLES.values() for name in names
    }


def test_script_of_a_name_moves_no_group() -> None:
    """Names written in another script group as they did."""
    other = {
        **PEOPLE,
        "Given Name": ["Мария", "Maria", "Bob", "Роберт", "Мария"],
        "Surname": ["Сантос", "Santos", "Miller", "Миллер", "Сантос"],
    }
    assert groups_of(pa.table(other)) == [{"1", "2"}, {"3", "4"}]


def test_equal_tables_give_equal_pairs() -> None:
    """Again, and in another order of rows, the same pairs with the same bits."""
    table = pa.table(PEOPLE)
    first = resolve(table)
    assert resolve(table) == first
    order = [3, 1, 4, 0, 2]
    turned = resolve(table.take(order))

    def named(found: object) -> set[tuple[frozenset[str], float]]:
        return {(frozenset((found.ids[r["a"]], found.ids[r["b"]])), r["bits"]) for r in found.pairs.to_pylist()}  # type: ignore[attr-defined]

    assert named(turned) == named(first)


def test_values_that_many_share_propose_nobody() -> None:
    """A birth date that a hundred rows state by default, and an office's phone, join nobody."""
    rows = {
        "name": [f"{first} {last}" for first in FIRSTS for last in LASTS],
        "dob": ["1900-01-01"] * 100,
        "phone": ["+1 555 010 0000"] * 100,
    }
    assert groups_of(pa.table(rows)) == []


def test_columns_can_be_stated() -> None:
    """Headers that are not known are named by role; unknown roles and headers are refused."""
    table = pa.table({"Vorname": ["Maria", "Maria"], "Nachname": ["Santos", "Santos"], "geb": ["1980-02-03"] * 2})
    with pytest.raises(CheckUsage, match="no column can be compared"):
        resolve(table)
    assert groups_of(table, first_name="Vorname", last_name="Nachname", date_of_birth="geb") == [{"1", "2"}]
    with pytest.raises(CheckUsage, match="no role"):
        resolve(table, {"sex": "geb"})
    with pytest.raises(CheckUsage, match="no column 'x'"):
        resolve(table, {"name": "x"})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1980-02-03", "19800203"), ("19800203", "19800203"), ("1980/02/03", "19800203"), ("30.11.1975", "19751130"),
        ("11/30/1975", "19751130"), ("03/03/1975", "19750303"), ("03/02/1980", "03021980"), ("about 1980", "1980"), ("", None),
    ],
)  # fmt: skip
def test_dates_of_one_reading(written: str, read: str | None) -> None:
    """A date that can be read in one way is; one that could be two days keeps its digits."""
    assert prepared(pa.table({"name": ["x"], "dob": [written]})).rows["dob"][0].as_py() == read


@given(
    st.lists(
        st.fixed_dictionaries({"name": st.text(max_size=12), "dob": st.text(max_size=9), "email": st.text(max_size=9)}),
        min_size=1,
        max_size=8,
    )
)
def test_any_table_is_prepared(rows: list[dict[str, str]]) -> None:
    """Whatever stands in the cells, each row keeps its place, and empty is empty."""
    found = prepared(pa.Table.from_pylist(rows))
    assert found.rows["unique_id"].to_pylist() == list(range(len(rows)))
    assert all("" not in column.to_pylist() for column in found.rows.columns[1:])


def test_a_bridge_joins_no_two_groups() -> None:
    """One strong pair between two groups whose other members disagree does not merge them."""
    rows = [(a, b, 20.0) for a in range(3) for b in range(3) if a < b] + [
        (a, b, 20.0) for a in range(3, 6) for b in range(3, 6) if a < b
    ]
    rows.append((2, 3, 12.0))
    columns = [[row[at] for row in rows] for at in range(3)]
    pairs = pa.table([*columns, [1.0] * len(rows), [""] * len(rows)], schema=PAIRS)
    assert grouped(6, pairs, 0.5) == (0, 0, 0, 3, 3, 3)


def test_bits_between_accounts() -> None:
    """Persons of accounts give bits between accounts, the best pair of each, never within one account."""
    persons = pa.table(
        {
            "person_id": ["p1", "p2", "p3", "p4", "p5"],
            "account_id": ["x", "y", "x", "x", None],
            "name": ["Maria Santos", "Santos Maria", "Maria Santos", "Maria Santos", "Bob Miller"],
            "date_of_birth": ["1980-02-03"] * 4 + ["1975-11-30"],
        }
    )
    rows = evidence(persons).to_pylist()
    assert [(row["a"], row["b"]) for row in rows] == [("x", "y")]
    assert rows[0]["bits"] > 10
    assert "birth dates equal" in rows[0]["evidence"]


def test_the_verb(tmp_path: Path) -> None:
    """Groups on the terminal, as JSON and as a file that a spreadsheet does not run; a bad file ends with 2."""
    file = tmp_path / "people.csv"
    names = list(PEOPLE)
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([names, *zip(*PEOPLE.values(), strict=True)])
    told = tanglaw("resolve", file, "--json")
    assert told.code == 0, told.err
    assert told.json["groups"] == [["1", "2"], ["3", "4"]]
    assert told.json["not_read"] == ["Country", "sex"]
    out = tmp_path / "groups.csv"
    shown = tanglaw("resolve", file, "--out", out)
    assert "2 groups of 5 rows" in shown.out
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[0] for row in rows] == ["group", "1", "1", "3", "3", "5"]
    assert rows[1][names.index("phone") + 1] == "'+63 917 555 0001"
    file.write_text("name,dob\nMaria\n", encoding="utf-8")
    bad = tanglaw("resolve", file)
    assert bad.code == 2
    assert "line 2" in bad.err


def test_a_learned_table_stays_the_same() -> None:
    """A table large enough to learn from gives the same pairs each time."""
    dice = random.Random(5)
    rows = []
    for number in range(320):
        person = {
            "name": f"{dice.choice(FIRSTS)} {dice.choice(LASTS)}",
            "dob": f"19{dice.randrange(50, 99)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}",
        }
        rows.append({**person, "email": f"p{number}@example.org", "true": number})
        if number % 2:
            rows.append({**person, "email": f"p{number}@example.org" if number % 3 else "", "true": number})
    table = pa.Table.from_pylist(rows)
    first = resolve(table)
    assert first.model.endswith("learned")
    assert resolve(table) == first
    wrong = [
        r for r in first.pairs.to_pylist() if r["probability"] >= 0.5 and rows[r["a"]]["true"] != rows[r["b"]]["true"]
    ]
    # Namesakes of a table with a hundred names in all; groups and the threshold are for a person to check.
    assert len(wrong) < 0.1 * sum(row["probability"] >= 0.5 for row in first.pairs.to_pylist())
