"""What services refuse and what was done, said in English there and on pages in the language of who reads.

A sentence is found by its form, with what it names in place of %(name)s, so that services know of no language.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from tanglaw.workbench.words import word

_FIELDS = frozenset(
    {
        noop("the reason"),
        noop("the full name"),
        noop("the name"),
        noop("the note"),
        noop("the pseudonym"),
        noop("the authority"),
        noop("the holder"),
        noop("the task"),
        noop("the team"),
        noop("the title"),
        noop("the reference"),
        noop("what is asked for"),
        noop("what it refers to"),
        noop("who says so"),
    }
)
SENTENCES = (
    noop("%(name)s is empty"),
    noop("%(name)s holds control signs"),
    noop("%(name)s is longer than %(number)s characters"),
    noop("there is no case %(number)s"),
    noop("this user is blocked"),
    noop("%(act)s is for %(who)s, not for a %(role)s"),
    noop("name two different accounts"),
    noop("that lies ahead: record what has happened"),
    noop("decision %(number)s is a withdrawal: decide again instead"),
    noop("%(name)s is empty: a decision says who made it and why"),
    noop("%(pair)s contradicts %(against)s: withdraw one of them first"),
    noop("%(pair)s contradicts %(against)s: withdraw one of them first (they are one through the chain named)"),
    noop("the selector is corrected by %(against)s: withdraw that first"),
    noop("that is recorded by %(against)s: withdraw that first"),
    noop("nobody recorded that it was sent by then: record that first"),
    noop("only a released alert is recalled"),
    noop("only a released alert is recalled; see %(last)s"),
    noop("that is decided by %(last)s: withdraw it or, if it was sent, recall it first"),
    noop("that is decided by %(against)s: withdraw that first"),
    noop("decision %(number)s is withdrawn already"),
    noop("the day lies ahead: record what has happened"),
    noop("an undoing is not undone: act again instead"),
    noop("the case does not close while a child's status is open: %(names)s"),
    noop("this case was merged into case %(number)s"),
    noop("this case is closed: reopen it first"),
    noop("there is no act %(act)s in case %(number)s"),
    noop("the %(member)s is in this case already"),
    noop("the %(member)s is not in this case by itself"),
    noop("that case is part of this one or of another"),
    noop("choose members that are in this case by themselves"),
    noop("nothing would stay in this case"),
    noop("that person works no cases"),
    noop("that person is not on this case"),
    noop("that person is on this case already"),
    noop("that is no open task of this case"),
    noop("%(who)s has acted meanwhile (%(kind)s): look again, then decide"),
    noop("that is decided and waits for a second person's signature"),
    noop("this case is not closed"),
    noop("that decision waits for no signature"),
    noop("a second person signs, not the one who decided"),
    noop("that is undone already"),
    noop("there is no such child in this case"),
    noop("an open status names the day of the next step"),
    noop("that pseudonym stands for a child of this case already"),
    noop("the next look lies within %(number)s days from today"),
    noop("a log-in name has letters, digits, '.', '-' and '_' only"),
    noop("there is no user %(name)s"),
    noop("there is a user %(name)s already"),
    noop("the window ends before it begins"),
    noop("that is not recorded"),
    noop("there is no request %(number)s"),
    noop("that request is drafted already"),
    noop("a run is asked for already: wait for its end, or stop it"),
    noop("that run has ended, or is being stopped"),
    noop("only an open case watches"),
    noop("the last day lies within %(number)s days from today"),
    noop("this case watches for that already"),
    noop("that entry does not stand"),
    noop("that entry does not stand on the protected list"),
    noop("that stands on the protected list already"),
    noop("the %(what)s is locked already"),
    noop("the %(what)s is not locked"),
    noop("choose filters first: the view would show the whole queue"),
    noop("you are in no team"),
    noop("only who works on reports can be put on one"),
    noop("%(person)s is not on this report"),
    noop("mark at least one report"),
    noop("mark %(most)s reports at most, not %(number)s"),
    noop("there is a view of that name: drop it first, or choose another"),
    noop("there is no such view"),
    noop("who kept a view drops it, or a supervisor of the team"),
    noop("there is no such act"),
    noop("write a selector: a phone in international form, an e-mail, service:handle, a wallet, …"),
    noop("no inbox is configured: set inbox_folder in settings.toml"),
    noop("this alert is %(state)s: that cannot be decided now"),
    noop("there is no report of that number"),
    noop("an outcome has a day"),
    noop("a review names the day of the next look"),
    noop("a day is YYYY-MM-DD"),
    noop("name two accounts of this workspace"),
    noop("there is no such selector in this report"),
    noop("there is no such session in the last run"),
    noop("the last run assesses no such role"),
    noop("nobody changes what they themselves may do: another administrator does"),
    noop("the run proposes no such request"),
    noop("%(name)s is a day and time, UTC"),
    noop("an entry says until which day it holds"),
    noop("decision %(number)s stands; the next run links by it"),
    noop("decision %(number)s stands; the next run keeps to it"),
    noop("decision %(number)s no longer stands"),
    noop("%(places)s places are corrected by decisions %(first)s to %(last)s; the next run keeps to it"),
    noop("%(person)s is on %(more)s more of %(number)s reports"),
    noop("%(some)s of %(number)s reports are escalated; the others were"),
)


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence as an expression; what says most by itself first, for a short form fits into a longer sentence."""
    found = []
    for text in SENTENCES:
        form = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(text))
        found.append((text, re.compile(form, re.DOTALL)))
    return sorted(found, key=lambda one: -len(re.sub(r"%\(\w+\)s", "", one[0])))


def in_language(text: str) -> str:
    """The sentence in the reader's language; as it is where it has none of these forms."""
    for sentence, form in _forms():
        match = form.fullmatch(text)
        if match is not None:
            named = {
                name: gettext(value) if value in _FIELDS else word(value) for name, value in match.groupdict().items()
            }
            return str(gettext(sentence)) % named if named else str(gettext(sentence))
    return text
