"""Runs triage over findings by hand, under a pack whose values no other pack changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from tanglaw.engine.base import Engine, Given
from tanglaw.ids import DEMO_KEY, Ids
from tanglaw.policy import Policy, demo
from tanglaw.policy_parts import Band, Category, Criterion
from tanglaw.tables import TABLES
from tanglaw.triage import TRIAGE

Rows = list[dict[str, Any]]
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
ORDER = ("band", "overdue_clock", "lowered", "actionable", "clock", "danger", "actionability", "received")
_WEIGHTS = {
    **{"T1": 8.0, "T2": 4.0, "T3": 2.0, "T4": 2.0, "T5": 1.5, "T5.watch-list": 3.0, "T6": 2.0, "T7": 0.5, "T8": 1.5},
    **{
        "T9": 1.0,
        "T9.email": 0.5,
        "T10": 0.0,
        "T11": -1.0,
        "T12": 0.0,
        "T13": -2.0,
        "T14": 0.0,
        "T15": 0.0,
        "T16": 0.0,
    },
}
_CATEGORIES = {"vics-uk:1": 1.0, "vics-uk:*": 0.75, "*:*": 0.25}


def pack(**changed: Any) -> Policy:
    """The tests' own pack; `changed` are fields of Policy."""
    kinds = {name: criterion.value for name, criterion in demo().criteria.items()}
    criteria = {
        name: Criterion(kinds[name.split(".", maxsplit=1)[0]], weight, "when a test says so", alone=name != "T7")
        for name, weight in _WEIGHTS.items()
    }
    bands = (Band(6.0, 24), Band(3.5, 168), Band(1.5, 336), Band(0.0, 720))
    categories = {key: Category("a class", weight) for key, weight in _CATEGORIES.items()}
    fixed = {"bands": bands, "criteria": criteria, "categories": categories, "order": ORDER}
    return msgspec.structs.replace(demo(), **(fixed | changed))


def table_of(name: str, rows: Rows) -> pa.Table:
    """Rows as the table of that name, columns left out empty."""
    schema = TABLES[name].schema
    assert not {key for row in rows for key in row} - set(schema.names)
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def inputs(reports: Rows, findings: Rows, files: Rows, policy: Policy) -> dict[str, pa.Table]:
    """Everything that triage reads."""
    return {
        "reports": table_of("reports", reports),
        "findings": table_of("findings", findings),
        "files": table_of("files", files),
        "run_facts": pa.table({"as_of": pa.array([AS_OF], pa.timestamp("us", tz="UTC"))}),
        "policy_facts": pa.table({"title": [policy.title]}),
        **policy.tables(),
    }


@dataclass
class Queue:
    """What triage made: the queue in order, and the reasons."""

    priorities: Rows
    reasons: Rows

    def __getitem__(self, report: str) -> dict[str, Any]:
        """The queue's row of one report."""
        [row] = [row for row in self.priorities if row["report_id"] == report]
        return row

    @property
    def order(self) -> list[str]:
        return [row["report_id"] for row in self.priorities]

    def why(self, report: str, value: str) -> dict[str, tuple[float, str]]:
        """Criterion -> (weight, text) of the reasons of one value."""
        return {
            row["criterion"]: (row["weight"], row["text"])
            for row in self.reasons
            if row["report_id"] == report and row["value"] == value
        }


Triage = Callable[..., Queue]


@pytest.fixture
def triage(duck: Engine) -> Triage:
    """triage([finding, ...], reports=[...], files=[...], **policy fields) -> Queue, on DuckDB."""

    def run(findings: Rows = (), reports: Rows | None = None, files: Rows = (), **changed: Any) -> Queue:  # type: ignore[assignment]
        if reports is None:
            reports = [{"report_id": name} for name in sorted({f["report_id"] for f in findings})]
        for name, rows in inputs(reports, list(findings), list(files), pack(**changed)).items():
            duck.put(name, rows)
        assert TRIAGE.run is not None
        TRIAGE.run(duck, Given(Ids(DEMO_KEY)))
        names = ", ".join(TABLES["reasons"].names)
        return Queue(
            duck.rows("select * from priorities order by rank nulls last").to_pylist(),
            duck.rows(
                f"select {names} from reasons order by {' nulls first, '.join(names.split(', '))} nulls first"
            ).to_pylist(),
        )

    return run


@pytest.fixture
def finding() -> Callable[..., dict[str, Any]]:
    """finding(report, criterion, **columns): a row of `findings` with evidence and a reason of its own."""

    def make(report: str, criterion: str | None, **more: Any) -> dict[str, Any]:
        usual = {
            "detector": "by_hand",
            "subject": f"{criterion}",
            "outcome": "seen",
            "reason": f"{criterion} of {report}",
            "evidence": f"row-{report}-{criterion}",
        }
        row = usual | {"report_id": report, "criterion": criterion} | more
        return row | {
            "finding_id": "|".join(str(row[name]) for name in ("detector", "report_id", "subject", "outcome"))
        }

    return make


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """An instant of 2026 in UTC: at("06-20T10:00:00")."""
    return lambda text: datetime.fromisoformat(f"2026-{text}+00:00")


@pytest.fixture
def given_to_triage() -> Callable[..., dict[str, pa.Table]]:
    """Everything that triage reads, from rows by hand, under the tests' pack."""
    return lambda reports, findings, files=(): inputs(reports, findings, list(files), pack())


@pytest.fixture
def usual() -> Policy:
    """The tests' pack."""
    return pack()
