"""Where every person stands, day by day."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
NEVER = -10_000
"""A day number long before the first."""


@dataclass(slots=True)
class State:
    """Columns of one row per person; day numbers count from the world's first day."""

    balance_cents: Days
    in_agreement: Flags
    held_until: Days
    """In a dispute as long as the day is before this."""
    opted_out: Flags
    """By channel."""
    settled: Flags
    load: NDArray[np.float64]
    """How much contact still weighs on a person; halves in the world's half-life."""
    last_wording: Days
    repeats: Days
    last_read: Days
    last_visit: Days
    sent_days: Flags
    """Contacts in the last seven days, a ring: (person, day mod 7, contacts)."""
    seen_discount: NDArray[np.float64]
    seen_instalments: Days
    seen_instalment_cents: Days
    expected_gain: NDArray[np.float64]
    """What a strategic person believes that waiting brings (share of the balance)."""
    setbacks: Days
    """Agreements that this person broke."""
    plan_left: Days
    plan_cents: Days
    plan_due: Days
    plan_late: Flags
    plan_net: Days
    plan_paid: Days
    plan_at_once: Flags
    plan_by_agent: Flags
    plan_signed: Days
    paid_cents: Days
    """In the run."""
    credited_cents: Days
    """Also after it: within the horizon of the commit."""
    contact_cents: NDArray[np.float64]
    complaints: Days
    opt_outs: Days
    commits: Days
    breaks: Days
    visits: Days
    contacts: Days
    conceded: list[float] = field(default_factory=list)
    """The discount of every agreement signed."""


def fresh_state(balance_cents: Days, held: Flags, channels: int) -> State:
    """The morning of the first day. Who is held at the start is released within a month."""
    n = len(balance_cents)

    def whole(value: int = 0) -> Days:
        return np.full(n, value, dtype=np.int64)

    return State(
        balance_cents=balance_cents.copy(),
        in_agreement=np.zeros(n, dtype=bool),
        held_until=np.where(held, 30, NEVER),
        opted_out=np.zeros((n, channels), dtype=bool),
        settled=np.zeros(n, dtype=bool),
        load=np.zeros(n),
        last_wording=whole(-1),
        repeats=whole(),
        last_read=whole(NEVER),
        last_visit=whole(NEVER),
        sent_days=np.zeros((n, 7), dtype=np.int64),
        seen_discount=np.full(n, -1.0),
        seen_instalments=whole(),
        seen_instalment_cents=whole(),
        expected_gain=np.zeros(n),
        setbacks=whole(),
        plan_left=whole(),
        plan_cents=whole(),
        plan_due=whole(NEVER),
        plan_late=np.zeros(n, dtype=bool),
        plan_net=whole(),
        plan_paid=whole(),
        plan_at_once=np.zeros(n, dtype=bool),
        plan_by_agent=np.zeros(n, dtype=bool),
        plan_signed=whole(NEVER),
        paid_cents=whole(),
        credited_cents=whole(),
        contact_cents=np.zeros(n),
        complaints=whole(),
        opt_outs=whole(),
        commits=whole(),
        breaks=whole(),
        visits=whole(),
        contacts=whole(),
    )
