"""The night in the database: contacts written once, with their decisions, within the policy."""

import re
import secrets
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.compliance.actions import opt_out, restore, tighten
from app.journeys import settings as intents
from app.journeys.actions import deliver_the_day
from app.journeys.models import Decision, Night
from app.journeys.route import Because
from app.nights.explaining import explain
from app.nights.night import of_day, plan
from app.nights.replanning import Because as Meanwhile
from app.nights.replaying import replay
from app.nights.wordings import OFFER_REASONS, REASONS
from app.nights.writing import CHANGED
from app.offers.ladder import Why
from app.offers.models import Offer
from app.outreach.withdrawing import OFFER_GONE, OVERTAKEN
from tenants import resolve
from tenants.actions import change_jurisdiction
from tenants.clock import stopped_at
from tenants.scope import within
from tests.conftest import make_tenant
from tests.nights.town import PEOPLE, SETTINGS, Town, silent
from tests.offers.people import set_up
from tests.outreach.people import dress
from themes import voice
from themes.tomlfile import FileInvalid


def decisions(town, kind="contact"):
    with within(town.tenant) as session:
        found = select(Decision).where(Decision.kind == kind).order_by(Decision.id)
        return session.scalars(found).all()


def offers(town):
    with within(town.tenant) as session:
        return session.scalars(select(Offer).order_by(Offer.id)).all()


def test_a_night_writes_messages_with_their_decisions(bank):
    counts = bank.plan(0)
    assert counts["queued"] == len(bank.messages()) > 1
    found = decisions(bank)
    messages = {message.id: message for message in bank.messages()}
    assert found
    for decision in found:
        message = messages[decision.subject_id]
        assert (message.debtor_id, message.channel) == (decision.debtor_id, decision.channel)
        assert message.variant == decision.wording  # a first message is whole
        assert 0 < decision.propensity <= 1
        assert decision.reasons
    with within(bank.tenant) as session:
        night = session.scalars(select(Night)).one()
    assert night.state == "complete"
    assert sum(night.counts["people"].values()) == PEOPLE


def test_mails_to_somebody_are_whole_and_short_in_turns(bank):
    for day in range(25):
        bank.live(day)
    messages = {message.id: message for message in bank.messages() if message.sent_at}
    told = {one.subject_id: one for one in decisions(bank)}
    before, said = {}, {}
    for message in sorted(messages.values(), key=lambda one: one.sent_at):
        decision, last = told.get(message.id), before.get(message.debtor_id)
        is_short = voice.is_short(message.variant)
        before[message.debtor_id] = "short" if message.channel == "sms" or is_short else "whole"
        if decision is None:
            continue
        assert message.variant.lower() == decision.wording
        assert is_short == (message.channel == "email" and last == "whole")
        said[message.channel, last] = message.id
    for place, line in {
        ("email", "whole"): "A short note: the message before it was a whole one.",
        ("email", "short"): "A whole message: the one before it was short.",
        ("email", None): None,
        ("sms", "whole"): None,
    }.items():
        with within(bank.tenant) as session:
            lines = explain(session, said[place], "en", "BRL")
        told_of = [one for one in lines if one.startswith(("A short note", "A whole message"))]
        assert told_of == ([line] if line else [])


def test_the_first_offers_are_the_nights_own_with_arm_propensity_and_decision(bank):
    counts = bank.plan(0)
    made = {offer.id: offer for offer in offers(bank)}
    decided = {one.subject_id: one for one in decisions(bank, "offer")}
    assert counts["offers"] == len(made) == PEOPLE
    assert set(decided) == set(made)
    for offer_id, offer in made.items():
        why = decided[offer_id]
        assert (offer.arm, offer.propensity) == (why.arm, why.propensity)
        assert offer.arm in {"engine", "explore", "no_step", "rules"}
        assert why.terms["step"] == offer.step
        # A last step is final; an offer is so besides where the rules leave nothing to concede.
        assert offer.final or not why.terms["final"]
        assert 0 < why.propensity <= 1
        assert why.reasons
    assert {one.arm for one in decided.values()} > {"rules"}


def test_a_second_run_of_the_day_writes_nothing_twice(bank):
    bank.plan(0)
    before = [message.id for message in bank.messages()]
    again = bank.plan(0)
    assert again["queued"] == 0
    assert [message.id for message in bank.messages()] == before
    assert len(offers(bank)) == len(decisions(bank, "offer")) == PEOPLE


def test_the_engine_is_asked_only_where_the_policy_allows(bank):
    with stopped_at(Town.morning(0)), within(bank.tenant) as session:
        for person in bank.people[:6]:
            opt_out(session, debtor_id=person, channel="email", origin="portal")
        for person in bank.people[6:9]:
            opt_out(session, debtor_id=person, origin="portal")
    bank.plan(0)
    channels = {one.debtor_id: one.channel for one in decisions(bank)}
    assert not set(channels) & set(bank.people[6:9])
    assert {channels[one] for one in bank.people[:6] if one in channels} <= {"sms"}


