"""Rebuilt sessions against the truth of an `action-week` world, beside the best fixed-window rule on the same data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from tanglaw.engine.base import Engine, Given
from tanglaw.engine.steps import Sql
from tanglaw.evaluate.report import Section
from tanglaw.evaluate.session_baseline import best_rule
from tanglaw.evaluate.session_hits import Flags, Floats, brier_skill, curve, hits
from tanglaw.evaluate.session_truth import (
    LOOK_ALIKE,
    SessionTruth,
    candidates,
    contacts,
    read_session_truth,
    truth_names,
)
from tanglaw.policy import Policy
from tanglaw.sessions import SESSION_STAGE

SIMULATED = "validated on simulated worlds only: an agency validates on its own cases before it relies on a probability"
SHARES = (0, 25, 50, 75, 100)
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001)


@dataclass(frozen=True, slots=True)
class SessionScores:
    """How right the sessions are. `shown_*` are at the pack's shown threshold; `calibration` has for each bin of
    probability its rows, mean probability and share that is right."""

    candidates: int
    true_sessions: int
    prevalence: float
    brier_skill: float
    best_threshold: float
    precision: float
    recall: float
    best_f1: float
    shown_from: float
    shown: int
    shown_false: float
    shown_recall: float
    look_alike_pairs: int
    look_alikes_shown: int
    minors_shown: int
    baseline: dict[str, float | str]
    calibration: tuple[tuple[float, int, float, float], ...]
    logs: tuple[tuple[int, float, float], ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def render(self) -> tuple[Section, ...]:
        """Sections to show."""
        rule = self.baseline
        rows = (
            (
                "best F1",
                f"{self.best_f1:.3f}",
                f"precision {self.precision:.3f}, recall {self.recall:.3f} from {self.best_threshold}",
            ),
            (
                "best fixed window",
                f"{rule['f1']:.3f}",
                f"{rule['rule']}, {rule['minutes']:.0f} min, tuned on this world",
            ),
            (
                "Brier skill",
                f"{self.brier_skill:.3f}",
                f"{self.candidates} candidates, prevalence {self.prevalence:.3f}",
            ),
            (
                "false among shown",
                f"{self.shown_false:.3f}",
                f"{self.shown} shown from {self.shown_from}, recall {self.shown_recall:.3f}",
            ),
            (
                "look-alikes shown",
                f"{self.look_alikes_shown}",
                f"of {self.look_alike_pairs} pairs inside the expansion",
            ),
            ("minors shown as recipients", f"{self.minors_shown}", f"{self.true_sessions} true sessions; {SIMULATED}"),
        )
        told = tuple((f"{low:.1f}", str(n), f"{mean:.3f}", f"{right:.3f}") for low, n, mean, right in self.calibration)
        parts = [
            Section("Sessions (simulated)", ("figure", "value", "meaning"), rows),
            Section("Probability against what is right", ("from", "candidates", "mean", "right"), told),
        ]
        if self.logs:
            logs = tuple((f"{share} %", f"{f1:.3f}", f"{skill:.3f}") for share, f1, skill in self.logs)
            parts.append(Section("With a share of the call logs present", ("logs", "best F1", "Brier skill"), logs))
        return tuple(parts)


def evaluate_sessions(engine: Engine, folder: Path, policy: Policy, given: Given | None = None) -> SessionScores:
    """Score the workspace's sessions against `folder`, the truth of an `action-week` world.

    With `given` the stage is run again with fewer of the call logs, for the curve; the engine's tables of sessions
    are replaced by that. Raises CheckUsage if the folder is not such a world's truth.
    """
    truth = read_session_truth(folder)
    names = truth_names(engine, truth)
    scores = _scores(engine, truth, names, policy)
    if given is None:
        return scores
    return SessionScores(**{**_fields(scores), "logs": _thinned(engine, truth, names, policy, given)})


def _fields(scores: SessionScores) -> dict[str, Any]:
    return {name: getattr(scores, name) for name in scores.__slots__}


def _scores(engine: Engine, truth: SessionTruth, names: pl.DataFrame, policy: Policy) -> SessionScores:
    found = candidates(engine, names)
    right = hits(found, truth.sessions)
    probability = found["probability"].to_numpy()
    skill, prevalence = brier_skill(probability, right)
    threshold, precision, recall, f1 = curve(probability, right, truth.sessions.height).best
    shown_from = policy.sessions.shown_from if policy.sessions else 1.0
    shown = probability >= shown_from
    alike = _look_alikes(engine, truth, names)
    return SessionScores(
        found.height,
        truth.sessions.height,
        prevalence,
        skill,
        threshold,
        precision,
        recall,
        f1,
        shown_from,
        int(shown.sum()),
        float(1 - right[shown].mean()) if shown.any() else 0.0,
        float(right[shown].sum() / max(truth.sessions.height, 1)),
        alike.height,
        _pairs(found.filter(pl.Series(shown)), alike).height,
        _minors(engine, truth, names),
        best_rule(*contacts(engine, names), truth.sessions),
        _calibration(probability, right),
    )


def _look_alikes(engine: Engine, truth: SessionTruth, names: pl.DataFrame) -> pl.DataFrame:
    """Look-alike pairs of which both sides are inside the expansion and who have no session with each other."""
    inside = pl.from_arrow(
        engine.rows(
            "select payer_account_id as account_id from network_edges union select recipient_account_id from network_edges"
        )
    )
    assert isinstance(inside, pl.DataFrame)
    keys = inside.join(names, on="account_id").select("key").unique()
    alike = truth.ties.filter(pl.col("kind").is_in(list(LOOK_ALIKE))).select("payer", "payee").unique()
    for side in ("payer", "payee"):
        alike = alike.join(keys.rename({"key": side}), on=side, how="semi")
    real = truth.ties.filter(~pl.col("kind").is_in(list(LOOK_ALIKE))).select("payer", "payee").unique()
    return alike.join(real, on=["payer", "payee"], how="anti")


def _pairs(shown: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Those of the pairs that a shown session names as payer and recipient or arranger."""
    sides = [
        shown.select(pl.col("buyer").alias("payer"), pl.col(side).alias("payee")) for side in ("seller", "facilitator")
    ]
    return pairs.join(pl.concat(sides).drop_nulls().unique(), on=["payer", "payee"], how="semi")


