"""The persons of a world: what they are like. No policy but the oracle ever sees this."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.worlds.parameters import World

Column = NDArray[np.float64]

REGIONS = ("SP", "RJ", "MG", "BA", "AM", "RS")
PRODUCTS = ("card", "loan", "store")
TYPES = ("before", "office", "after", "weekend", "any")
TYPE_SHARES = (0.183, 0.116, 0.367, 0.154, 0.18)
"""When people prefer to be reached (Experian); the rest does not mind."""
TYPE_UNKNOWN = len(TYPES)
"""Of nobody: what suits people in general, for who does not know."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Standard scores that both the latents and what a creditor knows are made of."""

    engagement: Column
    distress: Column
    annoyance: Column
    reach: Column
    """One column per channel."""
    hour_type: NDArray[np.int64]
    region: NDArray[np.int64]
    product: NDArray[np.int64]
    age: Column
    """0 (just late) to 1 (years late): a rank."""
    balance_cents: NDArray[np.int64]
    income_cents: Column


@dataclass(frozen=True, slots=True)
class Latents:
    """What decides how each person acts; one row per person, matrices by channel or wording."""

    valid: NDArray[np.bool_]
    reachable: NDArray[np.bool_]
    read: Column
    right: Column
    engaged: Column
    taste: Column
    """Log-odds of engaging by wording."""
    hour_type: NDArray[np.int64]
    annoyance: Column
    will: Column
    reservation: Column
    """The discount (of the balance) that a person waits for."""
    capacity_cents: Column
    liquid_cents: Column
    cure: Column
    visits: Column
    payday: NDArray[np.int64]
    strategic: NDArray[np.bool_]


def logit(share: float | Column) -> Column:
    """Log-odds."""
    return np.log(share) - np.log1p(-np.asarray(share))


def sigmoid(odds: Column) -> Column:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-odds))


def draw_traits(world: World) -> Traits:
    """Who lives in this world."""
    random = np.random.default_rng([world.seed, 2])
    n, value = world.people, world.value
    engagement, distress, annoyance = random.standard_normal((3, n))
    distress = 0.95 * distress - 0.3 * engagement
    reach = 0.4 * engagement[:, None] + 0.92 * random.standard_normal((n, len(world.channels)))
    region = random.choice(len(REGIONS), n, p=random.dirichlet(np.full(len(REGIONS), 4.0)))
    product = random.choice(len(PRODUCTS), n, p=random.dirichlet(np.full(len(PRODUCTS), 4.0)))
    late = 0.45 * distress - 0.2 * engagement + 0.85 * random.standard_normal(n)
    age = late.argsort().argsort() / max(n - 1, 1)
    income = value["income_cents"] * np.exp(value["spread_income"] * random.standard_normal(n))
    size = 0.3 * (np.log(income / value["income_cents"])) + 0.2 * (age - 0.5)
    balance = value["balance_cents"] * np.exp(
        size + value["spread_balance"] * random.standard_normal(n)
    )
    balance_cents = np.clip(balance, 5_000, 5_000_000).astype(np.int64)
    hour_type = _hour_types(world, random, region)
    return Traits(
        engagement, distress, annoyance, reach, hour_type, region, product, age, balance_cents, income
    )  # fmt: skip


def draw_latents(world: World, traits: Traits) -> tuple[Latents, Latents]:
    """How people act: in the first and in the second half (the same unless the world drifts)."""
    random = np.random.default_rng([world.seed, 3])
    first = _latents(world, traits, random)
    if world.is_flat:
        return (_alike(world, traits, first),) * 2
    if world.changes_on is None:
        return first, first
    return first, _drifted(world, first, random)


def hour_fit(hour_type: NDArray[np.int64], hour: NDArray[np.int64], weekday: int) -> Column:
    """How well an hour suits a person: 1 in their time, −½ outside, 0 for who does not mind."""
    return _FIT[int(weekday >= 5), hour_type, hour]


def _fits() -> Column:
    """By weekend or not, type and hour of the day; the last type is the mean of all."""
    fit = np.full((2, len(TYPES) + 1, 24), -0.5)
    fit[:, 0, :10] = fit[:, 1, 10:17] = fit[:, 2, 17:] = 1.0
    fit[1, 3] = 1.0
    fit[:, 4] = 0.0
    fit[:, TYPE_UNKNOWN] = np.einsum("dth,t->dh", fit[:, :TYPE_UNKNOWN], TYPE_SHARES)
    return fit


_FIT = _fits()


