"""One world judged: what every policy earned in it, and whether the engine said the truth."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.worlds.harness import Run, run


@dataclass(frozen=True, slots=True)
class Verdict:
    """The figures of one world. Money in cents over all its people."""

    seed: int
    scenario: str
    static: float
    segment: float
    engine: float
    everybody: float
    """Of the engine, with nobody held out."""
    informed: float
    """Of who knows the population, but of each person only the file, and holds nobody out."""
    oracle: float
    complaints: dict[str, int]
    opt_outs: dict[str, int]
    refused: dict[str, int]
    """Of the engine, by reason."""
    truth: float
    """Cents of payments per engine-arm person beyond what the same person pays under the creditor's
    rules with the same luck."""
    uplift: tuple[float, float, float]
    """As reported: estimate, low, high."""
    one_look: tuple[float, float]
    """The interval for one look that was planned beforehand: finite in small worlds too."""
    paid_per_person: float
    """Under the creditor's rules: what the uplift is compared with."""
    wordings_cover_zero: bool
    """No wording stands out in the report."""
    seconds: float
    """Spent in the engine."""


def judge(seed: int, scenario: str, *, people: int = 4_000, days: int = 90) -> Verdict:
    """Every policy in the world of this seed."""
    runs = {
        name: run(seed, scenario, name, people=people, days=days)
        for name in ("static", "segment", "engine", "everybody", "informed", "oracle")
    }
    engine = runs["engine"]
    report = engine.policy.report()
    others = {name: one for name, one in runs.items() if name != "oracle"}
    return Verdict(
        seed=seed,
        scenario=scenario,
        **{name: one.net_cents for name, one in runs.items()},
        complaints={name: one.complaints for name, one in others.items()},
        opt_outs={name: one.opt_outs for name, one in others.items()},
        refused=engine.refused,
        truth=true_uplift(engine, runs["static"]),
        uplift=(report.uplift.estimate, report.uplift.low, report.uplift.high),
        one_look=(report.uplift.fixed_low, report.uplift.fixed_high),
        paid_per_person=float(runs["static"].paid_cents.mean()),
        wordings_cover_zero=_cover_zero(report.wordings),
        seconds=engine.seconds,
    )


def true_uplift(engine: Run, static: Run) -> float:
    """Cents per person of the engine's arm, against the same people on the creditor's rules."""
    arms = engine.policy.arms()
    people = arms.filter(pl.col("arm") == "engine")["person"].to_numpy()
    mine = np.isin(engine.ids, people)
    return float((engine.paid_cents[mine] - static.paid_cents[mine]).mean())


def _cover_zero(table: pl.DataFrame) -> bool:
    return bool(table.select(((pl.col("low") <= 0) & (pl.col("high") >= 0)).all()).item())
