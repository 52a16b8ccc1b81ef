"""What allauth asks of an installation: nobody signs up, no mail is sent, and each try is a row of the audit."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import ListWebAuthnView, LoginWebAuthnView, RemoveWebAuthnView
from Crypto.Cipher import AES
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tanglaw.casework import audit
from tanglaw.casework.audit import Said
from tanglaw.casework.models import User
from tanglaw.workbench.state import USING

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Users are added by an administrator; mail is never sent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody signs up."""
        return False

    def send_mail(self, *_: Any, **__: Any) -> None:
        """Nothing leaves this machine."""

    def add_message(self, *_: Any, **__: Any) -> None:
        """Pages say what there is to say."""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """To the start."""
        return "/"

    def set_password(self, user: User, password: str) -> None:
        """A password of the person's own: the one that was given is used up."""
        user.must_change = False
        super().set_password(user, password)

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this workbench are gone back to."""
        return url.startswith("/") and super().is_safe_url(url)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted in the database (AES-GCM, key from the workspace's file)."""

    def encrypt(self, text: str) -> str:
        """Nonce, tag and text, in base64."""
        cipher = AES.new(_key(), AES.MODE_GCM)
        sealed, tag = cipher.encrypt_and_digest(text.encode())
        return base64.b64encode(cipher.nonce + tag + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises ValueError if it was altered, or for another workspace's key."""
        raw = base64.b64decode(encrypted_text)
        return AES.new(_key(), AES.MODE_GCM, nonce=raw[:16]).decrypt_and_verify(raw[32:], raw[16:32]).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:  # noqa: ARG002
        """Codes go only with a new one-time password (`tanglaw user reset`)."""
        return False

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """What a passkey keeps of the user: a number, log-in name and full name."""
        return {
            **super().get_public_key_credential_user_entity(user),
            "name": user.name,
            "display_name": user.full_name,
        }


class ByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """Log-in by a passkey alone; a refused try names nobody, for nobody is known yet."""

    def form_invalid(self, form: Any) -> Any:
        """On record, as a wrong password is."""
        _refused("not stated", "passkey")
        return super().form_invalid(form)


class ByFactor(AuthenticateView):  # type: ignore[misc]
    """The second factor, code or passkey, after the password."""

    def form_invalid(self, form: Any) -> Any:
        """On record, with who gave the password."""
        _refused(str(self.stage.login.user.name), "code" if "code" in self.request.POST else "passkey")
        return super().form_invalid(form)


class Passkeys(ListWebAuthnView):  # type: ignore[misc]
    """The passkeys of who asks."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """With whether one of them may go."""
        return {**super().get_context_data(**given), "spare": _spare(self.request.user)}


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Takes a passkey off while another second factor stays; the last goes only with a new one-time password."""

    def get_queryset(self) -> Any:
        """None where it is the last."""
        rows = super().get_queryset()
        return rows if _spare(self.request.user) else rows.none()


def _spare(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).count() > 1)


def has_second_factor(user: User) -> bool:
    """Whether the user has set up a second factor: codes or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).exists())


def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"second factor", hashlib.sha256)


def _in(user: User, **_: Any) -> None:
    audit.append(USING, Said(user.full_name, "log in", user.role))


def _out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.append(USING, Said(user.full_name, "log out", user.role))


def _failed(credentials: dict[str, Any], **_: Any) -> None:
    name = str(credentials.get("username") or "not stated")[:100]
    _refused(name if name.isprintable() else ascii(name))


def _refused(name: str, by: str = "") -> None:
    audit.append(USING, Said("nobody", "log in refused", subject=f"{name}, {by}" if by else name))


def listen() -> None:
    """Write log-ins, log-outs and refusals into the audit."""
    for signal, receiver in ((user_logged_in, _in), (user_logged_out, _out), (user_login_failed, _failed)):
        signal.connect(receiver, dispatch_uid=f"tanglaw-{receiver.__name__}", weak=False)
