"""Why a whole run is made."""

from __future__ import annotations


class Whole(Exception):
    """Not an error: what changed is of a kind that only a whole run takes in. The message says which."""
