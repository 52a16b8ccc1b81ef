"""Writes the generated parts of the documentation from the code; `--check` only says which would change.

    uv run python docs/generate.py

A generated part stands between `<!-- name:start -->` and `<!-- name:end -->`. A test fails where the committed
text differs, so a new table, verb, reader, detector or selector type cannot stay undocumented.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import pyarrow as pa

from tanglaw.cli import VERBS, cli
from tanglaw.chain.categories import CATEGORIES, CONFIDENCE, SAME
from tanglaw.detectors import DETECTORS
from tanglaw.exports import EXPORTERS
from tanglaw.pipeline import FLOW, WRITER
from tanglaw.reading.item import Reader
from tanglaw.references import REFERENCES
from tanglaw.selectors import SELECTORS
from tanglaw.sources import SOURCES
from tanglaw.tables import TABLES, Table

ROOT = Path(__file__).resolve().parents[1]
_TYPES = {
    "string": "text",
    "int64": "whole number",
    "double": "number",
    "bool": "yes or no",
    "timestamp[us, tz=UTC]": "instant",
    "decimal128(38, 18)": "exact amount",
}


def flow() -> str:
    """The stages as a Mermaid picture: an arrow says which kinds of tables one stage gives another."""
    lines = ["```mermaid", "flowchart TD", '    inbox[/"inbox: reports, chats, records, lists"/] --> intake']
    lines += [f'    {stage.name}["<b>{stage.name}</b><br/>{_wrapped(stage.meaning)}"]' for stage in FLOW]
    for stage in FLOW:
        given: dict[str, list[str]] = {}
        for table in stage.reads:
            groups = given.setdefault(WRITER[table], [])
            if TABLES[table].group not in groups:
                groups.append(TABLES[table].group)
        order = [earlier.name for earlier in FLOW]
        for writer in sorted(given, key=order.index):
            lines.append(f"    {writer} -->|{', '.join(given[writer])}| {stage.name}")
    lines.append('    triage -->|PRIORITIES| people(["people read, decide and act"])')
    return "\n".join([*lines, "```"])


def stages() -> str:
    """The stages as a table: what each does, reads and writes."""
    rows = [(s.name, s.meaning, _names(s.reads) or "the inbox", _names(s.writes)) for s in FLOW]
    return _table(("stage", "what it does", "reads", "writes"), rows)


def tables() -> str:
    """Every table of the vocabulary with every column."""
    parts = []
    for group in dict.fromkeys(table.group for table in TABLES.values()):
        parts.append(f"## {group}")
        parts.extend(_described(table) for table in TABLES.values() if table.group == group)
    return "\n\n".join(parts)


def doors() -> str:
    """Every reader, list reader, detector, exporter and selector type that is registered."""
    parts = []
    for title, door, readers, says in (
        ("Sources", "SOURCES", SOURCES, _class_says),
        ("References", "REFERENCES", REFERENCES, _module_says),
    ):
        rows = [(f"`{reader.name}`", _first(says(reader)), _names(reader.tables)) for reader in readers]
        parts.append(f"## {title} (`{door}`)\n\n{_table(('name', 'what it reads', 'writes'), rows)}")
    found = [(f"`{one.name}`", *_halves(one.sentence), _names(one.reads)) for one in DETECTORS]
    heads = ("name", "what it does", "outcomes and bounds", "reads")
    parts.append(f"## Detectors (`DETECTORS`)\n\n{_table(heads, found)}")
    out = [(f"`{one.name}`", _first(_module_says(one)), f"`{one.ending}`") for one in EXPORTERS]
    parts.append(f"## Exporters (`EXPORTERS`)\n\n{_table(('name', 'what it writes', 'ending'), out)}")
    types = [(f"`{one.name}`", one.meaning, f"`{one.examples[0].value}`") for one in SELECTORS.values()]
    parts.append(f"## Selector types (`SELECTORS`)\n\n{_table(('name', 'what it is', 'a value'), types)}")
    return "\n\n".join(parts)


def verbs() -> str:
    """Every verb with its arguments and options, as `--help` says them."""
    context = click.Context(cli)
    parts = []
    for name in VERBS:
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            parts.append(f"### `tanglaw {name}`\n\n{_help(command)}")
            parts.extend(_verb(f"tanglaw {name} {sub}", command.commands[sub], "####") for sub in command.commands)
        elif command is not None:
            parts.append(_verb(f"tanglaw {name}", command, "###"))
    return "\n\n".join(parts)


def categories() -> str:
    """Categories of attributed addresses, and the levels of words for confidence."""
    rows = []
    for one in CATEGORIES:
        others = ", ".join(f"`{word}`" for word, name in SAME.items() if name == one.name)
        rows.append((f"`{one.name}`", one.kind, "yes" if one.asked else "no", one.meaning, others))
    levels = ", ".join(f"`{word}` {level}" for word, level in CONFIDENCE.items())
    heads = ("category", "kind of end", "can be asked", "what it does", "other words")
    return f"{_table(heads, rows)}\n\nLevels of confidence: {levels}."


PARTS: dict[str, Callable[[], str]] = {
    "flow": flow,
    "stages": stages,
    "tables": tables,
    "doors": doors,
    "verbs": verbs,
    "categories": categories,
}
PLACES = {
    "README.md": ("flow",),
    "docs/concepts.md": ("flow", "stages"),
    "docs/tables.md": ("tables",),
    "docs/doors.md": ("doors",),
    "docs/operations.md": ("verbs",),
    "docs/alerts.md": ("categories",),
}


def filled(text: str, part: str, content: str) -> str:
    """The text with what stands between the part's two marks replaced. Raises ValueError if a mark is missing."""
    start, end = f"<!-- {part}:start -->", f"<!-- {part}:end -->"
    before, opened, rest = text.partition(start)
    _, closed, after = rest.partition(end)
    if not (opened and closed):
        raise ValueError(f"the marks {start} and {end} are not both there")
    return f"{before}{start}\n\n{content}\n\n{end}{after}"


