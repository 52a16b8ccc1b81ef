"""SQL written once in DuckDB's dialect: what may be written, and how it reads on Spark.

Only constructs that tests have shown equal on both engines pass; every other is refused by name, with what to
write instead. docs/engine.md lists both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB as DuckDialect
from sqlglot.dialects.spark import Spark
from sqlglot.errors import SqlglotError
from sqlglot.generators.spark import SparkGenerator
from sqlglot.tokenizer_core import TokenType

from tanglaw.engine.portable import Portable
from tanglaw.engine.wrapped import WRAPPED


class NotPortable(ValueError):
    """The SQL would not run, or would not give the same rows, on both engines; the message says what to write."""


MACROS: tuple[str, ...] = tuple(function.macro for function in WRAPPED.values())

_STRUCTURE = """
    Alias And Anonymous Between Boolean Case Cast Column CTE DataType DataTypeParam Distinct EQ Except Exists
    Filter From Group GT GTE Having Identifier If In Interval Intersect Is Join Limit Literal LT LTE NEQ Neg Not
    Null NullSafeEQ NullSafeNEQ Or Order Ordered Paren Qualify Select Star Subquery Table TableAlias Tuple Union Values Var
    Where Window WindowSpec With
"""
_OPERATORS = "Add Sub Mul Div Mod DPipe Like"
_FUNCTIONS = """
    Abs Avg Ceil Coalesce Contains Count DenseRank EndsWith Explode Extract FirstValue Floor Greatest Lag
    LastValue Lead Least Left Length LogicalAnd LogicalOr Max Median Min Nullif Ntile Rank RegexpLike Replace
    RowNumber Split StartsWith StrPosition Substring Sum TimestampTrunc Translate Trim
"""
ALLOWED = frozenset(f"{_STRUCTURE} {_OPERATORS} {_FUNCTIONS}".split())

INSTEAD = {
    "ArgMax": "max_by(): use last_by(x, sort)",
    "ArgMin": "min_by(): use first_by(x, sort)",
    "ArrayAgg": "list(), array_agg(): use joined(x), joined_distinct(x) or joined_by(x, sort)",
    "AtTimeZone": "AT TIME ZONE: instants are UTC already",
    "Bracket": "x[...]: use substr(x, from, length), from 1",
    "Concat": "concat(): use || and say coalesce",
    "ConcatWs": "concat_ws(): use || and say coalesce",
    "CountIf": "count_if(): over no rows it is empty on one engine only; use count(*) FILTER (WHERE ...)",
    "CurrentDate": "current_date: put() the run's as-of",
    "CurrentTimestamp": "now(): put() the run's as-of",
    "DateDiff": "date_diff(): use micros(a) - micros(b)",
    "First": "first(): use first_by(x, sort)",
    "Glob": "GLOB: use starts_with(), contains() or regexp_matches()",
    "GroupConcat": "string_agg(): use joined(x) or joined_by(x, sort)",
    "ILike": "ILIKE: use lower_ascii(x) LIKE",
    "IgnoreNulls": "any_value(), IGNORE NULLS: use min(), max(), first_by(x, sort) or last_by(x, sort)",
    "IntDiv": "//: use floordiv(a, b), which rounds down",
    "Last": "last(): use last_by(x, sort)",
    "Ln": "ln(): use bits(x)",
    "Log": "log2(), log(): use bits(x)",
    "Lower": "lower(): use lower_ascii(x); other letters are normalised where evidence is read",
    "Quantile": "quantile: use median(x)",
    "RegexpExtract": "regexp_extract(): use a Batches step",
    "RegexpReplace": "regexp_replace(): use replace(), translate() or a Batches step",
    "Round": "round(): use round3(x)",
    "Sign": "sign(): use CASE WHEN x > 0 THEN 1 WHEN x < 0 THEN -1 ELSE 0 END",
    "SplitPart": "split_part(): use substr and strpos, or a Batches step",
    "TableSample": "USING SAMPLE: rows would differ from run to run",
    "TryCast": "TRY_CAST: use whole(x) or number(x)",
    "Upper": "upper(): use lower_ascii(x); other letters are normalised where evidence is read",
}
_TRUNC_UNITS = {"MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"}
_PARTS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE"}
_STEPS = {"DAY", "DAYS", "HOUR", "HOURS", "MINUTE", "MINUTES", "SECOND", "SECONDS"}
_CASTS = {"BIGINT", "DOUBLE", "TEXT", "VARCHAR", "DECIMAL(38, 18)"}
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# Literals, classes, groups, alternatives and counts: what RE2 and Java read alike.
_ESCAPE = r"\\[dwznt.\-+()\[\]{}*?|\\/^]"
_CLASS = r"\[\^?(?:\\[dwnt.\-\]\[\\^]|[^\\\[\]&])+\]"
_PATTERN = re.compile(rf"(?:{_ESCAPE}|{_CLASS}|\(\?:|\((?!\?)|\)|[^\\.$\[\]()])*")


def to_duckdb(sql: str) -> str:
    """The text as DuckDB runs it: as it stands, once it is shown to hold only what both engines answer alike.

    Raises NotPortable.
    """
    if not _SHOWN.knows(sql):
        _checked(sql)
        _SHOWN.add(sql)
    return sql.strip().rstrip(";")


def to_spark(sql: str) -> str:
    """The text in Spark's dialect. Raises NotPortable."""
    return _checked(sql).sql(dialect=_Carried, identify=True)


