"""What an evaluation found: scores by method, counts, and rows to show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tanglaw.evaluate.actors import ActorScores, LinkScores
from tanglaw.evaluate.clusters import Score
from tanglaw.evaluate.fairness import Fairness, Spread
from tanglaw.evaluate.ranking import CAPACITY, Ranking

_ACTOR_TITLES = {
    "pairwise": "pairwise",
    "b_cubed": "B-cubed",
    "pairwise_several": "pairwise, actors with 2+ accounts",
    "b_cubed_several": "B-cubed, actors with 2+ accounts",
}
_QUEUE_TITLES = ("NDCG@100", "NDCG@1000", "prec.@100", "most dangerous at %", "in first 2 %", "hours", "shown, in 2 %")


@dataclass(frozen=True, slots=True)
class Section:
    """One table to show: a title, column heads, and rows of text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of Tanglaw (`tanglaw`) and of each baseline, by name."""

    actors: dict[str, ActorScores]
    links: LinkScores
    queue: dict[str, Ranking]
    fairness: Fairness
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values: actors.METHOD.SCORE.{precision, recall, f1}, links, queue.ORDER, fairness, counts."""
        return {
            "actors": {
                method: {name: _plain(getattr(scores, name)) for name in _ACTOR_TITLES}
                for method, scores in self.actors.items()
            },
            "links": asdict(self.links),
            "queue": {order: asdict(ranking) for order, ranking in self.queue.items()},
            "fairness": asdict(self.fairness),
            "counts": dict(self.counts),
        }

    def render(self) -> tuple[Section, ...]:
        """Sections to show, Tanglaw's row first in each."""
        heads = ("precision", "recall", "F1")
        found = [
            Section(
                f"Actors, {title}",
                ("method", *heads),
                tuple((method, *_cells(getattr(scores, name))) for method, scores in self.actors.items()),
            )
            for name, title in _ACTOR_TITLES.items()
        ]
        found.append(
            Section(
                "Links between accounts that the truth knows",
                ("links", "count", "of one actor"),
                (
                    ("all", str(self.links.links), f"{self.links.true_share:.3f}"),
                    ("joining", str(self.links.joining), f"{self.links.true_share_joining:.3f}"),
                ),
            )
        )
        calibration = self.links.calibration
        found.append(
            Section(
                f"Probabilities of links: Brier skill {calibration.skill:.3f} over {calibration.count} pairs of which"
                f" {calibration.base_rate:.3f} are one hand; groups that mix actors {self.links.false_merges:.3f}",
                ("stated", "pairs", "mean stated", "true"),
                tuple(
                    (f"{one.low:g} to {one.high:g}", str(one.count), f"{one.stated:.3f}", f"{one.true:.3f}")
                    for one in calibration.bins
                ),
            )
        )
        found.append(
            Section(
                f"Queue against the true danger; hours to a first look at {CAPACITY} reports a day; shown: those of the most"
                " dangerous with evidence on file",
                ("order", *_QUEUE_TITLES),
                tuple((order, *_places(ranking)) for order, ranking in self.queue.items()),
            )
        )
        found += [self._burdens(spread) for spread in self.fairness.spreads]
        counts = tuple((name.replace("_", " "), str(count)) for name, count in self.counts.items())
        found.append(Section("Counts", ("what", "count"), counts))
        return tuple(found)

    def _burdens(self, spread: Spread) -> Section:
        of_links = spread.measure == "links"
        what = "Links that tie two actors" if of_links else "Accounts joined with somebody else's"
        return Section(
            f"{what}, by {spread.trait}: the highest share is {spread.ratio:.2f} times the lowest,"
            f" {spread.low:.2f} to {spread.high:.2f} with 95 % confidence",
            (spread.trait, spread.measure, "false" if of_links else "wrongly joined", "share", "95 % bounds"),
            tuple(
                (one.group, str(one.count), str(one.wrong), f"{one.rate:.4f}", f"{one.low:.4f} to {one.high:.4f}")
                for one in self.fairness.burdens
                if (one.measure, one.trait) == (spread.measure, spread.trait)
            ),
        )


def _plain(score: Score) -> dict[str, float]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


def _cells(score: Score) -> tuple[str, ...]:
    return (f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}")


def _places(ranking: Ranking) -> tuple[str, ...]:
    return (
        *(f"{value:.3f}" for value in (ranking.ndcg, ranking.ndcg_far, ranking.precision)),
        f"{ranking.percentile:.1f}",
        f"{ranking.front:.3f}",
        f"{ranking.hours:.1f}",
        f"{ranking.front_shown:.3f}",
    )
