"""Fits the weights of `sessions.toml` by logistic regression on worlds of the scenario action-week, or an agency's cases.

    python benchmarks/fit_sessions.py OUT.toml WORKSPACE=WORLD [WORKSPACE=WORLD ...]

Of a workspace the evidence and actors are used. Which candidate a payment belongs to depends on the weights, so the stage is
run and fitted twice, beginning with the demo pack's. Feature `company` is fitted last, over what the others say, because it
is made of their result. Printed for each world: what is false among the sessions that each threshold would show.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from tanglaw.attach import attached
from tanglaw.cli.shared import settings_of
from tanglaw.engine import Given
from tanglaw.evaluate.session_hits import hits
from tanglaw.evaluate.session_truth import candidates, read_session_truth, truth_names
from tanglaw.policy import demo
from tanglaw.sessions import SESSION_STAGE
from tanglaw.sessions.features import EDGE_NAMES
from tanglaw.store.workspace import Workspace

RIDGE, LAST, ROUNDS = 2.0, "company", 2
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
THRESHOLDS = (0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98)
HEAD = """# Illustrative: fitted on simulated worlds only. An agency fits its own on cases that it knows.
# docs/policy.md describes every key.
steps = 2
contacts_max = 2000
kept_from = 0.05
shown_from = 0.97
"""
Weights = dict[tuple[str, str], float]
Rows = tuple[list[dict[str, str]], np.ndarray, np.ndarray]


def rows_of(workspace: Path, world: Path, weights: Weights) -> Rows:
    """With these weights: the features of each candidate that stands, whether it is a true session, its probability."""
    opened = Workspace(workspace)
    with attached(opened, settings_of(opened)) as engine:
        truth = read_session_truth(world / "truth")
        engine.put("run_facts", pa.table({"as_of": pa.array([AS_OF], pa.timestamp("us", tz="UTC"))}))
        for name, rows in demo().tables().items():
            engine.put(name, rows)
        if weights:
            feature, bin_ = (list(part) for part in zip(*weights, strict=True))
            milli = [round(1000 * weight) for weight in weights.values()]
            engine.put("policy_session_weights", pa.table({"feature": feature, "bin": bin_, "milli": milli}))
        assert SESSION_STAGE.run is not None
        SESSION_STAGE.run(engine, Given(opened.ids))
        found = candidates(engine, truth_names(engine, truth))
        texts = engine.rows(
            "select session_id, features from session_candidates where stands and not protected order by session_id nulls last"
        )["features"].to_pylist()
    features = [dict(part.split("=", 1) for part in text.split("; ")) for text in texts]
    return features, hits(found, truth.sessions), found["probability"].to_numpy()


def fitted(x: np.ndarray, y: np.ndarray, ridge: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Ridge logistic regression by Newton's method."""
    weights = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-(offset + x @ weights)))
        curvature = (x * (p * (1 - p) + 1e-6)[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curvature, x.T @ (y - p) - ridge * weights)
        weights += step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def fit(features: list[dict[str, str]], y: np.ndarray) -> Weights:
    """Weights by feature and bin; the base has the empty bin."""
    names = sorted({item for row in features for item in row.items() if item[0] != LAST})
    base = np.hstack([matrix(features, names), np.ones((len(y), 1), np.float32)])
    first = fitted(base, y, np.append(np.full(len(names), RIDGE), 1e-3), np.zeros(len(y)))
    last = sorted({(LAST, row[LAST]) for row in features if LAST in row})
    second = fitted(matrix(features, last), y, np.full(len(last), 0.5), base @ first)
    weights = dict(zip([*names, ("base", ""), *last], [*first, *second], strict=True))
    return centred(weights, features)


def centred(weights: Weights, features: list[dict[str, str]]) -> Weights:
    """The same sums, with weights that are told against the average candidate: each feature's mean is in the base."""
    moved = dict(weights)
    for name in {name for name, _ in weights} - {"base", *EDGE_NAMES}:
        mean = sum(weights[name, row[name]] for row in features if name in row) / len(features)
        moved |= {(one, bin_): weight - mean for (one, bin_), weight in weights.items() if one == name}
        moved["base", ""] += mean
    return moved


def matrix(features: list[dict[str, str]], names: list[tuple[str, str]]) -> np.ndarray:
    """One column a feature and bin, 1 where a row has it."""
    columns = {name: pl.Series([row.get(name) for row in features], dtype=pl.String) for name in {n for n, _ in names}}
    return np.column_stack([(columns[name] == bin_).to_numpy() for name, bin_ in names]).astype(np.float32)


def text_of(weights: Weights) -> str:
    """The pack's file."""
    lines = [HEAD.rstrip()]
    for feature in ["base", *sorted({name for name, _ in weights} - {"base"})]:
        lines += ["", f"[weights.{feature}]"]
        lines += [f'"{bin_}" = {weight:.2f}' for (name, bin_), weight in sorted(weights.items()) if name == feature]
    return "\n".join(lines) + "\n"


def main(out: Path, pairs: list[str]) -> None:
    """Run, fit, run, fit; write the pack's file; tell what its thresholds would show."""
    places = [tuple(map(Path, pair.split("=", 1))) for pair in pairs]
    weights: Weights = {}
    for _ in range(ROUNDS):
        worlds = [rows_of(workspace, world, weights) for workspace, world in places]
        y = np.concatenate([right for _, right, _ in worlds]).astype(float)
        weights = fit([row for rows, _, _ in worlds for row in rows], y)
    out.write_text(text_of(weights), encoding="utf-8")
    print(f"{len(y):,} candidates, {y.mean():.3f} of them sessions; written to {out}")
    for workspace, world in places:
        _, right, p = rows_of(workspace, world, weights)
        told = (f"{least}: {(~right[p >= least]).mean():.3f} of {(p >= least).sum()}" for least in THRESHOLDS)
        print(f"{world}, false among shown from {', '.join(told)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
