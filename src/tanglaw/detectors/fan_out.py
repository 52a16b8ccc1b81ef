"""Notes that a reported account's actor pays several recipients who are not of one hand, within a year.

Outcome: fan-out. The least number is the policy pack's; anybody with more than its largest number is a business
and is left out. Source: FINTRAC 2020 and AMLC (twelve months). Countries play no part.
"""

from __future__ import annotations

from tanglaw.detectors.base import fan

FAN_OUT = fan("fan_out", "paid", "recipients", __doc__ or "")
