"""Django's settings for one workspace, on top of those of `casework.standalone`."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanglaw.errors import CheckWorkspace
from tanglaw.store.workspace import Workspace
from tanglaw.workbench import oidc
from tanglaw.workbench.oidc import Oidc

HERE = Path(__file__).parent
KEY = "workbench.key"
IDLE_SECONDS = 30 * 60
_HOURS = 12 * 3600
LOOPBACK = ("127.0.0.1", "::1", "localhost")

APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "tanglaw.casework",
)
MIDDLEWARE = (
    "tanglaw.workbench.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tanglaw.workbench.language.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tanglaw.workbench.guard.Guard",
)


@dataclass(frozen=True)
class Serving:
    """How it is served: the address it listens on, the names by which browsers reach it, and whether over TLS (by its own
    certificate, or ended by a server in front)."""

    host: str = "127.0.0.1"
    port: int = 8000
    names: tuple[str, ...] = ()
    certificate: str = ""
    private_key: str = ""
    behind_tls: bool = False

    @property
    def tls(self) -> bool:
        """Whether browsers speak TLS."""
        return self.behind_tls or bool(self.certificate)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK


def secret_key(workspace: Workspace) -> str:
    """The key that sessions are signed with, in a file of the workspace that its owner alone may read; made when it is first
    needed. Raises CheckWorkspace if others may read it, or if it is too short."""
    path = workspace.folder / KEY
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(64))
    if path.stat().st_mode & 0o077:
        raise CheckWorkspace(f"others may read {KEY}: chmod 600, or remove it to have a new one made")
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 50:
        raise CheckWorkspace(f"{KEY} is too short: remove it to have a new one made")
    return key


def values(key: str, serving: Serving, second_factor: bool, provider: Oidc | None = None) -> dict[str, Any]:
    """Every setting by its name."""
    return {
        "DEBUG": False,
        "SECRET_KEY": key,
        "ALLOWED_HOSTS": [*serving.names] or [*LOOPBACK, "[::1]"],
        "INSTALLED_APPS": [*APPS, *(oidc.APPS if provider else ())],
        "MIDDLEWARE": list(MIDDLEWARE),
        "ROOT_URLCONF": "tanglaw.workbench.urls",
        "TEMPLATES": [_templates()],
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(HERE / "static")],
        "WHITENOISE_USE_FINDERS": True,
        "USE_I18N": True,
        "LANGUAGE_CODE": "en",
        "LANGUAGES": [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("fil", "Filipino")],
        "LOCALE_PATHS": [str(HERE / "locale")],
        "SECOND_FACTOR": second_factor,
        **_access(),
        **oidc.values(provider),
        **_cookies(serving.tls),
        # Only a server in front that ends TLS may say so.
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if serving.behind_tls else None,
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(HERE / "templates")],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tanglaw.workbench.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "tanglaw.workbench.tags"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }


def _access() -> dict[str, Any]:
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("MinimumLengthValidator", {"min_length": 12}),
                ("CommonPasswordValidator", {}),
                ("NumericPasswordValidator", {}),
            )
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "tanglaw.workbench.access.Accounts",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "/in/",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": "name",
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
        # Five wrong passwords for a name, or ten a minute from an address, and further tries wait.
        "ACCOUNT_RATE_LIMITS": {"login_failed": "10/m/ip,5/900s/key", "login": "30/m/ip"},
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 900,
        "MFA_ADAPTER": "tanglaw.workbench.access.SecondFactor",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "Tanglaw",
        "MFA_TOTP_TOLERANCE": 1,
    }


def _cookies(tls: bool) -> dict[str, Any]:
    return {
        "SESSION_COOKIE_NAME": "tanglaw_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_AGE": _HOURS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": "tanglaw_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": tls,
        "CSRF_FAILURE_VIEW": "tanglaw.workbench.pages.refused.csrf",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600 if tls else 0,
        "SECURE_SSL_REDIRECT": False,
        "X_FRAME_OPTIONS": "DENY",
    }
