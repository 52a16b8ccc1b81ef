"""Pages agree with the code and with each other: settings, verbs, exit codes, commands, links, examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest

from tanglaw import errors
from tanglaw.cli import VERBS, cli
from tanglaw.config import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SET_UP = re.compile(r"^python3 -m .*$", re.MULTILINE)
Page = Callable[[str], str]


def fences(text: str, language: str) -> list[str]:
    """The code blocks of a page in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb, groups and their parts too."""
    context = click.Context(cli)
    for verb in VERBS:
        command = cli.get_command(context, verb)
        assert command is not None
        yield verb, command
        if isinstance(command, click.Group):
            yield from ((f"{verb} {name}", part) for name, part in command.commands.items())


def anchors(text: str) -> set[str]:
    """The names by which headings of a page can be linked to."""
    heads = re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


# Settings


def settings_rows(text: str) -> list[list[str]]:
    section = text.split("## Settings")[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]


def test_every_setting_is_described_with_its_default(page: Page) -> None:
    """The table of settings has each field of `Settings`, in order, with its true default and a meaning."""
    rows = {row[0].strip("`"): row[1:] for row in settings_rows(page("docs/operations.md"))}
    assert list(rows) == list(Settings.__struct_fields__)
    for name in Settings.__struct_fields__:
        default = getattr(Settings(), name)
        assert rows[name][0] == ("empty" if default == "" else f"`{default}`"), name
        assert rows[name][-1].strip(), name


# Verbs


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_help_teaches(name: str, command: click.Command) -> None:
    """Each verb says in a sentence what it does, and each of its options has a sentence of its own."""
    assert (command.help or "").strip().endswith("."), f"{name} has no sentence"
    silent = [one.opts[0] for one in command.params if isinstance(one, click.Option) and not (one.help or "").strip()]
    assert silent == [], f"{name}: options without help: {', '.join(silent)}"
    unfinished = [
        one.opts[0] for one in command.params if isinstance(one, click.Option) and not (one.help or ".").endswith(".")
    ]
    assert unfinished == [], f"{name}: help that is no sentence: {', '.join(unfinished)}"


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda one: one if isinstance(one, str) else "")
def test_every_verb_and_option_is_in_operations(page: Page, name: str, command: click.Command) -> None:
    """The section of a verb in docs/operations.md names each of its options."""
    text = page("docs/operations.md").split("## Every verb")[1]
    found = re.search(rf"^#+ `tanglaw {re.escape(name)}\b[^\n]*$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"tanglaw {name} is not described"
    for one in command.params:
        if isinstance(one, click.Option):
            assert all(f"`{word}" in found.group(1) for word in one.opts), f"{name} {one.opts}"


def test_every_verb_is_in_the_readme(page: Page) -> None:
    """Daily use shows one line of each verb."""
    text = page("README.md")
    assert [verb for verb in VERBS if f"tanglaw {verb} " not in text and f"tanglaw {verb}\n" not in text] == []


def test_pages_use_verbs_and_options_that_there_are(page: Page) -> None:
    """A command line in a code block of any page calls a verb that exists, with options that it takes."""
    known = dict(commands())
    for name in PAGES:
        for block in fences(page(name), "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                found = re.search(r"\btanglaw ([a-z]+)((?: [^#]*)?)", line)
                if not found or "pip install" in line or found.group(1) not in VERBS:
                    continue
                words = found.group(2).split("&&")[0].split()
                verb = found.group(1)
                if isinstance(known[verb], click.Group):
                    verb = f"{verb} {words[0]}"
                options = {word for one in known[verb].params for word in one.opts}
                assert {word for word in words if word.startswith("--")} <= options, f"{name}: {line}"


# Exit codes


def test_every_exit_code_is_described(page: Page) -> None:
    """The table of exit codes, the help and the errors agree."""
    section = page("docs/operations.md").split("## Exit codes")[1].split("\n## ")[0]
    described = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    helped = {int(code) for code in re.findall(r"^ +(\d+) {2,}\S", cli.epilog or "", re.MULTILINE)}
    of_errors = {one.exit_code for one in vars(errors).values() if isinstance(one, type) and hasattr(one, "exit_code")}
    assert described == helped
    assert of_errors <= described


def test_every_variable_of_the_environment_is_described(page: Page) -> None:
    """What the code reads from the environment, beside settings, stands in docs/operations.md."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"TANGLAW_[A-Z]+\b", text)}
    options = {
        name
        for _, command in commands()
        for one in command.params
        for name in ([one.envvar] if isinstance(one.envvar, str) else one.envvar or ())
    }
    settings = {f"TANGLAW_{name.upper()}" for name in Settings.__struct_fields__}
    text = page("docs/operations.md")
    assert {"TANGLAW_WORKSPACE", "TANGLAW_USER"} <= options
    assert sorted(name for name in (named | options) - settings if f"`{name}`" not in text) == []


