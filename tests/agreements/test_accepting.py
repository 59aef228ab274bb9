import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.agreements import actions, documents, queries
from app.agreements.models import AgreementDebt
from app.debts.models import Debt, DebtState
from app.history.models import Event
from app.offers import queries as offers
from app.offers import rules
from app.offers.models import Offer, OfferState
from app.offers.terms import OptionKind
from app.outreach.models import Message
from tenants.keys import vault
from tenants.scope import within
from tests.agreements.acts import EVIDENCE, NOON, accept, offer_for
from tests.offers.cases import AT


def test_accepting_binds_debts_schedule_and_offer(bank, session):
    offer = offer_for(session, bank, [(100_000, 400), (60_000, 900)])
    agreement = accept(session, bank, offer)
    rows = queries.instalments_of(session, agreement.id)
    assert sum(row.amount_cents for row in rows) == agreement.total_cents
    assert agreement.owed_cents == offer.total_cents
    assert agreement.annual_cost > Decimal("0.15")
    assert agreement.monthly_rate == Decimal("0.015")
    assert agreement.number == "A-2026-000001"
    states = session.scalars(select(Debt.state).where(Debt.debtor_id == offer.debtor_id)).all()
    assert set(states) == {DebtState.AGREED}
    owed = session.scalars(
        select(AgreementDebt.owed_cents).where(AgreementDebt.agreement_id == agreement.id)
    ).all()
    assert sum(owed) == offer.total_cents
    assert offers.offer(session, offer.id).state == OfferState.ACCEPTED
    kinds = session.scalars(select(Event.kind).where(Event.subject_id == agreement.id)).all()
    assert kinds == ["agreement.accepted"]


def test_the_person_gets_a_copy(bank, session):
    agreement = accept(session, bank, offer_for(session, bank))
    message = session.scalars(select(Message).where(Message.debtor_id == agreement.debtor_id)).one()
    assert (message.intent, message.message_class) == ("agreement_copy", "requested")


@pytest.mark.parametrize(
    ("wish", "count"),
    [
        ({"instalments": 6}, 6),
        ({"instalments": 6, "down_payment_cents": 30_000}, 7),
        ({"instalments": 1}, 1),
    ],
)
def test_the_copy_says_how_many_payments_there_are(bank, session, wish, count):
    agreement = accept(session, bank, offer_for(session, bank, [(200_000, 1000)]), **wish)
    rows = queries.instalments_of(session, agreement.id)
    sealed = session.scalars(
        select(Message.facts).where(Message.debtor_id == agreement.debtor_id)
    ).one()
    facts = json.loads(vault(session).text(sealed, "facts"))
    assert (facts["instalments_count"], facts["due_on"]) == (count, rows[0].due_on.isoformat())
    assert len(rows) == count


@pytest.mark.parametrize("kind", list(OptionKind))
def test_every_stored_option_can_be_accepted(bank, session, kind):
    offer = offer_for(session, bank, [(200_000, 1000)])
    agreement = accept(session, bank, offer, offer.typed_options[kind])
    assert agreement.total_cents == offer.typed_options[kind].total_cents


def test_an_accepted_counter_offer_can_be_accepted(bank, session):
    offer = offer_for(session, bank, [(200_000, 1000)])
    cash = offer.typed_options[OptionKind.CASH].total_cents
    answer = rules.counter(offer.typed_limits, AT, instalments=1, instalment_cents=cash - 10_000)
    agreement = accept(session, bank, offer, answer.option)
    assert agreement.total_cents == cash - 10_000


def test_a_double_submit_is_one_agreement(bank, session):
    offer = offer_for(session, bank)
    first = accept(session, bank, offer, key="same")
    assert accept(session, bank, offer, key="same").id == first.id


def test_two_tabs_make_one_agreement(bank, session):
    offer = offer_for(session, bank)
    first = accept(session, bank, offer, key="one tab")
    with pytest.raises(actions.AlreadyAgreed) as refused:
        accept(session, bank, offer, key="another tab")
    assert refused.value.agreement_id == first.id


