"""The policy pack: validation, fixed rules, tables, and agreement with its document."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw import policy as module
from tanglaw.errors import CheckSettings
from tanglaw.policy import CRITERIA, HOLDERS, ORDER_KEYS, Policy, load
from tanglaw.policy import demo as demo_pack
from tanglaw.policy_parts import (
    Alerts,
    Band,
    Category,
    Clusters,
    Criterion,
    Indicator,
    Linking,
    Retention,
    Sessions,
    Sites,
    Statistics,
    Tracing,
    Viral,
)

DOC = Path(__file__).parents[1] / "docs" / "policy.md"
Change = Callable[[str, str, str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the demo pack with one text replaced by another in one file."""

    def change(file: str, old: str, new: str) -> Path:
        with resources.as_file(resources.files(module.__package__) / "policies" / "demo") as folder:
            shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return change


def test_demo_pack_loads_and_says_that_it_is_illustrative() -> None:
    """The built-in pack is valid, and work on real reports refuses it."""
    pack = demo_pack()
    assert pack.illustrative
    with pytest.raises(CheckSettings, match="illustrative"):
        pack.refuse_if_illustrative()


def test_an_agency_pack_is_accepted(changed: Change) -> None:
    """A pack that is not illustrative, with a date on each retention row, is accepted for work."""
    folder = changed("policy.toml", "illustrative = true", "illustrative = false")
    with pytest.raises(CheckSettings, match=r"retention\[0\]\.verified_on"):
        load(folder)
    text = (folder / "retention.toml").read_text(encoding="utf-8")
    (folder / "retention.toml").write_text(text.replace("\ndays = ", "\nverified_on = 2026-01-31\ndays = "))
    pack = load(folder)
    pack.refuse_if_illustrative()
    assert pack.digest() != demo_pack().digest()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "demo"', 'name = "demo"\ncolour = 1', "colour"),
        ('name = "demo"', "name = 7", "name"),
        ('owner = "Tanglaw project"', "", "owner"),
        ("safeguarding_hours = 24", "safeguarding_hours = 48", "safeguarding_hours"),
        ("ongoing_days = 30", "ongoing_days = -1", "ongoing_days"),
        ('order = ["band", ', 'order = ["band", "country", ', "country"),
        ('order = ["band", ', 'order = ["band", "band", ', "order"),
        ('order = ["band", ', "order = [", "order"),
        ("danger_from = 5.0", "danger_from = 9.5", "bands[1].danger_from"),
        ("danger_from = 0.0", "danger_from = 0.5", "bands[3].danger_from"),
        ("danger_from = 8.0", "danger_from = nan", "bands[0].danger_from"),
        ("clock_hours = 168", "clock_hours = 12", "bands[1].clock_hours"),
        ("clock_hours = 168", "clock_hours = 168\nminutes = 1", "bands[1]"),
        ("[criteria.T8]", "[criteria.T8x]", "criteria.T8"),
        (
            "[criteria.T8]",
            "[criteria.T17]\nvalue = 'danger'\nweight = 1.0\napplies = 'x'\n\n[criteria.T8]",
            "criteria.T17",
        ),
        ("weight = 8.0", 'weight = "8"', "criteria.T1"),
        ("weight = 8.0", "weight = 5.5", "criteria.T1.weight"),
        ("weight = 5.5", "weight = 4.0", "criteria.T2.weight"),
        ("weight = 2.0", "weight = -2.0", "criteria.T4.weight"),
        ("weight = 2.0", "weight = inf", "criteria.T4.weight"),
        ("weight = -1.0", "weight = 1.0", "criteria.T11.weight"),
        ('weight = 0.0\napplies = "Material', 'weight = -1.0\napplies = "Material', "criteria.T12.weight"),
        ('value = "actionability"', 'value = "danger"', "criteria.T9.value"),
        ("alone = false", "alone = true", "criteria.T7.alone"),
        ('applies = "Payments or travel are linked to the account."', 'applies = " "', "criteria.T8.applies"),
        ('"vics-us:1"', '"1"', "categories.1"),
        ('{ class = "listed", weight = 0.25 }', '{ class = "listed", weight = -0.5 }', "categories.*:*"),
        ('{ class = "listed", weight = 0.25 }', '{ class = "listed" }', "categories.*:*"),
        ("min_probability = 0.1", "min_probability = 0.95", "linking.join_probability"),
        ("min_probability = 0.1", "min_probability = 0.0", "linking.min_probability"),
        ("join_probability = 0.8", "join_probability = 1.0", "linking.join_probability"),
        ("join_probability = 0.8", "join_probability = nan", "linking.join_probability"),
        ("min_probability = 0.1", "min_bits = 4.0", "min_bits"),
        ("propose_holders_max = 20", "propose_holders_max = 1", "linking.propose_holders_max"),
        ("url = 1e-5", "url = 2.0", "linking.floors.url"),
        ("reports = 20", "reports = 1", "viral.reports"),
        ("accounts = 15", "accounts = 15\ndays = 3", "days"),
        ("[viral]", "[viral", "policy.toml is not valid TOML"),
    ],
)
def test_a_fault_in_the_policy_names_its_key(changed: Change, old: str, new: str, key: str) -> None:
    """What does not fit, or would break a fixed rule, is refused, and the message names the key."""
    with pytest.raises(CheckSettings) as caught:
        load(changed("policy.toml", old, new))
    assert key in str(caught.value)
    assert "policy.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('country = "US"', 'country = "usa"', "retention[4].country"),
        ('country = "US"', 'country = "*"', "retention[4]"),
        ('holder = "financial"', 'holder = "bank"', "retention[3]"),
        ("days = 365", "days = -1", "retention[4].days"),
        ("days = 365", 'days = "365"', "retention[4]"),
        ('source = "illustrative"', 'source = ""', "retention[0].source"),
        ('source = "illustrative"', 'source = "illustrative"\nverified_on = "soon"', "retention[0]"),
        ('country = "*"\nholder = "telecom"', 'country = "AT"\nholder = "telecom"', "holder telecom"),
        ("[[retention]]", "[other]\nx = 1\n[[retention]]", "other"),
    ],
)
def test_a_fault_in_the_retention_table_names_its_row(changed: Change, old: str, new: str, key: str) -> None:
    """A retention row without country, holder, days or source as they must be is refused by its number."""
    with pytest.raises(CheckSettings) as caught:
        load(changed("retention.toml", old, new))
    assert key in str(caught.value)
    assert "retention.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("equal_min = 3", "equal_min = 1", "equal_min"),
        ("join_from = 0.6", "join_from = 0", "join_from"),
        ("unit = 10_000", "unit = 0", "unit"),
        ("cap = 1_000", "cap = -1", "cap"),
        ("peel = 0.25", "peel = nan", "weights.peel"),
        ("peel = 0.25", "pearl = 0.25", "weights"),
        ("large = 5", 'large = "5"', "large"),
    ],
)
def test_a_fault_in_the_clusters_names_its_key(changed: Change, old: str, new: str, key: str) -> None:
    """A rule without a weight, an unknown one, and numbers that would join everything are refused by their key."""
    with pytest.raises(CheckSettings, match=key):
        load(changed("clusters.toml", old, new))