def _minors(engine: Engine, truth: SessionTruth, names: pl.DataFrame) -> int:
    """Accounts of simulated minors among the recipients and arrangers of `sessions` and `roles`."""
    rows = pl.from_arrow(
        engine.rows(
            "select seller_account_id as account_id from sessions"
            " union select facilitator_account_id from sessions where facilitator_account_id is not null"
            " union select account_id from roles where role in ('recipient', 'arranger')"
        )
    )
    assert isinstance(rows, pl.DataFrame)
    return rows.join(names, on="account_id").filter(pl.col("key").is_in(list(truth.minors))).height


def _calibration(probability: Floats, right: Flags) -> tuple[tuple[float, int, float, float], ...]:
    rows = []
    for low, high in pairwise(_BINS):
        chosen = (probability >= low) & (probability < high)
        if chosen.any():
            rows.append((low, int(chosen.sum()), float(probability[chosen].mean()), float(right[chosen].mean())))
    return tuple(rows)


def _thinned(
    engine: Engine, truth: SessionTruth, names: pl.DataFrame, policy: Policy, given: Given
) -> tuple[tuple[int, float, float], ...]:
    """Best F1 and Brier skill with each share of the logs that the world has; calls named in chats stay."""
    engine.put("run_facts", pa.table({"as_of": pa.array([truth.as_of], pa.timestamp("us", tz="UTC"))}))
    for name, rows in policy.tables().items():
        engine.put(name, rows)
    engine.run(
        Sql(
            "calls_whole",
            "select c.*, row_number() over (order by c.call_id nulls last) * 7919 % 100 as place from calls c",
            keep=True,
        )
    )
    told = []
    assert SESSION_STAGE.run is not None
    for share in SHARES:
        engine.run(
            Sql("calls", f"select * from calls_whole where conversation_id is not null or place < {share}", keep=True)
        )
        SESSION_STAGE.run(engine, given)
        found = candidates(engine, names)
        right = hits(found, truth.sessions)
        probability = found["probability"].to_numpy()
        best = curve(probability, right, truth.sessions.height).best
        told.append((share, best[3], brier_skill(probability, right)[0]))
    return tuple(told)