def test_every_error_is_in_the_tree(page: Page) -> None:
    """The docstring of tanglaw.errors draws each error with its exit code."""
    drawn = dict(re.findall(r"[├└]── (\w+) +(?:exit (\d))?", errors.__doc__ or ""))
    real = {
        name: str(one.exit_code)
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.TanglawError) and one is not errors.TanglawError
    }
    assert set(drawn) == set(real)
    assert {name: code for name, code in drawn.items() if code} == {n: c for n, c in real.items() if n != "BadRecord"}


# Commands


def test_two_commands_set_everything_up(page: Page) -> None:
    """The README has exactly two commands for an empty machine: one for the demo, one for the tests."""
    found = SET_UP.findall(page("README.md"))
    assert found == [
        "python3 -m pip install uv && python3 -m uv run tanglaw demo",
        "python3 -m pip install uv && python3 -m uv run --all-extras --all-groups pytest",
    ]


def test_ci_runs_the_readme_test_command_and_the_shared_ones(page: Page) -> None:
    """CI runs the README's test command to the letter, and then the tests on the public test data by themselves."""
    tests = SET_UP.findall(page("README.md"))[1]
    found = SET_UP.findall(page(".ci/run"))
    assert found == [f"{tests} || exit 1", f"{tests.split(' && ')[1]} -m shared"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111, "not executable"


# Links


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(page: Page, name: str) -> None:
    """A link inside the repository leads to a file that is there, and to a heading that it has."""
    text = prose(page(name))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), f"{name}: {target}"
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{name}: {target}"


def test_every_page_is_reached_from_the_readme() -> None:
    """Whoever starts at the README finds every page."""
    reached, ahead = {"README.md"}, ["README.md"]
    while ahead:
        name = ahead.pop()
        for target in LINK.findall((ROOT / name).read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target) or not target.partition("#")[0]:
                continue
            path = ((ROOT / name).parent / target.partition("#")[0]).resolve()
            found = sorted(path.glob("*.md")) if path.is_dir() else [path]
            for one in found:
                inside = one.relative_to(ROOT).as_posix()
                if one.suffix == ".md" and inside not in reached and one.exists():
                    reached.add(inside)
                    ahead.append(inside)
    assert sorted(set(PAGES) - reached) == []


@pytest.mark.parametrize("name", PAGES)
def test_paths_that_are_named_are_there(page: Page, name: str) -> None:
    """A path of the repository in a page (`tests/...`, `src/...`, `docs/...`) is there."""
    for path in re.findall(r"`((?:tests|src|docs|benchmarks)/[\w./-]+)`", page(name)):
        assert (ROOT / path).exists(), f"{name}: {path}"


def test_the_picture_needs_nothing_from_elsewhere() -> None:
    """The screenshot is sound XML and opens no address."""
    text = (ROOT / "docs" / "pictures" / "queue.svg").read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    addresses = set(re.findall(r"https?://[^\s\"')<]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    assert not re.search(r"url\(['\"]?https?:|href=|@import", text)
    assert "made-up" in text.replace("&#160;", " ")


# Words


def test_the_glossary_stands_by_the_alphabet(page: Page) -> None:
    """Entries are in order, and each is explained."""
    entries = re.findall(r"^\*\*([^*]+)\*\* — (\S.*)$", page("docs/glossary.md"), re.MULTILINE)
    words = [word.casefold() for word, _ in entries]
    assert len(words) > 40
    assert words == sorted(words)
    assert page("docs/glossary.md").count("\n**") == len(entries)


@pytest.mark.parametrize(
    "word",
    (
        *(
            "report",
            "ESP",
            "capture",
            "selector",
            "hash list",
            "finding",
            "link",
            "actor",
            "case proposal",
            "judgement",
        ),
        *("decision", "danger", "actionability", "clock", "bundle", "package", "custody", "provenance", "quarantine"),
        *("deconfliction", "policy pack", "lane", "as-of", "workspace", "mapping", "locator", "issue", "held"),
    ),
)
def test_the_words_of_the_field_are_explained(page: Page, word: str) -> None:
    """The glossary has the words that pages and output use."""
    assert re.search(rf"^\*\*[^*]*\b{re.escape(word)}\b[^*]*\*\*", page("docs/glossary.md"), re.MULTILINE)


# Examples


@pytest.mark.parametrize(
    "name",
    ["docs/add-a-source.md", "docs/add-an-export.md", pytest.param("docs/add-a-detector.md", marks=pytest.mark.spark)],
)
def test_the_examples_run(page: Page, name: str, request: pytest.FixtureRequest) -> None:
    """The code of these pages works as it stands there, and its tests hold."""
    blocks = fences(page(name), "python")
    assert len(blocks) == 2
    space: dict[str, object] = {"__name__": "example"}
    for block in blocks:
        space["__doc__"] = None
        exec(compile(block, name, "exec", dont_inherit=True), space)  # our own page
    tests = [one for key, one in space.items() if key.startswith("test_")]
    assert tests
    for test in tests:
        assert callable(test)
        names = test.__code__.co_varnames[: test.__code__.co_argcount]  # type: ignore[attr-defined]
        test(**{fixture: request.getfixturevalue(fixture) for fixture in names})
