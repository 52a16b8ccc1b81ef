"""Logging in through the agency's own identity provider (OpenID Connect): off unless a file of the workspace says which.

The provider says who somebody is; what they may do is decided here, and only users that an administrator added get in.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tanglaw.errors import CheckSettings

FILE, ID = "oidc.toml", "agency"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says: `server_url` of the provider, `client_id` and `client_secret` that it gave, the `name` on the button,
    the `claim` that holds log-in names, and `authorize_url` if people log in at another address than the server's."""

    server_url: str
    client_id: str
    client_secret: str
    name: str = "single sign-on"
    claim: str = "preferred_username"
    authorize_url: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """Addresses to which the log-in form may lead."""
        parts = [urlsplit(url) for url in (self.server_url, self.authorize_url) if url]
        return tuple(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in parts))


def stated(folder: Path) -> Oidc | None:
    """The provider of this workspace; None if it has none. Raises CheckSettings for a file that does not fit, that others may
    read, or that names a provider over plain HTTP."""
    path = folder / FILE
    if not path.is_file():
        return None
    if path.stat().st_mode & 0o077:
        raise CheckSettings(f"others may read {FILE}, which holds a secret: chmod 600")
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Oidc)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CheckSettings(f"{FILE}: {error}") from error
    for origin in found.origins:
        parts = urlsplit(origin)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise CheckSettings(f"{FILE}: the provider is reached over https")
    return found


def values(given: Oidc | None) -> dict[str, Any]:
    """Django's settings for the provider."""
    if given is None:
        return {"OIDC": None}
    app = {
        "provider_id": ID,
        "name": given.name,
        "client_id": given.client_id,
        "secret": given.client_secret,
        "settings": {"server_url": given.server_url},
    }
    return {
        "OIDC": given,
        "SOCIALACCOUNT_ADAPTER": "tanglaw.workbench.provided.Provided",
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}},
    }


APPS = ("allauth.socialaccount", "allauth.socialaccount.providers.openid_connect")
