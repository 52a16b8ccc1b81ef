"""The linkage model: what is compared, in which steps, and how likely each step is in true pairs (m) and by chance (u).

Probabilistic record linkage after Fellegi and Sunter (1969), by Splink 5 with term frequencies. The values here are set by hand,
version MODEL; tables of `LEARNS_FROM` rows or more measure u from random pairs and learn m by expectation maximisation.
"""

from __future__ import annotations

from typing import Any

from splink import SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from tanglaw.identity.columns import KEYS

MODEL = "identity-1"
LEARNS_FROM = 400
# By comparison: levels from the strongest, each (what it says, SQL over _l and _r, m, u).
Level = tuple[str, str, float, float]
_DIGITS = "damerau_levenshtein({0}_l, {0}_r)"
_DAYS = "abs(date_diff('day', try_strptime(dob_l, '%Y%m%d'), try_strptime(dob_r, '%Y%m%d')))"
# Python is asked only where names share a mark: of random pairs that is one in some dozens.
_GRADE = (
    "(case when list_has_any(string_split(name_marks_l, ' '), string_split(name_marks_r, ' '))"
    " then name_grade(name_l, name_r) else 0 end)"
)
LEVELS: dict[str, tuple[Level, ...]] = {
    "name": (
        ("names equal", "name_key_l = name_key_r", 0.55, 0.0005),
        ("names agree in full", f"{_GRADE} = 4", 0.08, 0.0003),
        ("names nearly agree", f"{_GRADE} = 3", 0.15, 0.0006),
        ("names probably agree", f"{_GRADE} = 2", 0.08, 0.002),
        ("one name agrees", f"{_GRADE} = 1", 0.06, 0.006),
    ),
    "dob": (
        ("birth dates equal", "dob_l = dob_r", 0.84, 0.0001),
        ("birth dates differ in a digit or two swapped", f"{_DIGITS.format('dob')} = 1", 0.08, 0.0015),
        (
            "day and month of birth swapped",
            "substr(dob_l, 1, 4) = substr(dob_r, 1, 4) and substr(dob_l, 5, 2) = substr(dob_r, 7, 2)"
            " and substr(dob_l, 7, 2) = substr(dob_r, 5, 2)",
            0.01,
            0.0001,
        ),
        ("birth dates within 35 days", f"{_DAYS} <= 35", 0.015, 0.002),
        ("birth dates within a year", f"{_DAYS} <= 366", 0.01, 0.02),
        ("day and month of birth equal", "substr(dob_l, 5, 4) = substr(dob_r, 5, 4)", 0.01, 0.003),
    ),
    "email": (
        ("e-mail addresses equal", "email_l = email_r", 0.75, 0.00005),
        ("e-mail names equal", "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)", 0.08, 0.0002),
        ("e-mail addresses nearly equal", f"length(email_l) > 9 and {_DIGITS.format('email')} <= 2", 0.08, 0.0001),
        (
            "e-mail addresses alike",
            "length(email_l) > 9 and jaro_winkler_similarity(email_l, email_r) >= 0.88",
            0.04,
            0.001,
        ),
    ),
    "phone": (
        ("phones equal", "phone_l = phone_r", 0.7, 0.00005),
        ("phones differ in a digit", f"{_DIGITS.format('phone')} = 1", 0.05, 0.0002),
    ),
    "identifier": (
        ("identifiers equal", "identifier_l = identifier_r", 0.85, 0.00001),
        (
            "identifiers differ in a digit or two",
            f"length(identifier_l) > 5 and {_DIGITS.format('identifier')} <= 2",
            0.1,
            0.0002,
        ),
    ),
    "address": (
        ("addresses equal", "address_l = address_r", 0.6, 0.0001),
        ("addresses nearly equal", "jaro_winkler_similarity(address_l, address_r) >= 0.92", 0.2, 0.0005),
        ("addresses alike", "jaro_winkler_similarity(address_l, address_r) >= 0.82", 0.08, 0.01),
    ),
    "place": (
        ("place and postal code equal", "city_l = city_r and postal_l = postal_r", 0.55, 0.0008),
        ("postal codes equal", "postal_l = postal_r", 0.12, 0.002),
        ("places equal", "city_l = city_r", 0.12, 0.01),
        ("places alike", "jaro_winkler_similarity(city_l, city_r) >= 0.85", 0.03, 0.004),
    ),
}
# The column whose rarity counts at the first level of a comparison.
RARITY = {"name": "name_key", "dob": "dob", "address": "address", "place": "city", "email": "email", "phone": "phone"}
# Chance agreement of what is handed out once: not measured, since in a small table every second agreement is a true one.
_FIXED = ("email", "phone", "identifier")
_EMPTY = {
    "name": "name_key_l is null or name_key_r is null",
    "place": "coalesce(city_l, postal_l) is null or coalesce(city_r, postal_r) is null",
}


def comparison(name: str, rarest: float = 1.0) -> CustomComparison:
    """One comparison with its levels, their m and u, and the term frequency of its first: a value counts as rarer than the
    level's u by no more than the factor `rarest`, since a small table cannot tell."""
    empty = _EMPTY.get(name, f"{name}_l is null or {name}_r is null")
    levels: list[ComparisonLevelCreator | dict[str, Any]] = [CustomLevel(empty).configure(is_null_level=True)]
    stated = LEVELS[name]
    for number, (says, sql, m, u) in enumerate(stated):
        rare: dict[str, Any] = {}
        if number == 0 and name in RARITY:
            # Half of it where the table's own repeats are mostly true ones.
            half = {"tf_adjustment_weight": 0.5} if name in _FIXED else {}
            rare = {"tf_adjustment_column": RARITY[name], "tf_minimum_u_value": u * rarest, **half}
        levels.append(
            CustomLevel(sql, says).configure(
                m_probability=m, u_probability=u, fix_u_probability=number == 0 and name in _FIXED, **rare
            )
        )
    rest = 1 - sum(m for *_, m, _ in stated), 1 - sum(u for *_, u in stated)
    levels.append(ElseLevel().configure(m_probability=rest[0], u_probability=rest[1]))
    return CustomComparison(levels, output_column_name=name)


def settings(names: list[str], rows: int) -> SettingsCreator:
    """The model for a table that has something to compare under `names`."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison(name, 1.0 if rows < LEARNS_FROM else 0.05) for name in names],
        blocking_rules_to_generate_predictions=[block_on(key) for key in KEYS],
        probability_two_random_records_match=min(0.01, 1 / max(rows, 2)),
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
