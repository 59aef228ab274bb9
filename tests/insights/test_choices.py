"""The engine's decisions with what came of them, and candidates judged by them."""

import secrets
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from app.history.models import Event
from app.insights import choices, promotion, telling_gate
from app.insights.choices import last_before
from app.insights.cohort import Window
from app.insights.report import NothingYet
from app.insights.telling import Teller
from app.journeys.arms import number_of
from app.outreach.models import MessageState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.conftest import make_tenant
from tests.nights.town import Town


@pytest.fixture
def lived(bank):
    for day in range(3):
        bank.live(day)
    return bank


def read(town, days=3):
    window = Window(Town.morning(0).date(), Town.morning(days - 1).date())
    with within(town.tenant) as session:
        return choices.read(session, town.tenant, window)


def judged(town, day: int, source: bytes):
    with stopped_at(Town.morning(day)), within(town.tenant) as session:
        return promotion.judge(session, town.tenant, promotion.parse(source))


def test_decisions_come_with_their_chances_what_was_allowed_and_what_came_of_them(lived):
    found = read(lived)
    assert len(found)
    assert ((found.propensity > 0) & (found.propensity <= 1)).all()
    rows = np.arange(len(found))
    assert found.allowed[rows, found.channel, found.hour].all()
    assert found.worded[rows, found.wording].all()
    assert found.free.all()
    assert set(found.channels) == {"email", "sms"}
    sent = {number_of(one.debtor_id) for one in lived.messages() if one.state == MessageState.SENT}
    assert set(found.person.tolist()) <= sent
    # Everything counts once, for the last message before it.
    mine = set(found.person.tolist())
    with within(lived.tenant) as session:
        paid = session.scalars(select(Event).where(Event.kind == "payment.received")).all()
    theirs = [one for one in paid if number_of(one.debtor_id) in mine]
    assert found.results["cash"].sum() == sum(one.data["applied_cents"] for one in theirs)
    assert set(np.unique(found.results["answered"])) <= {0.0, 1.0}


def test_the_last_decision_before_each_happening():
    person = np.array([1, 1, 5])
    at = np.array([10, 20, 5])
    who = np.array([1, 1, 1, 5, 5, 9, 0])
    when = np.array([9, 10, 99, 4, 6, 50, 50])
    assert last_before(person, at, who, when).tolist() == [-1, 0, 1, -1, 2, -1, -1]


def test_a_candidate_is_judged_and_not_promoted_on_a_handful(lived):
    found = judged(lived, 30, b'channels = ["email"]\nhours = [10, 11]\n')
    assert not found.gate.passed
    assert "too_few" in found.gate.against
    for locale in ("pt_BR", "en"):
        said = "\n".join(telling_gate.of_candidate(found, Teller(locale, "BRL")))
        assert "%(" not in said
        assert "inf" not in said
    assert found.gate.decisions + found.left_out == len(read(lived))

    everything = judged(lived, 30, b'channels = ["email", "sms"]\n')
    assert everything.kept == 0
    assert 0 < everything.gate.effective <= everything.gate.decisions


def test_what_comes_of_a_message_is_waited_for_and_what_was_never_drawn_is_refused(lived):
    with pytest.raises(promotion.CandidateInvalid) as wrong:
        judged(lived, 30, b'channels = ["pigeon"]')
    assert wrong.value.errors == {"channels": "never_drawn"}
    with pytest.raises(NothingYet) as nothing:
        judged(lived, 5, b'channels = ["email"]')
    assert nothing.value.code == "no_ripe"
    assert nothing.value.day == Town.morning(0).date() + timedelta(days=15)


@pytest.mark.parametrize(
    ("source", "errors"),
    [
        (b"", {"file": "empty"}),
        (b"\xff", {"file": "not_toml"}),
        (b"channels = 3", {"channels": "not_a_list"}),
        (b"channels = []", {"channels": "not_a_list"}),
        (b"hours = ['a']\npigeons = 1", {"hours": "not_a_list", "pigeons": "unknown"}),
        (b"hours = [true]", {"hours": "not_a_list"}),
        (b"hours = [9, 99, -1]", {"hours": "no_hour"}),
    ],
)
def test_a_candidate_names_what_is_wrong(source, errors):
    with pytest.raises(promotion.CandidateInvalid) as wrong:
        promotion.parse(source)
    assert wrong.value.errors == errors
    for locale in ("pt_BR", "en"):
        said = "\n".join(telling_gate.wrong(wrong.value, Teller(locale, "BRL")))
        assert "%(" not in said


def test_creditors_decisions_do_not_mix(bank, shop):
    for town in (bank, shop):
        for day in range(2):
            town.live(day)
    for town in (bank, shop):
        own = {number_of(one) for one in town.people}
        found = read(town)
        assert len(found)
        assert set(found.person.tolist()) <= own
    outsider = make_tenant(f"out-{secrets.token_hex(4)}", "Vivaz Telecom")
    with within(outsider) as session:
        window = Window(Town.morning(0).date(), Town.morning(3).date())
        assert len(choices.read(session, outsider, window)) == 0
        with pytest.raises(NothingYet):
            promotion.judge(session, outsider, promotion.parse(b'channels = ["email"]'))
