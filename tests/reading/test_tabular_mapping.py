"""The mapping file: what it may say, and how one is found."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from tanglaw.errors import BadRecord, CheckSettings
from tanglaw.reading.item import Item
from tanglaw.reading.tabular import find
from tanglaw.reading.tabular.mapping import Mapping, fold, parse
from tanglaw.reading.tabular.records import Line

SMALL = 'kind = "payments"\n[columns]\nSum = "amount"\n'


def item(name: str = "p.csv", beside: dict[str, bytes] | None = None) -> Item:
    return Item(
        f"in/{name}",
        hashlib.sha256(b"").hexdigest(),
        0,
        b"",
        io.BytesIO,
        around=lambda name, _limit: (beside or {}).get(name),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = ", "not valid TOML"),
        ("[columns]\n", "kind"),
        ('kind = "loans"\n', "kind"),
        (SMALL.replace("[col", "colour = 1\n[col"), "colour"),
        (SMALL.replace("amount", "ammount"), "'ammount'"),
        ('kind = "payments"\n', "need a column for amount"),
        ('kind = "messages"\n[columns]\nT = "text"\n', "sender"),
        (SMALL + 'Total = "amount"\n', "given twice"),
        (SMALL + '" SUM " = "purpose"\n', "names 'sum' twice"),
        (SMALL + "[join]\npaid_at = ['Day']\n", "two columns"),
        (SMALL.replace("[col", 'dates = ["DD.MM"]\n[col'), "'DD.MM'"),
        (SMALL.replace("[col", 'dates = ["%Q"]\n[col'), "'%Q'"),
        (SMALL.replace("[col", 'zone = "Mars/Base"\n[col'), "Mars/Base"),
        (SMALL.replace("[col", 'decimal = ";"\n[col'), "decimal"),
        (SMALL.replace("[col", 'decimal = ","\nthousands = ","\n[col'), "thousands"),
        (SMALL.replace("[col", 'negative = "ignore"\n[col'), "negative"),
        (SMALL + '[file]\ndelimiter = "ab"\n', "file.delimiter"),
        (SMALL + '[file]\ndelimiter = "\\""\nquote = "\\""\n', "differ"),
        (SMALL + '[file]\nencoding = "klingon"\n', "klingon"),
        (SMALL + "[file]\nskip = -1\n", "file.skip"),
        (SMALL + "[match]\nexact = true\n", "match.columns"),
        (SMALL + '[values.status]\nok = "fine"\n', "values.status"),
        (SMALL + '[constants]\nstatus = "fine"\n', "constants.status"),
        (SMALL + '[values.colour]\nred = "blue"\n', "'colour'"),
        (SMALL.replace("[col", 'required = ["ip"]\n[col'), "'ip'"),
    ],
)
def test_a_faulty_mapping_says_what_is_wrong(text: str, said: str) -> None:
    """Each fault is one clear error that names the file and the key."""
    with pytest.raises(CheckSettings, match=r"mapping m\.toml") as error:
        parse(text, "m.toml")
    assert said in str(error.value)


def test_no_utf8_is_a_fault_of_the_mapping() -> None:
    """A mapping in another encoding is refused by name."""
    with pytest.raises(CheckSettings, match=r"m\.toml"):
        parse(b'kind = "\xff"', "m.toml")


def test_fields_lists_columns_and_joins() -> None:
    """A field is one column or several joined ones; one column may make two fields."""
    mapping = parse(
        'kind = "payments"\n[join]\npaid_at = ["Day", "Hour"]\n[columns]\nSum = "amount"\n'
        'Who = ["from.handle", "from.display_name"]\n',
        "m",
    )
    assert mapping.fields() == {
        "paid_at": ("Day", "Hour"),
        "amount": ("Sum",),
        "from.handle": ("Who",),
        "from.display_name": ("Who",),
    }


def test_formats_per_field_win() -> None:
    """A field's own date formats stand in place of the general ones."""
    mapping = Mapping("payments", dates=("iso",), formats={"paid_at": ["excel"]})
    assert (mapping.formats_of("paid_at"), mapping.formats_of("other")) == (("excel",), ("iso",))


