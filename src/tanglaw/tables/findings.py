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
        Column("valid", BOOL, "checksum, length and number plan hold"),
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
        Column("evidence", TEXT, "each shared value with its bits, joined by '; '"),
        Column("joins", BOOL, "true if strong enough to put both under one actor"),
    ),
)

LINK_EVIDENCE = Table(
    "link_evidence",
    "LINKS",
    "One row per selector value that two accounts share.",
    ("a", "b", "type", "value"),
    (
        Column("a", TEXT, "account_id, the smaller of the two"),
        Column("b", TEXT, "account_id, the larger"),
        Column("type", TEXT, "selector type"),
        Column("value", TEXT, "the shared value"),
        Column("holders", INT, "how many accounts hold the value in this data"),
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
    "Case proposals: reports joined because they name the same actor.",
    ("report_id",),
    (
        Column("proposal_id", TEXT, "smallest report_id of the group, so it is stable"),
        Column("report_id", TEXT, "the report"),
        Column("reports", INT, "reports in the proposal"),
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

DERIVED = (SELECTORS, LINKS, LINK_EVIDENCE, ACTORS, PROPOSALS, FINDINGS, REASONS, PRIORITIES)
