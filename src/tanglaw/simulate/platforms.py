"""Services of a simulated world: how each is named in files and what its account identifiers look like."""

from __future__ import annotations

from dataclasses import dataclass

from tanglaw.simulate.dice import Dice, Weighted
from tanglaw.simulate.figures import ESP_MILLIONS
from tanglaw.simulate.spelling import Phone


@dataclass(frozen=True, slots=True, eq=False)
class Platform:
    """A service. `slug` is its plain name in the truth files, `esp` and `service` its names in reports."""

    slug: str
    esp: str
    service: str
    shape: str

    def identifier(self, handle: str, phone: Phone | None, dice: Dice) -> str:
        """A new account identifier in the shape that the service uses."""
        if self.shape == "handle":
            return handle
        if self.shape == "phone" and phone is not None:
            return phone.e164
        if self.shape == "iban-like":
            return f"{self.slug[:2].upper()}-{dice.digits(10)}"
        return dice.digits(int(self.shape) if self.shape.isdigit() else 12)


FACEBOOK = Platform("facebook", "Facebook", "Facebook", "15")
INSTAGRAM = Platform("instagram", "Instagram, Inc.", "Instagram", "17")
GOOGLE = Platform("google", "Google LLC", "Google", "21")
WHATSAPP = Platform("whatsapp", "WhatsApp Inc.", "WhatsApp", "phone")
X = Platform("x", "X Corp", "X", "19")
SNAPCHAT = Platform("snapchat", "Snap Inc.", "Snapchat", "handle")
TIKTOK = Platform("tiktok", "TikTok Inc.", "TikTok", "18")
DISCORD = Platform("discord", "Discord Inc.", "Discord", "18")
DROPBOX = Platform("dropbox", "Dropbox, Inc.", "Dropbox", "16")
REDDIT = Platform("reddit", "Reddit, Inc.", "Reddit", "handle")
IMGUR = Platform("imgur", "Imgur, Inc.", "Imgur", "11")
TELEGRAM = Platform("telegram", "Telegram", "Telegram", "10")

REPORTING = (FACEBOOK, INSTAGRAM, GOOGLE, WHATSAPP, X, SNAPCHAT, TIKTOK, DISCORD, DROPBOX, REDDIT, IMGUR)
META = (FACEBOOK, INSTAGRAM)
ESP_MIX = Weighted(REPORTING, ESP_MILLIONS)
CHATS = Weighted((TELEGRAM, WHATSAPP, DISCORD), (0.55, 0.25, 0.2))

REMIT = Platform("northbridge-remit", "Northbridge Remit", "remittance", "iban-like")
WALLET = Platform("harbour-pay", "Harbour Pay", "e-wallet", "iban-like")
BANK = Platform("lakeside-bank", "Lakeside Bank", "bank", "iban-like")
CARD = Platform("quill-card", "Quill Card", "card", "iban-like")
PROVIDERS = (REMIT, WALLET, BANK, CARD)
PROVIDER_MIX = Weighted(PROVIDERS, (0.55, 0.25, 0.15, 0.05))
