"""Small portfolios and specs for the engine's tests, and a rough life for them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from app.engine import Incumbent, Spec

MONDAY = date(2026, 3, 2)
HOURS = (8, 10, 13, 16, 19)
CHANNELS = ("sms", "email", "whatsapp", "voice", "human")
RULES = {
    "bands": [
        {
            "name": "young",
            "days_past_due": [0, 180],
            "principal_discount": 0.2,
            "charges_discount": 0.8,
            "opening": 0.5,
            "longest": 10,
            "min_instalment_cents": 3_000,
            "comfortable_instalment_cents": 12_000,
        },
        {
            "name": "old",
            "days_past_due": [181],
            "principal_discount": 0.5,
            "charges_discount": 1,
            "opening": 0.6,
            "longest": 18,
            "min_instalment_cents": 2_000,
            "comfortable_instalment_cents": 15_000,
        },
    ],
    "due_days": [5, 10, 20],
    "validity_days": 10,
}


def portfolio(people: int, seed: int = 1) -> pl.DataFrame:
    """People with every optional column, some of it unknown."""
    drawn = np.random.default_rng(seed)
    balance = (drawn.lognormal(7, 0.8, people) * 100).astype(np.int64) + 5_000
    return pl.DataFrame(
        {
            "person": np.arange(people) * 3 + 10,
            "balance_cents": balance,
            "principal_cents": (balance * drawn.uniform(0.5, 1, people)).astype(np.int64),
            "days_past_due": drawn.integers(5, 900, people),
            "product": drawn.choice(["card", "loan", "store"], people),
            "region": drawn.choice(["SP", "RJ", "AM"], people),
            "preferred_channel": drawn.choice([None, "email", "whatsapp"], people).tolist(),
            "acquired_through": drawn.choice(["store", "sms", None], people).tolist(),
            "preferred_hour": drawn.choice([None, 9, 19], people).tolist(),
            "income_cents": drawn.choice([None, 50_000, 250_000], people).tolist(),
            "payday": drawn.choice([None, 5, 20], people).tolist(),
            "held": drawn.random(people) < 0.03,
            "in_agreement": drawn.random(people) < 0.03,
            "reachable": [
                [c for c in CHANNELS if drawn.random() < 0.8] if drawn.random() < 0.9 else None
                for _ in range(people)
            ],
        },
        schema_overrides={
            "preferred_channel": pl.String,
            "acquired_through": pl.String,
            "preferred_hour": pl.Int8,
            "income_cents": pl.Int64,
            "payday": pl.Int8,
            "reachable": pl.List(pl.String),
        },
    )


def spec(**changes) -> Spec:
    """A Brazilian spec; `changes` replace its fields."""
    weekdays = dict.fromkeys(range(5), (8, 20))
    fields = {
        "channels": CHANNELS,
        "hours": HOURS,
        "wordings": tuple(f"w{number}" for number in range(8)),
        "cost_cents": {"sms": 8, "email": 1, "whatsapp": 30, "voice": 20, "human": 600},
        "capacity": {"human": 10},
        "legal_hours": {"*": weekdays | {5: (8, 14)}, "RJ": dict.fromkeys(range(5), (9, 19))},
        "closed": frozenset({MONDAY + timedelta(days=15)}),
        "incumbent": Incumbent(("sms", "email"), 10, 5, "w0"),
        "seed": 7,
    }
    return Spec(**(fields | changes))


def a_day_of(plan, drawn) -> pl.DataFrame:
    """Events that might follow a plan: contacts, some engaged, some visits, stops and payments."""
    columns = ["person", "channel", "hour", "wording"]
    sent = plan.actions.select(columns).with_columns(kind=pl.lit("sent"))
    read = sent.filter(pl.Series(drawn.random(sent.height) < 0.4))
    came = read.filter(pl.Series(drawn.random(read.height) < 0.4))
    offers = plan.offers.filter(pl.Series(drawn.random(plan.offers.height) < 0.03))
    visits = offers.select("person", "discount", "instalments").with_columns(
        kind=pl.lit("visit"),
        hour=pl.lit(21, dtype=pl.Int8),
        committed=pl.Series(drawn.random(offers.height) < 0.3),
    )
    some = plan.offers.select("person").filter(pl.Series(drawn.random(plan.offers.height) < 0.01))
    rest = [
        some.with_columns(
            kind=pl.Series(drawn.choice(kinds, some.height).tolist(), dtype=pl.String)
        )
        for kinds in (["complaint", "opt_out", "held"], ["released", "promise", "broken"])
    ]
    paid = some.with_columns(kind=pl.lit("payment"), amount_cents=pl.lit(9_000, dtype=pl.Int64))
    stopped = sent.filter(pl.Series(drawn.random(sent.height) < 0.02)).select("person", "channel")
    return pl.concat(
        [
            sent,
            read.with_columns(kind=pl.lit("read")),
            came.with_columns(kind=pl.lit("engaged")),
            visits,
            *rest,
            paid,
            stopped.with_columns(kind=pl.lit("opt_out")),
        ],
        how="diagonal",
    )
