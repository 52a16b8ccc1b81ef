"""One file per detector; a new one is a file, a line in DETECTORS and an example in tests/detectors."""

from __future__ import annotations

from dataclasses import replace

from tanglaw import known
from tanglaw.detectors.attributed_address import ATTRIBUTED_ADDRESS
from tanglaw.detectors.base import FOUND, Detector
from tanglaw.detectors.changing_payments import CHANGING_PAYMENTS
from tanglaw.detectors.child_named import CHILD_NAMED
from tanglaw.detectors.crypto_payment import CRYPTO_PAYMENT
from tanglaw.detectors.doubtful_hash import DOUBTFUL_HASH
from tanglaw.detectors.earlier_report import EARLIER_REPORT
from tanglaw.detectors.even_amounts import EVEN_AMOUNTS
from tanglaw.detectors.evidence_clock import EVIDENCE_CLOCK
from tanglaw.detectors.extortion_shape import EXTORTION_SHAPE
from tanglaw.detectors.fan_in import FAN_IN
from tanglaw.detectors.fan_out import FAN_OUT
from tanglaw.detectors.frequent_small import FREQUENT_SMALL
from tanglaw.detectors.generated import GENERATED
from tanglaw.detectors.incident_kind import INCIDENT_KIND
from tanglaw.detectors.informational import INFORMATIONAL
from tanglaw.detectors.kiosk_use import KIOSK_USE
from tanglaw.detectors.known_hash import KNOWN_HASH
from tanglaw.detectors.legal_gate import LEGAL_GATE
from tanglaw.detectors.locator import LOCATOR
from tanglaw.detectors.low_value import LOW_VALUE
from tanglaw.detectors.mixer_use import MIXER_USE
from tanglaw.detectors.named_processor import NAMED_PROCESSOR
from tanglaw.detectors.no_known_tie import NO_KNOWN_TIE
from tanglaw.detectors.paid_site import PAID_SITE
from tanglaw.detectors.payment_contact import PAYMENT_CONTACT
from tanglaw.detectors.purpose_term import PURPOSE_TERM
from tanglaw.detectors.repeated_price import REPEATED_PRICE
from tanglaw.detectors.reused_address import REUSED_ADDRESS
from tanglaw.detectors.safeguarding import SAFEGUARDING
from tanglaw.detectors.series import SERIES
from tanglaw.detectors.session_clock import SESSION_CLOCK
from tanglaw.detectors.session_found import SESSION_FOUND
from tanglaw.detectors.shared_recipient import SHARED_RECIPIENT
from tanglaw.detectors.stated_urgency import STATED_URGENCY
from tanglaw.detectors.unlisted import UNLISTED
from tanglaw.detectors.viral import VIRAL
from tanglaw.detectors.watch_list import WATCH_LIST
from tanglaw.engine.base import Engine, Given, Stage
from tanglaw.engine.steps import Sql

DETECTORS: tuple[Detector, ...] = (
    STATED_URGENCY,
    CHILD_NAMED,
    INCIDENT_KIND,
    KNOWN_HASH,
    DOUBTFUL_HASH,
    UNLISTED,
    SERIES,
    WATCH_LIST,
    EARLIER_REPORT,
    PAYMENT_CONTACT,
    LOCATOR,
    EVIDENCE_CLOCK,
    LEGAL_GATE,
    VIRAL,
    INFORMATIONAL,
    SAFEGUARDING,
    GENERATED,
    LOW_VALUE,
    EVEN_AMOUNTS,
    FREQUENT_SMALL,
    FAN_OUT,
    FAN_IN,
    CHANGING_PAYMENTS,
    SHARED_RECIPIENT,
    CRYPTO_PAYMENT,
    NO_KNOWN_TIE,
    PURPOSE_TERM,
    NAMED_PROCESSOR,
    EXTORTION_SHAPE,
    SESSION_FOUND,
    SESSION_CLOCK,
    ATTRIBUTED_ADDRESS,
    MIXER_USE,
    KIOSK_USE,
    REUSED_ADDRESS,
    REPEATED_PRICE,
    PAID_SITE,
)

_FINDINGS = Sql(
    "findings",
    " union all ".join(
        f"select '{detector.name}|' || report_id || '|' || subject || '|' || outcome as finding_id, "
        f"'{detector.name}' as detector, {', '.join(FOUND)} from found_{detector.name}"
        for detector in DETECTORS
    ),
)


def run(engine: Engine, _given: Given) -> None:
    """Run every detector and make `findings`."""
    known.views(engine)
    # One plan of all detectors takes longer to make than they take; on a cluster it is each kept step that does.
    apart = engine.name == "duckdb"
    for step in dict.fromkeys(step for detector in DETECTORS for step in detector.steps):
        engine.run(replace(step, keep=apart) if isinstance(step, Sql) and step.name.startswith("found_") else step)
    engine.run(replace(_FINDINGS, keep=not apart))


DETECTION = Stage(
    "detectors",
    "Runs every detector over evidence, selectors and links; each finding names its evidence rows.",
    tuple(sorted({table for detector in DETECTORS for table in detector.reads} | {*known.BEHIND})),
    ("findings",),
    run,
)

__all__ = ["DETECTION", "DETECTORS", "Detector"]
