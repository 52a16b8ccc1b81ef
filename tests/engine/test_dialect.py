"""What would differ between the engines is refused, with what to write instead."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanglaw.engine.dialect import ALLOWED, INSTEAD, NotPortable, reads, to_duckdb, to_spark
from tanglaw.engine.portable import Portable
from tanglaw.engine.wrapped import WRAPPED

REFUSED = {
    "SELECT a FROM t ASOF JOIN u ON t.k = u.k AND t.at_ >= u.at_": "ASOF JOIN",
    "SELECT a FROM t NATURAL JOIN u": "NATURAL JOIN",
    "SELECT a FROM t POSITIONAL JOIN u": "POSITIONAL JOIN",
    "SELECT list_sum(x) AS s FROM t": "list_sum",
    "SELECT concat(a, b) AS c FROM t": "concat",
    "SELECT a // b AS c FROM t": "floordiv",
    "SELECT a / b AS c FROM t": "nullif",
    "SELECT a / 0 AS c FROM t": "nullif",
    "SELECT a % b AS c FROM t": "nullif",
    "SELECT a FROM t ORDER BY a": "NULLS FIRST",
    "SELECT a FROM t ORDER BY a NULLS FIRST, b": "NULLS FIRST",
    "SELECT row_number() OVER (ORDER BY a) AS r FROM t": "NULLS FIRST",
    "SELECT row_number() OVER () AS r FROM t": "ORDER BY",
    "SELECT CAST(a AS TIMESTAMP) AS c FROM t": "time is not parsed",
    "SELECT a::timestamptz AS c FROM t": "time is not parsed",
    "SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z' AS c": "time is not parsed",
    "SELECT CAST(a AS DATE) AS c FROM t": "time is not parsed",
    "SELECT CAST(a AS BIGINT) AS c FROM t": "floor",
    "SELECT CAST(a / 2 AS BIGINT) AS c FROM t": "floor",
    "SELECT CAST(a AS BOOLEAN) AS c FROM t": "CAST AS BOOLEAN",
    "SELECT TRY_CAST(a AS BIGINT) AS c FROM t": "whole",
    "SELECT CAST(round3(a) AS VARCHAR) AS c FROM t": "text3",
    "SELECT floor(a) AS c FROM t": "CAST(floor(x) AS BIGINT)",
    "SELECT round(a, 2) AS c FROM t": "round3",
    "SELECT log2(a) AS c FROM t": "bits",
    "SELECT lower(a) AS c FROM t": "lower_ascii",
    "SELECT upper(a) AS c FROM t": "lower_ascii",
    "SELECT trim(a) AS c FROM t": "trim(x, ' ')",
    "SELECT a ILIKE 'x' AS c FROM t": "ILIKE",
    "SELECT a LIKE 'x\\%' AS c FROM t": "backslash",
    "SELECT a LIKE b AS c FROM t": "literal",
    "SELECT regexp_matches(a, b) AS c FROM t": "literal",
    "SELECT regexp_matches(a, 'x.y') AS c FROM t": "[^\\n]",
    "SELECT regexp_matches(a, 'x$') AS c FROM t": "\\z",
    "SELECT regexp_matches(a, '(?i)x') AS c FROM t": "(?",
    "SELECT regexp_matches(a, '\\s') AS c FROM t": "[ \\t]",
    "SELECT regexp_extract(a, 'x', 0) AS c FROM t": "Batches",
    "SELECT regexp_replace(a, 'x', 'y') AS c FROM t": "Batches",
    "SELECT substr(a, 0, 2) AS c FROM t": "start at 1",
    "SELECT a[1:2] AS c FROM t": "substr",
    "SELECT max_by(a, b) AS c FROM t": "last_by",
    "SELECT arg_min(a, b) AS c FROM t": "first_by",
    "SELECT any_value(a) AS c FROM t": "first_by",
    "SELECT list(a) AS c FROM t": "joined",
    "SELECT string_agg(a, ',') AS c FROM t": "joined",
    "SELECT count(DISTINCT (a, b)) AS c FROM t": "count(DISTINCT",
    "SELECT count_if(a) AS c FROM t": "FILTER",
    "SELECT * EXCLUDE (a) FROM t": "EXCLUDE",
    "SELECT COLUMNS('a') FROM t": "COLUMNS",
    "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a NULLS FIRST": "QUALIFY",
    "SELECT * FROM t QUALIFY row_number() OVER (ORDER BY a NULLS FIRST) = 1": "name the columns",
    "SELECT a FROM t UNION BY NAME SELECT a FROM u": "UNION BY NAME",
    "SELECT a FROM t LIMIT 5": "LIMIT without ORDER BY",
    "SELECT a FROM t USING SAMPLE 5": "SAMPLE",
    "SELECT now() AS c": "now()",
    "SELECT current_timestamp AS c": "as-of",
    "SELECT random() AS c": "not shown",
    "SELECT date_trunc('quarter', a) AS c FROM t": "date_trunc",
    "SELECT extract(dow FROM a) AS c FROM t": "extract",
    "SELECT date_diff('day', a, b) AS c FROM t": "micros",
    "SELECT a + INTERVAL 1 MONTH AS c FROM t": "INTERVAL",
    "SELECT a AT TIME ZONE 'UTC' AS c FROM t": "AT TIME ZONE",
    "SELECT \"A\" FROM t": "lower-case",
    "SELECT A FROM t": "lower-case",
    "SELECT * FROM 'part.parquet'": "lower-case",
    "SELECT * FROM read_parquet('part.parquet')": "attach files",
    "SELECT * FROM read_csv('http://127.0.0.1/x.csv')": "attach files",
    "SELECT * FROM other.t": "plain name",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT a FROM r": "RECURSIVE",
    "SELECT {'a': 1} AS c": "not shown",
    "CREATE TABLE x AS SELECT 1 AS a": "one SELECT",
    "INSTALL httpfs": "",
    "COPY t TO 'x.csv'": "one SELECT",
    "SELECT 1 AS a; SELECT 2 AS b": "one SELECT",
    "SELECT FROM WHERE": "not read as SQL",
    "SELECT joined(a, b) AS c FROM t": "1 arguments",
    "SELECT joined(a) FILTER (WHERE b) AS c FROM t": "FILTER",
    "SELECT first_by(a, b) OVER (PARTITION BY c) AS d FROM t": "OVER",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_refuses_what_would_differ(text: str) -> None:
    """Each construct is refused for both engines, and the message names a way out."""
    for carry in (to_duckdb, to_spark):
        with pytest.raises(NotPortable) as raised:
            carry(text)
        assert REFUSED[text] in str(raised.value)


def test_duckdb_runs_the_text_as_it_stands() -> None:
    """What passes is not rewritten for DuckDB, so that its errors speak of the text in the code."""
    text = "\n  SELECT a, joined(b) AS names -- why\n  FROM t GROUP BY a\n"
    assert to_duckdb(text) == text.strip()
    assert to_duckdb("SELECT a FROM t;") == "SELECT a FROM t"


def test_arguments_stay_together_in_templates() -> None:
    """A sum handed to a wrapped function is one argument, not two."""
    assert "((`a` + 1) % NULLIF((`b`), 0))" in to_spark("SELECT floordiv(a + 1, b) AS c FROM t")


def test_names_are_quoted_for_spark() -> None:
    """Column names that are words of SQL pass."""
    assert to_spark('SELECT t."end", t."at" FROM t') == "SELECT `t`.`end`, `t`.`at` FROM `t`"


def test_says_what_a_text_reads() -> None:
    """Tables read, without those that the text names itself."""
    text = "WITH w AS (SELECT a FROM t) SELECT w.a FROM w JOIN u ON u.a = w.a WHERE w.a IN (SELECT b FROM v)"
    assert reads(text) == {"t", "u", "v"}


def test_hints_are_for_refused_constructs_only() -> None:
    """No construct is both allowed and explained away."""
    assert not ALLOWED & INSTEAD.keys()


def test_every_wrapped_function_is_documented() -> None:
    """docs/engine.md has one line for each wrapped function and for no other."""
    text = (Path(__file__).parents[2] / "docs" / "engine.md").read_text(encoding="utf-8")
    section = text.split("## Functions of the house")[1].split("\n## ")[0]
    told = re.findall(r"^\| `([a-z_0-9]+)\(([a-z, ]+)\)`", section, re.MULTILINE)
    assert {name: tuple(given.split(", ")) for name, given in told} == {f.name: f.parameters for f in WRAPPED.values()}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever stands in a step, the answer is SQL or a refusal."""
    with suppress(NotPortable):
        assert isinstance(to_spark(text), str)


@given(st.text(max_size=30))
def test_literals_cannot_leave_their_quotes(text: str) -> None:
    """A literal stays one literal on Spark, whatever quotes and backslashes it holds."""
    carried = to_spark("SELECT '" + text.replace("'", "''") + "' AS c")
    body = carried.removeprefix("SELECT '").removesuffix("' AS `c`")
    assert re.fullmatch(r"(?:[^'\\]|\\.)*", body, re.DOTALL)


def test_shown_texts_are_known_to_the_next_process(tmp_path):
    """What was shown to be portable is known to whoever opens the same folder, nothing else is, and no folder is no error."""
    Portable(tmp_path).add("select a from t")
    assert Portable(tmp_path).knows("select a from t")
    assert not Portable(tmp_path).knows("select a from u")
    nowhere = Portable(tmp_path / "none")
    nowhere.add("select a from t")
    assert nowhere.knows("select a from t")
    assert not Portable(tmp_path / "none").knows("select a from t")
