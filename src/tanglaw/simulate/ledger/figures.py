"""Figures of the scenario `coins`, fixed before any rule was tuned on it.

Marks as in `tanglaw.simulate.figures`: [S] issuing body, [S2] second-hand, [K] general knowledge, [D] derived, [A]
assumption.
"""

from __future__ import annotations

from tanglaw.simulate.clock import DAY, WORLD_END

BUYERS, SELLERS, PAYMENTS, REPORTS = 10_000, 100, 30_000, 100
WINDOW_DAYS = 60  # [A]
START = WORLD_END - WINDOW_DAYS * DAY
BLOCK_SECONDS = 600  # the network's aim [S]
FIRST_BLOCKS = 220  # blocks before the window; they bring the coins that circulate [A]
COIN = 100_000_000
PRICE = 60_000.0  # USD for a coin [A]
USD_MEDIAN, USD_SIGMA = 100.0, 1.1  # half of payments under USD 100 [S2]; spread [A]
PAYMENTS_EXPONENT, PAYMENTS_CAP = 1.64, 400  # payments of one payer, as AIC T&I 589 [D]
ONE_TIME_SELLERS = 0.6  # sellers who give each payer an address of its own [S2]; share [A]
FROM_EXCHANGE = 0.4  # payers who pay straight from an account at an exchange [A]

KINDS = ("p2wpkh", "p2pkh", "p2sh", "p2tr")
KIND_SHARES = (0.55, 0.15, 0.18, 0.12)  # of wallets; blocks of 2025 hold mostly version 0 programs [K]
CHANGE_KINDS = ("same", "match", "other")  # of the wallet, of the payee (as a node's own wallet may choose), another
CHANGE_KIND_SHARES = (0.80, 0.12, 0.08)  # [A]
CHANGE_REUSED = 0.10  # wallets that take change on an address of the inputs [A]
CHOICES = ("fit", "largest", "oldest", "random")
CHOICE_SHARES = (0.40, 0.25, 0.20, 0.15)  # [A]
LOCKED = 0.30  # wallets whose lock time is the last height, against fee sniping [K]
LOCKED_EARLIER = 0.1  # of their transactions, up to 100 blocks earlier [K: the node's own wallet]
VERSION_TWO = 0.80  # [A]
REPLACEABLE = 0.60  # [A]
PLACES = ("random", "last", "first")
PLACE_SHARES = (0.70, 0.20, 0.10)  # of change [A]
ROUND_COINS = 0.25  # payments of a round amount of coins [A]
REUSED_RECEIVING = 0.35  # people with one address for all receipts [K: half of all outputs reuse one; share A]
CARELESS = 0.3  # wallets that spend dust that strangers sent [A]

EXCHANGES, MIXERS, GAMES = 6, 2, 2
STYLES = ("pooled", "sweep", "forward")  # deposits spent in payouts; swept together; forwarded one by one
STYLE_PLAN = ("pooled", "sweep", "sweep", "pooled", "forward", "sweep")
TAGGED = 0.85  # services that a list knows; lists are 25 to 95 % complete (USENIX Security 2025 [S])
WRONG_TAGS = 0.005  # tags of a list that say another service ("< 0.5 % false positives" [S])
SAME_DEPOSIT = 0.7  # customers who use one deposit address again [A]
PAYOUT_SECONDS, SWEEP_SECONDS = 3_600, 8 * 3_600  # [A]
PAYOUT_MOST, SWEEP_MOST = 150, 200  # [A]

CASH_OUTS = ("direct", "part", "hops", "peel", "mixer", "join", "hold")
CASH_OUT_SHARES = (0.30, 0.15, 0.17, 0.15, 0.07, 0.06, 0.10)  # [A]
PEEL_STEPS = (5, 20)  # [A]
PAYJOIN_SELLERS, PAYJOINS = 0.05, 0.10  # receivers who offer them, share of payments to them [A: they are rare]
JOINS_A_DAY = 4  # CoinJoin rounds [A]
STORMS = 3  # dust storms in the window [A]
STORM_SHARE = 0.05  # addresses seen that one storm hits [A]
BACKGROUND = 1.0  # payments between people of no interest for each payment to a seller [A]
BETS = 0.05  # of these that are bets [A]
CASH_IN = 0.10  # of these that are deposits at an exchange [A]
NAMED = 0.6  # reports that name an address [A]
NAMED_AGAIN = 0.15  # of these, an address that an earlier one names [A]
