"""Who somebody is moves nothing: the same world with country, currency, nationality, language or names' script swapped."""

from __future__ import annotations

import shutil
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanglaw import policy as policies
from tanglaw.simulate import Plan, simulate
from tanglaw.store.parts import part_of
from tanglaw.store.workspace import Batch, Workspace
from tanglaw.tables import RECEIVED, TABLES
from tanglaw.testing.documents import police_json
from tests.cli.conftest import tanglaw
from tests.flow.conftest import AS_OF, Place, new_place, rows_of

COUNTRIES = ("US", "CA", "GB", "FR", "AU", "DE", "PH", "BR", "KE", "JP")
CURRENCIES = ("USD", "CAD", "GBP", "EUR", "AUD", "PHP", "BRL", "KES", "JPY")
PACK = Path(policies.__file__).parent / "policies" / "demo"
LATIN = "abcdefghijklmnopqrstuvwxyz"
SCRIPTS = {"Cyrillic": "абвгдежзиклмнопрстуфхцчшщы", "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןף"}
NAMES = ("name", "first_name", "middle_name", "last_name", "display_name")
Swap = Callable[[str], str]


def turned(values: tuple[str, ...], by: int) -> Swap:
    """Each value becomes the one `by` places on."""
    to = dict(zip(values, (*values[by:], *values[:by]), strict=True))
    return lambda text: to.get(text, text)


def written_in(letters: str) -> Swap:
    """Each Latin letter becomes one of another script, whatever marks it bears."""
    to = str.maketrans(LATIN + LATIN.upper(), letters + letters.upper())
    return lambda text: unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(to))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A workspace that has taken in a world with reports, payments and chats of ten countries."""
    home = tmp_path_factory.mktemp("fair")
    simulate(home / "world", Plan(200, 300, 40, 15, 9))
    place = Place(new_place(home).folder, home / "world" / "inbox")
    place.run()
    return place


def swapped(folder: Path, home: Path, columns: dict[str, Swap]) -> tuple[Path, int]:
    """A workspace of the same evidence and pack with these columns swapped in every table, run anew; and how many cells
    changed."""
    before = Workspace(folder)
    after = Workspace.create(home / "swapped", key=(folder / "key").read_bytes())
    shutil.copytree(folder / "policy", after.folder / "policy", dirs_exist_ok=True)
    staged, changed = [], 0
    for table in RECEIVED:
        for number, file in enumerate(before.files(table)):
            rows = pq.read_table(file, schema=TABLES[table].schema)
            for column, swap in columns.items():
                if column not in rows.column_names or table in ("flags", "files"):
                    continue
                was = rows.column(column).to_pylist()
                now = [None if one is None else swap(one) for one in was]
                changed += sum(a != b for a, b in zip(was, now, strict=True))
                rows = rows.set_column(rows.column_names.index(column), column, pa.array(now, pa.string()))
            path = after.staging("swapped") / f"{table}-{number}.parquet"
            pq.write_table(rows.cast(TABLES[table].schema), path)
            staged.append((path, part_of(table, path, rows.num_rows)))
    after.commit("swapped", Batch("intake", staged))
    told = tanglaw("run", "--workspace", after.folder, "--as-of", AS_OF)
    assert told.code == 0, told.err
    return after.folder, changed


def values(folder: Path) -> dict[str, tuple[Any, ...]]:
    """By report: its danger and band, its actionability, and its lane."""
    rows = rows_of(folder, "priorities")
    return {row["report_id"]: (row["danger"], row["band"], row["actionability"], row["lane"]) for row in rows}


def by_danger(folder: Path) -> list[str]:
    """All reports, the most dangerous first."""
    found = values(folder)
    return sorted(found, key=lambda one: (-found[one][0], one))


def unmoved(before: Path, after: Path, changed: int) -> None:
    """No report of the two workspaces has other values, or another place by danger; and much was swapped."""
    assert changed > 50
    was, now = values(before), values(after)
    assert {one: (was[one], now[one]) for one in was if was[one] != now[one]} == {}
    assert by_danger(after) == by_danger(before)
    assert len({found[1] for found in was.values()}) > 2


def equal_bounds(line: str) -> str:
    """A line of indicators.toml with bounds for all currencies alike, wide enough for the world's payments."""
    if not line.startswith("values"):
        return line
    found = {}
    for key, number in tomllib.loads(line)["values"].items():
        bound, dot, _ = key.partition(".")
        wide = 0 if bound == "min" else 40 * number
        found |= {f"{bound}.{currency}": wide for currency in CURRENCIES} if dot else {key: number}
    told = ", ".join(f'"{key}" = {number}' for key, number in found.items())
    return f"values = {{ {told} }}"


