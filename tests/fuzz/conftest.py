"""How much is fuzzed: seconds in the usual run, as long as TANGLAW_FUZZ_EXAMPLES says otherwise."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("TANGLAW_FUZZ_EXAMPLES", "60"))
settings.register_profile(
    "fuzz", max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES <= 60, suppress_health_check=list(HealthCheck)
)
