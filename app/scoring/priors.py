"""Where every score starts before there is history.

Log-odds throughout. Where a publisher gave a level it is named beside the table; every slope, every
width and whatever names nobody is an assumption, wide enough for some hundred outcomes to outweigh.
Slopes that months of one portfolio hardly show start where simulated worlds of different makings
agree on their direction.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prior:
    """A coefficient before any data: mean and standard deviation."""

    mean: float
    deviation: float


REACH = {
    "intercept": Prior(-1.0, 1.0),
    "trait": Prior(0.0, 0.2),
    "channel": Prior(0.0, 0.8),
    "channel_trait": Prior(0.0, 0.2),
    "hour": Prior(0.0, 0.4),
    "hour_trait": Prior(0.0, 0.15),
    "preferred_channel": Prior(0.5, 0.4),
    "acquired_through": Prior(0.2, 0.3),
    "preferred_hour": Prior(0.4, 0.4),
    "pressure": Prior(-0.4, 0.4),
    "same_channel": Prior(-0.05, 0.2),
    "same_wording": Prior(-0.1, 0.2),
    "weekend": Prior(0.0, 0.3),
    "payday": Prior(0.1, 0.2),
}
"""Right party reached, per contact: about a quarter (call attempts reach fewer, messages more).
Assumptions."""

BY_CHANNEL = {
    "human": {"reach": -0.2, "engage": 0.9, "agree": 0.3},
    "voice": {"reach": -0.7, "engage": 0.2, "agree": 0.0},
    "whatsapp": {"reach": 0.4, "engage": 0.2, "agree": 0.0},
    "sms": {"reach": 0.3, "engage": -0.2, "agree": 0.0},
    "email": {"reach": -0.4, "engage": -0.3, "agree": 0.0},
}
"""Where channels of a known name start: calls reach few, persons persuade more. Assumptions."""

ENGAGE = {
    "intercept": Prior(-1.8, 1.0),
    "trait": Prior(0.0, 0.3),
    "channel": Prior(0.0, 0.6),
    "hour": Prior(0.0, 0.3),
    "hour_trait": Prior(0.0, 0.1),
    "preferred_channel": Prior(0.2, 0.3),
    "acquired_through": Prior(0.1, 0.3),
    "preferred_hour": Prior(0.4, 0.4),
    "pressure": Prior(-0.6, 0.4),
    "same_channel": Prior(-0.05, 0.2),
    "same_wording": Prior(-0.2, 0.2),
    "weekend": Prior(0.0, 0.3),
    "payday": Prior(0.15, 0.2),
    "visited": Prior(0.3, 0.4),
    "refused": Prior(-0.1, 0.3),
}
"""Coming to the portal once reached: one in seven. Assumptions."""

UPSET = {
    "intercept": Prior(-6.0, 0.8),
    "channel": Prior(0.0, 0.4),
    "pressure": Prior(2.0, 0.6),
    "edge": Prior(0.2, 0.3),
}
"""A complaint or an opt-out per contact: a few in a thousand, steeply more under pressure.
Assumptions."""
COMPLAINING = (2.0, 10.0)
"""Of those who react badly, complaints and all of them: one in five complains. An assumption."""

CURE = {"intercept": Prior(-6.5, 1.0), "trait": Prior(0.0, 0.4), "age": Prior(-0.6, 0.4)}
"""Paying everything unasked, a day: one or two in a thousand, fewer the older the debt.
Assumptions."""

COME = {
    "intercept": Prior(-6.0, 1.0),
    "trait": Prior(0.0, 0.3),
    "fresh_contact": Prior(1.0, 0.7),
    "after_visit_3": Prior(2.0, 0.8),
    "after_visit_10": Prior(1.3, 0.8),
    "after_visit_30": Prior(0.5, 0.8),
}
"""Coming uncontacted, a day; 44% of those who commit come back for it (Experian)."""

COMMIT = {
    "intercept": Prior(-1.8, 0.8),
    "trait": Prior(0.0, 0.4),
    "opening": Prior(2.0, 1.5),
    "above": Prior(4.0, 2.5),
    "far": Prior(-0.5, 2.0),
    "above_trait": Prior(0.0, 0.7),
    "burden": Prior(-0.3, 0.3),
    "payday": Prior(0.2, 0.3),
    "heavy": Prior(-0.05, 0.2),
    "over": Prior(-0.6, 0.8),
    "beyond": Prior(-1.0, 0.6),
    "at_once": Prior(0.0, 0.6),
    "length": Prior(-0.1, 0.3),
    "refusals": Prior(-0.5, 0.4),
    "looked": Prior(0.3, 0.4),
    "leaning": Prior(0.3, 0.4),
    "better": Prior(1.0, 1.5),
    "longer": Prior(0.1, 0.3),
    "uncontacted": Prior(0.0, 0.5),
    "via": Prior(0.0, 0.4),
}
"""Agreeing on a visit: half of visitors shown the right offer (Experian), fewer otherwise. More
discount than the creditor's own is thought to pay for itself until the visitors say otherwise.
Slopes are assumptions."""

KEEP = {
    "intercept": Prior(2.3, 0.6),
    "trait": Prior(0.0, 0.3),
    "burden": Prior(-1.1, 0.3),
    "heavy": Prior(0.2, 0.15),
    "beyond": Prior(-0.5, 0.4),
    "at_once": Prior(0.3, 1.0),
    "first": Prior(-0.75, 0.4),
}
"""Paying one due instalment: plans signed online break 11%, by agent 18% (Serasa). A lighter
instalment helps most while it is light: `heavy` takes back, in proportion to the instalment, part
of what its logarithm says. The first one breaks most."""

PAY_WHOLE = {
    "intercept": Prior(-2.2, 0.8),
    "burden": Prior(0.0, 0.4),
    "heavy": Prior(0.0, 0.3),
    "length": Prior(-0.5, 0.4),
}
"""Paying all at once although instalments were agreed on: one in ten. An assumption."""
