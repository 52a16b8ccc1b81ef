"""CASEWORK: what people decided, as far as it was in force when a run began."""

from __future__ import annotations

from tanglaw.tables.base import INT, TEXT, TIME, Column, Table

_DECIDED = (
    Column("stated_by", TEXT, "who decided, as stated"),
    Column("reason", TEXT, "why, as stated"),
    Column("at", TIME, "when it was decided, whole seconds, UTC"),
)

JUDGEMENTS = Table(
    "judgements",
    "CASEWORK",
    "Judgements of people on two accounts, one hand or not; linking keeps to them.",
    ("decision_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("kind", TEXT, "same or not-same"),
        Column("a", TEXT, "account_id, the smaller of the two"),
        Column("b", TEXT, "account_id, the larger"),
        *_DECIDED,
    ),
)

CORRECTIONS = Table(
    "corrections",
    "CASEWORK",
    "Selectors whose value a person corrected; `selectors` shows the corrected value beside the original.",
    ("selector_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("selector_id", TEXT, "the selector"),
        Column("value", TEXT, "the value that counts, normalised; empty if it is no selector"),
        *_DECIDED,
    ),
)

LEFT_OUT = Table(
    "left_out",
    "CASEWORK",
    "Sources that a person left out: no row read from them is seen by stages or verbs.",
    ("source_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("source_id", TEXT, "the file, as in `sources`"),
        *_DECIDED,
    ),
)

CASEWORK = (JUDGEMENTS, CORRECTIONS, LEFT_OUT)
