"""The ladder whatever the people, the rules and the luck: it rises, it ends, it keeps its word."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.offers import ladder
from app.offers.limits import limits_of
from app.offers.standing import Outlook, Scores, Standing
from app.scoring.capacity import Keeping
from app.scoring.sensitivity import Sensitivity, Visitor

PEOPLE, TRAITS, DAYS = 25, 3, 7
OPEN = {
    "name": "all", "days_past_due": [0, 36_500], "principal_discount": 0.4,
    "charges_discount": 0.9, "opening": 0.5, "keep": 1.0, "longest": 12,
    "min_instalment_cents": 5_000, "comfortable_instalment_cents": 15_000,
}  # fmt: skip
shares = st.integers(0, 100).map(lambda percent: percent / 100)
bands = st.fixed_dictionaries({
    "name": st.just("all"),
    "days_past_due": st.just([0, 36_500]),
    "principal_discount": shares,
    "charges_discount": shares,
    "opening": shares,
    "keep": shares,
    "longest": st.integers(1, 24),
    "min_instalment_cents": st.integers(100, 20_000),
    "comfortable_instalment_cents": st.integers(1_000, 60_000),
})  # fmt: skip


class Town:
    """People who come, look and leave, and what the ladder may know of them."""

    def __init__(self, band, luck, *, steps=3, no_step=0.2, explore=0.3, price=0.0, keeps=False):
        self.drawn = np.random.default_rng(luck)
        whole = self.drawn.integers(1, 3_000_000, PEOPLE)
        rules = {"bands": [band], "due_days": [5], "validity_days": 10, "grace_days": 10}
        self.limits = limits_of(
            rules,
            principal=(whole * self.drawn.uniform(0.3, 1, PEOPLE)).astype(np.int64),
            whole=whole,
            days_past_due=np.full(PEOPLE, 100, dtype=np.int32),
            product=np.zeros(PEOPLE, dtype=np.int16),
            products=("card",),
        )
        self.agree, self.keep = Sensitivity.fresh(TRAITS, ("sms",)), Keeping.fresh(TRAITS)
        self.agree.model.mean += self.drawn.normal(0, 1, len(self.agree.model.mean))
        self.scores = Scores(
            self.agree, self.keep, 180, concession_price=price, explore=explore, keeps_opening=keeps
        )
        self.steps, self.has_none = steps, self.drawn.random(PEOPLE) < no_step
        self.ruled = self.drawn.random(PEOPLE) < 0.2
        self.discount = np.zeros(PEOPLE)
        self.instalments = np.zeros(PEOPLE, dtype=np.int64)
        self.step = np.zeros(PEOPLE, dtype=np.int64)
        self.fates = self.drawn.random((PEOPLE, 2))
        self.income = np.full(PEOPLE, np.nan, dtype=np.float32)

    def standing(self):
        left = np.where(self.has_none | self.ruled, 0, self.steps - self.step)
        return Standing(
            balance=self.limits.whole,
            discount=self.discount,
            instalments=self.instalments,
            step=self.step,
            left=left,
            may_step=(left > 0) & (self.instalments > 0),
            rules_only=self.ruled,
            no_steps=self.has_none | self.ruled,
        )

    def offers(self):
        own = ladder.opening(self.limits, self.limits.whole)[0] / self.limits.whole
        visitor = Visitor(
            traits=np.ones((PEOPLE, TRAITS), dtype=np.float32),
            refusals=np.minimum(self.step, 3).astype(np.float32) / 3,
            seen_discount=self.discount.astype(np.float32),
            seen_instalments=self.instalments.astype(np.float32),
            opening=own.astype(np.float32),
            via=np.full(PEOPLE, -2, dtype=np.int8),
            carried=self.limits.comfortable_cents.astype(np.float32),
            told=np.zeros(PEOPLE, dtype=np.float32),
            payday=np.zeros(PEOPLE, dtype=np.float32),
            leaning=np.zeros(PEOPLE, dtype=np.float32),
        )
        some = np.full(PEOPLE, 0.1, dtype=np.float32)
        return ladder.choose(
            self.limits, self.standing(), visitor, self.income, Outlook(some, some), self.scores, self.fates
        )  # fmt: skip

    def leave(self, offers):
        """Everybody who comes today looks and leaves."""
        comes = self.drawn.random(PEOPLE) < 0.6
        share = offers.discount_cents / self.limits.whole
        self.discount = np.where(comes, np.maximum(self.discount, share), self.discount)
        self.instalments = np.where(comes, offers.instalments, self.instalments)
        self.step = np.where(comes, offers.step, self.step)
        return comes

    def most(self, count):
        return self.limits.most_cents(self.limits.whole, count, 1_000_000)


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20), st.integers(0, 3))
def test_it_rises_within_the_rules_and_never_more_than_the_steps(band, luck, steps):
    town = Town(band, luck, steps=steps)
    for _ in range(DAYS):
        seen, longest, step = town.discount.copy(), town.instalments.copy(), town.step.copy()
        offers = town.offers()
        cents = offers.discount_cents
        assert (cents >= np.rint(seen * town.limits.whole)).all()
        assert (cents <= town.most(offers.instalments)).all() or band["keep"] < 1
        assert (cents <= town.most(np.ones(PEOPLE, dtype=np.int64))).all()
        net = town.limits.whole - cents
        assert (offers.instalments <= town.limits.longest).all()
        room = np.maximum(net // town.limits.least_cents, 1)
        assert ((offers.instalments <= room) | (offers.instalments == 1)).all()
        assert (offers.instalments >= np.minimum(longest, room)).all()
        assert ((offers.step - step >= 0) & (offers.step - step <= 1)).all()
        assert (offers.step <= steps).all()
        assert ((offers.propensity > 0) & (offers.propensity <= 1)).all()
        town.leave(offers)


@settings(max_examples=15)
@given(bands, st.integers(1, 24), st.integers(0, 2**20))
def test_a_kept_opening_binds_first_offers_alone(band, longest, luck):
    """Whatever is drawn, and whoever comes when: until somebody saw an offer, theirs stays within
    the creditor's opening; the steps after it go on up to the maximum."""
    band["opening_longest"] = min(longest, band["longest"])
    town = Town(band, luck, keeps=True)
    for _ in range(DAYS):
        new, offers = (town.instalments == 0) & ~town.ruled, town.offers()
        opening = town.limits.most_cents(
            town.limits.whole, offers.instalments, town.limits.opening_ppm
        )
        assert (offers.discount_cents[new] <= opening[new]).all()
        assert (offers.instalments[new] <= band["opening_longest"]).all()
        kept = (offers.why & ladder.Why.OPENING_KEPT) > 0
        assert (kept == new).all()
        assert (offers.discount_cents <= town.most(np.ones(PEOPLE, dtype=np.int64))).all()
        town.leave(offers)


