"""The application as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Casework(AppConfig):  # type: ignore[misc]
    """Decisions, and what later issues add to cases."""

    name = "tanglaw.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"
