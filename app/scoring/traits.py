"""What the scores look at in a person: figures measured against those of everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.scoring.people import People

Moments = tuple[float, float]
"""Mean and deviation."""


def moments(values: NDArray[np.float64]) -> Moments:
    """Of what is finite."""
    finite = values[np.isfinite(values)]
    return (float(finite.mean()), float(finite.std()) or 1.0) if len(finite) else (0.0, 1.0)


def standardised(
    values: NDArray[np.float64], against: Moments | None = None
) -> NDArray[np.float32]:
    """Mean 0, deviation 1, within ±3; what is not finite counts as the mean."""
    mean, deviation = against or moments(values)
    scaled = np.where(np.isfinite(values), (values - mean) / deviation, 0.0)
    return np.clip(scaled, -3, 3).astype(np.float32)


MOST_PRODUCTS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """What somebody's figures are measured against: looked at alone, or on another day, a person
    has the traits they have among everybody."""

    balance: Moments
    age: Moments
    income: Moments
    extra: tuple[Moments, ...]
    products: tuple[str | None, ...]
    """The first is what the others are compared with, and what an unknown one counts as."""
    credit: Moments
    """Of the days since the credit was granted."""

    @classmethod
    def of(cls, people: People, products: Sequence[str] | None = None) -> "Scale":
        """Of these people; `products` in an order of the caller's, as many places as there may
        be: a product that comes later changes no one's traits."""
        places = people.products if products is None else (*products, *[None] * MOST_PRODUCTS)
        return cls(
            balance=moments(_balance(people)),
            age=moments(_age(people)),
            income=moments(_income(people)),
            extra=tuple(moments(column) for column in people.extra.T),
            products=tuple(places[:MOST_PRODUCTS]),
            credit=moments(_credit(people)),
        )


def _balance(people: People) -> NDArray[np.float64]:
    return np.asarray(np.log1p(people.balance / 100))


def _age(people: People) -> NDArray[np.float64]:
    return np.log1p(people.days_past_due.astype(np.float64))


def _income(people: People) -> NDArray[np.float64]:
    known = np.isfinite(people.income) & (people.income > 0)
    logged = np.log(np.where(known, people.income, 1.0)).astype(np.float64)
    return np.where(known, logged, np.nan)


def _credit(people: People) -> NDArray[np.float64]:
    return np.log1p(people.credit_days.astype(np.float64))


def places(people: People, scale: Scale) -> NDArray[np.int64]:
    """Each person's product among those of the scale (n,)."""
    known = {name: at for at, name in enumerate(scale.products) if name is not None}
    named = np.array([known.get(name, 0) for name in people.products] or [0], dtype=np.int64)
    return named[people.product]


def traits(people: People, scale: Scale | None = None) -> NDArray[np.float32]:
    """What the scores look at in a person (n, T): balance, age and product of the debt, income,
    other debts, how long ago the credit was granted, allowed extras. No age, no region, no name."""
    scale = scale or Scale.of(people)
    columns = [
        np.ones(len(people), dtype=np.float32),
        standardised(_balance(people), scale.balance),
        standardised(_age(people), scale.age),
        (people.days_past_due > 180).astype(np.float32),
        (np.minimum(people.other_debts, 5) / 5).astype(np.float32),
        standardised(_income(people), scale.income),
        standardised(_credit(people), scale.credit),
    ]
    place = places(people, scale)
    columns += [(place == at).astype(np.float32) for at in range(1, len(scale.products))]
    columns += [
        standardised(column, against)
        for column, against in zip(people.extra.T, scale.extra, strict=True)
    ]
    return np.stack(columns, axis=1).astype(np.float32)