def test_two_submits_at_the_same_moment_make_one_agreement(lasting):
    with within(lasting) as session:
        offer = offer_for(session, lasting)
    outcomes = []

    def submit(key):
        try:
            with within(lasting) as session:
                outcomes.append(accept(session, lasting, offer, key=key).id)
        except actions.AlreadyAgreed:
            outcomes.append("refused")

    threads = [threading.Thread(target=submit, args=(key,)) for key in ("a", "b", "a")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 3
    assert len({one for one in outcomes if one != "refused"}) == 1


def test_the_database_itself_refuses_a_second_open_agreement_on_a_debt(bank, session):
    offer = offer_for(session, bank)
    first = accept(session, bank, offer)
    debt = session.scalars(select(Debt).where(Debt.debtor_id == offer.debtor_id)).one()
    debt.state = DebtState.OPEN
    session.scalars(select(Offer).where(Offer.id == offer.id)).one().state = OfferState.OPEN
    session.flush()
    with pytest.raises(actions.AlreadyAgreed) as refused:
        accept(session, bank, offer, key="another")
    assert refused.value.agreement_id == first.id


def test_an_expired_offer_is_refused(bank, session):
    offer = offer_for(session, bank)
    late = replace(EVIDENCE, at=NOON + timedelta(days=11))
    with pytest.raises(actions.OfferExpired):
        accept(session, bank, offer, evidence=late)


def test_the_last_day_is_the_persons_own(bank, session):
    offer = offer_for(session, bank)
    still = replace(EVIDENCE, at=NOON.replace(hour=2) + timedelta(days=11))
    assert accept(session, bank, offer, evidence=still).accepted_at == still.at


def test_an_offer_whose_debts_were_recalled_is_refused(bank, session):
    offer = offer_for(session, bank)
    session.scalars(
        select(Debt).where(Debt.debtor_id == offer.debtor_id)
    ).one().state = DebtState.RECALLED
    session.flush()
    with pytest.raises(actions.OfferExpired):
        accept(session, bank, offer)


@pytest.mark.parametrize(
    "change",
    [
        {"total_cents": 1, "instalment_cents": 1, "last_instalment_cents": 1},
        {"instalments": 60},
        {"instalment_cents": -5},
        {"saved_principal_cents": 99_999},
        {"due_day": 31},
    ],
)
def test_an_option_outside_the_limits_is_refused(bank, session, change):
    offer = offer_for(session, bank)
    forged = replace(offer.typed_options[OptionKind.INSTALMENTS], **change)
    with pytest.raises(actions.OutsideLimits):
        accept(session, bank, offer, forged)


def test_somebody_elses_offer_is_unknown(bank, session):
    offer = offer_for(session, bank)
    other = offer_for(session, bank, email="joao@example.com")
    with pytest.raises(LookupError):
        accept(session, bank, offer._replace(debtor_id=other.debtor_id))


def test_numbers_run_per_creditor_without_a_gap(bank, session):
    numbers = [accept(session, bank, offer_for(session, bank)).number for _ in range(3)]
    assert numbers == ["A-2026-000001", "A-2026-000002", "A-2026-000003"]


def test_the_evidence_says_when_where_with_what_and_on_which_contents(bank, session):
    agreement = accept(session, bank, offer_for(session, bank))
    told = documents.evidence_of(session, agreement)
    assert told["ip"] == "203.0.113.9"
    assert told["accepted_at"] == NOON.isoformat()
    assert told["document_sha256"] == agreement.document_sha256.hex()
    contents = documents.contents_of(session, agreement)
    assert contents.to_bytes() == type(contents).from_bytes(contents.to_bytes()).to_bytes()
    assert contents.rows[0].due_on > date(2026, 11, 20)


def test_what_the_person_read_is_what_is_sealed(bank):
    from app.agreements import terms
    from themes import brands

    with within(bank) as session:
        offer = offer_for(session, bank)
        option = rules.simulate(offer.typed_limits, AT, instalments=6)
        read = terms.paragraphs(brands.published(session), bank, offer, option, "pt_BR")
        agreement = accept(session, bank, offer, option)
        assert documents.contents_of(session, agreement).paragraphs == read


def test_the_pdf_is_made_once_and_kept_sealed(bank, session):
    agreement = accept(session, bank, offer_for(session, bank))
    stored, content = documents.agreement_file(session, bank, agreement.id)
    again, same = documents.agreement_file(session, bank, agreement.id)
    assert content.startswith(b"%PDF-")
    assert (again.id, same) == (stored.id, content)
    assert stored.name == f"{agreement.number}.pdf"
    state = session.scalar(select(Offer.state).where(Offer.id == agreement.offer_id))
    assert state == OfferState.ACCEPTED
