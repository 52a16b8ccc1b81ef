"""Notes that a reported account's actor is paid by several payers who are not of one hand, within a year.

Outcome: fan-in. The least number is the policy pack's; anybody with more than its largest number is a business
and is left out. Source: AMLC and Egmont typologies of beneficiaries. Countries play no part.
"""

from __future__ import annotations

from tanglaw.detectors.base import fan

FAN_IN = fan("fan_in", "received", "payers", __doc__ or "")
