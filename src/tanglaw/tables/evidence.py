"""EVIDENCE: what sources deliver, one row per statement, each with its place in a file.

Roles (`role`) are what the document calls an account or person, never a verdict: reported, recipient, victim,
associated, reporter, participant, sender, receiver, subscriber, mentioned, unknown.
"""

from __future__ import annotations

from tanglaw.tables.base import AMOUNT, BOOL, FLOAT, INT, TEXT, Column, Table, moment, provenance

_REPORT_COLUMNS = (
    Column("report_id", TEXT, "keyed id of the report: scheme and number, or the document's digest if it has none"),
    Column("report_number", TEXT, "number that the receiving office gave (CyberTipline number), as text"),
    Column("number_source", TEXT, "how the number is known: document, envelope, file-details, file-name, folder, none"),
    Column("scheme", TEXT, "who numbers: ncmec, xarf, other"),
    Column("format", TEXT, "reader that read it, e.g. cybertipline-xml, cybertip-json"),
    Column("esp", TEXT, "electronic service provider that reported, as written"),
    Column("platform", TEXT, "normalised name of the service, e.g. facebook"),
    Column("incident_type", TEXT, "official incident type, as written"),
    *moment("incident_at", "incident time as the ESP states it (often the time of detection)"),
    Column("incident_meaning", TEXT, "what the ESP says that time stands for"),
    *moment(
        "received_at", "when the report reached the receiving office; `delivery` as zone: the delivery's time stands in"
    ),
    Column("escalation", TEXT, "reason for urgency, free text of the reporter (escalateToHighPriority)"),
    Column("batched", TEXT, "reason of batchedReport; empty if not batched"),
    Column("legal_process", TEXT, "served, not-served or empty: legal process already served on the ESP"),
    Column("country", TEXT, "ISO 3166 code that the report itself states for the reported account; empty if none"),
    Column("text", TEXT, "the report's own additional information"),
)

REPORT_DOCUMENTS = Table(
    "report_documents",
    "EVIDENCE",
    "Each received report document as it stood; several may carry the same report number.",
    ("report_id", "source_id", "locator"),
    (*_REPORT_COLUMNS, *provenance()),
)

REPORTS = Table(
    "reports",
    "EVIDENCE",
    "One row per report: its documents merged, the newest stated value of each field.",
    ("report_id",),
    (
        *_REPORT_COLUMNS,
        Column("version", INT, "how many documents make this state, from 1"),
        *provenance(),
    ),
)

REPORT_VERSIONS = Table(
    "report_versions",
    "EVIDENCE",
    "What each further document of a report changed, one row per differing field.",
    ("report_id", "version", "field"),
    (
        Column("report_id", TEXT, "the report"),
        Column("version", INT, "the version that brought the change, from 2"),
        Column("field", TEXT, "column of `reports` that differs"),
        Column("before", TEXT, "value until then"),
        Column("after", TEXT, "value stated by this version; empty if it states none (the earlier one stands)"),
        *provenance(),
    ),
)

