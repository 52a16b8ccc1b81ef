"""Translations: which strings there are, what each language lacks, and catalogues as programs read them.

    python -m tanglaw.workbench.catalogues          lists what is missing, broken or no longer used, and adds what is missing
    python -m tanglaw.workbench.catalogues compile  writes django.mo beside each django.po

Nothing but the standard library is needed, so that packages are built and pages shown without gettext's own programs.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LOCALE = HERE / "locale"
LANGUAGES = ("de", "fr", "fil")
_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "noop", "ngettext"}
_PLURAL = "\0"
_TAG = re.compile(r"""{%-?\s*(?:translate|trans)\s+("[^"]*"|'[^']*')|_\(("[^"]*"|'[^']*')\)""")
_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b([^%]*)%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL
)
_NAMED = re.compile(r"%\((\w+)\)[sd]")
_QUOTED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one string of one language."""

    language: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.language}: {self.kind}: {self.text}"


def strings(folder: Path = HERE) -> list[str]:
    """Every string that pages and their code give to be translated, in order of file and place; one and many joined by NUL."""
    found: dict[str, None] = {}
    for path in sorted(folder.rglob("*.html")):
        found.update(dict.fromkeys(_of_template(path.read_text(encoding="utf-8"))))
    for path in sorted(folder.rglob("*.py")):
        if path.name != Path(__file__).name:
            found.update(dict.fromkeys(_of_code(path.read_text(encoding="utf-8"))))
    return list(found)


def _of_template(text: str) -> Iterator[str]:
    for match in _TAG.finditer(text):
        yield (match[1] or match[2])[1:-1]
    for options, one, many in _BLOCK.findall(text):
        texts = [_plain(part, "trimmed" in options) for part in (one, many) if part]
        yield _PLURAL.join(texts)


def _plain(text: str, trimmed: bool) -> str:
    named = re.sub(r"{{\s*([\w.]+)[^}]*}}", r"%(\1)s", text.replace("%", "%%"))
    return " ".join(line.strip() for line in named.split("\n") if line.strip()) if trimmed else named


def _of_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in _CALLS:
            continue
        count = 2 if getattr(node.func, "id", "") == "ngettext" else 1
        texts = [one.value for one in node.args[:count] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(texts) == count:
            yield _PLURAL.join(texts)


def read(path: Path) -> dict[str, str]:
    """Strings and their translations out of a .po file; empty where there is none yet. Plurals are joined by NUL."""
    found: dict[str, str] = {}
    for entry in re.split(r"\n\s*\n", path.read_text(encoding="utf-8") if path.is_file() else ""):
        parts: dict[str, str] = {}
        name = ""
        for line in entry.split("\n"):
            match = re.match(r'(msg\w+(?:\[\d+\])?)\s+(".*")$|(".*")$', line.strip())
            if match:
                name = match[1] or name
                parts[name] = parts.get(name, "") + ast.literal_eval(match[2] or match[3])
        if "msgid" in parts:
            key = _PLURAL.join(parts[one] for one in ("msgid", "msgid_plural") if one in parts)
            found[key] = _PLURAL.join(value for one, value in sorted(parts.items()) if one.startswith("msgstr"))
    return found


def write(path: Path, catalogue: dict[str, str]) -> None:
    """Write a .po file, its header first."""
    blocks = []
    for text, said in catalogue.items():
        one, *many = text.split(_PLURAL)
        lines = [f"msgid {_quoted(one)}"]
        if many:
            lines += [f"msgid_plural {_quoted(many[0])}"]
            lines += [f"msgstr[{at}] {_quoted(part)}" for at, part in enumerate(said.split(_PLURAL))]
        else:
            lines.append(f"msgstr {_quoted(said)}")
        blocks.append("\n".join(lines))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def compiled(locale: Path = LOCALE) -> list[Path]:
    """Write each django.mo whose django.po is newer; untranslated strings are left out."""
    made = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
            partial = target.with_suffix(".partial")
            partial.write_bytes(_machine({key: said for key, said in read(source).items() if said.strip(_PLURAL)}))
            partial.replace(target)
        made.append(target)
    return made


def faults(language: str, wanted: Iterable[str], catalogue: dict[str, str]) -> list[Fault]:
    """Strings without a translation, with other placeholders than the original, or that are nowhere used any more."""
    found, known = [], set()
    for text in wanted:
        known.add(text)
        said = catalogue.get(text, "")
        shown = text.replace(_PLURAL, " / ")
        if not said or "" in said.split(_PLURAL):
            found.append(Fault(language, "missing", shown))
        elif any(_places(text) != _places(part) for part in said.split(_PLURAL)):
            found.append(Fault(language, "other placeholders", shown))
    return found + [Fault(language, "not used", text) for text in catalogue if text and text not in known]


def _places(text: str) -> set[str]:
    return {*_NAMED.findall(text), *re.findall(r"%%|<[^>]+>", text)}


def _machine(catalogue: dict[str, str]) -> bytes:
    """The binary form: a table of sorted strings, a table of translations, then both, each ended by NUL."""
    pairs = sorted((key.encode(), said.encode()) for key, said in catalogue.items())
    start = 28 + 16 * len(pairs)
    tables: tuple[list[int], list[int]] = ([], [])
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side].extend((len(pair[side]), start + len(body)))
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + b"".join(struct.pack(f"<{len(table)}I", *table) for table in tables) + body


def _quoted(text: str) -> str:
    return '"' + "".join(_QUOTED.get(sign, sign) for sign in text) + '"'


def main(words: list[str]) -> int:
    """List what is wrong and add what is missing as empty entries, or compile; 1 if anything is wrong."""
    if words == ["compile"]:
        return 0 if compiled() else 1
    wanted, wrong = strings(), 0
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        catalogue = read(path)
        for fault in faults(language, wanted, catalogue):
            wrong += 1
            sys.stdout.write(f"{fault}\n")
        head = {"": catalogue.get("", "")}
        write(path, head | {text: catalogue.get(text, "") for text in wanted})
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