def reads(sql: str) -> frozenset[str]:
    """Names of the tables that the text reads. Raises NotPortable."""
    tree = _checked(sql)
    return frozenset(t.name for t in tree.find_all(exp.Table)) - {c.alias for c in tree.find_all(exp.CTE)}


_DUCKDB = DuckDialect()
_SHOWN = Portable()


@lru_cache(maxsize=4096)
def _checked(sql: str) -> exp.Expr:
    try:
        tokens = _DUCKDB.tokenize(sql)
        trees = [tree for tree in _DUCKDB.parser().parse(tokens, sql) if tree is not None]
    except SqlglotError as error:
        raise NotPortable(f"not read as SQL: {error}") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Select | exp.SetOperation):
        raise NotPortable("a step is one SELECT, with WITH and UNION if needed")
    tree = trees[0]
    nulls = sum(a.text.upper() == "NULLS" and b.text.upper() in ("FIRST", "LAST") for a, b in pairwise(tokens))
    if nulls != sum(1 for _ in tree.find_all(exp.Ordered)):
        raise NotPortable("ORDER BY without NULLS FIRST or NULLS LAST: say which, for each column")
    if any(token.token_type == TokenType.IDENTIFIER and not _NAME.fullmatch(token.text) for token in tokens):
        raise NotPortable("quoted names are lower-case letters, digits and _")
    for node in tree.walk():
        _check(node)
    return tree


def _check(node: exp.Expr) -> None:
    kind = type(node).__name__
    if kind not in ALLOWED:
        raise NotPortable(
            INSTEAD.get(kind, f"{node.sql('duckdb')[:60]} ({kind}): not shown to be equal on both engines")
        )
    check = _CHECKS.get(type(node))
    reason = check(node) if check else None
    if reason:
        raise NotPortable(reason)


def _function(node: exp.Expr) -> str | None:
    wrapped = WRAPPED.get(node.name.lower())
    if wrapped is None:
        return f"{node.name.lower()}(): not shown to be equal on both engines"
    if len(node.expressions) != len(wrapped.parameters):
        return f"{wrapped.name}() takes {len(wrapped.parameters)} arguments"
    if wrapped.aggregate and isinstance(node.parent, exp.Filter | exp.Window):
        return f"{wrapped.name}() takes neither FILTER nor OVER: use CASE WHEN inside it"
    return None


def _name(node: exp.Expr) -> str | None:
    return None if _NAME.fullmatch(node.name) else f"{node.name}: names are lower-case letters, digits and _"


def _table(node: exp.Expr) -> str | None:
    if not isinstance(node.this, exp.Identifier) or node.args.get("db"):
        return f"{node.sql('duckdb')[:60]}: attach files and read tables by their plain name"
    return None


def _join(node: exp.Expr) -> str | None:
    method = str(node.args.get("method") or "").upper()
    if method == "ASOF":
        return "ASOF JOIN: ties give other rows from run to run; join on equal time buckets, then compare"
    if method or str(node.args.get("kind") or "").upper() not in ("", "INNER", "OUTER", "CROSS", "SEMI", "ANTI"):
        return f"{method or node.args.get('kind')} JOIN: use INNER, LEFT, FULL, CROSS, SEMI or ANTI"
    return None