@pytest.mark.parametrize("name", ["p.csv.mapping.toml", "p.mapping.toml"])
def test_beside_is_found_with_or_without_extension(name: str) -> None:
    """A mapping beside the data is found under the file's name with or without its extension."""
    named = find.beside(item(beside={name: SMALL.encode()}))
    assert named is not None
    assert (named.name, named.place) == (name, "beside")
    assert find.has_beside(item(beside={name: b""}))
    assert find.beside(item()) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("kind = 1", "mapping-invalid"), ("confirmed = false\n" + SMALL, "mapping-needed"), ("#" * 2**20, "mapping-")],
)
def test_beside_that_does_not_hold(text: str, code: str) -> None:
    """A broken mapping beside the data, or one nobody confirmed, is not used and not passed over."""
    with pytest.raises(BadRecord) as error:
        find.beside(item(beside={"p.csv.mapping.toml": (text + " ").encode()}))
    assert error.value.code.startswith(code)


def put(folder: Path, name: str, match: str, more: str = "") -> None:
    (folder / name).write_text(more + SMALL + "[match]\n" + match, encoding="utf-8")


def test_the_best_match_is_chosen(tmp_path: Path) -> None:
    """Exact before contained, more columns before fewer, a file pattern before none, then by name."""
    put(tmp_path, "a.toml", 'columns = ["Sum"]')
    put(tmp_path, "b.toml", 'columns = ["sum", "day"]')
    put(tmp_path, "c.toml", 'columns = ["sum", " Day ", "who"]\nexact = true')
    put(tmp_path, "d.toml", 'columns = ["sum"]\nfile = "special*.csv"')
    put(tmp_path, "e.toml", 'columns = ["sum", "day", "who", "why"]', "confirmed = false\n")
    named = find.in_folder(tmp_path, "workspace")
    assert [one.name for one in named] == ["a.toml", "b.toml", "c.toml", "d.toml"]

    def chosen(name: str, *cells: str) -> str | None:
        found = find.choose(named, item(name), lambda _: [[Line(["note"], 0, 1), Line(list(cells), 1, 2)]])
        return found.name if found else None

    assert chosen("p.csv", "Sum", "x") == "a.toml"
    assert chosen("SPECIAL1.csv", "Sum", "x") == "d.toml"
    assert chosen("p.csv", "SUM", "Day", "x") == "b.toml"
    assert chosen("p.csv", "SUM", "Day", "Who") == "c.toml"
    assert chosen("p.csv", "Day", "Who") is None


def test_a_folder_mapping_must_say_what_it_is_for(tmp_path: Path) -> None:
    """A mapping in a folder without `match` is an error, not a mapping for everything."""
    (tmp_path / "a.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(CheckSettings, match=r"a\.toml"):
        find.in_folder(tmp_path, "workspace")


def test_no_folder_is_no_mapping(tmp_path: Path) -> None:
    """An unset or missing folder holds no mappings."""
    assert find.in_folder("", "workspace") == find.in_folder(tmp_path / "none", "workspace") == ()


def test_header_row_is_the_one_that_names_most() -> None:
    """The header is the first row that names the most known columns; with `skip` it is the first given."""
    mapping = parse(SMALL + 'Day = "paid_at"\n', "m")
    rows = [Line(["Sum"], 0, 1), Line(["Day", "Sum"], 1, 2), Line(["Day", "Sum"], 2, 3)]
    assert find.header_row(rows, mapping) == (1, 2)
    assert find.header_row([Line(["x"], 0, 1)], mapping) == (-1, 0)
    skipping = parse(SMALL + "[file]\nskip = 0\n", "m")
    assert find.header_row([Line(["x"], 0, 1), Line(["Sum"], 1, 2)], skipping) == (-1, 0)


def test_fold_joins_blanks_and_case() -> None:
    """Header names are compared without regard to case and blanks."""
    assert fold("  Paid   AT ") == fold("paid at")
