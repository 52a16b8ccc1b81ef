"""Writing and reading of run orders: people ask and stop, the worker takes and ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connections

from tanglaw.casework import rights, runs
from tanglaw.casework.appending import alone, said, stamp
from tanglaw.casework.models import RunOrder, RunStep, User
from tanglaw.errors import CheckUsage, CheckWorkspace

# An order whose worker died this often ends, so that a file that fells every worker does not hold the queue for good.
TRIES = 3


@dataclass(frozen=True)
class Ordered:
    """An order as it stands: its steps, and its state: waiting, running, stopping, done, failed or stopped."""

    order: RunOrder
    steps: tuple[RunStep, ...]

    @property
    def state(self) -> str:
        """What became of it so far."""
        kinds = [step.kind for step in self.steps]
        ended = next((kind for kind in kinds if kind in runs.ENDS), "")
        return ended or ("stopping" if runs.STOP in kinds else "running" if runs.TAKEN in kinds else "waiting")

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("waiting", "running", "stopping")

    @property
    def tries(self) -> int:
        """How often a worker took it."""
        return sum(step.kind == runs.TAKEN for step in self.steps)


def ordered(using: str, most: int = 20) -> list[Ordered]:
    """The newest orders with their steps, newest first."""
    rows = list(RunOrder.objects.using(using).select_related("by").order_by("-number")[:most])
    return [Ordered(row, tuple(row.steps.using(using).select_related("by").order_by("number"))) for row in rows]


def order(using: str, by: User, what: str, reason: str) -> RunOrder:
    """Ask for a run. Raises CheckUsage if the role may not, or while another order is open."""
    rights.demand(by, rights.RUN)
    if what not in runs.WHAT:
        raise CheckUsage(f"a run is one of {', '.join(runs.WHAT)}")
    why = said("the reason", reason)
    with alone(using, RunOrder, RunStep):
        if any(one.open for one in ordered(using)):
            raise CheckUsage("a run is asked for already: wait for its end, or stop it")
        row = RunOrder(what=what, by=by, reason=why, at=stamp(None))
        row.save(using=using)
    return row


def stop(using: str, by: User, number: int, reason: str) -> None:
    """Ask the worker to interrupt a run; what it committed stays. Raises CheckUsage if it has ended."""
    rights.demand(by, rights.RUN)
    why = said("the reason", reason)
    with alone(using, RunOrder, RunStep):
        found = next((one for one in ordered(using) if one.order.number == number and one.open), None)
        if found is None or found.state == "stopping":
            raise CheckUsage("that run has ended, or is being stopped")
        _step(using, found.order, runs.STOP, why, by)
        if found.state == "waiting":
            _step(using, found.order, runs.STOPPED, "before it began")


def take(using: str) -> RunOrder | None:
    """For the worker: the oldest open order, also one whose worker died; None if there is none.

    An order that was taken `TRIES` times ends as failed, one that is to be stopped as stopped.
    """
    with reached(using), alone(using, RunOrder, RunStep):
        for one in reversed([one for one in ordered(using) if one.open]):
            if one.state == "stopping":
                _step(using, one.order, runs.STOPPED, "between two workers")
            elif one.tries >= TRIES:
                _step(using, one.order, runs.FAILED, f"its worker ended {TRIES} times before the run did")
            else:
                _step(using, one.order, runs.TAKEN, f"try {one.tries + 1}")
                return one.order
    return None


def wanted(using: str, number: int) -> bool:
    """For the worker: whether nobody asked to stop this order."""
    with reached(using):
        return not RunStep.objects.using(using).filter(order_id=number, kind=runs.STOP).exists()


def end(using: str, number: int, kind: str, told: str) -> None:
    """For the worker: what came of the order. An end that stands already is not said twice."""
    with reached(using), alone(using, RunOrder, RunStep):
        found = RunOrder.objects.using(using).get(number=number)
        if not found.steps.using(using).filter(kind__in=runs.ENDS).exists():
            _step(using, found, kind, told)


@contextmanager
def reached(using: str) -> Iterator[None]:
    """Raises CheckWorkspace if the database does not answer; the next call connects anew."""
    try:
        yield
    except DatabaseError as error:
        connections[using].close()
        raise CheckWorkspace("the casework database does not answer") from error


def _step(using: str, order: RunOrder, kind: str, told: str, by: User | None = None) -> None:
    RunStep(order=order, kind=kind, told=told[:2_000], by=by, at=stamp(None)).save(using=using)