def changed(write: bool) -> list[str]:
    """Files whose generated parts are not up to date; `write` brings them up to date."""
    stale = []
    for name, parts in PLACES.items():
        path = ROOT / name
        old = new = path.read_text(encoding="utf-8")
        for part in parts:
            new = filled(new, part, PARTS[part]())
        if new != old:
            stale.append(name)
            if write:
                path.write_text(new, encoding="utf-8")
    return stale


def _described(table: Table) -> str:
    often = " Kept once per sighting; readers see the newest." if table.seen_often else ""
    facts = f"Written by `{WRITER[table.name]}`. Key: {_names(table.key)}.{often}"
    rows = [(f"`{column.name}`", _type(column.type), column.meaning) for column in table.columns]
    return f"### {table.name}\n\n{table.meaning}\n\n{facts}\n\n{_table(('column', 'type', 'meaning'), rows)}"


def _type(kind: pa.DataType) -> str:
    return _TYPES[str(kind)]


def _class_says(reader: Reader) -> str:
    return type(reader).__doc__ or _module_says(reader)


def _module_says(reader: Reader) -> str:
    return sys.modules[type(reader).__module__].__doc__ or ""


def _verb(call: str, command: click.Command, heading: str) -> str:
    arguments = " ".join(one.make_metavar(click.Context(command)) for one in command.params if _is_argument(one))
    rows = [_option(one) for one in command.params if isinstance(one, click.Option)]
    usage = f"{call} {arguments}".strip()
    return f"{heading} `{usage}`\n\n{_help(command)}\n\n{_table(('option', 'meaning', 'default'), rows)}"


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _option(option: click.Option) -> tuple[str, str, str]:
    name = ", ".join(option.opts)
    if not option.is_flag:
        kind = option.type
        name += " " + ("|".join(kind.choices) if isinstance(kind, click.Choice) else kind.name.upper())
    default = "" if option.is_flag or not isinstance(option.default, str | int) else str(option.default)
    return f"`{name}`", option.help or "", f"`{default}`" if default else ""


def _help(command: click.Command) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))


def _first(text: str) -> str:
    """The first sentence of a docstring."""
    paragraph = " ".join(text.strip().split("\n\n", 1)[0].split())
    head, stop, _ = paragraph.partition(". ")
    return f"{head}." if stop else paragraph


def _halves(text: str) -> tuple[str, str]:
    """The first sentence of a docstring, and all the rest as one paragraph."""
    whole = " ".join(text.split())
    head = _first(text)
    return head, whole.removeprefix(head).strip()


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _wrapped(text: str) -> str:
    """The sentence in lines of some 40 characters, for a box."""
    lines = [""]
    for word in text.rstrip(".").replace('"', "'").split():
        if len(lines[-1]) + len(word) > 40:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br/>".join(lines)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Write, or with `--check` only compare; exit 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser(description="Write the generated parts of the documentation.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if something is out of date")
    given = parser.parse_args()
    stale = changed(write=not given.check)
    sys.stdout.write("".join(f"{name}: generated parts {'differ' if given.check else 'written'}\n" for name in stale))
    sys.exit(1 if given.check and stale else 0)


if __name__ == "__main__":
    main()
