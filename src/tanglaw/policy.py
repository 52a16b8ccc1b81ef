"""The policy pack: an agency's own weights, thresholds, clocks and order of work, as two TOML files of a folder.

`policy.toml` holds what moves the queue, `retention.toml` how long others keep evidence. Each key is described
in docs/policy.md (a test compares them). The repository ships one pack of illustrative values, for
demonstrations only: an operational workspace refuses it. The criteria T1 to T16 and the rules that no pack may
break (what is missing never counts as danger, no lane or gate lowers it, nothing closes a report) are fixed here.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec
import pyarrow as pa

from tanglaw.errors import CheckSettings
from tanglaw.policy_parts import (
    Alerts,
    Band,
    Category,
    Clusters,
    Criterion,
    Indicator,
    Linking,
    Retention,
    Sessions,
    Sites,
    Statistics,
    Strict,
    Tracing,
    Viral,
)

# What each criterion may move; an agency sets how far, not what.
CRITERIA: dict[str, str] = {
    "T1": "danger",
    "T2": "danger",
    "T3": "danger",
    "T4": "danger",
    "T5": "danger",
    "T6": "danger",
    "T7": "danger",
    "T8": "danger",
    "T9": "actionability",
    "T10": "clock",
    "T11": "order",
    "T12": "lane",
    "T13": "order",
    "T14": "gate",
    "T15": "lane",
    "T16": "lane",
}
ORDER_KEYS = ("band", "overdue_clock", "lowered", "actionable", "clock", "danger", "actionability", "received")
HOLDERS = ("isp-ip-log", "esp-content", "telecom", "financial")
CLUSTER_RULES = (
    "common_input",
    "address_type",
    "reuse",
    "optimal",
    "round",
    "peel",
    "locktime",
    "trunk",
    "kin",
    "deposit",
)
_CLUSTER_COUNTS = ("equal_min", "outputs_max", "unit", "large", "cap", "trunk_times", "collector_min", "deposit_days")
_SITES = ("part_letters_min", "hosts_max", "host_reports_max")
# The smallest number that statistics show where a pack does not say; a pack may say more, never less than 3.
CELL_MIN = 5
# Absence from a list says little: it may only add to another sign.
NEVER_ALONE = "T7"

_Kinds = dict[str, pa.DataType]
_CRITERIA_COLUMNS: _Kinds = {
    "criterion": pa.string(),
    "value": pa.string(),
    "weight": pa.float64(),
    "alone": pa.bool_(),
    "applies": pa.string(),
}
_RETENTION_COLUMNS: _Kinds = {
    "country": pa.string(),
    "holder": pa.string(),
    "days": pa.int64(),
    "source": pa.string(),
    "verified_on": pa.date32(),
    "note": pa.string(),
}
_FINER = re.compile(r"(T\d{1,2})(?:\.[a-zA-Z][a-zA-Z0-9-]*)?\Z")
_CATEGORY = re.compile(r"[^:\s]+:[^:]+\Z")
_COUNTRY = re.compile(r"(?:[A-Z]{2}|\*)\Z")


class Policy(Strict, frozen=True):
    """A validated pack. See docs/policy.md for every key."""

    name: str
    version: str
    owner: str
    illustrative: bool
    order: tuple[str, ...]
    safeguarding_hours: int
    ongoing_days: int
    bands: tuple[Band, ...]
    criteria: dict[str, Criterion]
    categories: dict[str, Category]
    linking: Linking
    viral: Viral
    retention: tuple[Retention, ...]
    sessions: Sessions | None = None
    clusters: Clusters | None = None
    indicators: dict[str, Indicator] = msgspec.field(default_factory=dict)
    tracing: Tracing | None = None
    alerts: Alerts | None = None
    sites: Sites | None = None
    statistics: Statistics | None = None

    @property
    def title(self) -> str:
        """Name and version as the output shows them."""
        return f"{self.name} {self.version}"

    def digest(self) -> str:
        """SHA-256 over all values, for the run record."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    def as_bytes(self) -> bytes:
        """All values as JSON, keys sorted; `restored` reads them back."""
        return msgspec.json.encode(msgspec.to_builtins(self), order="sorted")

    def refuse_if_illustrative(self) -> None:
        """Raise CheckSettings if the values are made up: work on real reports needs the agency's own."""
        if self.illustrative:
            raise CheckSettings(
                f"policy pack {self.title} is illustrative: an operational workspace needs the agency's own pack"
                " (docs/policy.md says how to write one)"
            )

    def tables(self) -> dict[str, pa.Table]:
        """Small parameter tables for SQL steps, rows sorted:

        policy_criteria(criterion, value, weight, alone, applies), policy_bands(band from 1, danger_from,
        clock_hours), policy_numbers(name, number), policy_session_weights(feature, bin, milli),
        policy_retention(country, holder, days, source, verified_on, note), policy_categories(list_category,
        class, weight), policy_order(place from 1, key).
        """
        criteria = [(name, c.value, c.weight, c.alone, c.applies) for name, c in self.criteria.items()]
        retention = [(r.country, r.holder, r.days, r.source, r.verified_on, r.note) for r in self.retention]
        return {
            "policy_criteria": _table(_CRITERIA_COLUMNS, sorted(criteria)),
            "policy_bands": _table(
                {"band": pa.int64(), "danger_from": pa.float64(), "clock_hours": pa.int64()},
                [(place, band.danger_from, band.clock_hours) for place, band in enumerate(self.bands, 1)],
            ),
            "policy_numbers": _table({"name": pa.string(), "number": pa.float64()}, sorted(self._numbers().items())),
            "policy_retention": _table(_RETENTION_COLUMNS, sorted(retention, key=lambda row: row[:2])),
            "policy_categories": _table(
                {"list_category": pa.string(), "class": pa.string(), "weight": pa.float64()},
                sorted((key, category.name, category.weight) for key, category in self.categories.items()),
            ),
            "policy_session_weights": _table(
                {"feature": pa.string(), "bin": pa.string(), "milli": pa.int64()}, sorted(self._weights())
            ),
            "policy_order": _table({"place": pa.int64(), "key": pa.string()}, list(enumerate(self.order, 1))),
        }

    def _numbers(self) -> dict[str, float]:
        return {
            "safeguarding_hours": float(self.safeguarding_hours),
            "ongoing_days": float(self.ongoing_days),
            "linking.propose_holders_max": float(self.linking.propose_holders_max),
            "linking.min_probability": self.linking.min_probability,
            "linking.join_probability": self.linking.join_probability,
            "linking.values_per_account_max": float(self.linking.values_per_account_max),
            "linking.proposal_reports_max": float(self.linking.proposal_reports_max),
            **{f"linking.floors.{kind}": share for kind, share in self.linking.floors.items()},
            "viral.reports": float(self.viral.reports),
            "viral.accounts": float(self.viral.accounts),
            **self._session_numbers(),
            **self._tracing_numbers(),
            **self._cluster_numbers(),
            **self._alert_numbers(),
            **{f"sites.{name}": float(getattr(self.sites, name)) for name in _SITES if self.sites},
        }

    def _cluster_numbers(self) -> dict[str, float]:
        if self.clusters is None:
            return {}
        found = {f"clusters.{name}": float(getattr(self.clusters, name)) for name in _CLUSTER_COUNTS}
        # Weights are summed and compared as whole thousandths, so that every engine finds the same.
        found["clusters.join_from"] = float(round(1000 * self.clusters.join_from))
        return found | {f"clusters.weights.{rule}": float(round(1000 * w)) for rule, w in self.clusters.weights.items()}

    def _alert_numbers(self) -> dict[str, float]:
        if self.alerts is None:
            return {}
        floors = {f"alerts.floor.{asset}": amount for asset, amount in self.alerts.floor.items()}
        return {"alerts.confidence_min": float(self.alerts.confidence_min), **floors}

    def _session_numbers(self) -> dict[str, float]:
        sessions = self.sessions
        names = ("steps", "contacts_max", "kept_from", "shown_from", "clock_matches_min")
        found = {f"sessions.{name}": float(getattr(sessions, name)) for name in names} if sessions else {}
        for name, indicator in self.indicators.items():
            for key in ("sensitivity", "specificity", "prevalence"):
                found[f"indicators.{name}.{key}"] = getattr(indicator, key)
            found.update({f"indicators.{name}.{key}": value for key, value in indicator.values.items()})
        return found

    def _tracing_numbers(self) -> dict[str, float]:
        names = Tracing.__struct_fields__ if self.tracing else ()
        return {f"tracing.{name}": float(getattr(self.tracing, name)) for name in names}

    def _weights(self) -> list[tuple[str, str, int]]:
        if self.sessions is None:
            return []
        return [(f, b, round(1000 * nats)) for f, bins in self.sessions.weights.items() for b, nats in bins.items()]


