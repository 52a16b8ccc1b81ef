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

VERIFIED = Table(
    "verified",
    "CASEWORK",
    "Accounts on which a person verified a fact that ties them to a case, also by confirming a session of theirs; sessions are "
    "looked for around them.",
    ("decision_id", "account_id"),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("account_id", TEXT, "the account"),
        *_DECIDED,
    ),
)

REQUEST_RECORDS = Table(
    "request_records",
    "CASEWORK",
    "What became of requests to holders of logs, as people recorded it; `requests` shows it.",
    ("decision_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("request_id", TEXT, "the request"),
        Column("kind", TEXT, "sent, answered, or lapsed: the holder has it no longer"),
        Column("happened_at", TIME, "when it happened, as stated, UTC"),
        Column("covers_from", TIME, "start of the window that was asked for, UTC"),
        Column("covers_to", TIME, "end of that window, UTC; a request whose window grew beyond it is open again"),
        *_DECIDED,
    ),
)

ALERT_RECORDS = Table(
    "alert_records",
    "CASEWORK",
    "What people decided about writing to services, with what was written; the next run shows what of it fell.",
    ("decision_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("kind", TEXT, "release-alert, refuse-alert or recall-alert"),
        Column("alert_id", TEXT, "the row of `chain_alerts`"),
        Column("account_open", TEXT, "whether the account should stay open: yes, no or asked; of releases only"),
        Column("content", TEXT, "JSON of what is written, as it stood then"),
        *_DECIDED,
    ),
)

CASE_MEMBERS = Table(
    "case_members",
    "CASEWORK",
    "Reports and actors in the cases that people opened, as merged and split by them; a member may stand in several.",
    ("case_number", "kind", "member_id"),
    (
        Column("case_number", INT, "the case; that which others were merged into, where they were"),
        Column("kind", TEXT, "report or actor"),
        Column("member_id", TEXT, "report_id or actor_id"),
        Column("decision_id", INT, "number of the act that put it there, in the order of acting"),
        *_DECIDED,
    ),
)

PLACED_WATCHES = Table(
    "placed_watches",
    "CASEWORK",
    "Selectors that people watch for on the pages of a case; `watch_entries` shows them beside those of lists.",
    ("watch_id",),
    (
        Column("decision_id", INT, "number of the entry, in the order of placing"),
        Column("watch_id", TEXT, "keyed id of type, value and case, as in `watch_entries`"),
        Column("type", TEXT, "selector type"),
        Column("value", TEXT, "the selector, normalised"),
        Column("case_number", TEXT, "the case that watches for it"),
        Column("expires_at", TIME, "last instant it holds, UTC: the end of its day, or its withdrawal"),
        *_DECIDED,
    ),
)

ASSESSMENTS = Table(
    "assessments",
    "CASEWORK",
    "Sessions and roles that a person confirmed or rejected; `sessions` and `roles` keep to them.",
    ("decision_id",),
    (
        Column("decision_id", INT, "number of the decision, in the order of deciding"),
        Column("kind", TEXT, "confirm-session, reject-session, confirm-role or reject-role"),
        Column("inference", TEXT, "session_id, or the account_id whose role it is"),
        Column("role", TEXT, "the role that is judged; of roles only"),
        *_DECIDED,
    ),
)

CASEWORK = (
    JUDGEMENTS,
    CORRECTIONS,
    LEFT_OUT,
    VERIFIED,
    REQUEST_RECORDS,
    ALERT_RECORDS,
    CASE_MEMBERS,
    PLACED_WATCHES,
    ASSESSMENTS,
)