def test_cluster_weights_reach_steps_as_thousandths(changed: Change) -> None:
    """Steps compare whole thousandths; a pack without the file says nothing of clusters."""
    folder = changed("clusters.toml", "join_from = 0.6", "join_from = 0.6004")
    numbers = dict(zip(*load(folder).tables()["policy_numbers"].to_pydict().values(), strict=True))
    assert numbers["clusters.join_from"] == 600 and numbers["clusters.weights.peel"] == 250
    (folder / "clusters.toml").unlink()
    assert not [name for name in load(folder)._numbers() if name.startswith("clusters.")]


def test_a_missing_file_is_named(changed: Change) -> None:
    """A folder without one of the two files is no pack."""
    folder = changed("policy.toml", "demo", "demo")
    (folder / "retention.toml").unlink()
    with pytest.raises(CheckSettings, match=r"no retention\.toml"):
        load(folder)


def test_a_file_that_is_no_text_is_refused(changed: Change) -> None:
    """Bytes that are no UTF-8 end in one clear error."""
    folder = changed("policy.toml", "demo", "demo")
    (folder / "policy.toml").write_bytes(b'name = "\xff\xfe"\n')
    with pytest.raises(CheckSettings, match=r"policy\.toml is not valid TOML"):
        load(folder)


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.integers(), st.text(max_size=5), st.lists(st.integers()))))
def test_no_table_of_parts_gives_another_error(parts: dict[str, object]) -> None:
    """Whatever stands under `criteria`, the answer is parts or CheckSettings."""
    try:
        found = module._each(Criterion, parts, "criteria")
    except CheckSettings as error:
        assert "criteria" in str(error)
    else:
        assert found == {}


