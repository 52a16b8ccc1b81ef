"""WhatsApp's text export of one chat, in the date and time spellings of many locales."""

from __future__ import annotations

from tanglaw.sources.whatsapp.reader import WHATSAPP

__all__ = ["WHATSAPP"]
