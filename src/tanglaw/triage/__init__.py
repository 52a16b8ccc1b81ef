"""From findings and the agency's policy pack to the queue: danger, actionability and clock, each with its reasons."""

from __future__ import annotations

from tanglaw.triage.stage import TRIAGE

__all__ = ["TRIAGE"]