def _star(node: exp.Expr) -> str | None:
    if any(value for name, value in node.args.items() if name != "this"):
        return "* EXCLUDE, REPLACE or RENAME: name the columns"
    return None


def _select(node: exp.Expr) -> str | None:
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        return "DISTINCT ON: use QUALIFY row_number() OVER (... ORDER BY ...) = 1"
    if node.args.get("qualify") and any(item.is_star for item in node.expressions):
        return "QUALIFY with *: name the columns"
    if node.args.get("qualify") and node.args.get("order"):
        return "QUALIFY with ORDER BY: put one of them in a subquery"
    if node.args.get("limit") and not node.args.get("order"):
        return "LIMIT without ORDER BY: rows would differ from run to run"
    return None


def _union(node: exp.Expr) -> str | None:
    return "UNION BY NAME: name the columns in both" if node.args.get("by_name") else None


def _with(node: exp.Expr) -> str | None:
    return "WITH RECURSIVE: Spark has none" if node.args.get("recursive") else None


def _divide(node: exp.Expr) -> str | None:
    by = _bare(node.expression)
    if isinstance(by, exp.Nullif) or (isinstance(by, exp.Literal) and by.is_number and float(by.this) != 0):
        return None
    return f"{'%' if isinstance(node, exp.Mod) else '/'} by something that may be 0: say nullif(x, 0)"


def _distinct(node: exp.Expr) -> str | None:
    if isinstance(node.parent, exp.Count) and (len(node.expressions) > 1 or isinstance(node.expressions[0], exp.Tuple)):
        return "count(DISTINCT a, b): rows with an empty part count on one engine only; count a subquery's rows"
    return None


def _trim(node: exp.Expr) -> str | None:
    return None if node.args.get("expression") else "trim(x): engines differ on what a blank is; use trim(x, ' ')"


def _like(node: exp.Expr) -> str | None:
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and "\\" not in pattern.this):
        return "LIKE: the pattern is a literal without backslash; else use contains(), starts_with(), ends_with()"
    return None


def _regexp(node: exp.Expr) -> str | None:
    pattern = node.expression
    if node.args.get("flag") or not (isinstance(pattern, exp.Literal) and pattern.is_string):
        return "regexp_matches: the pattern is a literal, without options"
    if not _PATTERN.fullmatch(pattern.this):
        return "regexp_matches: write [^\\n] for ., \\z for $, [ \\t] for \\s; no \\b, no (?...) but (?:"
    return None


def _from_one(node: exp.Expr) -> str | None:
    start = node.args.get("start")
    if isinstance(start, exp.Literal):
        plain = start.is_int and int(start.this) >= 1
    else:
        plain = isinstance(start, exp.Add) or (isinstance(start, exp.Expr) and _is_whole(start))
    if plain:
        return None
    return "substr: start at 1 or later, as a number, a sum or a length"


def _left(node: exp.Expr) -> str | None:
    return None if isinstance(node.expression, exp.Literal) else "left(x, n): n is a number"


def _extract(node: exp.Expr) -> str | None:
    part = node.name.upper()
    return None if part in _PARTS else f"extract({part.lower()}): one of {', '.join(sorted(_PARTS)).lower()}"


def _trunc(node: exp.Expr) -> str | None:
    unit = str(node.args.get("unit")).upper()
    return (
        None
        if unit in _TRUNC_UNITS
        else f"date_trunc({unit.lower()}): one of {', '.join(sorted(_TRUNC_UNITS)).lower()}"
    )


def _interval(node: exp.Expr) -> str | None:
    unit = str(node.args.get("unit")).upper()
    return None if unit in _STEPS else f"INTERVAL {unit}: days, hours, minutes or seconds only"


def _rounding(node: exp.Expr) -> str | None:
    if isinstance(node.parent, exp.Cast) and node.parent.to.this == exp.DataType.Type.BIGINT:
        return None
    return "floor(), ceil(): engines give other types; write CAST(floor(x) AS BIGINT)"


def _ranked(node: exp.Expr) -> str | None:
    window = node.parent if isinstance(node.parent, exp.Window) else node.parent and node.parent.parent
    return None if window is not None and window.args.get("order") else "row_number() and its kin need ORDER BY"


