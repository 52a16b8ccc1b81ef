"""Makes Django usable where no web server set it up: the command line and tests.

Import this before `casework.models`. The values are constants; nothing is read and no database is touched. Where Django has its
settings already, as in the workbench, it does nothing.
"""

from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=["tanglaw.casework"],
        DATABASES={},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
    )
    django.setup()
