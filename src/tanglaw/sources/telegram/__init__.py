"""Telegram Desktop's JSON export, of one chat or of a whole account, of any size."""

from __future__ import annotations

from tanglaw.sources.telegram.reader import TELEGRAM

__all__ = ["TELEGRAM"]
