"""The numbers of these worlds: ranges that a world draws from, and constants that all share.

Effects are in log-odds unless said otherwise. A world is drawn, never tuned: the same seed and
scenario are the same world.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SCENARIOS = ("base", "null", "gaming", "drift", "no_human")

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach people."""

    delivered: float
    read: float
    """Of what was delivered; on the phone: the right person answers."""
    engaged: float
    """Of who read."""
    cost_cents: Range
    youth: float
    """How much better people under 45 read it, on average over all people nothing."""
    usable: float
    """Share of the people with an address."""


CHANNELS: Mapping[str, Channel] = {
    # Chances: centres of ranges published for portals, dialers and messaging, no one publisher.
    # Costs, `youth` and `usable`: no source.
    "whatsapp": Channel(0.90, 0.50, 0.075, (25, 45), 0.5, 0.85),
    "sms": Channel(0.92, 0.33, 0.040, (6, 13), -0.3, 0.92),
    "email": Channel(0.93, 0.19, 0.065, (0.5, 2.5), 0.2, 0.6),
    "phone": Channel(0.55, 0.20, 0.30, (90, 260), -0.7, 0.9),
    "rcs": Channel(0.80, 0.38, 0.06, (10, 22), 0.3, 0.7),
}
ALIKE = Channel(0.9, 0.4, 0.06, (10, 10), 0, 1)
"""Every channel of a null world."""
OPTIONAL_CHANNELS = ("sms", "email", "rcs")
"""At most two of these are missing."""
SILENT = "sms"
"""Tells of no reading."""
HUMAN = "phone"
HUMAN_COMPLAINTS = 3.0
"""How many times more complaints a call makes than a message. No source."""

RANGES: Mapping[str, Range] = {
    # Offer rules: the opening as a share of the maximum; discounts by age of the debt. No source.
    "opening": (0.5, 0.8),
    # Charges a month, as a share of the principal. No source.
    "charges_per_month": (0.0105, 0.0375),
    # Capacity per day, as a share of the people. No source.
    "phone_capacity": (0.015, 0.04), "whatsapp_capacity": (0.12, 0.3),
    # How much of a person's motive shows in the file (share of its variance), and its spread. No source.
    "motive_shown": (0.25, 0.5), "motive_spread": (0.7, 1.0),
    # Differences between persons in reading. No source.
    "reading_spread": (0.6, 1.1),
    # Addresses at which nothing ever arrives: share. No source.
    "dead_addresses": (0.08, 0.2),
    # Hours, wordings, the same wording again, contact that wears off. No source.
    "hour": (0.5, 1.1), "wording": (0.08, 0.2), "repeated": (0.15, 0.4), "fatigue": (0.1, 0.25),
    # Share of the engaged who come to the portal, and who comes unasked on a day. No source.
    "comes": (0.55, 0.75), "unasked": (0.0015, 0.004),
    # The discount, per unit of the balance; the instalment against what a month can bear; each
    # further instalment; the days after payday. No source.
    "discount": (3.0, 6.0), "burden": (1.0, 1.8), "length": (0.005, 0.02), "payday": (0.2, 0.4),
    # Agreeing at no discount and no burden; missing an instalment, and how that grows with the
    # burden. No source.
    "agrees": (-1.2, -0.6), "misses": (-2.4, -1.8), "misses_by_burden": (0.6, 1.1),
    # Chance per contact. Complaints as in `tests.worlds.parameters`; opt-outs have no source.
    "complaint": (0.0001, 0.0004), "opt_out": (0.0006, 0.002),
    # Gaming: the share who wait for the best offer. Drift: when, as a share of the days. No source.
    "strategic": (0.25, 0.45), "drift": (0.35, 0.6),
}  # fmt: skip

NONE = frozenset(
    {
        "reading_spread", "dead_addresses", "hour", "wording", "repeated", "fatigue", "discount",
        "burden", "length", "payday", "misses_by_burden",
    }
)  # fmt: skip
"""What a world without differences has none of."""

PEOPLE, DAYS = (3_000, 4_000), (60, 90)
"""Per world: at least, at most."""
HORIZONS_DAYS = (60, 90, 120, 180)
COMPLAINT_CENTS, OPT_OUT_CENTS = (3_000, 5_000, 8_000), (300, 500, 1_000)
"""What one costs the creditor in goodwill. No source."""

PRODUCTS = {"card": 0.45, "loan": 0.3, "store": 0.25}
REGIONS = {"SE": 0.5, "NE": 0.3, "S": 0.2}
AGES = {"18-29": 0.25, "30-44": 0.35, "45-59": 0.25, "60+": 0.15}
PAYDAYS = {1: 0.2, 5: 0.4, 10: 0.2, 20: 0.2}
"""Shares. Brazilian wages are due by the fifth working day (CLT art. 459); the rest has no source."""
LOG_DAYS_PAST_DUE, LOG_PRINCIPAL, LOG_INCOME = (5.2, 0.9), (11.6, 0.8), (12.4, 0.55)
"""Mean and spread of the logarithms (days, cents, cents a month: about R$ 2,400). No source."""
INCOME_BY_CREDIT = 0.5
"""Correlation of income with the credit once given, in worlds of the seeds from the next line on."""
INCOME_BY_CREDIT_FROM_SEED = 100
"""Smaller seeds were drawn before that was thought of, and stay as they were."""

MONTH_SHARE = 0.055
"""Of the income, what a month can bear without other debts. No source."""
CENTRAL_DISCOUNT, DISCOUNT_BY_AGE, DISCOUNT_SPREAD = 0.25, 0.12, 0.12
"""The discount from which on a person is drawn to agree (share of the balance). No source."""

DISPUTES = 0.004
"""Of who reads. No source."""
DISPUTE_DAYS, HELD_AT_START_DAYS = 15, 20
LEAVES_EVERYTHING = 0.25
"""Of who opts out: from all channels."""
COMES_TOMORROW = 0.2
PRESSURE = 0.35
"""Complaints and opt-outs per contact of the last seven days."""
FATIGUE_EVER = 0.01
"""How much each contact ever made weighs, beside those of the last week above one."""
RETURN_DAYS, RETURNS, WAITER_RETURNS = 14, 0.025, 0.1
"""After a visit people come back for so long with this chance a day; who waits, at any time."""
PATIENCE_DAYS = (15, 49)
ENOUGH, WAITING = 0.97, 0.08
"""Who waits agrees once the discount is nearly the maximum; before, at this share of the chance."""
FIRST_DUE_DAYS, MONTH_DAYS, GRACE_DAYS = 3, 30, 10
