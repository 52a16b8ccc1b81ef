"""What allauth asks where an identity provider is configured: nobody is signed up, a person is found by their log-in name."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tanglaw.casework import audit
from tanglaw.casework.audit import Said
from tanglaw.casework.models import User
from tanglaw.workbench.oidc import ID
from tanglaw.workbench.pages.refused import refused
from tanglaw.workbench.state import USING


class Provided(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in users that are here already, each under one identity of the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The first time, ties the provider's identity to the user of that log-in name; later that tie alone counts."""
        if sociallogin.is_existing:
            return
        data = sociallogin.account.extra_data
        claims = data.get("userinfo") or data.get("id_token") or {}
        name = str(claims.get(settings.OIDC.claim) or "")
        user = User.objects.using(USING).filter(name__iexact=name, is_active=True).first() if name else None
        tied = user is not None and SocialAccount.objects.using(USING).filter(user_id=user.pk, provider=ID).exists()
        if user is None or tied:
            self._refuse(request, name)
        sociallogin.connect(request, user)

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> None:
        """The provider said no, did not answer, or what came back was not what was asked for."""
        self._refuse(request, "")

    def _refuse(self, request: HttpRequest, name: str) -> None:
        told = name[:100] if name.isprintable() else ascii(name)[:100]
        audit.append(USING, Said("nobody", "log in refused", subject=told or "identity provider"))
        reason = _("The identity provider let nobody in whom this workbench knows. Ask an administrator to add you.")
        raise ImmediateHttpResponse(refused(request, 403, reason))