PERSONS = Table(
    "persons",
    "EVIDENCE",
    "A person as one document states them; the same human may be many rows.",
    ("person_id",),
    (
        Column("person_id", TEXT, "keyed id of this statement"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account stated with the person, if any"),
        Column("role", TEXT, "role in the document"),
        Column("name", TEXT, "full name as one text, given names first"),
        Column("first_name", TEXT, "as written"),
        Column("middle_name", TEXT, "as written"),
        Column("last_name", TEXT, "as written"),
        Column("date_of_birth", TEXT, "ISO date, or the text as written if it is none"),
        Column("age", INT, "age in years as stated"),
        Column("address", TEXT, "street address as written"),
        Column("city", TEXT, "as written"),
        Column("region", TEXT, "state or region as written"),
        Column("postal_code", TEXT, "as written"),
        Column("country", TEXT, "ISO 3166 code or as written"),
        Column("occupation", TEXT, "as written"),
        Column("school", TEXT, "school name, of victims only"),
        Column("child_access", TEXT, "access to children as stated: yes, no or empty for not stated"),
        Column("relationship", TEXT, "relationship to the child as written"),
        *provenance(),
    ),
    seen_often=True,
)

ACCOUNTS = Table(
    "accounts",
    "EVIDENCE",
    "An account as one report, chat or record states it; `account_id` is equal wherever the same account appears.",
    ("account_id", "report_id", "role"),
    (
        Column("account_id", TEXT, "keyed id of platform and stable identifier, equal over reports"),
        Column("platform", TEXT, "normalised name of the service"),
        Column("identifier", TEXT, "the identifier that the id is made of"),
        Column("identifier_kind", TEXT, "esp-id, handle, phone, email, account-number, name or none"),
        Column("handle", TEXT, "user or screen name, as written"),
        Column("display_name", TEXT, "display names as written, joined by ' | '"),
        Column("role", TEXT, "role in the document; unknown unless it states one"),
        Column("report_id", TEXT, "the report, if any"),
        Column("association", TEXT, "type of associatedAccount (Billing, Linked, ...), if it is one"),
        Column("compromised", BOOL, "stated to be compromised: yes, no or not stated"),
        Column("third_party", BOOL, "account of another company's service: yes, no or not stated"),
        Column("profile_url", TEXT, "profile URLs as written, joined by blanks; never opened"),
        Column("group_identifier", TEXT, "name or id of an organised group, as stated"),
        Column("country", TEXT, "country of the provider's own location estimate"),
        Column("region", TEXT, "region of that estimate"),
        Column("city", TEXT, "city of that estimate"),
        Column("disabled", TEXT, "temporarily, permanently or empty"),
        *provenance(),
    ),
    seen_often=True,
)

CONTACTS = Table(
    "contacts",
    "EVIDENCE",
    "E-mail addresses and phone numbers stated for a person or account.",
    ("contact_id",),
    (
        Column("contact_id", TEXT, "keyed id of the statement"),
        Column("report_id", TEXT, "the report, if any"),
        Column("person_id", TEXT, "the person it is stated for, if any"),
        Column("account_id", TEXT, "the account it is stated for, if any"),
        Column("role", TEXT, "role of that person or account"),
        Column("kind", TEXT, "email or phone"),
        Column("value", TEXT, "as written; a calling code given apart is put in front"),
        Column("use", TEXT, "Home, Work, Mobile, Recovery, ... as stated"),
        Column("verified", BOOL, "verified by the ESP: yes, no or not stated"),
        *provenance(),
    ),
    seen_often=True,
)

CAPTURES = Table(
    "captures",
    "EVIDENCE",
    "IP capture events: log-ins, registrations, uploads, purchases.",
    ("capture_id",),
    (
        Column("capture_id", TEXT, "keyed id of the event"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account, if stated"),
        Column("file_id", TEXT, "the uploaded file, if the event is its upload"),
        Column("role", TEXT, "role of the account in the document"),
        Column("ip", TEXT, "address as written"),
        Column("port", INT, "source port; carrier NAT cannot be resolved without it"),
        Column("event", TEXT, "Login, Registration, Purchase, Upload, Other or Unknown"),
        *moment("at", "time of the event"),
        Column("proxy", BOOL, "possible proxy as stated: yes, no or not stated"),
        *provenance(),
    ),
    seen_often=True,
)

DEVICES = Table(
    "devices",
    "EVIDENCE",
    "Device identifiers stated for an account or file.",
    ("device_id",),
    (
        Column("device_id", TEXT, "keyed id of the statement"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account, if stated"),
        Column("role", TEXT, "role of the account in the document"),
        Column("kind", TEXT, "IMEI, ICCID, advertising id, ... as written"),
        Column("value", TEXT, "as written"),
        Column("event", TEXT, "event it was seen at, if stated"),
        *moment("at", "when it was seen"),
        *provenance(),
    ),
    seen_often=True,
)

FILES = Table(
    "files",
    "EVIDENCE",
    "Files that a report lists: metadata only, the file itself is never read.",
    ("file_id",),
    (
        Column("file_id", TEXT, "keyed id of report and the ESP's file id"),
        Column("report_id", TEXT, "the report"),
        Column("report_number", TEXT, "its number, where the file's own document states it"),
        Column("account_id", TEXT, "the uploading account, if stated"),
        Column("esp_file_id", TEXT, "file id given by the ESP or the receiving office"),
        Column("name", TEXT, "file name as written"),
        Column("original_name", TEXT, "original file name as written"),
        Column("viewed_by_esp", BOOL, "viewed by the ESP: yes, no or not stated"),
        Column("exif_viewed_by_esp", BOOL, "EXIF viewed by the ESP: yes, no or not stated"),
        Column("public", BOOL, "publicly available: yes, no or not stated"),
        Column("relevance", TEXT, "Reported or Supplemental Reported"),
        Column("classification", TEXT, "industry classification A1, A2, B1, B2 or empty"),
        Column("labels", TEXT, "labels of the receiving office, joined by '; '"),
        Column("location", TEXT, "URL where the file was, as written; never opened"),
        *moment("uploaded_at", "upload to the ESP"),
        *provenance(),
    ),
    seen_often=True,
)

FILE_HASHES = Table(
    "file_hashes",
    "EVIDENCE",
    "Hashes that a report states for its files.",
    ("file_id", "hash_type", "value"),
    (
        Column("file_id", TEXT, "the file"),
        Column("report_id", TEXT, "the report"),
        Column("hash_type", TEXT, "md5, sha1, sha256, pdq, photodna or as written in lower case"),
        Column("value", TEXT, "lower-case hex, or as written where it is no hex"),
        Column("original", TEXT, "as written"),
        Column("valid", BOOL, "has the length and alphabet of its type"),
        *provenance(),
    ),
    seen_often=True,
)

FLAGS = Table(
    "flags",
    "EVIDENCE",
    "Presence flags of a report or file, by their official field names.",
    ("report_id", "file_id", "name"),
    (
        Column("report_id", TEXT, "the report"),
        Column("file_id", TEXT, "the file, empty for a flag of the report itself"),
        Column("name", TEXT, "official field name, e.g. liveStreaming, generativeAi, viral"),
        *provenance(),
    ),
    seen_often=True,
)

WEB_PAGES = Table(
    "web_pages",
    "EVIDENCE",
    "URLs and hosts that a report is about; never opened, shown defanged.",
    ("page_id",),
    (
        Column("page_id", TEXT, "keyed id of the statement"),
        Column("report_id", TEXT, "the report"),
        Column("kind", TEXT, "web-page, profile, file-location, newsgroup, chat-room, game, source"),
        Column("url", TEXT, "URL or name as written"),
        Column("third_party", BOOL, "hosted by somebody else: yes, no or not stated"),
        *provenance(),
    ),
    seen_often=True,
)

TEXTS = Table(
    "texts",
    "EVIDENCE",
    "Free texts of a report, in which selectors are looked for.",
    ("text_id",),
    (
        Column("text_id", TEXT, "keyed id of the text and its place"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account it belongs to, if any"),
        Column("role", TEXT, "role of that account"),
        Column("field", TEXT, "field it stood in, e.g. additionalInfo, profileBio, content"),
        Column("text", TEXT, "the text as written; embedded media replaced by their digest"),
        *provenance(),
    ),
    seen_often=True,
)

ASSOCIATIONS = Table(
    "associations",
    "EVIDENCE",
    "Links that a document states itself: earlier reports, groups, associated accounts, bundles.",
    ("association_id",),
    (
        Column("association_id", TEXT, "keyed id of the statement"),
        Column("report_id", TEXT, "the report, if any"),
        Column("account_id", TEXT, "the account it is stated for, if any"),
        Column("kind", TEXT, "prior-report, group, associated-account, legal-return"),
        Column("value", TEXT, "report number, group id or association type, as written"),
        Column("other_report_id", TEXT, "the other report's id, if it names one"),
        Column("other_account_id", TEXT, "the other account's id, if it names one"),
        *provenance(),
    ),
    seen_often=True,
)

CONVERSATIONS = Table(
    "conversations",
    "EVIDENCE",
    "Chats; one chat exported by both sides is one conversation.",
    ("conversation_id",),
    (
        Column("conversation_id", TEXT, "keyed id of platform and participants, or of the group"),
        Column("platform", TEXT, "normalised name of the service"),
        Column("kind", TEXT, "direct, group or channel"),
        Column("title", TEXT, "title as exported"),
        *provenance(),
    ),
    seen_often=True,
)

PARTICIPANTS = Table(
    "participants",
    "EVIDENCE",
    "Which account takes part in which conversation.",
    ("conversation_id", "account_id"),
    (
        Column("conversation_id", TEXT, "the conversation"),
        Column("account_id", TEXT, "the account"),
        *provenance(),
    ),
    seen_often=True,
)

MESSAGES = Table(
    "messages",
    "EVIDENCE",
    "Chat messages in their order, text as exported without media.",
    ("message_id",),
    (
        Column("message_id", TEXT, "keyed id: conversation, sender, time, text and its number among equals"),
        Column("conversation_id", TEXT, "the conversation"),
        Column("platform", TEXT, "normalised name of the service"),
        *moment("sent_at", "when it was sent"),
        Column("sender_account_id", TEXT, "the sending account"),
        Column("recipient_account_id", TEXT, "the receiving account of a direct conversation; empty in groups"),
        Column("kind", TEXT, "message, service, call, attachment or deleted"),
        Column("text", TEXT, "as written; code points are what selector offsets count"),
        Column("edited_at", TEXT, "time of the last edit as written, if edited"),
        Column("reply_to", TEXT, "the exported id of the message replied to"),
        Column("attachments", INT, "number of attachments named"),
        Column("source_path", TEXT, "path of the file inside its delivery"),
        Column("source_index", INT, "place of the message in its file, from 0, service messages included"),
        *provenance(),
    ),
    seen_often=True,
)

CALLS = Table(
    "calls",
    "EVIDENCE",
    "Calls and streams, from chat exports and call records.",
    ("call_id",),
    (
        Column("call_id", TEXT, "keyed id of the record"),
        Column("conversation_id", TEXT, "the conversation, if it stands in one"),
        Column("platform", TEXT, "normalised name of the service"),
        *moment("started_at", "start"),
        Column("seconds", FLOAT, "length in seconds, if stated"),
        Column("caller_account_id", TEXT, "the calling account"),
        Column("callee_account_id", TEXT, "the called account"),
        Column("kind", TEXT, "audio, video, stream or call"),
        Column("outcome", TEXT, "as written: missed, declined, ..."),
        *provenance(),
    ),
    seen_often=True,
)

PAYMENTS = Table(
    "payments",
    "EVIDENCE",
    "Payments as recorded; rejected and reversed ones are kept and marked, not counted.",
    ("payment_id",),
    (
        Column("payment_id", TEXT, "keyed id: provider and reference, or the record's own content"),
        Column("reference", TEXT, "reference or transaction number as written"),
        *moment("paid_at", "time of the payment"),
        Column("amount", AMOUNT, "amount in `currency`, exact"),
        Column("currency", TEXT, "ISO 4217 code or asset name"),
        Column("from_account_id", TEXT, "the paying account"),
        Column("to_account_id", TEXT, "the receiving account"),
        Column("provider", TEXT, "normalised name of the payment service"),
        Column("method", TEXT, "remittance, e-wallet, bank, card, crypto, ... as stated"),
        Column("status", TEXT, "completed, rejected, reversed, pending or not-stated"),
        Column("counted", BOOL, "false for rejected and reversed payments"),
        Column("purpose", TEXT, "purpose text or memo as written"),
        Column("place", TEXT, "place of payment or payout as written"),
        *provenance(),
    ),
    seen_often=True,
)

EVIDENCE = (
    REPORT_DOCUMENTS,
    REPORTS,
    REPORT_VERSIONS,
    PERSONS,
    ACCOUNTS,
    CONTACTS,
    CAPTURES,
    DEVICES,
    FILES,
    FILE_HASHES,
    FLAGS,
    WEB_PAGES,
    TEXTS,
    ASSOCIATIONS,
    CONVERSATIONS,
    PARTICIPANTS,
    MESSAGES,
    CALLS,
    PAYMENTS,
)