def test_days_go_on_and_nobody_is_written_to_more_than_the_week_allows(bank):
    for day in range(4):
        bank.live(day)
    per_person = Counter(one.debtor_id for one in decisions(bank) if one.subject_id)
    assert max(per_person.values()) <= 3
    days = Counter((m.debtor_id, m.send_after.date()) for m in bank.messages())
    assert set(days.values()) == {1}


def test_a_night_replays_identically(bank):
    for day in range(3):
        bank.live(day)
    found = [replay(bank.tenant, Town.morning(day).date()) for day in range(3)]
    assert sum(one.decisions for one in found)
    assert not any(one.differences for one in found)


@pytest.mark.parametrize("kind", ["contact", "offer"])
def test_a_decision_for_another_reason_is_another_decision(bank, owner_connection, kind):
    bank.plan(0)
    reworded = 'UPDATE decisions SET reasons = \'["explored", "explored"]\' WHERE id = :id'
    owner_connection.execute(text(reworded), {"id": decisions(bank, kind)[0].id})
    owner_connection.commit()
    assert replay(bank.tenant, Town.morning(0).date()).differences == 1


@pytest.mark.parametrize(
    ("locale", "gain", "about", "told"),
    [
        ("pt_BR", "Ganho esperado", "Sobre esta oferta:", "A pessoa lê"),
        ("en", "Expected gain", "About this offer:", "The person is told"),
    ],
)
def test_decisions_are_explained_in_plain_words(bank, locale, gain, about, told):
    bank.plan(0)
    decided = next(one for one in decisions(bank) if one.subject_id)
    with within(bank.tenant) as session:
        said = explain(session, decided.subject_id, locale, "BRL")
    assert any(gain in line for line in said)
    assert any(told in line for line in said[said.index(about) :])
    assert not any("%(" in line for line in said)


def test_every_offer_of_a_night_explains_itself(bank):
    bank.plan(0)
    for one in decisions(bank, "offer"):
        with within(bank.tenant) as session:
            said = explain(session, one.subject_id, "pt_BR", "BRL")
            other = explain(session, one.subject_id, "en", "BRL")
        assert len(said) == len(other) >= 6
        assert not set(said) & set(other), "each language in its own words"


def test_every_reason_has_words():
    codes = (
        {one.name.lower() for one in Because} | {CHANGED, OVERTAKEN, OFFER_GONE} | set(Meanwhile)
    )
    assert codes == set(REASONS)
    assert {one.name.lower() for one in Why} == set(OFFER_REASONS)


def test_creditors_do_not_see_each_other(bank, shop, cast):
    bank.plan(0)
    shop.plan(0)
    theirs = {one.debtor_id for one in decisions(shop)}
    assert theirs
    assert theirs <= set(shop.people)
    message = next(one.subject_id for one in decisions(bank) if one.subject_id)
    with within(shop.tenant) as session, pytest.raises(LookupError):
        explain(session, message, "en", "BRL")
    outsider = make_tenant(f"out-{secrets.token_hex(4)}", "Vivaz Telecom")
    with pytest.raises(LookupError):
        of_day(outsider, Town.morning(0).date())


def test_a_creditor_without_people_has_a_night_all_the_same(cast):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
        intents.put(session, SETTINGS)
    with stopped_at(Town.morning(0)):
        assert not plan(cast.bank, progress=silent)["queued"]


def test_settings_name_what_is_wrong():
    with pytest.raises(FileInvalid) as wrong:
        intents.parse({"holdout": 2, "channels": ["pigeon"], "unknown": 1})
    assert {fault.where for fault in wrong.value.faults} == {"holdout", "channels[0]", "unknown"}


def test_a_night_tells_the_policy_it_was_planned_by_apart(bank):
    """By the jurisdiction, and by the creditor's own parameters: as before once taken back."""
    minimum = "BR-13", "minimum_cents"
    changes = (
        lambda _: None,
        lambda s: tighten(s, *minimum, 90_000),
        lambda s: restore(s, *minimum),
    )
    told = []
    for day, change in enumerate(changes):
        with within(bank.tenant) as session:
            change(session)
        bank.plan(day)
        with within(bank.tenant) as session:
            last = session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
            said = explain(session, last, "en", "BRL")[-1]
        told.append(said.partition("policy ")[2].partition(", seed")[0])
    assert told[0] == told[2] == "BR 2026-11.2"
    assert re.fullmatch(
        r"BR 2026-11\.2 with the creditor's own parameters \([0-9a-f]{8}\)", told[1]
    )


@pytest.mark.parametrize(("code", "policy"), [("US", "US 2026-11.2"), ("PT", "EU 2026-11.2")])
def test_the_night_after_a_change_of_jurisdiction_is_planned_by_the_new_rules(bank, code, policy):
    """What neither has yet, a validation notice or a service of debt advice, lets nothing leave."""
    bank.plan(0)
    with within(bank.tenant) as session:
        change_jurisdiction(session, code)
    moved = replace(bank, tenant=resolve.by_id(bank.tenant.id))
    moved.plan(1)
    assert of_day(moved.tenant, Town.morning(1).date()).versions["policy"] == policy
    with stopped_at(Town.morning(1)):
        assert "sent" not in deliver_the_day(moved.tenant, through=moved.through)
