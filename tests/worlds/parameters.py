"""One world's parameters, drawn at random from ranges that others have published.

Where a publisher gives one figure, the range is put around it; where nobody has published, the
range is wide and says "no source". A world is drawn, never tuned: the same seed is the same world.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

SCENARIOS = ("base", "null", "gaming", "drift", "no_human")
CHANNELS = ("email", "sms", "whatsapp", "voice", "human")
SPOKEN = frozenset({"voice", "human"})

Range = tuple[float, float]

CHANNEL_RANGES: Mapping[str, Mapping[str, Range]] = {
    # Mailchimp benchmarks: opened 20–40%, clicked 1–4% of what was delivered.
    "email": {"delivered": (0.93, 0.98), "read": (0.18, 0.4), "right": (0.8, 0.95), "engaged": (0.04, 0.12), "visit": (0.75, 0.9), "cost": (0.1, 1)},
    # GSMA and Gartner: most SMS are read; Anatel: numbers change hands, so the right person less often.
    "sms": {"delivered": (0.88, 0.97), "read": (0.55, 0.85), "right": (0.65, 0.85), "engaged": (0.03, 0.08), "visit": (0.75, 0.9), "cost": (5, 12)},
    # Meta's business price list and read receipts; Opinion Box: who answers companies there.
    "whatsapp": {"delivered": (0.75, 0.92), "read": (0.55, 0.8), "right": (0.7, 0.88), "engaged": (0.05, 0.13), "visit": (0.75, 0.9), "cost": (20, 45)},
    # Pew Research: 2 in 10 pick up for an unknown number; ACA International: right party 5–20% of dials.
    "voice": {"delivered": (0.85, 0.95), "read": (0.08, 0.22), "right": (0.35, 0.6), "engaged": (0.1, 0.25), "visit": (0.5, 0.7), "cost": (10, 30)},
    "human": {"delivered": (0.85, 0.95), "read": (0.12, 0.3), "right": (0.45, 0.7), "engaged": (0.35, 0.6), "visit": (0.6, 0.8), "cost": (250, 600)},
}  # fmt: skip
"""Per channel: probabilities of each step given the one before, and cents per attempt."""

RANGES: Mapping[str, Range] = {
    # Spread between persons, in log-odds. No source: from nearly alike to very different.
    "spread_reach": (0.5, 1.2), "spread_engaged": (0.5, 1.1), "spread_will": (0.5, 1.0), "spread_visits": (0.5, 1.0),
    # How much of a latent trait shows in what a creditor knows: correlation. UCI bank telemarketing
    # (Moro et al.): AUC .64 out of time is about .3.
    "signal": (0.15, 0.6),
    # Experian: 36.7% prefer after work, 18.3% before, 15.4% the weekend, 11.6% office hours. The
    # effect in log-odds on picking up has no source.
    "hour_effect": (0.5, 1.2), "hour_effect_written": (0.1, 0.4),
    # Tax and utility trials (Behavioural Insights Team): wording moves a few points at most.
    "wording": (0.02, 0.12), "wording_taste": (0.0, 0.1), "repeated": (0.05, 0.3),
    # Contact wears off. No source for the size; Reg F's seven calls in seven days bounds the pace.
    "fatigue": (0.05, 0.25), "load_half_life": (4, 10),
    # CFPB and consumidor.gov.br: complaints are a few per ten thousand contacts and grow with pressure.
    "complaint": (0.0001, 0.0004), "opt_out": (0.0005, 0.002), "annoyance": (0.25, 0.5), "spread_annoyance": (0.4, 1.0),
    "complaint_cents": (4_000, 15_000), "opt_out_cents": (200, 1_000), "dispute": (0.002, 0.008),
    # Experian: 52% of visitors convert when shown the right offer; 44% of them on a later visit.
    "will": (0.4, 0.6), "visits_per_day": (0.002, 0.006), "returning": (1.5, 4.0), "reminded": (1.1, 1.6),
    # Experian: 21% of accesses fall outside 8–20h.
    "night": (0.17, 0.25),
    # Dobbie & Song: write-downs raise repayment; how far down a person waits to go has no source.
    "reservation": (0.08, 0.22), "reservation_by_age": (0.1, 0.35), "spread_reservation": (0.06, 0.16), "price_width": (0.03, 0.09),
    # IBGE (PNAD): income; Serasa: balances of R$ 600–2,500 per debt; CNC (Peic): share of income for debts.
    "income_cents": (180_000, 320_000), "spread_income": (0.4, 0.7), "capacity_share": (0.04, 0.1), "spread_capacity": (0.4, 0.8),
    "balance_cents": (60_000, 250_000), "spread_balance": (0.7, 1.0), "liquid_months": (1.0, 4.0),
    # Plans signed online break 11% of the time, by agent 18%; people sign more than they can keep.
    "optimism": (1.1, 1.7), "keep": (0.955, 0.985), "keep_by_agent": (0.96, 0.985), "late_payer": (0.3, 0.6), "income_shock": (0.15, 0.35),
    "payday_effect": (0.1, 0.6), "pays_at_once": (0.3, 0.5),
    # Roll rates of early arrears (Banco Central do Brasil): part is paid with no help at all.
    "cure_per_day": (0.0003, 0.002), "spread_cure": (0.5, 1.2),
    # Strategic waiting (gaming only). No source.
    "strategic": (0.25, 0.5), "expected_gain": (0.05, 0.15), "cost_of_waiting": (0.01, 0.03), "gossip": (0.05, 0.3),
    "waiting_visits": (0.02, 0.06),
}  # fmt: skip

TELLING: Mapping[str, Range] = {
    # Who leaves has often looked at a plan, and at times tried what would fit. No source; what
    # people say they can pay is off by as much as they are optimistic, and more.
    "looks": (0.2, 0.5), "tells": (0.05, 0.25), "tells_noise": (0.2, 0.5),
}  # fmt: skip
"""What visitors let know on the portal beside agreeing or not."""

WIDTHS = {"afford_width": 0.25, "cash_width": 0.3}
"""How sharply people decide by what they can afford, in logs. No source."""

FLAT = {"price_width": 0.004, "pays_at_once": 1.0}
"""Where all are alike, everybody takes the creditor's opening offer and nobody less; at once."""

