"""Which rows of a person table speak of one person: pairs in bits, and groups."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from tanglaw.identity.columns import ROLES, prepared
from tanglaw.identity.groups import grouped
from tanglaw.identity.model import LEARNS_FROM, LEVELS, MODEL, RARITY, settings
from tanglaw.identity.names import grade

# One threshold in use: a pair is taken for one person from this probability on.
SAME_PERSON = 0.5
_SEED = 7
_ROUNDS = 50
# Of all pairs of a table at most so many are taken for true before evidence: a table is not one person's.
_MOST_TRUE = 0.02
_PAIRS_SAMPLED = 300_000
_TRAINED_ON = ("by_name", "by_dob", "by_identifier", "by_email", "by_address")

_ROW, _TEXT, _NUMBER = pa.int64(), pa.string(), pa.float64()


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns])


PAIRS = _schema(("a", _ROW), ("b", _ROW), ("bits", _NUMBER), ("probability", _NUMBER), ("evidence", _TEXT))
EVIDENCE = _schema(("a", _TEXT), ("b", _TEXT), ("bits", _NUMBER), ("evidence", _TEXT))


@dataclass(frozen=True, slots=True)
class Resolved:
    """`pairs`: rows a < b (places from 0), bits of evidence, probability (with the table's own base rate), evidence as
    text, strongest first. `groups`: each row's group, the smallest place in it. `ids` as written, `unused` columns,
    `model`: its version, and whether it was set or learned."""

    pairs: pa.Table
    groups: tuple[int, ...]
    ids: tuple[str, ...]
    unused: tuple[str, ...]
    model: str


def resolve(table: pa.Table, stated: Mapping[str, str] | None = None, same: float = SAME_PERSON) -> Resolved:
    """Link the rows of a person table with each other.

    `stated` maps roles (identity.columns.ROLES) to headers. Equal tables give equal pairs. Raises CheckUsage if nothing can
    be compared.
    """
    given = prepared(table, stated)
    columns = {"place": ("city", "postal"), "name": ("name_key",)}
    names = [
        name
        for name in LEVELS
        if any(given.rows[one].null_count < table.num_rows for one in columns.get(name, (name,)))
    ]
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    try:
        api.duckdb_con.execute("SET threads = 1")
        api.duckdb_con.create_function("name_grade", grade, ["VARCHAR", "VARCHAR"], "INTEGER")
        linker = Linker(api.register(given.rows), settings(names, table.num_rows), log_level=logging.ERROR)
        for column in sorted({RARITY[name] for name in names if name in RARITY}):
            rare = api.register(_strangers(given.rows[column], column))
            linker.table_management.register_term_frequency_lookup(rare, column)
        learned = table.num_rows >= LEARNS_FROM
        if learned:
            _learn(linker)
        found = linker.inference.predict(warning_mode="never").as_record_list()
    finally:
        api.duckdb_con.close()
    pairs = _with_base_rate(_pairs(found, names), table.num_rows)
    groups = grouped(table.num_rows, pairs, same)
    return Resolved(pairs, groups, given.ids, given.unused, f"{MODEL}, {'learned' if learned else 'set'}")


def _strangers(values: pa.ChunkedArray[Any], column: str) -> pa.Table:
    """Each value with the share of rows that hold it beside the two of a pair: what they share with nobody is no common thing,
    however small the table."""
    counted = Counter(value for value in values.to_pylist() if value is not None)
    shares = [(count - 2) / len(values) if count > 2 else 0.0 for count in counted.values()]
    return pa.table({column: pa.array(list(counted), pa.string()), f"tf_{column}": pa.array(shares, pa.float64())})


def _learn(linker: Linker) -> None:
    """Measure u from random pairs, and learn m where pairs that agree in one thing show how the others vary."""
    rules: list[Any] = [block_on(key) for key in ("by_identifier", "by_email", "by_phone")] + [
        block_on("by_name", "by_dob")
    ]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_SAMPLED, seed=_SEED)
    for key in _TRAINED_ON:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
        except EMTrainingException:
            continue


def _with_base_rate(pairs: pa.Table, rows: int) -> pa.Table:
    """Probabilities by the table's own share of true pairs: the one at which as many are expected as it says."""
    weights = np.exp2(np.clip(pairs["bits"].to_numpy(), -500, 500))
    whole = max(rows * (rows - 1) / 2, 1)
    odds, chances = 1 / max(rows, 2), np.zeros(len(weights))
    for _ in range(_ROUNDS):
        chances = odds * weights / (1 + odds * weights)
        share = min(max(float(chances.sum()), 0.5) / whole, _MOST_TRUE)
        odds = share / (1 - share)
    return pairs.set_column(PAIRS.get_field_index("probability"), "probability", pa.array(np.round(chances, 6)))


def _pairs(found: list[dict[str, Any]], names: list[str]) -> pa.Table:
    rows = []
    for row in sorted(found, key=lambda one: (one["unique_id_l"], one["unique_id_r"])):
        weights = []
        for name in names:
            at, bits = row[f"gamma_{name}"], row[f"mw_{name}"] + (row.get(f"mw_tf_adj_{name}") or 0.0)
            if at >= 0:
                says = LEVELS[name][len(LEVELS[name]) - at][0] if at else f"{name} differs"
                weights.append((round(bits, 3), says))
        weights.sort(key=lambda one: (-one[0], one[1]))
        text = "; ".join(f"{says} {bits:+.1f}" for bits, says in weights)
        whole = round(sum(bits for bits, _ in weights), 3)
        rows.append((row["unique_id_l"], row["unique_id_r"], whole, round(row["match_probability"], 6), text))
    return pa.table([list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5, schema=PAIRS)


def evidence(persons: pa.Table) -> pa.Table:
    """Bits between accounts by what is stated of their persons: a, b (account ids, a < b), bits, evidence.

    `persons` are rows of the table `persons` with an account, those that the caller may compare: tied to a report or a
    verified fact. Of several rows of an account the pair with most bits counts. Only pairs with bits above 0 are given.
    """
    # The same said of an account in many reports is one statement, and makes no value common.
    columns = [name for name in persons.column_names if name == "account_id" or name in ROLES]
    persons = persons.select(columns).group_by(columns, use_threads=False).aggregate([])
    accounts = persons["account_id"].to_pylist()
    best: dict[tuple[str, str], tuple[float, str]] = {}
    found = resolve(persons).pairs
    for row in found.filter(pc.field("bits") > 0).to_pylist():
        a, b = sorted((accounts[row["a"]] or "", accounts[row["b"]] or ""))
        if a and a != b and row["bits"] > best.get((a, b), (0.0, ""))[0]:
            best[a, b] = (row["bits"], row["evidence"])
    rows = [{"a": a, "b": b, "bits": bits, "evidence": text} for (a, b), (bits, text) in sorted(best.items())]
    return pa.Table.from_pylist(rows, schema=EVIDENCE)
