"""One file per evidence format; a new one is a file, a line in SOURCES and an example in tests/sources.

Asked in this order, the first that recognises the content reads it.
"""

from __future__ import annotations

from tanglaw.reading.item import Reader
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS, BITCOIN_UNDO
from tanglaw.sources.bitcoin_node import BITCOIN_NODE
from tanglaw.sources.chain_dumps import CHAIN_DUMPS
from tanglaw.sources.cybertip_json import CYBERTIP_JSON
from tanglaw.sources.cybertipline_xml import (
    CYBERTIPLINE_FILE_DETAILS,
    CYBERTIPLINE_REPORT,
    CYBERTIPLINE_RESPONSE,
)
from tanglaw.sources.discord import DISCORD
from tanglaw.sources.tabular import TABULAR
from tanglaw.sources.telegram import TELEGRAM
from tanglaw.sources.whatsapp import WHATSAPP
from tanglaw.sources.xarf import XARF

SOURCES: tuple[Reader, ...] = (
    CYBERTIPLINE_REPORT,
    CYBERTIPLINE_FILE_DETAILS,
    CYBERTIPLINE_RESPONSE,
    CYBERTIP_JSON,
    XARF,
    TELEGRAM,
    DISCORD,
    WHATSAPP,
    BITCOIN_BLOCKS,
    BITCOIN_UNDO,
    BITCOIN_NODE,
    CHAIN_DUMPS,
    TABULAR,
)

__all__ = ["SOURCES", "TABULAR"]
