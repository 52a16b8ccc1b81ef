"""CyberTipline XML: what electronic service providers send to NCMEC (reports, fileDetails, answers)."""

from __future__ import annotations

from tanglaw.sources.cybertipline_xml.readers import (
    CYBERTIPLINE_FILE_DETAILS,
    CYBERTIPLINE_REPORT,
    CYBERTIPLINE_RESPONSE,
)

__all__ = ["CYBERTIPLINE_FILE_DETAILS", "CYBERTIPLINE_REPORT", "CYBERTIPLINE_RESPONSE"]