def _hour_types(
    world: World, random: np.random.Generator, region: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Types with the published shares, tilted a little by region."""
    tilt = 0.3 * random.standard_normal((len(REGIONS), len(TYPES)))
    score = np.log(TYPE_SHARES) + tilt[region] + random.gumbel(size=(world.people, len(TYPES)))
    return score.argmax(axis=1)


def _latents(world: World, traits: Traits, random: np.random.Generator) -> Latents:
    n, value = world.people, world.value
    normal = random.standard_normal
    by = {
        name: np.array([world.by_channel[channel][name] for channel in world.channels])
        for name in ("delivered", "read", "right", "engaged")
    }
    spread = value["spread_reach"]
    reachable = (
        random.random((n, len(world.channels)))
        < np.array([0.7, 0.95, 0.85, 0.9, 0.9])[: len(world.channels)]
    )
    reachable[:, 1] |= ~reachable.any(axis=1)
    product_engaged, product_will = 0.3 * normal((2, len(PRODUCTS)))[:, traits.product]
    capacity = traits.income_cents * value["capacity_share"] * np.exp(
        value["spread_capacity"] * (0.9 * normal(n) - 0.4 * traits.distress)
    )  # fmt: skip
    liquid = capacity * value["liquid_months"] * np.exp(0.7 * normal(n))
    common = 0.4 * traits.engagement
    return Latents(
        valid=random.random((n, len(world.channels))) < by["delivered"],
        reachable=reachable,
        read=logit(by["read"]) + spread * traits.reach,
        right=sigmoid(logit(by["right"]) + spread * (0.4 * traits.reach + 0.9 * normal(traits.reach.shape))),
        engaged=logit(by["engaged"]) + (value["spread_engaged"] * (0.7 * traits.engagement + 0.7 * normal(n)) + product_engaged)[:, None],
        taste=value["wording"] * normal(8) + value["wording_taste"] * normal((n, 8)),
        hour_type=traits.hour_type,
        annoyance=np.exp(value["spread_annoyance"] * traits.annoyance),
        will=logit(value["will"]) + value["spread_will"] * (common - 0.3 * traits.distress + 0.85 * normal(n)) + product_will,
        reservation=np.clip(value["reservation"] + value["reservation_by_age"] * traits.age + value["spread_reservation"] * (0.35 * traits.distress + 0.9 * normal(n)), 0, 0.95),
        capacity_cents=capacity,
        liquid_cents=liquid,
        cure=_cure(world, traits, normal(n), capacity),
        visits=value["visits_per_day"] * np.exp(value["spread_visits"] * (0.5 * traits.engagement + 0.85 * normal(n))),
        payday=random.choice([5, 7, 10, 15, 20, 30], n, p=[0.4, 0.15, 0.2, 0.1, 0.1, 0.05]),
        strategic=(random.random(n) < value["strategic"]) & (world.scenario == "gaming"),
    )  # fmt: skip


def _cure(world: World, traits: Traits, noise: Column, capacity: Column) -> Column:
    """The daily hazard of paying the whole with no help: fresh, small and liquid debts first."""
    months = traits.balance_cents / capacity
    odds = (
        0.5 * traits.engagement
        - 1.5 * (traits.age - 0.5)
        + 0.85 * noise
        - 0.4 * np.log(months / 10)
    )
    return np.clip(world.value["cure_per_day"] * np.exp(world.value["spread_cure"] * odds), 0, 0.02)


def _alike(world: World, traits: Traits, one: Latents) -> Latents:
    """Everybody alike: no trait decides anything, every offer is affordable and good enough."""
    n, shape = world.people, one.right.shape
    mean = world.by_channel[world.channels[0]]
    return replace(
        one,
        valid=np.ones(shape, dtype=bool),
        reachable=np.ones(shape, dtype=bool),
        read=np.full(shape, logit(mean["read"])),
        right=np.full(shape, mean["right"]),
        engaged=np.full(shape, logit(mean["engaged"])),
        taste=np.zeros_like(one.taste),
        hour_type=np.full(n, 4),
        annoyance=np.ones(n),
        will=np.full(n, logit(world.value["will"])),
        reservation=np.full(n, -1.0),
        capacity_cents=traits.balance_cents * 1_000.0,
        liquid_cents=traits.balance_cents * 1_000.0,
        cure=np.full(n, world.value["cure_per_day"]),
        visits=np.full(n, world.value["visits_per_day"]),
    )


def _drifted(world: World, one: Latents, random: np.random.Generator) -> Latents:
    """A second half in which channels fade, hours move and money gets tighter or easier."""
    n = world.people
    moved = random.random(n) < 0.4
    others = random.permutation(one.hour_type)
    channel = random.uniform(-1.0, 0.7, len(world.channels))
    own = 0.4 * random.standard_normal(one.read.shape)
    money = random.uniform(0.75, 1.15)
    return replace(
        one,
        read=one.read + channel + own,
        hour_type=np.where(moved, others, one.hour_type),
        taste=random.permutation(one.taste, axis=1),
        reservation=np.clip(one.reservation + random.uniform(-0.08, 0.12), 0, 0.95),
        capacity_cents=one.capacity_cents * money,
        liquid_cents=one.liquid_cents * money,
        visits=one.visits * random.uniform(0.7, 1.2),
    )
