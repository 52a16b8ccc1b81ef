"""Functions that steps may call and that both engines answer alike: a macro on DuckDB, a template on Spark.

Each has a line in docs/engine.md, which a test compares with this list.
"""

from __future__ import annotations

from dataclasses import dataclass

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One function: its parameters, its body on DuckDB (by parameter name) and on Spark (`{parameter}`)."""

    name: str
    parameters: tuple[str, ...]
    duckdb: str
    spark: str
    meaning: str
    aggregate: bool = False

    @property
    def macro(self) -> str:
        """The statement that makes it known to DuckDB."""
        return f"CREATE MACRO {self.name}({', '.join(self.parameters)}) AS {self.duckdb}"


def _same(name: str, parameters: tuple[str, ...], body: str, meaning: str) -> Wrapped:
    """A function whose body reads the same on both engines; `{p}` stands for a parameter."""
    return Wrapped(name, parameters, body.format(**{p: p for p in parameters}), body, meaning)


_STATED = "FILTER (WHERE x IS NOT NULL)"
# Sorting each list takes half the time of an aggregate with an order of its own.
_AGGREGATES = (
    Wrapped(
        "joined",
        ("x",),
        f"array_to_string(list_sort(list(CAST(x AS VARCHAR)) {_STATED}), '; ')",
        "CASE WHEN COUNT({x}) > 0 THEN ARRAY_JOIN(SORT_ARRAY(COLLECT_LIST(CAST({x} AS STRING))), '; ') END",
        "the stated values as text, in code point order, joined by '; '; empty if none is stated",
        aggregate=True,
    ),
    Wrapped(
        "joined_distinct",
        ("x",),
        f"array_to_string(list_sort(list(DISTINCT CAST(x AS VARCHAR)) {_STATED}), '; ')",
        "CASE WHEN COUNT({x}) > 0 THEN ARRAY_JOIN(SORT_ARRAY(COLLECT_SET(CAST({x} AS STRING))), '; ') END",
        "as `joined`, each value once",
        aggregate=True,
    ),
    Wrapped(
        "joined_by",
        ("x", "sort"),
        "string_agg(CAST(x AS VARCHAR), '; ' ORDER BY sort NULLS FIRST, CAST(x AS VARCHAR))",
        "CASE WHEN COUNT({x}) > 0 THEN ARRAY_JOIN(TRANSFORM(SORT_ARRAY(COLLECT_LIST(CASE WHEN {x} IS NOT NULL THEN "
        "NAMED_STRUCT('o', {sort}, 'v', CAST({x} AS STRING)) END)), p -> p.v), '; ') END",
        "as `joined`, in ascending order of `sort` (empty first), ties in code point order of x",
        aggregate=True,
    ),
    Wrapped(
        "first_by",
        ("x", "sort"),
        "(min(struct_pack(o := sort, v := x)) FILTER (WHERE sort IS NOT NULL AND x IS NOT NULL)).v",
        "MIN(CASE WHEN {sort} IS NOT NULL AND {x} IS NOT NULL THEN NAMED_STRUCT('o', {sort}, 'v', {x}) END).v",
        "x of the row with the smallest `sort`, the smallest x at ties; rows with either empty are passed over",
        aggregate=True,
    ),
    Wrapped(
        "last_by",
        ("x", "sort"),
        "(max(struct_pack(o := sort, v := x)) FILTER (WHERE sort IS NOT NULL AND x IS NOT NULL)).v",
        "MAX(CASE WHEN {sort} IS NOT NULL AND {x} IS NOT NULL THEN NAMED_STRUCT('o', {sort}, 'v', {x}) END).v",
        "x of the row with the largest `sort`, the largest x at ties; rows with either empty are passed over",
        aggregate=True,
    ),
)

_TIME = (
    Wrapped("micros", ("t",), "epoch_us(t)", "UNIX_MICROS({t})", "the instant as whole microseconds since 1970, UTC"),
    Wrapped(
        "from_micros", ("n",), "make_timestamptz(n)", "TIMESTAMP_MICROS({n})", "the instant of that many microseconds"
    ),
    Wrapped(
        "iso_day", ("t",), "strftime(t, '%Y-%m-%d')", "DATE_FORMAT({t}, 'yyyy-MM-dd')", "the UTC day as 2026-01-31"
    ),
    Wrapped(
        "iso_second",
        ("t",),
        "strftime(t, '%Y-%m-%dT%H:%M:%SZ')",
        "DATE_FORMAT({t}, \"yyyy-MM-dd'T'HH:mm:ss'Z'\")",
        "the UTC second as 2026-01-31T23:59:59Z",
    ),
)

_NUMBERS = (
    _same(
        "round3",
        ("x",),
        "(CAST(FLOOR(CAST({x} AS DOUBLE) * 1000e0 + 0.5e0) AS DOUBLE) / 1000e0)",
        "three decimals, halves upward, as a float; for |x| below 9e12",
    ),
    Wrapped(
        "bits",
        ("x",),
        "CASE WHEN x > 0 THEN round3(log2(CAST(x AS DOUBLE))) END",
        "CASE WHEN {x} > 0 THEN FLOOR(LOG2(CAST({x} AS DOUBLE)) * 1000e0 + 0.5e0) / 1000e0 END",
        "log2 of x, three decimals; empty unless x is above 0",
    ),
    _same(
        "probability",
        ("x",),
        "(CAST(FLOOR(10000e0 / (1e0 + POWER(2e0, -CAST({x} AS DOUBLE))) + 0.5e0) AS DOUBLE) / 10000e0)",
        "the probability whose odds are two to the power of x, four decimals",
    ),
    Wrapped(
        "floordiv",
        ("a", "b"),
        "((a - ((a % nullif(b, 0)) + b) % nullif(b, 0)) // nullif(b, 0))",
        "(({a} - (({a} % NULLIF({b}, 0)) + {b}) % NULLIF({b}, 0)) DIV NULLIF({b}, 0))",
        "whole-number division rounded down, of two whole numbers; empty if b is 0",
    ),
    Wrapped(
        "share_of",
        ("x", "part", "total"),
        "CAST(CAST(x AS HUGEINT) * part // nullif(total, 0) AS BIGINT)",
        "((CAST({x} AS DECIMAL(19,0)) * CAST({part} AS DECIMAL(19,0))) DIV CAST(NULLIF({total}, 0) AS DECIMAL(19,0)))",
        "x * part / total rounded toward 0, of whole numbers, exact however large the product",
    ),
    Wrapped(
        "whole",
        ("x",),
        "CASE WHEN regexp_full_match(x, '[+-]?[0-9]{1,18}') THEN TRY_CAST(x AS BIGINT) END",
        "CASE WHEN {x} RLIKE '^[+-]?[0-9]{{1,18}}\\\\z' THEN TRY_CAST({x} AS BIGINT) END",
        "the text as a whole number of at most 18 digits, else empty",
    ),
    Wrapped(
        "number",
        ("x",),
        "CASE WHEN regexp_full_match(x, '[+-]?[0-9]{1,15}([.][0-9]{1,15})?') THEN TRY_CAST(x AS DOUBLE) END",
        "CASE WHEN {x} RLIKE '^[+-]?[0-9]{{1,15}}([.][0-9]{{1,15}})?\\\\z' THEN TRY_CAST({x} AS DOUBLE) END",
        "the text as a float, digits and at most one point, else empty",
    ),
)

_TEXT = (
    Wrapped(
        "text3",
        ("x",),
        "CAST(CAST(round3(x) AS DECIMAL(38,3)) AS VARCHAR)",
        "CAST(CAST(FLOOR(CAST({x} AS DOUBLE) * 1000e0 + 0.5e0) / 1000e0 AS DECIMAL(38,3)) AS STRING)",
        "the number as text with three decimals, rounded as `round3`",
    ),
    Wrapped(
        "amount_text",
        ("x",),
        "rtrim(rtrim(CAST(CAST(x AS DECIMAL(38,18)) AS VARCHAR), '0'), '.')",
        "RTRIM('.', RTRIM('0', CAST(CAST({x} AS DECIMAL(38,18)) AS STRING)))",
        "the exact amount as text without zeros at its end",
    ),
    Wrapped(
        "lower_ascii",
        ("x",),
        f"translate(x, '{UPPER}', '{UPPER.lower()}')",
        f"TRANSLATE({{x}}, '{UPPER}', '{UPPER.lower()}')",
        "A to Z in lower case; every other letter as it stands",
    ),
    # MD5: of a thousand million texts two have one value by chance once in 10^21 times, and texts of up to 90 letters of
    # an address leave nobody the bytes that made collisions need.
    Wrapped(
        "digest",
        ("x",),
        "md5_number(x)",
        "MD5({x})",
        "128 bits that stand for the text where texts are compared or grouped; it may not leave its step",
    ),
)

WRAPPED: dict[str, Wrapped] = {f.name: f for f in (*_AGGREGATES, *_TIME, *_NUMBERS, *_TEXT)}
