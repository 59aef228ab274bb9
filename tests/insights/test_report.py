"""What the creditor is told: a gain that is there, none that is not, and when there is nothing."""

import math
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.agreements.models import Agreement, Instalment
from app.insights import figures, groups, report, telling_gate, telling_report
from app.insights.telling import Teller
from app.journeys import settings as intents
from app.journeys.arms import Arm
from app.journeys.models import Night
from tenants.clock import stopped_at
from tenants.scope import within
from tests.insights.conftest import crowd_of
from tests.insights.crowd import SPEC
from tests.nights.town import SETTINGS, Town
from tests.payments.people import make_deal

LOCALES = ("pt_BR", "en")


def made(tenant, day: int, since=None, until=None):
    with stopped_at(Town.morning(day)), within(tenant) as session:
        return report.make(session, tenant, since, until)


def told(found, locale="en") -> str:
    return "\n".join(telling_report.lines(found, Teller(locale, "BRL")))


def gated(found, locale="en") -> str:
    return "\n".join(telling_gate.of_engine(found, Teller(locale, "BRL")))


def test_a_planted_gain_is_told_with_its_interval(crowd):
    crowd.pay_evenly(40, share=0.008, more=2.0)
    found = made(crowd.tenant, 40)
    assert found.cash.low > 0
    truth = 40 * 0.008 * 10_000
    assert found.cash.low <= truth <= found.cash.high
    assert "The engine brought +R$" in told(found)
    assert "O motor trouxe +R$" in told(found, "pt_BR")
    assert telling_gate.engine_passes(found)
    assert gated(found).splitlines()[1].startswith("Yes:")


def test_without_a_gain_none_is_told_but_what_could_be_seen(crowd):
    crowd.pay_evenly(25, share=0.008, more=1.0)
    found = made(crowd.tenant, 25)
    assert not found.cash.clear
    assert found.cash.low < 0 < found.cash.high
    said = told(found)
    assert "cannot be told yet: the true difference lies between" in said
    assert "With 2,000 people an effect under" in said
    assert "The engine brought" not in said
    assert not telling_gate.engine_passes(found)
    assert found.when is None or found.when > Town.morning(25).date()


def test_a_loss_is_told_as_openly(crowd):
    crowd.pay(40, share=0.012, more=0.3)
    said = told(made(crowd.tenant, 40))
    assert "Your own rules do better." in said


def test_with_few_payments_it_says_when(crowd):
    arms = crowd.arms().tolist()
    for arm in (Arm.ENGINE, Arm.RULES):
        theirs = [one for one, of in zip(crowd.people, arms, strict=True) if of == arm]
        crowd.happens("payment.received", theirs[:6], 2, applied_cents=5_000)
    found = made(crowd.tenant, 10)
    assert not found.cash.is_told
    assert math.isinf(found.cash.high)
    assert found.when > Town.morning(10).date()
    said = told(found)
    assert "too few people have paid" in said
    assert "Something can be said from about" in said
    assert "nan" not in said
    assert "inf" not in said


def test_with_no_payment_there_is_no_date(crowd):
    said = told(made(crowd.tenant, 3))
    assert "once somebody in each group has paid" in said
    assert "So many people will show effects from about" in said


def test_without_a_comparison_no_day_is_promised_on_which_it_can_be_told(cast):
    alone = crowd_of(cast.shop, 40, {"holdout": 0.0, "untouched": 0.0})
    alone.happens("payment.received", alone.people[:9], 1, applied_cents=9_000)
    said = told(made(alone.tenant, 3))
    assert "Nobody stays on your own rules for the comparison" in said
    assert "cannot be told yet" not in said
    assert "on your own rules." not in said
    assert "to compare" not in said
    assert "Nobody stays on your own rules" in gated(made(alone.tenant, 3))
    assert "Too few people" not in gated(made(alone.tenant, 3))


def to_come(tenant, day, **window):
    """Cents of everybody, whichever group they are in."""
    return sum(group.to_come for group in made(tenant, day, **window).groups)


def test_what_is_agreed_and_not_paid_yet_stands_beside_and_is_not_counted(crowd, cast):
    with stopped_at(Town.morning(2)):
        deals = [make_deal(crowd.tenant, (10_000, 20_000)) for _ in range(12)]
        make_deal(cast.shop)
    assert to_come(crowd.tenant, 3) == 12 * 30_000
    said = told(made(crowd.tenant, 3)), told(made(crowd.tenant, 3), "pt_BR")
    assert "still to be paid: R$" in said[0]
    assert "ainda a pagar: R$" in said[1]
    assert made(crowd.tenant, 3).cash.estimate == 0
    with within(crowd.tenant) as session:
        broken, (first, second) = deals[0].id, deals[1].instalments
        session.execute(update(Agreement).where(Agreement.id == broken).values(state="broken"))
        session.execute(update(Instalment).where(Instalment.id == first).values(state="paid"))
        session.execute(update(Instalment).where(Instalment.id == second).values(paid_cents=500))
    assert to_come(crowd.tenant, 3) == 10 * 30_000 + 19_500
    assert to_come(crowd.tenant, 5, since=Town.morning(3).date()) == 0
    assert "still to be paid" not in told(made(crowd.tenant, 5, since=Town.morning(3).date()))


def test_everybody_counts_in_their_group_whatever_became_of_them(crowd):
    crowd.pay(5, share=0.02)
    crowd.happens("opt_out.made", crowd.people[:300], 1, channel="*")
    found = made(crowd.tenant, 6)
    arms = crowd.arms()
    people = {group.arm: group.people for group in found.groups}
    assert people == {
        name: int((arms == arm).sum())
        for name, arm in (("engine", 0), ("rules", 1), ("untouched", 2))
    }
    assert sum(group.opt_outs for group in found.groups) == 300


