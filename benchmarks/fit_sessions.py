"""Fits the weights of `sessions.toml` by logistic regression on worlds of the scenario action-week, or an agency's cases.

    python benchmarks/fit_sessions.py OUT.toml WORKSPACE=WORLD [WORKSPACE=WORLD ...]

Each workspace must have been run with some weights: which candidate a payment belongs to depends on them, so run and fit
twice. Feature `company` is fitted last, over what the others say, because it is made of their result.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

from tanglaw.attach import attached
from tanglaw.cli.shared import settings_of
from tanglaw.evaluate.session_hits import hits
from tanglaw.evaluate.session_truth import candidates, read_session_truth, truth_names
from tanglaw.store.workspace import Workspace

RIDGE, LAST = 2.0, "company"
HEAD = """# Illustrative: fitted on simulated worlds only. An agency fits its own on cases that it knows.
# docs/policy.md describes every key.
steps = 2
contacts_max = 2000
kept_from = 0.05
shown_from = 0.96
"""


def rows_of(workspace: Path, world: Path) -> tuple[list[dict[str, str]], np.ndarray]:
    """The features of each candidate that stands, and whether it is a true session."""
    opened = Workspace(workspace)
    with attached(opened, settings_of(opened)) as engine:
        truth = read_session_truth(world / "truth")
        found = candidates(engine, truth_names(engine, truth))
        texts = engine.rows(
            "select session_id, features from session_candidates where stands and not protected order by session_id nulls last"
        )["features"].to_pylist()
    features = [dict(part.split("=", 1) for part in text.split("; ")) for text in texts]
    return features, hits(found, truth.sessions)


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


def main(out: Path, pairs: list[str]) -> None:
    """Fit and write the pack's file."""
    features: list[dict[str, str]] = []
    labels = []
    for pair in pairs:
        workspace, world = pair.split("=", 1)
        some, right = rows_of(Path(workspace), Path(world))
        features += some
        labels.append(right)
    y = np.concatenate(labels).astype(float)
    names = sorted({item for row in features for item in row.items() if item[0] != LAST})
    x = matrix(features, names)
    base = np.hstack([x, np.ones((len(y), 1))])
    first = fitted(base, y, np.append(np.full(len(names), RIDGE), 1e-3), np.zeros(len(y)))
    last = sorted({(LAST, row[LAST]) for row in features if LAST in row})
    second = fitted(matrix(features, last), y, np.full(len(last), 0.5), base @ first)
    lines, weights = (
        [HEAD, "[weights.base]", f'"" = {first[-1]:.2f}'],
        dict(zip(names + last, [*first[:-1], *second], strict=True)),
    )
    for feature in sorted({name for name, _ in weights}):
        lines += ["", f"[weights.{feature}]"]
        lines += [f'"{bin_}" = {weight:.2f}' for (name, bin_), weight in sorted(weights.items()) if name == feature]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(y):,} candidates, {y.mean():.3f} of them sessions; written to {out}")


def matrix(features: list[dict[str, str]], names: list[tuple[str, str]]) -> np.ndarray:
    """One column a feature and bin, 1 where a row has it."""
    return np.column_stack(
        [pl.Series([row.get(name) == bin_ for row in features]).to_numpy() for name, bin_ in names]
    ).astype(np.float32)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
