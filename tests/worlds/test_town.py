"""The simulator itself: money is conserved, luck is common, observed is all that is told."""

import numpy as np
import polars as pl
import pytest

from tests.worlds.harness import POLICIES, run
from tests.worlds.journal import SCHEMA
from tests.worlds.parameters import SCENARIOS
from tests.worlds.town import found_town

SMALL = {"people": 300, "days": 45}


class Ledger:
    """All events of a run, and the town they happened in."""

    def __init__(self, seed, scenario, policy="segment"):
        self.days = []
        self.run = run(seed, scenario, policy, watch=self.note, **SMALL)
        self.events = pl.concat(self.days)

    def note(self, town, events):
        self.town = town
        self.days.append(events.with_columns(pl.lit(town.day).alias("day")))

    def of(self, kind):
        return self.events.filter(pl.col("kind") == kind)


@pytest.fixture(scope="module", params=SCENARIOS)
def ledger(request):
    return Ledger(11, request.param)


def test_every_payment_is_told_and_counted_once(ledger):
    told = ledger.of("payment").group_by("person").agg(pl.col("amount_cents").sum())
    by_person = dict(told.iter_rows())
    paid = {
        person: cents
        for person, cents in zip(
            ledger.run.ids.tolist(), ledger.run.paid_cents.tolist(), strict=True
        )
        if cents
    }
    assert paid == by_person
    assert (ledger.of("payment")["amount_cents"] > 0).all()


def test_nobody_pays_more_than_they_owe(ledger):
    owed = ledger.town.portfolio["balance_cents"].to_numpy()
    assert (ledger.run.paid_cents <= owed).all()


def test_a_payment_follows_an_agreement_or_settles_the_whole(ledger):
    first_commit = dict(
        ledger.of("visit")
        .filter(pl.col("committed"))
        .group_by("person")
        .agg(pl.col("day").min())
        .iter_rows()
    )
    owed = dict(ledger.town.portfolio.select("person", "balance_cents").iter_rows())
    settled = set(ledger.of("settled").select("person", "day").iter_rows())
    for person, day, cents in (
        ledger.of("payment").select("person", "day", "amount_cents").iter_rows()
    ):
        if first_commit.get(person, 10_000) >= day:
            assert cents == owed[person]
            assert (person, day) in settled


def test_an_agreement_ends_once_and_is_signed_only_by_who_has_none(ledger):
    standing = {}
    kinds = ("visit", "broken", "settled")
    for person, kind, committed in (
        ledger.events.filter(pl.col("kind").is_in(kinds))
        .select("person", "kind", "committed")
        .iter_rows()
    ):
        if kind == "visit":
            assert standing.get(person) not in ("agreed", "settled")
            standing[person] = "agreed" if committed else standing.get(person)
        elif kind == "broken":
            assert standing[person] == "agreed"
            standing[person] = "broken"
        else:
            standing[person] = "settled"


def test_a_contact_goes_step_by_step(ledger):
    for earlier, later in (
        ("sent", "delivered"),
        ("delivered", "read"),
        ("delivered", "right_party"),
        ("right_party", "engaged"),
    ):
        key = ["person", "day", "channel", "hour"]
        assert ledger.of(later).join(ledger.of(earlier), on=key, how="anti").is_empty(), later
    assert len(ledger.of("sent")) == len(ledger.of("delivered")) + len(ledger.of("bounced"))


def test_events_have_the_columns_of_the_interface_and_nothing_else(ledger):
    assert dict(ledger.events.drop("day").schema) == SCHEMA
    assert set(ledger.of("visit")["hour"].to_list()) <= set(range(24))
    assert (
        ledger.of("visit")
        .select(pl.col("discount", "instalments", "committed").is_not_null().all())
        .row(0)
        == (True,) * 3
    )


def test_the_same_seed_is_the_same_world_and_luck():
    one, other = run(12, "base", "static", **SMALL), run(12, "base", "static", **SMALL)
    assert one.net_cents == other.net_cents
    assert (one.paid_cents == other.paid_cents).all()


def test_who_is_treated_alike_meets_the_same_luck():
    def silent(town):
        policy = POLICIES["static"](town)
        plan = policy.plan
        policy.plan = lambda day: type(made := plan(day))(made.actions.head(0), made.offers)
        return policy

    alone, contacted = run(13, "base", silent, **SMALL), run(13, "base", "static", **SMALL)
    assert alone.contacts == 0 < contacted.contacts
    same = alone.paid_cents == contacted.paid_cents
    assert 0.6 < same.mean() < 1


def test_one_visit_in_five_is_at_night():
    visits = Ledger(14, "base", lambda town: POLICIES["static"](town)).of("visit")
    contacted = visits.filter(pl.col("hour").is_between(8, 19))
    assert 0.05 < 1 - len(contacted) / len(visits) < 0.3


def test_latents_are_not_in_the_portfolio():
    town = found_town(15, "base", people=3_000)
    known = town.portfolio.select(
        pl.col(pl.Float64, pl.Int64, pl.Int32).exclude("person")
    ).fill_null(0)
    for name in ("engaged", "will", "reservation", "capacity_cents", "cure", "visits"):
        latent = getattr(town.latents, name)
        latent = latent if latent.ndim == 1 else latent[:, 0]
        found = [
            abs(np.corrcoef(known[column].to_numpy(), latent)[0, 1]) for column in known.columns
        ]
        assert max(found) < 0.9, name
