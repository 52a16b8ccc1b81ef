"""Every calibrated figure of a simulated world, with its source; docs/simulation.md explains them.

Marks: [S] the issuing body's own text, [S2] second-hand, [K] general knowledge, [D] derived from marked
figures, [A] an assumption of this simulator. No figure depends on country, language, sex or age.
"""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.errors import CheckUsage

# Payments: 256 people, 2,714 payments; 3 % of people make half of them (AIC T&I 589 [S], [S2]; fit [D]).
PAYMENTS_EXPONENT = 1.64
PAYMENTS_CAP = 400
AMOUNT_MU, AMOUNT_SIGMA = 4.93, 1.54  # A$, lognormal with quartiles 49 and 390 [D]
AMOUNT_CEILING = 20_000.0  # [A]
HIGH_VOLUME = 20  # "more than 20" (AIC talk [S])
PROLIFIC_MEDIAN, PROLIFIC_SIGMA = 51.0, 0.45  # A$ 51 (T&I 639 [S]); spread [A]
PROLIFIC_GAP_DAYS, PROLIFIC_GAP_SIGMA = 10.0, 1.0  # under 20 days (T&I 634 [S]); shape [A]
GAP_DAYS, GAP_SIGMA = 32.0, 1.0  # [A]
ARRANGER_SHARE = 0.35  # T&I 642 [S]
PAYMENT_WINDOW_DAYS = 1_095  # [A]
BACKGROUND_FACTOR = 5  # all payments for each one of the buyers, unless the caller says how many [A]
ROUND_AMOUNTS = 0.6  # share of amounts rounded to 5 or 10 [A]

# Reports: half of the files are exact duplicates, 2.9 files a report (NCMEC 2020-2025 [S2]).
FILES_MEAN = 2.9
NO_FILES = 0.04  # [A]
FRESH_FILE = 0.51  # [D] so that about half of all files are exact duplicates
REPEATED_BY_ACTOR = 0.05  # [A]
URGENT_SHARE = 0.00176  # 63,892 of 36.2 m in 2023 [D]
URGENT_STATED = 0.8  # share of truly urgent reports that say so [A]
VIRAL_REPORTS = 0.28  # reports that belong to a viral event [A]
BATCHED = 0.12  # of these [A]
MORE_EVENTS = 2.5  # log-ins that a report states beside its newest one [A]
IP_AGE_SHAPE, IP_AGE_SCALE_DAYS = 0.47, 5.1  # age on arrival, Weibull fit to BKA figures [D]
GENERATED_FILE_REPORTS = 0.07  # 1.5 m of 21.3 m in 2025 [S2]
MINOR_TO_MINOR = 0.008  # [A]
SEXTORTION = 0.0018  # 18,898 in H1 2025 [S]
SADISTIC = 0.0001  # 1,093 in H1 2025 [S]
COMPROMISED = 0.015  # [A]
SPAM = 0.005  # [A]
VIEWED = (0.55, 0.27)  # stated true, stated false, else not stated [A]
VIEWED_META = (0.15, 0.75)  # "No" when only a hash-identical file was viewed (public parsers [P]; share [A])
REPEATERS = 0.25  # actors with more than one report [A]
REPEAT_EXPONENT, REPEAT_CAP = 2.1, 40  # [A]
DANGEROUS_SHARE = 0.02  # the top of the hidden variable that evaluation counts as dangerous [A]
BOTH_CHANNELS = 0.03  # [A]
POLICE_ONLY = 0.22  # [A]
SUPPLEMENTED = 0.02  # [A]
LISTED_POOL = 0.75  # of viral material, share that some hash list holds [A]

# ESP reports in 2023, millions: Facebook, Instagram, Google, WhatsApp, X, Snapchat, TikTok, Discord, others [K].
ESP_MILLIONS = (17.84, 11.43, 1.47, 1.39, 0.87, 0.71, 0.59, 0.34, 0.6, 0.5, 0.46)

# Incident types: official values of the CyberTipline schema; shares 2022-2025 [S2], rare ones [A].
INCIDENT_TYPES = (
    "Child Pornography (possession, manufacture, and distribution)",
    "Online Enticement of Children for Sexual Acts",
    "Child Sex Trafficking",
    "Unsolicited Obscene Material Sent to a Child",
    "Child Sexual Molestation",
    "Misleading Words or Digital Images on the Internet",
    "Misleading Domain Name",
    "Child Sex Tourism",
)
SIGN_TYPES = {"enticement": 1, "trafficking": 2, "molestation": 4}
RARE_TYPES = (3, 5, 6, 7)
RARE_TYPES_SHARE = 0.003


@dataclass(frozen=True, slots=True)
class Level:
    """How often selectors are missing, noisy or shared; all values are assumptions."""

    missing: float  # factor on every missing rate
    nat: float  # share of lines behind carrier NAT
    dynamic: float  # share of lines with changing addresses
    vpn: float  # share of actors who use VPN exits
    same_handle: float  # a further account bears the same handle
    near_handle: float  # ... or a variant of it
    same_email: float  # a further account is registered with the first e-mail
    same_phone: float
    email_noise: float  # a stated e-mail is a spelling variant (tag, capitals)
    shared_device: float  # a household shares one device
    evidence: float  # share of pairs whose chat was exported


LEVELS = {
    "easy": Level(0.5, 0.15, 0.15, 0.05, 0.65, 0.25, 0.75, 0.85, 0.05, 0.1, 0.9),
    "middle": Level(1.0, 0.30, 0.25, 0.12, 0.45, 0.30, 0.5, 0.6, 0.15, 0.3, 0.7),
    "hard": Level(1.45, 0.42, 0.33, 0.25, 0.25, 0.30, 0.25, 0.35, 0.3, 0.5, 0.5),
}


def level(name: str) -> Level:
    """The difficulty of that name. Raises CheckUsage for an unknown one."""
    if name not in LEVELS:
        raise CheckUsage(f"difficulty is one of {', '.join(LEVELS)}, not {name!r}")
    return LEVELS[name]