def restored(raw: bytes) -> Policy:
    """The pack from its `as_bytes`. Raises CheckSettings if this version reads its packs differently."""
    try:
        return msgspec.json.decode(raw, type=Policy)
    except msgspec.DecodeError as error:
        raise CheckSettings(f"the policy pack kept with that run cannot be read: {error}") from error


def load(folder: Traversable) -> Policy:
    """The pack in this folder, validated. Raises CheckSettings naming file and key of the first fault."""
    values = _toml(folder, "policy.toml")
    values["criteria"] = _each(Criterion, values.get("criteria", {}), "policy.toml: criteria")
    values["categories"] = _each(Category, values.get("categories", {}), "policy.toml: categories")
    values["bands"] = _each(Band, values.get("bands", []), "policy.toml: bands")
    rows = _toml(folder, "retention.toml")
    unknown = sorted(set(rows) - {"retention"})
    if unknown:
        raise CheckSettings(f"retention.toml: unknown key {unknown[0]}")
    values["retention"] = _each(Retention, rows.get("retention", []), "retention.toml: retention")
    if (folder / "sessions.toml").is_file():
        values["sessions"] = _converted(_toml(folder, "sessions.toml"), Sessions, "sessions.toml")
    if (folder / "clusters.toml").is_file():
        values["clusters"] = _converted(_toml(folder, "clusters.toml"), Clusters, "clusters.toml")
    if (folder / "indicators.toml").is_file():
        values["indicators"] = _each(Indicator, _toml(folder, "indicators.toml"), "indicators.toml")
    if (folder / "tracing.toml").is_file():
        values["tracing"] = _converted(_toml(folder, "tracing.toml"), Tracing, "tracing.toml")
    if (folder / "alerts.toml").is_file():
        values["alerts"] = _converted(_toml(folder, "alerts.toml"), Alerts, "alerts.toml")
    if (folder / "sites.toml").is_file():
        values["sites"] = _converted(_toml(folder, "sites.toml"), Sites, "sites.toml")
    if (folder / "statistics.toml").is_file():
        values["statistics"] = _converted(_toml(folder, "statistics.toml"), Statistics, "statistics.toml")
    policy = _converted(values, Policy, "policy.toml")
    for check in (_check_criteria, _check_bands, _check_order, _check_clusters, _check_numbers, _check_retention):
        check(policy)
    return policy


