"""An alert as CSV: one line for each transaction of each trail, for a spreadsheet or a case system."""

from __future__ import annotations

import csv
import io
import re

from tanglaw.exports.base import Alert

# A cell that starts like this would run as a formula in a spreadsheet; the wide signs count there too.
_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_HEAD = (
    *(
        "status",
        "purpose",
        "reference",
        "service",
        "network",
        "asset",
        "direction",
        "trail",
        "seed_address",
        "end_address",
    ),
    *(
        "hop",
        "transaction",
        "at_utc",
        "from_address",
        "to_address",
        "value",
        "in_proportion",
        "first_in_first_out",
        "rule",
    ),
)


class FlatAlert:
    """Writes CSV in UTF-8; a cell that a spreadsheet would run begins with an apostrophe."""

    name = "csv"
    ending = ".csv"

    def write(self, alert: Alert) -> bytes:
        """A header, then one line a hop; a trail without hops has one line."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(_HEAD)
        same = (alert.status, alert.purpose, alert.alert_id, alert.service, alert.network, alert.asset, alert.direction)
        for number, trail in enumerate(alert.trails, 1):
            about = (*same, str(number), trail.seed_address, trail.end_address)
            for hop in trail.hops:
                money = (hop.value, hop.haircut, hop.fifo, hop.rule)
                cells = (*about, str(hop.hop), hop.txid, hop.at, hop.from_address, hop.to_address, *money)
                writer.writerow([_safe(cell) for cell in cells])
            if not trail.hops:
                cells = (*about, "", "", trail.last_at, "", "", "", trail.haircut, trail.fifo, "")
                writer.writerow([_safe(cell) for cell in cells])
        return out.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
