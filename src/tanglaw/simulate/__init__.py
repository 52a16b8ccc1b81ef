"""Content-free worlds with ground truth, written as files of the real formats.

Knows none of the machinery that it tests: imports nothing of ours but errors.
"""

from tanglaw.simulate.world import Plan, simulate

__all__ = ["Plan", "simulate"]
