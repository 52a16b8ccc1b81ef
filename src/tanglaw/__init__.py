"""Tanglaw: from reports of online child exploitation to a ranked, explained queue.

Read `tanglaw/pipeline.py` first: it lists the stages in order, and everything else hangs on it.
"""

__version__ = "0.1.0"