def test_digest_depends_on_every_value_and_on_nothing_else(changed: Change) -> None:
    """The same values give the same digest, in any order of keys; one changed weight gives another."""
    same = changed("policy.toml", 'name = "demo"\nversion = "1"', 'version = "1"\nname = "demo"')
    assert load(same).digest() == demo_pack().digest()
    other = changed("policy.toml", "weight = 0.75", "weight = 0.76")
    assert load(other).digest() != demo_pack().digest()


def test_demo_weights_follow_the_method() -> None:
    """Stated danger weighs most, live next; generated and safeguarding lanes move no danger."""
    criteria = demo_pack().criteria
    danger = {name: one.weight for name, one in criteria.items() if one.value == "danger"}
    assert max(danger, key=lambda name: danger[name]) == "T1"
    assert sorted(danger.values())[-2] == criteria["T2"].weight
    assert {criteria[name].weight for name in ("T10", "T12", "T14", "T15", "T16")} == {0.0}
    assert criteria["T11"].weight < 0 > criteria["T13"].weight
    assert criteria["T7"].weight <= min(weight for name, weight in danger.items() if name != "T7")


def test_tables_hold_the_whole_pack() -> None:
    """Each table has the documented columns, one row a part, in a fixed order."""
    pack = demo_pack()
    tables = pack.tables()
    assert tables["policy_criteria"].column_names == ["criterion", "value", "weight", "alone", "applies"]
    assert tables["policy_criteria"]["criterion"].to_pylist() == sorted(pack.criteria)
    assert tables["policy_bands"].to_pylist()[0] == {"band": 1, "danger_from": 8.0, "clock_hours": 24}
    assert tables["policy_bands"]["clock_hours"].to_pylist() == [24, 7 * 24, 14 * 24, 30 * 24]
    numbers = dict(zip(*tables["policy_numbers"].to_pydict().values(), strict=True))
    assert numbers["safeguarding_hours"] == 24.0
    assert numbers["linking.join_probability"] == pack.linking.join_probability
    assert numbers["linking.floors.phone"] == pack.linking.floors["phone"]
    assert numbers["viral.reports"] == pack.viral.reports
    retention = tables["policy_retention"].to_pylist()
    assert len(retention) == len(pack.retention)
    assert {row["holder"] for row in retention if row["country"] == "*"} == set(HOLDERS)
    assert tables["policy_categories"].column_names == ["list_category", "class", "weight"]
    assert tables["policy_order"]["key"].to_pylist() == list(pack.order)
    assert tables == demo_pack().tables()


def test_document_names_every_key() -> None:
    """Every key, sort key, criterion and holder of a pack stands in docs/policy.md, and no other key does."""
    text = DOC.read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    keys = {
        field.encode_name
        for kind in (
            *(Policy, Band, Criterion, Category, Linking, Viral, Retention, Sessions),
            *(Clusters, Indicator, Alerts, Sites, Statistics, Tracing),
        )
        for field in msgspec.structs.fields(kind)
    } - {"retention"}
    assert rows == keys | set(ORDER_KEYS)
    criteria = dict(re.findall(r"^\| (T\d+) \| (\w+) \|", text, re.MULTILINE))
    assert criteria == CRITERIA
    assert all(f"`{holder}`" in text for holder in HOLDERS)


def test_document_names_every_finer_criterion() -> None:
    """The finer criteria of the demo pack are those that the document names."""
    named = set(re.findall(r"`(T\d+\.[a-zA-Z-]+)`", DOC.read_text(encoding="utf-8")))
    assert named == {name for name in demo_pack().criteria if "." in name}


def test_document_names_every_table() -> None:
    """The tables that SQL steps read are described with their columns."""
    text = DOC.read_text(encoding="utf-8")
    for name, table in demo_pack().tables().items():
        assert f"{name}({', '.join(table.column_names)})" in text.replace("\n", " ")