def test_complaints_stand_beside_it(crowd):
    mine = [one for one, arm in zip(crowd.people, crowd.arms(), strict=True) if arm == Arm.ENGINE]
    theirs = [one for one, arm in zip(crowd.people, crowd.arms(), strict=True) if arm == Arm.RULES]
    crowd.happens("message.complained", mine[:250] + theirs[:20], 1)
    found = made(crowd.tenant, 4)
    assert found.complaints.low > 0
    assert "Complaints per 1,000 people: between +" in told(found)


def test_a_window_counts_its_own_days(crowd):
    crowd.pay(10, share=0.02)
    whole = made(crowd.tenant, 10)
    first, second = (
        made(crowd.tenant, 10, until=Town.morning(4).date()),
        made(crowd.tenant, 10, since=Town.morning(5).date()),
    )
    cash = [sum(group.cash for group in one.groups) for one in (whole, first, second)]
    assert cash[0] == cash[1] + cash[2]
    before = made(crowd.tenant, 10, since=Town.morning(-50).date())
    assert before.window == whole.window


def test_there_is_nothing_before_the_first_night_and_before_its_day_is_over(cast, crowd):
    with pytest.raises(report.NothingYet) as nothing:
        made(cast.shop, 3)
    assert nothing.value.code == "no_night"
    for day in (-5, -1, 0):
        with pytest.raises(report.NothingYet) as nothing:
            made(crowd.tenant, day)
        assert (nothing.value.code, nothing.value.day) == ("no_day", Town.morning(0).date())
    for locale in LOCALES:
        tell = Teller(locale, "BRL")
        assert "%(" not in tell.nothing("no_day", nothing.value.day) + tell.nothing(
            "no_night", None
        )


def test_groups_stay_while_the_shares_stand_and_begin_anew_when_they_change(crowd):
    arms = crowd.arms()
    with within(crowd.tenant) as session:
        for day in (1, 2, 5):
            spec = SPEC if day < 5 else {**SPEC, "holdout": 0.4}
            session.add(
                Night(
                    day=Town.morning(day).date(),
                    seed=11, versions={}, prices={}, scale={}, spec=spec,
                )
            )  # fmt: skip
    with within(crowd.tenant) as session:
        before = groups.comparison(session, Town.morning(4).date())
        after = groups.comparison(session, Town.morning(6).date())
    assert (before.of(crowd.people) == arms).all()
    assert (before.began, before.is_first) == (Town.morning(0).date(), True)
    assert (after.began, after.is_first) == (Town.morning(5).date(), False)
    stayed = (after.of(crowd.people) == Arm.RULES) >= (arms == Arm.RULES)
    assert stayed.all()
    assert "began on March 14, 2026" in told(made(crowd.tenant, 7))


def test_creditors_reports_do_not_mix(crowd, cast):
    theirs = crowd_of(cast.shop, 200)
    theirs.pay(5, share=0.2, more=5)
    crowd.pay(5, share=0.02)
    mine = made(crowd.tenant, 6)
    assert sum(group.people for group in mine.groups) == 2_000
    assert sum(group.people for group in made(cast.shop, 6).groups) == 200
    theirs.pay(5, share=0.5, more=5, seed=2)
    assert told(made(crowd.tenant, 6)) == told(mine)


def test_a_lived_portfolio_is_told_in_both_languages_with_its_tables(bank):
    for day in range(2):
        bank.live(day)
    with stopped_at(Town.morning(2)):
        figures.bring_up(bank.tenant)
    found = made(bank.tenant, 2)
    for locale in LOCALES:
        said = told(found, locale) + gated(found, locale)
        assert "%(" not in said
        assert "nan" not in said
        assert "inf" not in said
    assert "By channel" in told(found)
    assert "Por canal" in told(found, "pt_BR")
    assert not any(one.clear for table in found.tables for _, one in table.compared)
    assert told(found).count("There is no comparison yet: a message has 3 days") == 3
    assert "a first visit counts after 14 days" in told(found)


def test_a_channel_with_few_places_is_the_reason_why_nothing_is_compared(bank):
    with stopped_at(Town.morning(0)), within(bank.tenant) as session:
        intents.put(session, {**SETTINGS, "capacity": {"sms": 1_000}})
    for day in range(2):
        bank.live(day)
    with stopped_at(Town.morning(8)):
        figures.bring_up(bank.tenant)
    said = told(made(bank.tenant, 8))
    by_channel = said[said.index("By channel") : said.index("By wording")]
    assert "where a channel has few places a day" in by_channel
    assert "nothing else could be chosen" not in said


def test_the_report_counts_the_nights_own_groups(bank):
    bank.plan(0)
    with within(bank.tenant) as session:
        night = session.query(Night).one()
    found = made(bank.tenant, 1)
    assert {group.arm: group.people for group in found.groups} == night.counts["people"]
    with stopped_at(Town.morning(1)), within(bank.tenant) as session:
        intents.put(session, {**SETTINGS, "holdout": 0.3})
        session.execute(update(Night).values(seed=night.seed))
    assert made(bank.tenant, 1).window.since - timedelta(0) == night.day


def test_a_creditor_without_people_gets_a_report_that_says_nothing_wrong(cast):
    nobody = crowd_of(cast.shop, 0)
    for locale in LOCALES:
        said = told(made(nobody.tenant, 3), locale)
        assert "%(" not in said
        assert "nan" not in said


def test_one_person_is_no_comparison(cast):
    alone = crowd_of(cast.shop, 1)
    alone.happens("payment.received", alone.people, 1, applied_cents=9_000)
    found = made(alone.tenant, 3)
    assert not found.cash.is_told
    assert found.cash.estimate == 0
