"""Makes Django usable where no web server set it up: the command line and tests.

Import this before `casework.models`. The values are constants; nothing is read and no database is touched. The workbench adds its
own settings to these; where Django has other settings already, this does nothing.
"""

from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=["tanglaw.casework"],
        DATABASES={},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        AUTH_USER_MODEL="casework.User",
        # Memory-hard and part of Python; passwords are at least 12 characters (workbench).
        PASSWORD_HASHERS=["django.contrib.auth.hashers.ScryptPasswordHasher"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
    )
    django.setup()
