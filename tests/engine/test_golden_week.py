"""A week of two hundred people, told as it happens: whom the engine writes to, and whom no more."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

import polars as pl

from app.engine import Engine
from app.scoring.events import COLUMNS
from tests.engine.towns import MONDAY, RULES, portfolio, spec

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "next Monday")
PEOPLE = 200


class Week:
    """A creditor's days; every contact is delivered, and what people do is told in the test."""

    def __init__(self):
        self.engine = Engine()
        self.engine.reset(portfolio(PEOPLE), RULES, spec())
        self.number = -1
        self.heard = defaultdict(list)
        self.plans = []

    def dawns(self, name):
        """The night before is over: what is planned for the day."""
        self.number += 1
        assert DAYS[self.number] == name
        self.plan = self.engine.plan(self.date)
        self.plans.append(self.plan)
        self.written = {row["person"]: row for row in self.plan.actions.iter_rows(named=True)}
        self.offers = {row["person"]: row for row in self.plan.offers.iter_rows(named=True)}
        for person, row in self.written.items():
            self.heard[person].append(row)
        return self

    @property
    def date(self):
        return MONDAY + timedelta(days=self.number)

    def ends(self, *happened):
        """The evening: everything was delivered, and this happened to these people."""
        sent = [
            {
                "person": person,
                "kind": "sent",
                **{k: row[k] for k in ("channel", "hour", "wording")},
            }
            for person, row in self.written.items()
        ]
        rows = sent + [{**sight, "person": who, "kind": kind} for who, kind, sight in happened]
        self.engine.learn(self.date, pl.DataFrame(rows, schema=COLUMNS))

    def seen_by(self, person, *, committed=False):
        """What somebody sees who comes today."""
        offer = self.offers[person]
        seen = {"hour": 20, "discount": offer["discount"], "instalments": offer["instalments"]}
        return person, "visit", {**seen, "committed": committed}


def tell():
    """The week, and who is who in it."""
    week = Week()
    people = portfolio(PEOPLE)
    arms = dict(week.engine.arms().iter_rows())

    # On Monday the engine's people hear for the first time, each once, nobody who is on hold or
    # pays an agreement; the comparison hears as the creditor's rules say, and some nobody at all.
    week.dawns("Monday")
    silent = set(people.filter(pl.col("held") | pl.col("in_agreement"))["person"])
    assert len(week.written) == week.plan.actions.height > 20
    assert not silent & set(week.written)
    assert {arms[person] for person in week.written} <= {"engine", "rules"}
    for person, row in week.written.items():
        if arms[person] == "rules":
            assert (row["hour"], row["wording"], row["propensity"]) == (10, "w0", 1)
        assert row["intent"] == "first_contact"
    ours = sorted(person for person in week.written if arms[person] == "engine")
    ana, bruno, carla, davi, elisa, fabio = ours[:6]
    before = week.offers[ana]

    # In the evening Ana looks and leaves. Bruno agrees. Carla wants no more of that channel, Davi
    # of none. Elisa disputes the debt. Fabio complains.
    carlas = week.written[carla]["channel"]
    week.ends(
        week.seen_by(ana),
        week.seen_by(bruno, committed=True),
        (carla, "opt_out", {"channel": carlas}),
        (davi, "opt_out", {}),
        (elisa, "held", {}),
        (fabio, "complaint", {}),
    )

    # On Tuesday none of those who stopped is written to, and Bruno is offered nothing more. What
    # Ana finds is what she saw or better, and never the same reason twice for less.
    week.dawns("Tuesday")
    stopped = {bruno, davi, elisa, fabio}
    assert not stopped & set(week.written)
    assert bruno not in week.offers
    after = week.offers[ana]
    assert after["discount"] >= before["discount"] - 1e-9
    assert after["instalments"] >= before["instalments"]
    assert after["step"] in {0, 1}
    assert ("came_back" in after["reasons"]) == (after["step"] == 1)
    week.ends(week.seen_by(ana))

    # On Wednesday the dispute is answered, and Elisa has an offer again; Bruno pays.
    week.dawns("Wednesday")
    assert not stopped & set(week.written)
    week.ends((elisa, "released", {}), (bruno, "payment", {"amount_cents": 5_000}))
    week.dawns("Thursday")
    assert elisa in week.offers
    assert week.offers[ana]["step"] <= after["step"] + 1
    week.ends()

    # On Friday Bruno's agreement breaks: what he was offered he is offered again, gently.
    week.dawns("Friday")
    week.ends((bruno, "broken", {}))

    # On Saturday people hear until two in the afternoon; in Rio, by its own law here, not at all.
    week.dawns("Saturday")
    assert bruno in week.offers
    regions = dict(zip(people["person"], people["region"], strict=True))
    assert all(row["hour"] < 14 for row in week.written.values())
    assert "RJ" not in {regions[person] for person in week.written}
    week.ends()

    # On Sunday nobody hears anything; on Monday it goes on.
    week.dawns("Sunday")
    assert not week.written
    assert week.offers, "who comes on a Sunday finds an offer all the same"
    week.ends()
    week.dawns("next Monday")
    assert week.written
    return week, arms, {"carla": (carla, carlas), "gone": (davi, fabio)}


def test_a_week_of_two_hundred_people():
    week, arms, cast = tell()
    carla, channel = cast["carla"]
    assert channel not in {row["channel"] for row in week.heard[carla][1:]}
    assert all(len(week.heard[person]) == 1 for person in cast["gone"])
    in_the_week = Counter(one for plan in week.plans[:7] for one in plan.actions["person"])
    assert max(in_the_week.values()) <= 3
    for person, rows in week.heard.items():
        if arms[person] == "engine":
            words = [row["wording"] for row in rows]
            assert all(one != other for one, other in pairwise(words))
    for plan in week.plans:
        assert Counter(plan.actions["channel"])["human"] <= 10


def test_the_same_week_told_again_is_the_same():
    first, again = tell()[0], tell()[0]
    for one, other in zip(first.plans, again.plans, strict=True):
        assert one.actions.equals(other.actions)
        assert one.offers.equals(other.offers)
