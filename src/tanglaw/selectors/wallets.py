"""Payment services as people name them, and the country whose numbers they go by. Data only."""

from __future__ import annotations

# Name in running text -> (service, country of its numbers, empty where it has users in many).
SERVICES: dict[str, tuple[str, str]] = {
    "gcash": ("gcash", "PH"), "g-cash": ("gcash", "PH"), "paymaya": ("maya", "PH"), "maya": ("maya", "PH"),
    "coins.ph": ("coinsph", "PH"), "mpesa": ("mpesa", "KE"), "m-pesa": ("mpesa", "KE"), "bkash": ("bkash", "BD"),
    "nagad": ("nagad", "BD"), "easypaisa": ("easypaisa", "PK"), "jazzcash": ("jazzcash", "PK"),
    "jazz cash": ("jazzcash", "PK"), "gopay": ("gopay", "ID"), "ovo": ("ovo", "ID"), "dana": ("dana", "ID"),
    "paytm": ("paytm", "IN"), "phonepe": ("phonepe", "IN"), "google pay": ("googlepay", ""), "gpay": ("googlepay", ""),
    "upi": ("upi", "IN"), "truemoney": ("truemoney", "TH"), "promptpay": ("promptpay", "TH"), "momo": ("momo", ""),
    "orange money": ("orangemoney", ""), "airtel money": ("airtelmoney", ""), "mtn momo": ("mtnmomo", ""),
    "tigo pesa": ("tigopesa", "TZ"), "wave": ("wave", ""), "yape": ("yape", "PE"), "plin": ("plin", "PE"),
    "nequi": ("nequi", "CO"), "daviplata": ("daviplata", "CO"), "pix": ("pix", "BR"), "bizum": ("bizum", "ES"),
    "swish": ("swish", "SE"), "vipps": ("vipps", "NO"), "mobilepay": ("mobilepay", "DK"), "twint": ("twint", "CH"),
    "zelle": ("zelle", "US"), "venmo": ("venmo", "US"), "cash app": ("cashapp", "US"), "cashapp": ("cashapp", "US"),
    "paypal": ("paypal", ""), "alipay": ("alipay", "CN"),
}  # fmt: skip
# Names that are words or people's names too: they want a noun or a colon before the number.
WORDY = frozenset(("maya", "wave", "dana", "momo", "pix", "ovo", "swish", "upi", "plin"))