def test_after_a_kept_opening_steps_reach_the_maximum():
    band = {**OPEN, "opening": 0.5, "opening_longest": 4}
    town = Town(band, 3, keeps=True, no_step=0.0)
    for _ in range(4 * DAYS):
        offers = town.offers()
        town.leave(offers)
    mine = ~town.ruled & (offers.step > 0)
    most, own = town.most(offers.instalments), ladder.opening(town.limits, town.limits.whole)[0]
    assert (offers.discount_cents[mine] > own[mine]).any()
    assert (offers.discount_cents[mine] == most[mine]).any()
    assert (offers.instalments[mine] > 4).any()


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_what_was_called_final_is(band, luck):
    town = Town(band, luck)
    told = np.zeros(PEOPLE, dtype=bool)
    cents, count = np.zeros(PEOPLE, dtype=np.int64), np.zeros(PEOPLE, dtype=np.int64)
    for _ in range(DAYS):
        offers = town.offers()
        assert (offers.discount_cents[told] == cents[told]).all()
        assert (offers.instalments[told] == count[told]).all()
        comes = town.leave(offers) & ~town.ruled
        told |= comes & offers.final
        cents = np.where(comes, offers.discount_cents, cents)
        count = np.where(comes, offers.instalments, count)
    assert (town.step <= 3).all()


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_whoever_is_not_told_that_it_is_final_could_get_something_better(band, luck):
    """A better offer is one of more discount, or of more payments with no less."""
    town = Town(band, luck)
    for _ in range(2 * DAYS):
        offers = town.offers()
        cents, count = offers.discount_cents, offers.instalments
        fits = np.maximum((town.limits.whole - cents) // town.limits.least_cents, 1)
        longer = (count < np.minimum(town.limits.longest, fits)) & (town.most(count + 1) >= cents)
        better = (cents < town.most(count)) | longer
        assert (better | offers.final)[~town.ruled].all()
        assert ((offers.why[offers.final] & ladder.Why.FINAL) > 0).all()
        town.leave(offers)


def test_at_the_creditors_maximum_it_is_final_whatever_steps_are_left():
    town = Town({**OPEN, "opening": 1.0, "longest": 1}, 3, no_step=0.0)
    offers = town.offers()
    assert offers.final[~town.ruled].all()
    assert not offers.final[town.ruled].any()


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_no_plan_leaves_less_of_a_known_income_than_there_is_to_live_on(band, luck):
    town = Town(band, luck)
    least = town.scores.income_left_cents
    town.income = town.drawn.choice([np.nan, 0, 50_000, 60_001, 65_000, 300_000], PEOPLE)
    for _ in range(DAYS):
        offers, known = town.offers(), np.isfinite(town.income) & ~town.ruled
        plan = known & (offers.instalments > 1)
        assert (offers.instalment_cents[plan] <= town.income[plan] - least).all()
        helped = (offers.why & ladder.Why.PERSON_AND_HELP) > 0
        assert not helped[~np.isfinite(town.income)].any()
        assert helped[np.isfinite(town.income) & (town.income <= least)].all()
        assert not (helped & plan).any(), "where there is a plan that fits, it is the help"
        town.leave(offers)


def test_who_has_little_to_spare_gets_the_longer_plan_that_fits():
    band = {**OPEN, "principal_discount": 0, "charges_discount": 0, "longest": 24}
    payments = []
    for luck in range(8):
        town = Town(band, luck, explore=1.0)
        town.income = np.full(PEOPLE, 60_000.0) + town.limits.whole / 20
        town.limits.least_cents[:] = 100
        offers = town.offers()
        mine = ~town.ruled & (town.limits.whole > 50_000)
        assert ((offers.why & ladder.Why.PERSON_AND_HELP) == 0)[mine].all()
        payments.append(offers.instalments[mine & (offers.instalments > 1)])
    plans = np.concatenate(payments)
    assert len(plans)
    assert (plans >= 20).all()


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_without_steps_the_first_offer_is_final_and_the_last(band, luck):
    town = Town(band, luck, no_step=1.0)
    for _ in range(3):
        offers = town.offers()
        engine = ~town.ruled
        assert offers.final[engine].all()
        assert (offers.step == 0).all()
        town.leave(offers)


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_nobody_sees_less_than_under_the_creditors_own_rules(band, luck):
    town = Town(replace_keep(band), luck)
    own = ladder.opening(town.limits, town.limits.whole)[0]
    assert (town.offers().discount_cents >= own - 1).all()


def replace_keep(band):
    """A band whose discounts do not depend on the length of the plan."""
    return {**band, "keep": 1.0}


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_a_higher_price_of_conceding_expects_to_concede_no_more(band, luck):
    dear, cheap = (Town(band, luck, explore=0.0, price=price).offers() for price in (3.0, 0.0))
    expected = [one.chance.astype(float) * one.discount_cents for one in (dear, cheap)]
    assert (expected[0] <= expected[1] * 1.001 + 1).all()


def test_on_the_rules_nothing_is_chosen():
    town = Town(OPEN, 3)
    offers, (own, count) = town.offers(), ladder.opening(town.limits, town.limits.whole)
    assert (offers.discount_cents[town.ruled] == own[town.ruled]).all()
    assert (offers.instalments[town.ruled] == count[town.ruled]).all()
    assert (offers.propensity[town.ruled] == 1).all()
    assert not offers.final[town.ruled].any()


@settings(max_examples=15)
@given(bands, st.integers(0, 2**20))
def test_what_is_tried_to_learn_is_thought_to_bring_nearly_as_much(band, luck):
    towns = (Town(band, luck, explore=explore) for explore in (0.0, 1.0))
    best, tried = (town.offers() for town in towns)
    least = 0.75 * best.chance * best.margin_cents
    assert (tried.chance * tried.margin_cents >= least * (1 - 1e-4) - 1e-3).all()


def test_offers_that_count_as_tried_could_have_been_others():
    moved = 0
    for luck in range(8):
        best, tried = (Town(OPEN, luck, explore=explore).offers() for explore in (0.0, 1.0))
        assert (tried.propensity[tried.explored] < 1).all()
        moved += (tried.instalments != best.instalments).sum()
        moved += (tried.discount_cents != best.discount_cents).sum()
    assert moved > 8 * PEOPLE / 4


def test_the_stated_chance_is_how_often_it_is_drawn():
    town = Town(OPEN, 3, explore=0.4)
    counted, stated = {}, {}
    draws = 120
    for number in range(draws):
        town.fates = np.random.default_rng([3, number]).random((PEOPLE, 2))
        offers = town.offers()
        for person in range(PEOPLE):
            one = (person, int(offers.discount_cents[person]), int(offers.instalments[person]))
            counted[one] = counted.get(one, 0) + 1
            stated[one] = float(offers.propensity[person])
    found = np.array([counted[one] / draws for one in counted])
    said = np.array([stated[one] for one in counted])
    assert np.abs(found - said).max() < 6 * np.sqrt(0.25 / draws)
    assert np.abs(found - said).mean() < 0.03
