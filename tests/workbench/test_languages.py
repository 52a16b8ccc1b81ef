"""Languages: nothing is left untranslated, placeholders are kept, and every page is shown in each."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tanglaw import casework
from tanglaw.workbench import catalogues
from tanglaw.workbench.catalogues import LANGUAGES, LOCALE
from tanglaw.workbench.refusals import in_language
from tanglaw.workbench.settings import HERE
from tests.workbench.conftest import LogIn, user
from tests.workbench.test_walk import WALKED, address

# Written alike in every language.
_NAMES = {"Tanglaw", "Tanglaw · Tanglaw", "SHA-256", "source_id", "bit", "Enter", "Esc", "UTC"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated_with_its_placeholders(language: str) -> None:
    """Each string of templates and code has a translation that names the same values; none is there that nobody uses.
    `python -m tanglaw.workbench.catalogues` lists them and adds empty entries."""
    catalogue = catalogues.read(LOCALE / language / "LC_MESSAGES" / "django.po")
    found = catalogues.faults(language, catalogues.strings(), catalogue)
    assert not found, "\n" + "\n".join(map(str, found))


def test_no_template_has_words_outside_of_translations() -> None:
    """Every word that a template shows goes through gettext."""
    for path in (HERE / "templates").rglob("*.html"):
        text = re.sub(r"{%\s*blocktrans.*?endblocktrans\w*\s*%}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"{[%{#].*?[%}#]}", "", text, flags=re.DOTALL)
        shown = re.findall(r">([^<]*[^\W\d_]{2,}[^<]*)<", text)
        stated = re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*[^\W\d_]{2,}[^"]*)"', text)
        assert [one.strip() for one in (*shown, *stated) if one.strip() not in _NAMES] == [], path.name


def test_faults_are_found(tmp_path: Path) -> None:
    """A string without translation, one that lost a value, and one that is nowhere used are each told."""
    wanted = ["one", "%(n)s two", "three\0%(n)s threes"]
    path = tmp_path / "django.po"
    catalogues.write(path, {"": "head\n", "%(n)s two": "zwei", "three\0%(n)s threes": "drei\0", "old": "alt"})
    kinds = [(one.kind, one.text) for one in catalogues.faults("de", wanted, catalogues.read(path))]
    assert kinds == [
        ("missing", "one"),
        ("other placeholders", "%(n)s two"),
        ("missing", "three / %(n)s threes"),
        ("not used", "old"),
    ]


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"), min_size=1).filter(
    str.strip
)


@given(catalogue=st.dictionaries(_TEXTS, _TEXTS, max_size=8))
def test_what_is_compiled_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, catalogue: dict[str, str]
) -> None:
    """Any strings, written, read, compiled and looked up by Python's own gettext, give their translations."""
    folder = tmp_path_factory.mktemp("catalogue") / "de" / "LC_MESSAGES"
    head = {"": "Content-Type: text/plain; charset=UTF-8\n"}
    catalogues.write(folder / "django.po", head | catalogue)
    assert catalogues.read(folder / "django.po") == head | catalogue
    (made,) = catalogues.compiled(folder.parents[1])
    with made.open("rb") as stream:
        found = gettext.GNUTranslations(stream)
    assert {text: found.gettext(text) for text in catalogue} == catalogue


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_page_is_shown_in_every_language(log_in: LogIn, language: str, report_id: str, case: int) -> None:
    """Asked for by the browser, each page that a role may see is there in that language, with no fault."""
    words = {"en": "Queue", "de": "Warteschlange", "fr": "File", "fil": "Pila"}
    for role in ("analyst", "auditor", "administrator"):
        client = log_in(role)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        client.post(f"/purpose/?kind=case-{case}", {"purpose": "x"})
        for where in (*map(address, WALKED), f"/report/{report_id}/", f"/case/{case}/"):
            answer = client.get(where)
            assert answer.status_code < 500, (where, language)
            if answer.status_code == 200 and answer.content.startswith(b"<!doctype"):
                assert f'<html lang="{language}"' in answer.content.decode(), where
        if role == "analyst":
            assert f">{words[language]}</a>" in client.get("/queue/").content.decode()


def test_the_person_s_choice_goes_before_the_browser_s(log_in: LogIn) -> None:
    """A language chosen on the account page stays, whatever the browser asks for; nonsense is no choice."""
    client = log_in("analyst")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    client.post("/account/", {"zone": "UTC", "theme": "", "language": "fil"})
    assert '<html lang="fil"' in client.get("/queue/").content.decode()
    client.post("/account/", {"zone": "UTC", "theme": "", "language": "xx/../"})
    assert user("analyst").language == ""
    assert '<html lang="fr"' in client.get("/queue/").content.decode()


def refusals() -> list[str]:
    """What services and pages refuse, with a 7 for each value that they name."""
    found = []
    for path in (*Path(casework.__file__).parent.glob("*.py"), *HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CheckUsage":
                stated = node.args[0]
                for one in (stated.body, stated.orelse) if isinstance(stated, ast.IfExp) else (stated,):
                    if isinstance(one, ast.Constant):
                        found.append(str(one.value))
                    elif isinstance(one, ast.JoinedStr):
                        found.append("".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in one.values))
    return found


# Said of forms that no page gives out, or by verbs of the command line.
_NOT_ON_PAGES = re.compile(
    r".* is (?:one of )?7(?:, not 7)?|.* by 7, not 7|.*that of a 7|.*--|the 7 is 7|name a session.*"
    r"|a judgement .*|there is no decision .*"
    r"|the (?:source|account) is .*|a case is opened .*|.*restricted.*|.*erasure.*|a second person signs, not the one who asked"
    r"|what is held .*|check first .*"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_said_in_the_reader_s_language(language: str) -> None:
    """Each sentence that a page may refuse with has a form here, and what it names stays in it."""
    with translation.override(language):
        english = [one for one in refusals() if in_language(one) == one and not _NOT_ON_PAGES.fullmatch(one)]
        assert english == []
        said = in_language("the case does not close while a child's status is open: Fern, Ash")
        assert said.endswith(": Fern, Ash") and not said.startswith("the case")
        assert in_language("the reason is longer than 10,000 characters").count("the reason") == 0
        assert in_language("words of nobody") == "words of nobody"
