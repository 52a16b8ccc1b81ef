"""SELECTORS, LINKS, FINDINGS and PRIORITIES: what the stages make of the evidence."""

from __future__ import annotations

from tanglaw.tables.base import BOOL, FLOAT, INT, TEXT, TIME, Column, Table

SELECTORS = Table(
    "selectors",
    "SELECTORS",
    "Every selector found, in fields and in running text, with its place in the original.",
    ("selector_id",),
    (
        Column("selector_id", TEXT, "keyed id of record, field, place, type and value"),
        Column("type", TEXT, "selector type, e.g. email, phone, handle, ipv4, btc"),
        Column("value", TEXT, "normalised value; equal values mean the same selector"),
        Column("original", TEXT, "as written"),
        Column("record_id", TEXT, "the evidence row it stands in"),
        Column("table_name", TEXT, "the evidence table of that row"),
        Column("field", TEXT, "column it stands in"),
        Column("start", INT, "first code point in the field's text, from 0"),
        Column("end", INT, "code point after the last"),
        Column(
            "valid",
            BOOL,
            "checksum, length and number plan hold, and of several readings of one place it is the chosen one",
        ),
        Column(
            "reading",
            TEXT,
            "how it was read where there is more than one way: international; national, in PH; port 5060",
        ),
        Column("likelihood", FLOAT, "share of this reading among all of its place; 1 where there is no other"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account it is stated for or written by, if any"),
        Column("role", TEXT, "role of that account"),
        Column("at", TIME, "instant of the row it stands in, if it has one, UTC"),
    ),
)

LINKS = Table(
    "links",
    "LINKS",
    "Two accounts that share selectors, with the evidence in bits.",
    ("a", "b"),
    (
        Column("a", TEXT, "account_id, the smaller of the two"),
        Column("b", TEXT, "account_id, the larger"),
        Column("bits", FLOAT, "sum of the evidence, log2, three decimals"),
        Column("probability", FLOAT, "that the two accounts are one hand, as far as this evidence goes, four decimals"),
        Column("evidence", TEXT, "each shared value with its bits, joined by '; '"),
        Column("joins", BOOL, "true if it puts both under one actor"),
        Column("grouped", BOOL, "true if the evidence is that of all accounts that were joined to either before"),
    ),
)

LINK_EVIDENCE = Table(
    "link_evidence",
    "LINKS",
    "One row per selector value that two accounts share, and per statement of theirs that does not agree.",
    ("a", "b", "type", "value"),
    (
        Column("a", TEXT, "account_id, the smaller of the two"),
        Column("b", TEXT, "account_id, the larger"),
        Column("type", TEXT, "selector type"),
        Column("value", TEXT, "the shared value"),
        Column("holders", INT, "how many accounts hold the value in this data; from 64 up rounded down to a step"),
        Column("proposes", BOOL, "rare enough to propose the pair by itself"),
        Column("bits", FLOAT, "its weight, three decimals"),
        Column("record_a", TEXT, "evidence row of a"),
        Column("record_b", TEXT, "evidence row of b"),
    ),
)

ACTORS = Table(
    "actors",
    "LINKS",
    "Accounts that the evidence says are one hand; a proposal, not a person.",
    ("account_id",),
    (
        Column("account_id", TEXT, "the account"),
        Column("actor_id", TEXT, "smallest account_id of the group, so it is stable"),
    ),
)

PROPOSALS = Table(
    "proposals",
    "LINKS",
    "Case proposals: reports joined because they name the same actor, or actors that `proposal_ties` tie.",
    ("report_id",),
    (
        Column("proposal_id", TEXT, "smallest report_id of the group, so it is stable"),
        Column("report_id", TEXT, "the report"),
        Column("reports", INT, "reports in the proposal"),
    ),
)

PROPOSAL_TIES = Table(
    "proposal_ties",
    "LINKS",
    "Why actors that are not one hand are in one case proposal.",
    ("a", "b", "kind"),
    (
        Column("proposal_id", TEXT, "the proposal"),
        Column("a", TEXT, "actor_id, the smaller of the two"),
        Column("b", TEXT, "actor_id, the larger"),
        Column("kind", TEXT, "contact, payment, household or material"),
        Column("facts", INT, "how many conversations, payments, shared addresses, devices or files"),
        Column("example", TEXT, "one of them: conversation_id, payment_id, or type and value"),
    ),
)

HASH_HITS = Table(
    "hash_hits",
    "FINDINGS",
    "Files of reports that an entry of a hash list matches, exactly or nearly; withdrawn entries are left out.",
    ("file_id", "hash_type", "value", "list_name", "entry", "listed_value"),
    (
        Column("file_id", TEXT, "the file"),
        Column("report_id", TEXT, "the report that lists it"),
        Column("hash_type", TEXT, "type of the entry: md5, sha1, ..., pdq; vpdq if frames of a video matched"),
        Column("value", TEXT, "the file's hash; the nearest one for vpdq"),
        Column("list_name", TEXT, "the list"),
        Column("list_version", TEXT, "version of the list as stated"),
        Column("entry", TEXT, "entry id in the list"),
        Column("listed_value", TEXT, "the entry's hash"),
        Column("category", TEXT, "category as the list states it"),
        Column("category_model", TEXT, "whose categories"),
        Column("votes_for", INT, "members that affirm"),
        Column("votes_against", INT, "members that object"),
        Column("series", TEXT, "series as stated"),
        Column("quality", INT, "PDQ quality of the entry, if stated"),
        Column("distance", INT, "bits that differ: 0 for equal hashes, 1 to 31 for near PDQ"),
        Column("share_of_file", FLOAT, "vpdq only: share of the file's PDQ hashes that a frame matches, 0 to 1"),
        Column("share_of_entry", FLOAT, "vpdq only: share of the video's frames that the file matches, 0 to 1"),
        Column("files", INT, "how many files here the entry matches"),
        Column("weak", TEXT, "why it counts for less: empty-file, tiny, uniform, low-quality, flood; else empty"),
    ),
)

HASH_LISTS = Table(
    "hash_lists",
    "FINDINGS",
    "The hash lists held: how many entries of each type stand and how many are withdrawn.",
    ("list_name", "hash_type"),
    (
        Column("list_name", TEXT, "the list"),
        Column("hash_type", TEXT, "type of its hashes; empty for tombstones that carry none"),
        Column("standing", INT, "hashes that stand"),
        Column("withdrawn", INT, "hashes and tombstones that are withdrawn"),
        Column("list_version", TEXT, "newest version as stated, in text order"),
        Column("listed_at", TIME, "newest date of an entry, UTC"),
    ),
)

HASH_KIN = Table(
    "hash_kin",
    "FINDINGS",
    "Videos of hash lists that match each other, so that what is known of one may hold for the other.",
    ("hash_type", "list_a", "entry_a", "list_b", "entry_b"),
    (
        Column("hash_type", TEXT, "vpdq or tmk-pdqf"),
        Column("list_a", TEXT, "list of the one, the smaller in text order"),
        Column("entry_a", TEXT, "its entry"),
        Column("list_b", TEXT, "list of the other"),
        Column("entry_b", TEXT, "its entry"),
        Column("share_a", FLOAT, "vpdq: share of a's frames that match one of b, three decimals"),
        Column("share_b", FLOAT, "vpdq: share of b's frames that match one of a, three decimals"),
        Column("first_cosine", FLOAT, "tmk-pdqf: cosine of the averages, three decimals"),
        Column("alignment", FLOAT, "tmk-pdqf: best alignment by the full features, 1 for equal videos, three decimals"),
    ),
)

HASH_SIGHTINGS = Table(
    "hash_sightings",
    "FINDINGS",
    "Every hash that reports state: where and when it was seen, over how many unrelated accounts.",
    ("hash_type", "value"),
    (
        Column("hash_type", TEXT, "type of the hash"),
        Column("value", TEXT, "the hash"),
        Column("files", INT, "files that bear it"),
        Column("reports", INT, "reports that list such a file"),
        Column("actors", INT, "unrelated reported accounts: accounts of one actor count once"),
        Column("first_seen", TIME, "earliest upload, else incident, else reception, UTC"),
        Column("last_seen", TIME, "latest of these, UTC"),
        Column("listed", BOOL, "an entry of a list matches it"),
    ),
)

FILES_TOGETHER = Table(
    "files_together",
    "FINDINGS",
    "Two files that stand together in reports of unrelated accounts: parts of one series, by hash alone.",
    ("a", "b"),
    (
        Column("a", TEXT, "the one: hash type and hash, the smaller in text order"),
        Column("b", TEXT, "the other: hash type and hash"),
        Column("reports", INT, "reports that list both"),
        Column("actors", INT, "unrelated reported accounts among these"),
        Column("first_seen", TIME, "earliest such report, UTC"),
        Column("last_seen", TIME, "latest such report, UTC"),
        Column("listed", INT, "how many of the two a list knows: 0, 1 or 2"),
    ),
)

FINDINGS = Table(
    "findings",
    "FINDINGS",
    "What detectors noticed about a report, each with the evidence rows behind it.",
    ("finding_id",),
    (
        Column("finding_id", TEXT, "detector, report, subject and outcome, joined"),
        Column("detector", TEXT, "detector that wrote it"),
        Column("report_id", TEXT, "the report it is about"),
        Column("account_id", TEXT, "the account it is about, if any"),
        Column("subject", TEXT, "what it is about, e.g. the hash, the selector or the capture"),
        Column("criterion", TEXT, "criterion of the policy pack it counts for, e.g. T5.watch-list"),
        Column("outcome", TEXT, "the detector's value, from the short list in its docstring"),
        Column("reason", TEXT, "one sentence an officer reads"),
        Column("lane", TEXT, "lane it asks for, empty for none"),
        Column("due_at", TIME, "when evidence expires or a person must look, if the finding has a clock, UTC"),
        Column("evidence", TEXT, "ids of the evidence rows, joined by '; '"),
    ),
)

REASONS = Table(
    "reasons",
    "PRIORITIES",
    "Why a report stands where it stands: one row per named reason.",
    ("report_id", "value", "criterion", "text"),
    (
        Column("report_id", TEXT, "the report"),
        Column("value", TEXT, "which value it moves: danger, actionability, clock, lane or missing"),
        Column("criterion", TEXT, "criterion of the policy pack"),
        Column("weight", FLOAT, "how far it moves the value, from the policy pack"),
        Column("text", TEXT, "one sentence an officer reads"),
        Column("evidence", TEXT, "ids of the evidence rows, joined by '; '"),
    ),
)

PRIORITIES = Table(
    "priorities",
    "PRIORITIES",
    "The queue: every report once, in order of work, by three values that stay three.",
    ("rank",),
    (
        Column("rank", INT, "place in the queue, from 1"),
        Column("report_id", TEXT, "the report"),
        Column("report_number", TEXT, "its number"),
        Column("danger", FLOAT, "danger: sum of the danger reasons' weights, three decimals"),
        Column("band", INT, "danger band by the policy pack, 1 the highest"),
        Column("actionability", FLOAT, "what can be acted on: sum of those reasons' weights, three decimals"),
        Column("clock_at", TIME, "earliest instant at which evidence lapses or someone must have looked, UTC"),
        Column("lane", TEXT, "who looks: triage, safeguarding, generated; never lowers danger"),
        Column("reasons", TEXT, "all reasons as sentences, joined by '; '"),
        Column("group_id", TEXT, "reports that repeat the same viral or batched material share a group"),
        Column("policy", TEXT, "name and version of the policy pack"),
    ),
)

DERIVED = (
    SELECTORS,
    LINKS,
    LINK_EVIDENCE,
    ACTORS,
    PROPOSALS,
    PROPOSAL_TIES,
    HASH_HITS,
    HASH_LISTS,
    HASH_KIN,
    HASH_SIGHTINGS,
    FILES_TOGETHER,
    FINDINGS,
    REASONS,
    PRIORITIES,
)