def demo() -> Policy:
    """The built-in pack of illustrative values."""
    return load(resources.files("tanglaw") / "policies" / "demo")


_T = TypeVar("_T")


def _toml(folder: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CheckSettings(f"policy pack has no {name}") from error
    except OSError as error:
        raise CheckSettings(f"policy pack: {name} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CheckSettings(f"{name} is not valid TOML: {error}") from error


def _converted(values: object, kind: type[_T], where: str) -> _T:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise CheckSettings(f"{where}: {error}") from error


def _each(kind: type[_T], parts: object, where: str) -> Any:
    """Each part converted by itself, so that an error can name its key; msgspec names none inside a dict."""
    if isinstance(parts, dict):
        return {key: _converted(part, kind, f"{where}.{key}") for key, part in parts.items()}
    if isinstance(parts, list):
        return [_converted(part, kind, f"{where}[{index}]") for index, part in enumerate(parts)]
    raise CheckSettings(f"{where}: expected a table or an array of tables")


def _table(columns: _Kinds, rows: list[tuple[Any, ...]]) -> pa.Table:
    arrays = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(columns.values())]
    return pa.table(arrays, schema=pa.schema(list(columns.items())))


def _must(holds: bool, key: str, rule: str) -> None:
    if not holds:
        raise CheckSettings(f"{key}: {rule}")


def _check_criteria(policy: Policy) -> None:
    for name in CRITERIA:
        _must(name in policy.criteria, f"policy.toml: criteria.{name}", "is missing")
    for name, criterion in policy.criteria.items():
        key = f"policy.toml: criteria.{name}"
        match = _FINER.match(name)
        base = match.group(1) if match else ""
        _must(base in CRITERIA, key, "is no criterion (T1 to T16, or finer as in T5.watch-list)")
        kind, weight = CRITERIA[base], criterion.weight
        _must(criterion.value == kind, f"{key}.value", f"{base} moves {kind}, not {criterion.value}")
        _must(math.isfinite(weight), f"{key}.weight", "must be a finite number")
        _must(bool(criterion.applies.strip()), f"{key}.applies", "must say when it applies")
        if kind == "danger":
            _must(weight >= 0, f"{key}.weight", "nothing lowers danger: must not be negative")
        elif kind == "order":
            _must(weight <= 0, f"{key}.weight", "lowers the order within a band: must not be positive")
        elif kind != "actionability":
            _must(weight == 0, f"{key}.weight", f"a {kind} changes neither danger nor order: must be 0")
        if base == NEVER_ALONE:
            _must(not criterion.alone, f"{key}.alone", "absence from lists never counts alone: must be false")
    for key, category in policy.categories.items():
        _must(bool(_CATEGORY.match(key)), f"policy.toml: categories.{key}", "must be written model:category")
        _must(0 <= category.weight < math.inf, f"policy.toml: categories.{key}.weight", "must be 0 or more, finite")


def _check_bands(policy: Policy) -> None:
    bands, key = policy.bands, "policy.toml: bands"
    _must(len(bands) == 4, key, f"there are four bands, 1 the highest, not {len(bands)}")
    for index, band in enumerate(bands):
        _must(math.isfinite(band.danger_from), f"{key}[{index}].danger_from", "must be a finite number")
        _must(band.clock_hours > 0, f"{key}[{index}].clock_hours", "must be more than 0")
    for index in range(1, 4):
        falls = bands[index].danger_from < bands[index - 1].danger_from
        _must(falls, f"{key}[{index}].danger_from", "must be less than that of the band above")
        later = bands[index].clock_hours >= bands[index - 1].clock_hours
        _must(later, f"{key}[{index}].clock_hours", "must not be less than that of the band above")
    _must(bands[3].danger_from == 0, f"{key}[3].danger_from", "must be 0, so that every report has a band")
    for name, index in (("T1", 0), ("T2", 1)):
        enough = policy.criteria[name].weight >= bands[index].danger_from
        _must(enough, f"policy.toml: criteria.{name}.weight", f"must by itself reach band {index + 1}")


def _check_order(policy: Policy) -> None:
    key = "policy.toml: order"
    for name in policy.order:
        _must(name in ORDER_KEYS, key, f"{name!r} is no sort key ({', '.join(ORDER_KEYS)})")
    _must(len(set(policy.order)) == len(policy.order), key, "names a sort key twice")
    _must(policy.order[:1] == ("band",), key, "must begin with band")


def _check_numbers(policy: Policy) -> None:
    for name, number in policy._numbers().items():
        _must(math.isfinite(number) and number >= 0, f"policy.toml: {name}", "must be 0 or more, finite")
    _must(0 < policy.safeguarding_hours <= 24, "policy.toml: safeguarding_hours", "must be 1 to 24")
    _must(policy.viral.reports >= 2, "policy.toml: viral.reports", "must be 2 or more")
    _must(policy.viral.accounts >= 2, "policy.toml: viral.accounts", "must be 2 or more")
    _must(policy.linking.propose_holders_max >= 2, "policy.toml: linking.propose_holders_max", "must be 2 or more")
    for name in ("values_per_account_max", "proposal_reports_max"):
        _must(getattr(policy.linking, name) > 0, f"policy.toml: linking.{name}", "must be more than 0")
    for name in ("min_probability", "join_probability"):
        _must(0 < getattr(policy.linking, name) < 1, f"policy.toml: linking.{name}", "must be above 0, below 1")
    for kind, share in policy.linking.floors.items():
        _must(0 < share <= 1, f"policy.toml: linking.floors.{kind}", "must be above 0, at most 1")
    if policy.tracing:
        for name in ("depth", "fan_out_max", "fan_in_max", "uses_max", "pays_max", "days"):
            _must(getattr(policy.tracing, name) > 0, f"tracing.toml: {name}", "must be more than 0")
        _must(policy.tracing.depth <= 30, "tracing.toml: depth", "must be 30 or less")
        _must(policy.tracing.least_share <= 1, "tracing.toml: least_share", "must be 1 or less")
    if policy.statistics:
        _must(policy.statistics.cell_min >= 3, "statistics.toml: cell_min", "must be 3 or more")
    fits = policy.linking.join_probability >= policy.linking.min_probability
    _must(fits, "policy.toml: linking.join_probability", "must not be less than min_probability")


def _check_clusters(policy: Policy) -> None:
    found = policy.clusters
    if found is None:
        return
    key = "clusters.toml: weights"
    _must(sorted(found.weights) == sorted(CLUSTER_RULES), key, f"needs each of {', '.join(CLUSTER_RULES)} and no other")
    for rule, weight in found.weights.items():
        _must(math.isfinite(weight) and 0 <= weight <= 1, f"{key}.{rule}", "must be 0 to 1")
    _must(found.equal_min >= 2, "clusters.toml: equal_min", "must be 2 or more")
    _must(found.unit >= 1, "clusters.toml: unit", "must be 1 or more")
    _must(found.trunk_times >= 2, "clusters.toml: trunk_times", "must be 2 or more")
    _must(0 < found.join_from <= 6, "clusters.toml: join_from", "must be above 0, at most 6")


def _check_retention(policy: Policy) -> None:
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(policy.retention):
        key = f"retention.toml: retention[{index}]"
        _must(bool(_COUNTRY.match(row.country)), f"{key}.country", "must be two capital letters (ISO 3166) or *")
        _must(0 <= row.days <= 36_500, f"{key}.days", "must be 0 to 36500")
        _must(bool(row.source.strip()), f"{key}.source", "must name a source")
        dated = policy.illustrative or row.verified_on is not None
        _must(dated, f"{key}.verified_on", "must say when the source was verified")
        _must((row.country, row.holder) not in seen, key, f"{row.country} {row.holder} stands there twice")
        seen.add((row.country, row.holder))
    for holder in HOLDERS:
        _must(("*", holder) in seen, "retention.toml: retention", f"has no row for country * and holder {holder}")