NONE = (
    "spread_reach", "spread_engaged", "spread_will", "spread_visits", "hour_effect",
    "hour_effect_written", "wording", "wording_taste", "repeated", "fatigue", "annoyance",
    "spread_annoyance", "spread_reservation", "reservation_by_age", "spread_cure", "payday_effect",
)  # fmt: skip
"""What a world without differences has none of."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything about a world that is not a person."""

    seed: int
    scenario: str
    people: int
    days: int
    channels: tuple[str, ...]
    by_channel: Mapping[str, Mapping[str, float]]
    value: Mapping[str, float]
    changes_on: int | None
    """The day number from which the second half's latents hold (drift)."""

    @property
    def is_flat(self) -> bool:
        """Whether nothing differs between persons, channels, hours and words."""
        return self.scenario == "null"


def draw_world(seed: int, scenario: str, *, people: int = 4_000, days: int = 90) -> World:
    """A world of this scenario. Raises ValueError for a scenario that does not exist."""
    if scenario not in SCENARIOS:
        raise ValueError(f"no such scenario: {scenario}")
    random = np.random.default_rng([seed, 1])
    by_channel = {
        channel: {name: _between(random, span) for name, span in ranges.items()}
        for channel, ranges in CHANNEL_RANGES.items()
    }
    value = {name: _between(random, span) for name, span in RANGES.items()}
    portal = np.random.default_rng([seed, 8])
    value |= {name: _between(portal, span) for name, span in TELLING.items()} | WIDTHS
    middle = int(days * random.uniform(0.4, 0.6))
    channels = CHANNELS[:-1] if scenario == "no_human" else CHANNELS
    world = World(seed, scenario, people, days, channels, by_channel, value, None)
    if scenario == "drift":
        return replace(world, changes_on=middle)
    return _flat(world) if scenario == "null" else world


def _flat(world: World) -> World:
    """The same world where all persons, channels, hours and words are alike."""
    mean = {
        name: float(np.mean([world.by_channel[channel][name] for channel in world.channels[:3]]))
        for name in CHANNEL_RANGES["email"]
    }
    value = {**world.value, **dict.fromkeys(NONE, 0.0), **FLAT}
    return replace(world, by_channel=dict.fromkeys(world.channels, mean), value=value)


def _between(random: np.random.Generator, span: Range) -> float:
    """Uniform in the range; evenly in the logarithm where it spans more than a factor of three."""
    low, high = span
    if low > 0 and high / low > 3:
        return float(np.exp(random.uniform(np.log(low), np.log(high))))
    return float(random.uniform(low, high))
