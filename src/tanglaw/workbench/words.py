"""Words that are kept in tables and databases in English, and shown in the language of who reads."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

WORDS = frozenset(
    {
        # Roles.
        noop("triage officer"),
        noop("analyst"),
        noop("supervisor"),
        noop("administrator"),
        noop("auditor"),
        # Themes and kinds of purpose.
        noop("as the system says"),
        noop("light"),
        noop("dark"),
        noop("work"),
        noop("search"),
        # What is done in cases, and where they come from.
        noop("add"),
        noop("remove"),
        noop("merge"),
        noop("split"),
        noop("assign"),
        noop("unassign"),
        noop("note"),
        noop("task"),
        noop("done"),
        noop("escalate"),
        noop("refer"),
        noop("duplicate"),
        noop("insufficient"),
        noop("safeguarding"),
        noop("close"),
        noop("sign"),
        noop("outcome"),
        noop("reopen"),
        noop("undo"),
        noop("proposal"),
        noop("report"),
        noop("actor"),
        # States of cases, children and outcomes.
        noop("open"),
        noop("closed"),
        noop("merged"),
        noop("unidentified"),
        noop("identified"),
        noop("safeguarded"),
        noop("unlocatable"),
        noop("referred"),
        noop("child safeguarded"),
        noop("arrest"),
        noop("conviction"),
        # Lanes.
        noop("triage"),
        noop("generated"),
        noop("actionable"),
        noop("informational"),
        # Runs and people.
        noop("inbox"),
        noop("rebuild"),
        noop("waiting"),
        noop("running"),
        noop("stopping"),
        noop("failed"),
        noop("stopped"),
        noop("taken"),
        noop("stop"),
        noop("made"),
        noop("role"),
        noop("team"),
        noop("blocked"),
        noop("unblocked"),
        noop("reset"),
        noop("ok"),
        noop("low"),
        noop("absent"),
        noop("MISSING"),
        # What the libraries behind log-in say, for languages that they do not have.
        noop("Username"),
        noop("Password"),
        noop("Current Password"),
        noop("New Password"),
        noop("New Password (again)"),
        noop("Code"),
        noop("Authenticator code"),
        noop("This field is required."),
        noop("Incorrect code."),
        noop("Incorrect password."),
        noop("The username and/or password you specified are not correct."),
        noop("Too many failed login attempts. Try again later."),
        noop("Use your password"),
        noop("Use authenticator app or code"),
        noop("Use a security key"),
        noop("Master key"),
        noop("Backup key"),
    }
)


def word(text: str) -> str:
    """The word in the reader's language; what is none of these stays as it is, for it may come out of evidence."""
    return str(gettext(text)) if text in WORDS else text
