"""SESSIONS: what payments, chats, log-ins and calls leave behind, put together; with roles, network and requests.

Every probability is validated on simulated worlds only, until an agency validates on its own cases. Accounts stand for
their actor: `*_account_id` is the smallest account of the hand (`actors.actor_id`), or the account itself.
"""

from __future__ import annotations

from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, TIME, Column, Table

_EPISODE = (
    Column("start_at", TIME, "estimated start, UTC"),
    Column("end_at", TIME, "estimated end, UTC"),
    Column("amount", AMOUNT, "sum of its payments in `currency`, exact; one payment may stand for several sessions"),
    Column("currency", TEXT, "ISO 4217 code"),
    Column("probability", FLOAT, "that it is a paid session, three decimals; validated on simulated worlds only"),
    Column(
        "evidence",
        TEXT,
        "features for and against with their weight in nats, then ids of payments and call, then clocks that were moved; by '; '",
    ),
)

SESSIONS = Table(
    "sessions",
    "SESSIONS",
    "Paid sessions rebuilt from residual traces, inside the expansion from reports, watch lists and verified facts only.",
    ("session_id",),
    (
        Column("session_id", TEXT, "keyed id of payer, recipient, trace and times"),
        Column("buyer_account_id", TEXT, "who pays"),
        Column("seller_account_id", TEXT, "with whom the session is"),
        Column("facilitator_account_id", TEXT, "who is paid for them, if somebody else"),
        *_EPISODE,
        Column("missing", TEXT, "which records would tell more, joined by '; '"),
    ),
)

SESSION_CANDIDATES = Table(
    "session_candidates",
    "SESSIONS",
    "Every episode that was looked at, with its features: what an agency calibrates its own weights on.",
    ("session_id",),
    (
        Column("session_id", TEXT, "as in `sessions`"),
        Column("buyer_account_id", TEXT, "who pays"),
        Column("seller_account_id", TEXT, "whom the payer meets"),
        Column("facilitator_account_id", TEXT, "who is paid for them, if somebody else"),
        Column("start_at", TIME, "estimated start, UTC"),
        Column("end_at", TIME, "estimated end, UTC"),
        Column("probability", FLOAT, "that it is a paid session, three decimals"),
        Column("stands", BOOL, "no likelier episode of the same payer overlaps it"),
        Column("protected", BOOL, "a party's account may be a child's: it is no session of the list"),
        Column("features", TEXT, "each feature with its bin, joined by '; '"),
    ),
)

PROTECTED_CONTACTS = Table(
    "protected_contacts",
    "SESSIONS",
    "Episodes with an account that may be a child's: for the safeguarding lane, never in a list of recipients.",
    ("session_id",),
    (
        Column("session_id", TEXT, "as in `session_candidates`"),
        Column("protected_account_id", TEXT, "the account that may be a child's"),
        Column("other_account_id", TEXT, "the other party"),
        Column("reason", TEXT, "why it may be a child's: role in a report, or age as a record states it"),
        *_EPISODE,
    ),
)

ROLES = Table(
    "roles",
    "SESSIONS",
    "Assessments, not facts: what part an account has in a case; unknown unless sessions say more.",
    ("account_id", "case_id"),
    (
        Column("account_id", TEXT, "the account"),
        Column("case_id", TEXT, "the case proposal, or empty where no report names a party"),
        Column("role", TEXT, "payer, recipient, arranger, ordinary payer, bystander or unknown"),
        Column("lane", TEXT, "safeguarding if the account may be a child's, else empty"),
        Column("sessions", INT, "shown sessions that it is a party of"),
        Column("evidence", TEXT, "what the assessment rests on"),
    ),
)

NETWORK_EDGES = Table(
    "network_edges",
    "SESSIONS",
    "Who pays whom inside the expansion, with counts, amounts, first and last contact.",
    ("payer_account_id", "recipient_account_id", "currency"),
    (
        Column("payer_account_id", TEXT, "who pays"),
        Column("recipient_account_id", TEXT, "who is paid"),
        Column("currency", TEXT, "ISO 4217 code"),
        Column("payments", INT, "counted payments"),
        Column("amount", AMOUNT, "their sum, exact"),
        Column("first_at", TIME, "first payment, UTC"),
        Column("last_at", TIME, "last payment, UTC"),
        Column("sessions", INT, "shown sessions of the two, in whatever currency"),
        Column("probability", FLOAT, "highest probability of a session of the two; empty if none was looked at"),
    ),
)

RECIPIENT_GROUPS = Table(
    "recipient_groups",
    "SESSIONS",
    "Recipients of shown sessions that money ties together: one arranger is paid for them, or they pay the same account.",
    ("account_id",),
    (
        Column("account_id", TEXT, "the recipient or arranger"),
        Column("group_id", TEXT, "smallest account of the group"),
        Column("members", INT, "accounts in the group"),
    ),
)

NETWORK_KEYS = Table(
    "network_keys",
    "SESSIONS",
    "Which account or record, if identified, would explain most sessions that no earlier one explains.",
    ("rank",),
    (
        Column("rank", INT, "place, from 1"),
        Column("kind", TEXT, "account or address"),
        Column("value", TEXT, "the account's id, or the address of the log-ins"),
        Column("sessions", INT, "shown sessions that it touches"),
        Column("gained", INT, "of these, not explained by earlier ones"),
    ),
)

NETWORK_COUNTRIES = Table(
    "network_countries",
    "SESSIONS",
    "Parties of shown sessions by the country that records state, to tell which partner agencies to ask.",
    ("country", "side"),
    (
        Column("country", TEXT, "ISO 3166 code or as written; `not stated` where no record says"),
        Column("side", TEXT, "payer, recipient or arranger"),
        Column("accounts", INT, "accounts"),
        Column("sessions", INT, "shown sessions"),
    ),
)

REQUESTS = Table(
    "requests",
    "SESSIONS",
    "Which holder keeps which log about a party of a session, and until when: what lapses first leads.",
    ("request_id",),
    (
        Column("request_id", TEXT, "keyed id of holder, data and account"),
        Column("holder", TEXT, "the service, provider, or the carrier of an address"),
        Column("data", TEXT, "what is asked for, with address, port and second where that matters"),
        Column("instrument", TEXT, "preservation request while the log is kept, else none"),
        Column("account_id", TEXT, "the account"),
        Column("from_at", TIME, "start of the window, UTC"),
        Column("to_at", TIME, "end of the window, UTC"),
        Column("sent", TIME, "when it was sent, as recorded for a window that covers this one, UTC"),
        Column("due", TIME, "when the log lapses by the retention table, UTC"),
        Column("answered", TIME, "when it was answered, as recorded, UTC"),
        Column(
            "lapsed",
            BOOL,
            "the retention time is over as of the run and nobody asked before, or the holder says that it is gone",
        ),
        Column("sessions", INT, "shown sessions that it bears on"),
        Column("source", TEXT, "source of the retention time"),
    ),
)

SESSION_TABLES = (
    SESSIONS,
    SESSION_CANDIDATES,
    PROTECTED_CONTACTS,
    ROLES,
    NETWORK_EDGES,
    RECIPIENT_GROUPS,
    NETWORK_KEYS,
    NETWORK_COUNTRIES,
    REQUESTS,
)
