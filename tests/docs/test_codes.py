"""Every code that can stand in quarantine or issues is described in docs/operations.md, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
KINDS = {"set aside", "held", "issue"}


def parameters(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Functions and classes that take a parameter named `code`, with its place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
            names = names[1:] if names[:1] == ["self"] else names
            if "code" in names:
                yield node.name, names.index("code")
        elif isinstance(node, ast.ClassDef):
            names = [
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
            if "code" in names:
                yield node.name, names.index("code")
            for name, place in parameters(ast.Module([p for p in node.body if isinstance(p, ast.FunctionDef)], [])):
                if name == "__init__":
                    yield node.name, place


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or any(" " in text for text in literals(node))


def codes_in(tree: ast.AST, takes: dict[str, set[int]]) -> Iterator[str]:
    """Texts given as `code`: to a call, assigned to a variable of that name, or first of a pair with a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for place in takes.get(name, ()):
                if len(node.args) > place:
                    yield from literals(node.args[place])
            for keyword in node.keywords:
                if keyword.arg == "code":
                    yield from literals(keyword.value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and is_sentence(node.elts[1]):
            yield from (text for text in literals(node.elts[0]) if "-" in text)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for one, value in zip(names, values, strict=False):
                    if isinstance(one, ast.Name) and one.id == "code":
                        yield from literals(value)


@pytest.fixture(scope="module")
def used(root: Path) -> set[str]:
    """Codes in the sources of the package (the generator of worlds makes none)."""
    package = root / "src" / "tanglaw"
    files = [file for file in package.rglob("*.py") if "simulate" not in file.relative_to(package).parts]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    takes: dict[str, set[int]] = {}
    for tree in trees:
        for name, place in parameters(tree):
            if name not in ("__init__", "country_of"):
                takes.setdefault(name, set()).add(place)
    found = {text for tree in trees for text in codes_in(tree, takes)}
    return {text for text in found if CODE.match(text)}


@pytest.fixture(scope="module")
def described(page: Callable[[str], str]) -> dict[str, list[str]]:
    """Rows of the table of codes: code -> its other cells."""
    section = page("docs/operations.md").split("## Quarantine and issues")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows}


def test_every_code_is_described(used: set[str], described: dict[str, list[str]]) -> None:
    """A code that the sources use stands in the table."""
    assert sorted(used - set(described)) == []


def test_no_code_is_described_that_nobody_uses(used: set[str], described: dict[str, list[str]]) -> None:
    """A code of the table is used somewhere."""
    assert sorted(set(described) - used) == []


def test_the_search_sees_each_way_of_giving_a_code() -> None:
    """Calls by place and by name, both arms of a condition, pairs with a sentence, and variables named `code`."""
    tree = ast.parse(
        """
class Fault:
    code: str
    reason: str
def say(self, code, reason): ...
say("by-place", "x")
say(reason="x", code="by-name")
Fault("of-class" if late else "of-other", "x")
pair = ("of-pair", f"more than {n} of them")
code, reason = "of-variable", "x"
other = ("not-this", "x")
"""
    )
    takes: dict[str, set[int]] = {}
    for name, place in parameters(tree):
        takes.setdefault(name, set()).add(place)
    assert takes == {"Fault": {0}, "say": {0}}
    expected = {"by-place", "by-name", "of-class", "of-other", "of-pair", "of-variable"}
    assert set(codes_in(tree, takes)) == expected


def test_every_row_says_kind_meaning_and_what_to_do(described: dict[str, list[str]]) -> None:
    """Three more cells, none empty; the kind is one of three words or two; codes stand by the alphabet."""
    for code, cells in described.items():
        assert len(cells) == 3, code
        assert all(cells), code
        assert set(cells[0].split(", ")) <= KINDS, code
    assert list(described) == sorted(described)


def test_codes_of_mappings_are_in_the_whole_table(page: Callable[[str], str], described: dict[str, list[str]]) -> None:
    """What docs/mappings.md says is set aside or an issue stands in the whole table too."""
    section = page("docs/mappings.md").split("## What is set aside")[1].split("\n## ")[0]
    rows = "\n".join(line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `"))
    issues = section.split("Issues:")[1].split("\n\n")[0]
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", rows + issues))
    assert len(named) > 15
    assert sorted(named - set(described)) == []
