"""Every construct that a step may use gives the same rows on DuckDB and Spark, be its query interpreted, as over
little data, or compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanglaw.engine import Engine, Sql
from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME
from tanglaw.testing.engines import Both

pytestmark = pytest.mark.spark

TEXTS = [
    "noon", "Noon", "NOON ", " noon", "", None, "é", "e\u0301", "z", "Z", "ß", "İstanbul", "ΑΣ", "🙂a", "\uffff",
    "a\\b", "it's", 'say "noon"', "a;b;c", "tab\there", "line\nbreak", "\u00a0x\u00a0", "100%", "a_b", "12", "-7",
    " 5 ", "2.7", "1e3", "999999999999999999", "+3", "nul\x00byte", "a.b", "A1", "aa\r", "x\x0b",
]  # fmt: skip
COUNT = len(TEXTS)
INTS = [0, 1, -1, 7, -7, 3, None, 2**53, -(2**53), 10, 100, 86_400_000_000]
FLOATS = [0.0, 1.0005, -1.0005, 0.0005, 2.5, -2.5, 1e9, 1e-9, None, 1 / 3, 0.1, 123456.7895, -0.0004, 8.0]
TIMES = [
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 30, tzinfo=UTC),
    None,
    datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    datetime(2099, 12, 31, 12, tzinfo=UTC),
]
AMOUNTS = [Decimal("0"), Decimal("12.5"), Decimal("-0.000000000000000001"), None, Decimal("100"), Decimal("99999.99")]


@pytest.fixture(scope="module", params=[0, 1 << 40], ids=["little", "much"], autouse=True)
def size(request: pytest.FixtureRequest, spark: Engine) -> Iterator[None]:
    """Spark as it runs over so many bytes."""
    spark._suit(request.param)
    yield
    spark._suit(0)


def cycle(values: list[object], kind: pa.DataType) -> pa.Array:
    return pa.array([values[i % len(values)] for i in range(COUNT)], kind)


@pytest.fixture
def rows(both: Both) -> Both:
    """Table `t` on both engines: awkward values of every type, `id` its key."""
    table = pa.table(
        {
            "id": pa.array(range(COUNT), INT),
            "x": pa.array(TEXTS, TEXT),
            "y": cycle(TEXTS[::-1], TEXT),
            "n": cycle(INTS, INT),
            "m": cycle(INTS[::-1], INT),
            "f": cycle(FLOATS, FLOAT),
            "b": cycle([True, False, None], BOOL),
            "seen": cycle(TIMES, TIME),
            "amount": cycle(AMOUNTS, AMOUNT),
            "g": cycle(["u", "v", None], TEXT),
        }
    )
    both.put("t", table)
    return both


def all_equal(both: Both, expressions: list[str], source: str = "t", tail: str = "ORDER BY id NULLS FIRST") -> pa.Table:
    """One query with every expression as a column of its own."""
    columns = ", ".join(f"{expression} AS c{index}" for index, expression in enumerate(expressions))
    return both.rows(f"SELECT {columns} FROM {source} {tail}")


def test_text_is_compared_and_ordered_by_code_point(rows: Both) -> None:
    """Letters with accents, capitals and signs beyond the basic plane come in the same order."""
    all_equal(rows, ["x < y", "x = y", "x <> y", "greatest(x, y)", "least(x, y)", "x IS DISTINCT FROM y", "x >= 'e'"])
    rows.rows("SELECT x, id FROM t ORDER BY x DESC NULLS LAST, id NULLS FIRST")
    rows.rows("SELECT min(x) AS low, max(x) AS high, count(DISTINCT x) AS kinds FROM t")


def test_text_functions(rows: Both) -> None:
    """Every text function that steps may call answers alike, also outside ASCII."""
    all_equal(
        rows,
        [
            "x || y", "x || '-' || CAST(n AS VARCHAR)", "length(x)", "substr(x, 1, 2)", "substr(x, 2)", "left(x, 3)",
            "strpos(x, 'o')", "strpos(x, '')", "replace(x, 'o', '0')", "replace(x, '\\', '/')", "translate(x, 'no', 'on')",
            "starts_with(x, 'no')", "ends_with(x, 'n')", "contains(x, ';')", "contains(x, y)", "trim(x, ' ')",
            "ltrim(x, ' ')", "rtrim(x, ' ')", "lower_ascii(x)", "coalesce(x, 'none')", "nullif(x, 'noon')",
            "x LIKE '%oo%'", "x LIKE 'a_b'", "x IN ('noon', 'Z')", "x NOT IN ('noon', 'é')", "x IS NULL",
            "CASE WHEN b THEN 'yes' WHEN NOT b THEN 'no' END",
            "'a\\b' || 'it''s'", "x = 'a\\b'", "whole(x)", "number(x)",
        ],
    )  # fmt: skip


def test_patterns(rows: Both) -> None:
    """Patterns of the allowed kind match the same texts, line ends and vertical tabs included."""
    patterns = [
        r"^[a-z]+\z",
        r"\d",
        r"^\d+\z",
        r"\w+",
        r"[^a]",
        r"(?:o|ß)",
        r"a[.]b",
        r"a\.b",
        r"o{2}",
        r"^[^\n]*\z",
        r"[ \t]",
    ]
    all_equal(rows, [f"regexp_matches(x, '{pattern}')" for pattern in patterns])


def test_numbers(rows: Both) -> None:
    """Whole numbers, floats and exact amounts are added, divided and rounded alike."""
    all_equal(
        rows,
        [
            "n + m", "n - m", "n * 2", "n % 7", "n / nullif(m, 0)", "n / 3", "floordiv(n, m)", "floordiv(n, 7)",
            "floordiv(n, -7)", "share_of(m % 7, 4000000000000000000, 9)",
            "round3(f)", "round3(f * 3)", "round3(n / 7)", "text3(f)", "text3(n)", "abs(n)", "abs(f)",
            "abs(amount)", "amount * 3",
            "CAST(floor(f) AS BIGINT)", "CAST(ceil(f) AS BIGINT)", "CAST(floor(n / 3600) AS BIGINT)", "-n", "f < 1", "f > 0.5",
            "n BETWEEN 0 AND 10", "greatest(n, m)", "least(n, m, 5)", "amount + amount", "amount - 1", "amount > 12",
            "amount_text(amount)", "CAST(amount AS DOUBLE)", "round3(CAST(amount AS DOUBLE) * 1.5)", "amount / 4",
            "CAST(n AS DOUBLE)", "CAST(n AS VARCHAR)", "CAST(n AS DECIMAL(38,18))", "bits(n)", "bits(f)", "bits(n / 3)",
            "0.5", "1e0", "3", "0.1 + 0.2", "0.25 * 3", "CASE WHEN n > 0 THEN 1 ELSE 0.5 END", "coalesce(f, 0)",
        ],
    )  # fmt: skip


def test_instants(rows: Both) -> None:
    """Instants are compared, moved, cut and told in UTC on both, before 1970 too."""
    all_equal(
        rows,
        [
            "micros(seen)", "from_micros(micros(seen) + 1)", "from_micros(n)", "seen + INTERVAL 1 DAY", "seen - INTERVAL 90 MINUTE",
            "date_trunc('day', seen)", "date_trunc('hour', seen)", "date_trunc('week', seen)", "date_trunc('month', seen)",
            "extract(hour FROM seen)", "extract(day FROM seen)", "extract(month FROM seen)", "extract(year FROM seen)",
            "iso_day(seen)", "iso_second(seen)", "seen < from_micros(1700000000000000)", "greatest(seen, from_micros(0))",
            "floordiv(micros(seen), 3600000000)", "CAST(NULL AS TIMESTAMPTZ)", "NULL", "CAST(NULL AS BIGINT)",
        ],
    )  # fmt: skip


def test_truth_has_three_values(rows: Both) -> None:
    """Yes, no and not stated combine alike."""
    facts = ["NOT b", "b AND n > 0", "b OR n > 0", "b IS NULL", "b = (n > 0)", "b IS NOT DISTINCT FROM NULL"]
    all_equal(rows, [*facts, "CASE WHEN b THEN 1 END", "coalesce(b, false)"])


AGGREGATES = [
    "count(*)", "count(x)", "count(DISTINCT x)", "count(*) FILTER (WHERE b)", "sum(n)", "sum(n) FILTER (WHERE b)",
    "CAST(sum(n) AS BIGINT)", "sum(amount)", "round3(sum(round3(f)))", "round3(avg(n))", "round3(avg(f))", "round3(avg(amount))",
    "min(x)", "max(x)", "min(f)", "max(f)", "min(seen)", "max(seen)", "min(amount)", "bool_or(b)", "bool_and(b)",
    "joined(x)", "joined_distinct(y)", "joined(CASE WHEN b THEN x END)", "joined_by(x, n)", "joined_by(x, -f)",
    "joined_by(x, seen)", "first_by(x, n)", "last_by(x, n)", "first_by(n, x)", "last_by(seen, f)", "median(n)", "median(f)",
    "joined_distinct(n)", "bits(count(*))", "max(length(x))", "sum(CASE WHEN b THEN 1 ELSE 0 END)", "count(DISTINCT n % 7)",
]  # fmt: skip


@pytest.mark.parametrize("tail", ["GROUP BY g ORDER BY g NULLS FIRST", "WHERE id < 0"], ids=["groups", "no rows"])
def test_aggregates(rows: Both, tail: str) -> None:
    """Sums, counts, joined texts and firsts and lasts are equal, over groups with empty values and over nothing."""
    all_equal(rows, AGGREGATES, tail=tail)


def test_windows(rows: Both) -> None:
    """Ranks, neighbours and running sums are equal."""
    window = "OVER (PARTITION BY g ORDER BY n NULLS FIRST, id NULLS FIRST)"
    all_equal(
        rows,
        [f"row_number() {window}", f"lag(x) {window}", f"lead(x, 2) {window}", f"first_value(x) {window}", f"sum(n) {window}",
         f"count(*) {window}", f"max(x) {window}", "rank() OVER (ORDER BY n DESC NULLS LAST)",
         "dense_rank() OVER (ORDER BY n NULLS LAST)", "sum(n) OVER (PARTITION BY g)", "ntile(4) OVER (ORDER BY id NULLS FIRST)",
         "sum(n) OVER (PARTITION BY g ORDER BY id NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"],
    )  # fmt: skip


QUERIES = {
    "qualify": "SELECT g, x, row_number() OVER (PARTITION BY g ORDER BY n NULLS LAST, id NULLS FIRST) AS r FROM t QUALIFY r = 1",
    "qualify unnamed": "SELECT g, x FROM t QUALIFY row_number() OVER (PARTITION BY g ORDER BY id DESC NULLS LAST) = 1",
    "group by all": "SELECT g, b, count(*) AS n FROM t GROUP BY ALL HAVING count(*) > 1",
    "distinct": "SELECT DISTINCT g, b FROM t",
    "left join": "SELECT a.id, c.x FROM t a LEFT JOIN t c ON a.n = c.m AND c.b",
    "full join": "SELECT a.id, c.id AS other FROM t a FULL JOIN t c ON a.n = c.m + 1",
    "using": "SELECT id, a.x, c.y FROM t a JOIN t c USING (id)",
    "semi": "SELECT a.id FROM t a SEMI JOIN t c ON a.n = c.m",
    "anti": "SELECT a.id FROM t a ANTI JOIN t c ON a.n = c.m AND c.b",
    "exists": "SELECT a.id FROM t a WHERE EXISTS (SELECT 1 FROM t c WHERE c.m = a.n AND c.id <> a.id)",
    "not in with nulls": "SELECT id FROM t WHERE n NOT IN (SELECT m FROM t WHERE b)",
    "union all": "SELECT x AS v FROM t UNION ALL SELECT y FROM t",
    "union": "SELECT g AS v FROM t UNION SELECT y FROM t",
    "except": "SELECT x AS v FROM t EXCEPT SELECT y FROM t WHERE b",
    "with": "WITH w AS (SELECT g, sum(n) AS s FROM t GROUP BY g) SELECT t.id, w.s FROM t JOIN w ON w.g IS NOT DISTINCT FROM t.g",
    "values": "SELECT t.id, v.step FROM t CROSS JOIN (VALUES (-1), (0), (1)) AS v(step)",
    "scalar subquery": "SELECT id, (SELECT max(n) FROM t) AS top FROM t",
    "amount halved": "SELECT id, amount * 0.5 AS half FROM t",
    "split": "SELECT id, unnest(string_split(y, ';')) AS part FROM t",
    "limit": "SELECT id, x FROM t ORDER BY x NULLS LAST, id NULLS FIRST LIMIT 5",
    "same texts": "SELECT a.id, c.id AS other FROM t a JOIN t c ON digest(a.x) = digest(c.x)",
    "groups of texts": "SELECT s FROM (SELECT min(id) AS s FROM (SELECT id, digest(x) AS d FROM t) y GROUP BY d) z",
    "alias used again": "SELECT id + 1 AS next, next + 1 AS after FROM t",
    "bucketed join": (
        "SELECT a.id, c.id AS other FROM t a CROSS JOIN (VALUES (-1), (0), (1)) AS v(step) JOIN t c "
        "ON floordiv(micros(a.seen), 3600000000) + v.step = floordiv(micros(c.seen), 3600000000)"
    ),
}


@pytest.mark.parametrize("text", QUERIES.values(), ids=list(QUERIES))
def test_queries(rows: Both, text: str) -> None:
    """Each shape of query gives equal rows."""
    rows.run(Sql("shaped", text))
    columns = rows.duck.rows("SELECT * FROM shaped").column_names
    assert rows.equal("shaped", columns).num_rows


def test_reserved_names_are_columns_when_quoted(both: Both) -> None:
    """`end`, `start`, `at`, `value`, `text` and `order` work as column names in double quotes."""
    names = ["end", "start", "at", "value", "text", "order", "type", "user", "rank", "role", "use"]
    both.put("t", pa.table({name: pa.array([1, 2], INT) for name in names}))
    both.run(
        Sql("again", "SELECT " + ", ".join(f't."{name}" + 1 AS "{name}"' for name in names) + " FROM t", keep=True)
    )
    assert both.equal("again", ["end"]).column_names == names


def test_overflow_and_text_that_is_no_number_are_errors_on_both(rows: Both) -> None:
    """Neither engine wraps around or invents an empty value."""
    for text in ("SELECT 9223372036854775807 + id AS v FROM t", "SELECT CAST(x AS DOUBLE) AS v FROM t"):
        for engine in (rows.duck, rows.spark):
            with pytest.raises(RuntimeError):
                engine.rows(text)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.integers(-(2**40), 2**40), st.floats(-1e9, 1e9)), min_size=1, max_size=60
    )
)
def test_any_values(both: Both, values: list[tuple[str, int, float]]) -> None:
    """Whatever the texts and numbers, order, groups and rounding agree."""
    both.put(
        "h",
        pa.table(
            {
                "x": pa.array([v[0] for v in values], TEXT),
                "n": pa.array([v[1] for v in values], INT),
                "f": pa.array([v[2] for v in values], FLOAT),
            }
        ),
    )
    both.rows(
        "SELECT lower_ascii(x) AS k, joined(x) AS xs, first_by(n, x) AS p, last_by(x, n) AS q, sum(floordiv(n, 97)) AS s, "
        "round3(max(f)) AS m, text3(min(f)) AS t, joined_by(x, round3(f)) AS o FROM h GROUP BY k ORDER BY k NULLS FIRST"
    )
