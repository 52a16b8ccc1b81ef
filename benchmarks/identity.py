"""How right identity records are linked, on public data: person tables, name pairs, nick changes; each beside a baseline.

    uv run python benchmarks/identity.py DATA

DATA is the folder of the public test data (`linking/`, `chat/`). Prints one JSON object; nothing is written.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import splink.comparison_library as cl
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tanglaw.identity.names import SAME_NAME, likeness
from tanglaw.identity.nicks import Nicks
from tanglaw.identity.resolve import SAME_PERSON, resolve


def rows_of(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV, without outer blanks."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [{key.strip(): (value or "").strip() for key, value in row.items()} for row in csv.DictReader(stream)]


def scores(groups: Sequence[object], truth: Sequence[object]) -> dict[str, float]:
    """Pairwise precision, recall and F1 of a grouping."""

    def pairs(labels: Sequence[object]) -> float:
        return sum(count * (count - 1) / 2 for count in Counter(labels).values())

    both, claimed, wanted = pairs(list(zip(groups, truth, strict=True))), pairs(groups), pairs(truth)
    return {
        "precision": round(both / claimed, 4) if claimed else 1.0,
        "recall": round(both / wanted, 4),
        "f1": round(2 * both / (claimed + wanted), 4),
    }


def of_table(file: Path, true: Callable[[dict[str, str]], str], without: tuple[str, ...]) -> dict[str, Any]:
    """Our groups of one table; columns that hold the truth are taken out before."""
    rows = rows_of(file)
    began = time.process_time()
    table = pa.Table.from_pylist([{key: value for key, value in row.items() if key not in without} for row in rows])
    found = resolve(table)
    return {
        **scores(found.groups, [true(row) for row in rows]),
        "threshold": SAME_PERSON,
        "rows": len(rows),
        "pairs_weighed": found.pairs.num_rows,
        "cpu_seconds": round(time.process_time() - began, 1),
    }


def splink_itself(file: Path) -> dict[str, Any]:
    """Splink's own model of fake_1000, built from its ready-made comparisons, at every threshold; the best one counts."""
    rows = rows_of(file)
    api = DuckDBAPI()
    table = api.register(pa.Table.from_pylist([{key: value or None for key, value in row.items()} for row in rows]))
    linker = Linker(
        table,
        SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                cl.NameComparison("first_name"),
                cl.NameComparison("surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("first_name", "surname"),
                block_on("surname"),
                block_on("first_name"),
                block_on("dob"),
                block_on("email"),
            ],
        ),
        log_level=logging.ERROR,
    )
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("email")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    pairs = linker.inference.predict().as_record_list()
    truth = {row["unique_id"]: row["cluster"] for row in rows}
    found = {}
    for percent in range(5, 100, 5):
        strong = [(p["unique_id_l"], p["unique_id_r"]) for p in pairs if p["match_probability"] >= percent / 100]
        found[percent / 100] = scores(components(list(truth), strong), list(truth.values()))
    best = max(found, key=lambda one: found[one]["f1"])
    return {**found[best], "best_threshold": best, "f1_at_0.5": found[0.5]["f1"]}


def components(names: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    """Each name's connected component."""
    root = {name: name for name in names}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for a, b in pairs:
        root[find(a)] = find(b)
    return [find(name) for name in names]


def of_names(file: Path) -> dict[str, Any]:
    """F1 of reading name pairs as one name, by the one threshold in use, whole and by kind, beside Jaro-Winkler at its best."""
    rows = rows_of(file)
    truth = [row["is_match"] == "true" for row in rows]
    ours = [likeness(row["name1"], row["name2"]) for row in rows]
    plain = [JaroWinkler.similarity(row["name1"].lower(), row["name2"].lower()) for row in rows]
    person = [row["schema"] == "Person" for row in rows]

    def f1(values: Sequence[float], edge: float, chosen: Sequence[bool]) -> float:
        said = [value >= edge for value, one in zip(values, chosen, strict=True) if one]
        true = [value for value, one in zip(truth, chosen, strict=True) if one]
        hits = sum(a and b for a, b in zip(said, true, strict=True))
        return round(2 * hits / (sum(said) + sum(true)), 4)

    every = [True] * len(rows)
    return {
        "pairs": len(rows),
        "threshold": SAME_NAME,
        "f1": f1(ours, SAME_NAME, every),
        "f1_persons": f1(ours, SAME_NAME, person),
        "f1_others": f1(ours, SAME_NAME, [not one for one in person]),
        "f1_jaro_winkler_best_threshold": max(f1(plain, edge / 100, every) for edge in range(50, 100)),
    }


def of_nicks(file: Path) -> dict[str, Any]:
    """Share of nick changes whose new name is among the ten names most like the old one."""
    pairs = sorted({(row["nick_before"], row["nick_after"]) for row in rows_of(file)})
    pairs = [(before, after) for before, after in pairs if before != after]
    names = sorted({name for pair in pairs for name in pair})
    nicks = Nicks(names)
    found: dict[str, Any] = {"changes": len(pairs), "names": len(names)}
    found["recall_at_10"] = share(pairs, lambda name: [one for one, _ in nicks.like(name)])
    for title, scorer in (("jaro_winkler", JaroWinkler.similarity), ("levenshtein", Levenshtein.normalized_similarity)):
        found[f"recall_at_10_{title}"] = share(
            pairs,
            lambda name, scorer=scorer: [
                one for one, _, _ in process.extract(name, names, scorer=scorer, limit=11) if one != name
            ][:10],
        )
    return found


def share(pairs: list[tuple[str, str]], like: Callable[[str], list[str]]) -> float:
    return round(sum(after in like(before) for before, after in pairs) / len(pairs), 4)


def measured(data: Path) -> dict[str, Any]:
    """Every figure."""
    linking = data / "linking"
    return {
        "febrl3": of_table(linking / "febrl3.csv", lambda row: row["rec_id"].split("-")[1], ("rec_id",)),
        "fake_1000": of_table(linking / "fake_1000.csv", lambda row: row["cluster"], ("cluster", "unique_id")),
        "fake_1000_splink": splink_itself(linking / "fake_1000.csv"),
        "name_pairs": of_names(linking / "name_pairs.csv"),
        "nick_changes": of_nicks(data / "chat" / "alias_pairs.csv"),
    }


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1])), indent=2))
