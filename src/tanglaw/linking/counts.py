"""Counts in steps: what one more holder changes is told apart from what it does not."""

from __future__ import annotations

# Below this every count is exact; above it four binary digits are kept, which is at most an eighth less.
EXACT = 64
_DOUBLINGS = 34
# Fewer accounts than this weigh as this many: no population is taken to be smaller.
LEAST = 1_000


def stepped(count: str) -> str:
    """SQL of a whole number, rounded down to a step of 1/8 of the power of two below it; exact below EXACT.

    What weighs by a count then changes only when a step is passed, and not with each new account: so a few new
    reports leave the weights of all others as they are.
    """
    units = " ".join(f"when {count} < {EXACT << n} then {EXACT >> 4 << n}" for n in range(1, _DOUBLINGS))
    return f"case when {count} < {EXACT} then {count} else floordiv({count}, case {units} end) * case {units} end end"


def step_of(count: int) -> int:
    """The same of a number."""
    if count < EXACT:
        return count
    unit = 1 << count.bit_length() - 4
    return count // unit * unit


def accounts_step(count: int) -> int:
    """The step of a number of accounts."""
    return step_of(max(count, LEAST))
