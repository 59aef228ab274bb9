"""Why somebody was written to where no night chose: the journey's course, instalments, answers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.journeys.actions import deliver, plan
from app.journeys.models import Decision
from app.nights.explaining import explain
from app.offers.actions import make_offers
from app.offers.conceding import lift
from app.offers.concession import Lift
from app.offers.queries import current_offer, offer
from app.outreach.models import Message, MessageState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.test_night import decisions
from tests.offers.cases import data
from tests.offers.people import person, set_up
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.outreach.test_writing import remind
from tests.payments.people import make_deal
from themes.formats import percent


@pytest.fixture
def creditor(cast):
    """One without an engine: its own journey writes."""
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


def lived(creditor, *days):
    for day in days:
        with stopped_at(WORKING_HOUR + timedelta(days=day)):
            plan(creditor)
        with stopped_at(WORKING_HOUR + timedelta(days=day, hours=4)):
            deliver(creditor)


def told(creditor, locale="en"):
    """Every message's explanation, oldest first."""
    with within(creditor) as session:
        ids = session.scalars(select(Message.id).order_by(Message.send_after, Message.cause)).all()
        return [explain(session, one, locale, "BRL") for one in ids]


def test_a_reminder_says_which_message_it_follows_and_shows_its_offer(creditor):
    with stopped_at(WORKING_HOUR), within(creditor) as session:
        add_person(session)
    lived(creditor, 0, 4)
    first, again = told(creditor)
    assert "It is the first message about an offer." in first
    assert not any("It follows" in line for line in first)
    assert "It follows the last message about an offer, of March 10, 2026." in again
    for said in (first, again):
        assert "About this offer:" in said
        assert any(line.startswith("The person is told: ") for line in said)
        assert any("mixed from those of the brand's voice" in line for line in said)
        assert not any("%(" in line for line in said)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (2, "An instalment falls due on March 12, 2026: everybody is reminded some days before."),
        (0, "An instalment falls due on that day, March 10, 2026."),
        (-1, "An instalment was due on March 9, 2026 and was not paid when this was written."),
    ],
)
def test_a_message_about_an_instalment_says_when_it_is_due(creditor, days, sentence):
    make_deal(creditor, first_due=WORKING_HOUR.date() + timedelta(days=days), email="m@example.com")
    lived(creditor, 0)
    [said] = told(creditor)
    assert sentence in said
    assert "Instalments have a course of their own, the same for everybody." in said
    assert not any("engine did not choose" in line for line in said)


def test_what_answers_somebody_was_planned_by_nobody(creditor):
    with stopped_at(WORKING_HOUR), within(creditor) as session:
        person = add_person(session)
        remind(session, creditor, person, "asked:1", message_class="requested", channel="email")
        remind(session, creditor, person, "notice:1", channel="email")
    [asked, notice] = told(creditor)
    assert "It answers what the person asked for or did; no plan chose it." in asked
    assert "It tells what happened to an agreement or a payment; no plan chose it." in notice


def test_a_message_that_was_withheld_says_that_it_did_not_leave_and_by_which_rule(creditor):
    with stopped_at(WORKING_HOUR), within(creditor) as session:
        add_person(session)
    with stopped_at(WORKING_HOUR):
        plan(creditor)
    with within(creditor) as session:
        message = session.scalars(select(Message)).one()
        message.state = MessageState.WITHHELD
        message.reasons = [{"rule": "BR-14", "detail": "banana"}]
    [said] = told(creditor)
    assert "It did not leave." in said
    assert any(line.startswith("The contact policy withheld it") for line in said)
    assert not any(line.startswith("Contact policy:") for line in said)


def test_each_language_has_its_own_words(creditor):
    with stopped_at(WORKING_HOUR), within(creditor) as session:
        add_person(session)
    make_deal(creditor, first_due=WORKING_HOUR.date(), email="m@example.com")
    lived(creditor, 0, 4)
    for english, portuguese in zip(told(creditor, "en"), told(creditor, "pt_BR"), strict=True):
        assert len(english) == len(portuguese)
        assert not set(english) & set(portuguese)


def again(session, decision, locale="en", **changes):
    """The offer's explanation once a later decision differs in this."""
    names = ("night_id", "debtor_id", "subject_id", "kind", "arm", "propensity", "worth", "reasons",
             "terms")  # fmt: skip
    same = {name: getattr(decision, name) for name in names}
    session.add(Decision(**{**same, **changes}, round=1))
    session.flush()
    return explain(session, decision.subject_id, locale, "BRL")


def wished(session, decision, discount):
    """The offer's explanation once more than that was wished for."""
    return again(session, decision, terms={**decision.terms, "discount": discount})


@pytest.mark.parametrize(("locale", "said"), [("en", "less than R$0.01"), ("pt_BR", "menos de")])
def test_a_gain_of_part_of_a_cent_is_not_called_nothing(bank, locale, said):
    bank.plan(0)
    with within(bank.tenant) as session:
        told = again(session, decisions(bank, "offer")[0], locale, worth=0.3)
    [line] = (one for one in told if one.startswith(("Expected gain", "Ganho esperado")))
    assert said in line


def test_an_offer_is_explained_by_what_it_gives_not_by_what_was_wished(bank):
    """The engine sees one band of the rules for all debts of a person; each debt has its own."""
    bank.plan(0)
    every = decisions(bank, "offer")
    made = [one for one in every if one.arm in ("engine", "explore")]
    [of_rules, *_] = (one for one in every if one.arm == "rules")
    with within(bank.tenant) as session:
        for one in made:
            found = offer(session, one.subject_id)
            saved = max(option.saved_cents for option in found.typed_options.values())
            share = percent(saved / found.total_cents, "en", 1)
            said = explain(session, one.subject_id, "en", "BRL")
            assert any(line.startswith(f"A discount of up to {share} of what") for line in said)
        said = {one: wished(session, one, 0.987) for one in (made[0], of_rules)}
    assert any("Drawn was a discount of 98.7%" in line for line in said[made[0]])
    assert not any("Drawn" in line for line in said[of_rules]), "nothing was drawn for them"


def test_an_offer_that_somebody_improved_says_who_and_why(cast):
    today = WORKING_HOUR.date()
    with stopped_at(WORKING_HOUR), within(cast.bank) as session:
        set_up(session, {**data(opening="0.4"), "agent_authority": "0.9"})
        debtor = person(session, [(100_000, 400)])
        make_offers(session, cast.bank, [debtor], today)
        plain = current_offer(session, debtor, today)
        said = explain(session, plain.id, "en", "BRL")
        assert said[-1] == "Made as the creditor's rules say; the engine did not choose."
        lifted = lift(
            session, cast.bank, debtor, today,
            wanted=Lift(900_000), actor="agent:7", reason="lost 100% of her income",
        )  # fmt: skip
        said = explain(session, lifted.id, "en", "BRL")
    assert said[-1] == "A person of the team improved it (agent:7): lost 100% of her income."
    assert not any("engine did not choose" in line for line in said)