@pytest.mark.parametrize(
    "columns",
    [
        {"country": turned(COUNTRIES, 7), "city": written_in(SCRIPTS["Cyrillic"])},
        dict.fromkeys(NAMES, written_in(SCRIPTS["Cyrillic"])),
        dict.fromkeys(NAMES, written_in(SCRIPTS["Hebrew"])),
    ],
    ids=["country and city", "Cyrillic", "Hebrew"],
)
def test_swapping_who_somebody_is_moves_no_report(place: Place, tmp_path: Path, columns: dict[str, Swap]) -> None:
    """Every report keeps its danger, bands, actionability, lane and place by danger when these fields are swapped."""
    folder, changed = swapped(place.folder, tmp_path, columns)
    unmoved(place.folder, folder, changed)
    if "country" in columns:
        assert links(folder) == links(place.folder) != {}


def links(folder: Path) -> dict[tuple[str, str], tuple[float, bool]]:
    """By pair of accounts: probability of one hand, and whether the link joins."""
    return {(row["a"], row["b"]): (row["probability"], row["joins"]) for row in rows_of(folder, "links")}


def test_currency_is_nothing_but_the_unit_of_the_bounds(place: Place, tmp_path: Path) -> None:
    """With a pack that states equal bounds for every currency, swapping currencies moves no report."""
    folder = shutil.copytree(place.folder, tmp_path / "workspace")
    shutil.copytree(PACK, folder / "policy", dirs_exist_ok=True)
    rules = folder / "policy" / "indicators.toml"
    rules.write_text("\n".join(map(equal_bounds, rules.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    assert tanglaw("run", "--workspace", folder, "--as-of", AS_OF).code == 0
    unmoved(folder, *swapped(folder, tmp_path, {"currency": turned(CURRENCIES, 4)}))
    assert {row["detector"] for row in rows_of(folder, "findings")} >= {"low_value"}


def test_the_demo_pack_knows_one_set_of_currencies() -> None:
    """No indicator of the demo pack is silent on a currency for which another has bounds, or that worlds use."""
    for name, rule in tomllib.loads((PACK / "indicators.toml").read_text(encoding="utf-8")).items():
        known: dict[str, set[str]] = {}
        for key in rule["values"]:
            bound, dot, currency = key.partition(".")
            if dot and currency.isupper():
                known.setdefault(bound, set()).add(currency)
        assert all(found == set(CURRENCIES) for found in known.values()), name


def test_languages_and_nationality_move_nothing(tmp_path: Path) -> None:
    """A report's stated languages and races are kept as stated and give the same values whatever they say."""
    found = []
    for number, (languages, races) in enumerate(
        ((["German"], ["one"]), (["Cebuano", "English"], ["other"]), (None, None))
    ):
        place = new_place(tmp_path / str(number))
        person = {"espUserId": "user-1", "screenName": {"value": "river.stone"}, "languages": languages, "races": races}
        place.put("report.json", police_json(900_000_001, reportedPeople={"reportedPersons": [person]}))
        place.run()
        found.append(values(place.folder))
    assert found[0] == found[1] == found[2]
    assert found[0]