def _cast(node: exp.Expr) -> str | None:
    if isinstance(node.this, exp.Null) or not isinstance(node, exp.Cast):
        return None
    kind = node.to.sql("duckdb").upper()
    if kind == "BIGINT":
        return (
            None
            if _is_whole(node.this)
            else "CAST AS BIGINT rounds on one engine only: CAST(floor(x) AS BIGINT) or whole(text)"
        )
    if kind in ("TEXT", "VARCHAR") and _is_float(node.this):
        return "a float as text: use text3(x)"
    if kind in _CASTS:
        return None
    if "TIME" in kind or kind == "DATE":
        return "time is not parsed in SQL: sources deliver UTC; constants come by put() or from_micros(n)"
    return f"CAST AS {kind}: BIGINT, DOUBLE, VARCHAR or DECIMAL(38,18)"


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Neg):
        node = node.this
    return node


def _is_whole(node: exp.Expr) -> bool:
    """True if the text alone shows a whole number."""
    node = _bare(node)
    if isinstance(
        node,
        exp.Floor | exp.Ceil | exp.Count | exp.Length | exp.StrPosition | exp.RowNumber | exp.Boolean,
    ):
        return True
    if isinstance(node, exp.Sum | exp.Window | exp.Filter | exp.Min | exp.Max | exp.Abs | exp.Distinct):
        # A sum over whole numbers is HUGEINT on DuckDB until it is cast; over others the cast would round.
        return isinstance(node, exp.Sum) or _is_whole(node.this)
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in ("micros", "floordiv", "share_of", "whole")
    if isinstance(node, exp.Literal):
        return node.is_int
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
        return _is_whole(node.this) and _is_whole(node.expression)
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default") or exp.Null()]
        return all(isinstance(value, exp.Null) or _is_whole(value) for value in values)
    if isinstance(node, exp.Coalesce):
        return _is_whole(node.this) and all(_is_whole(item) for item in node.expressions)
    return isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.BIGINT


def _is_float(node: exp.Expr) -> bool:
    """True if the text alone shows a float."""
    node = _bare(node)
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in ("round3", "bits", "number")
    return isinstance(node, exp.Div | exp.Avg | exp.Median) or (
        isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.DOUBLE
    )


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], str | None]] = {
    exp.Anonymous: _function,
    exp.Cast: _cast,
    exp.Ceil: _rounding,
    exp.DenseRank: _ranked,
    exp.Distinct: _distinct,
    exp.Div: _divide,
    exp.Except: _union,
    exp.Extract: _extract,
    exp.FirstValue: _ranked,
    exp.Floor: _rounding,
    exp.Identifier: _name,
    exp.Intersect: _union,
    exp.Interval: _interval,
    exp.Join: _join,
    exp.Lag: _ranked,
    exp.LastValue: _ranked,
    exp.Lead: _ranked,
    exp.Left: _left,
    exp.Like: _like,
    exp.Mod: _divide,
    exp.Ntile: _ranked,
    exp.Rank: _ranked,
    exp.RegexpLike: _regexp,
    exp.RowNumber: _ranked,
    exp.Select: _select,
    exp.Star: _star,
    exp.Substring: _from_one,
    exp.Table: _table,
    exp.TimestampTrunc: _trunc,
    exp.Trim: _trim,
    exp.Union: _union,
    exp.With: _with,
}


class _Carried(Spark):
    """Spark's dialect as sqlglot writes it, with what it would carry over silently changed put right."""

    class Generator(SparkGenerator):
        def anonymous_sql(self, expression: exp.Anonymous) -> str:
            wrapped = WRAPPED.get(expression.name.lower())
            if wrapped is None:
                return str(super().anonymous_sql(expression))
            values = [f"({self.sql(argument)})" for argument in expression.expressions]
            return "(" + wrapped.spark.format(**dict(zip(wrapped.parameters, values, strict=True))) + ")"

        def div_sql(self, expression: exp.Div) -> str:
            return f"CAST({self.sql(expression.this)} AS DOUBLE) / CAST({self.sql(expression.expression)} AS DOUBLE)"

        def avg_sql(self, expression: exp.Avg) -> str:
            inner = expression.this
            if isinstance(inner, exp.Distinct):
                return f"AVG(DISTINCT CAST({self.sql(inner.expressions[0])} AS DOUBLE))"
            return f"AVG(CAST({self.sql(inner)} AS DOUBLE))"
