"""Selectors: e-mails, phones, handles, addresses, wallets and other values that tie records together.

One file a type, one line in `SELECTORS`; `scan.Scanner` finds them in text, `fields.Fields` reads them from columns.
"""

from __future__ import annotations

from tanglaw.selectors import (
    bch,
    btc,
    card,
    coordinates,
    cybertip,
    doge,
    domain,
    email,
    eth,
    filehash,
    handle,
    iban,
    imei,
    ipv4,
    ipv6,
    ltc,
    mac,
    payment,
    phone,
    remittance,
    sol,
    tron,
    url,
    xmr,
    xrp,
)
from tanglaw.selectors.base import Example, Reading, Selector

SELECTORS: dict[str, Selector] = {
    selector.name: selector
    for selector in (
        email.SELECTOR,
        phone.SELECTOR,
        handle.SELECTOR,
        url.SELECTOR,
        domain.SELECTOR,
        ipv4.SELECTOR,
        ipv6.SELECTOR,
        btc.SELECTOR,
        eth.SELECTOR,
        tron.SELECTOR,
        ltc.SELECTOR,
        bch.SELECTOR,
        doge.SELECTOR,
        xmr.SELECTOR,
        xrp.SELECTOR,
        sol.SELECTOR,
        payment.SELECTOR,
        card.SELECTOR,
        iban.SELECTOR,
        remittance.SELECTOR,
        imei.SELECTOR,
        mac.SELECTOR,
        filehash.MD5,
        filehash.SHA1,
        filehash.SHA256,
        cybertip.SELECTOR,
        coordinates.SELECTOR,
    )
}

__all__ = ["SELECTORS", "Example", "Reading", "Selector"]
