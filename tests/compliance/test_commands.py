"""`flask holds` and `flask policy ask`: what is open, the answer to it, and what was stored."""

import re
import secrets

import pytest
from sqlalchemy import delete, select, update

from app.cli import answers
from app.compliance.actions import open_hold
from app.compliance.models import AuditEntry, Hold, HoldKind, PolicyOverride
from app.compliance.queries import policy_in_force
from app.debts.models import ContactPoint, Debt, DebtState
from app.history.models import Event
from app.journeys.actions import deliver, plan
from app.offers.queries import current_offer
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants import resolve
from tenants.clock import today
from tenants.models import Tenant
from tenants.scope import platform, within
from tests.outreach.people import add_person
from tests.outreach.test_writing import remind
from tests.portal.people import CPFS, make_person
from themes.voice.placeholders import INTENTS

pytestmark = pytest.mark.usefixtures("working_hour")
WORDS = "Nunca comprei nesta loja"


@pytest.fixture
def hold(bank, person):
    with within(bank) as session:
        debt = session.scalars(select(Debt.id).where(Debt.debtor_id == person)).one()
        made = open_hold(session, debtor_id=person, kind="dispute", debt_id=debt, note=WORDS)
        return made.id


def test_open_holds_are_listed_and_their_words_only_when_asked_for(flask, bank, person, hold):
    listed = flask("holds", "list", bank.slug)
    assert str(hold) in listed
    assert str(person) in listed
    assert WORDS not in listed
    assert WORDS in flask("holds", "list", bank.slug, "--words")
    with within(bank) as session:
        [entry] = session.scalars(select(AuditEntry)).all()
        assert (entry.action, entry.subject_id) == ("hold.read", hold)


@pytest.mark.parametrize(
    ("outcome", "state"), [("upheld", DebtState.DISMISSED), ("rejected", DebtState.OPEN)]
)
def test_a_hold_is_resolved_with_its_outcome(flask, bank, person, hold, outcome, state):
    flask("holds", "resolve", bank.slug, hold, outcome, "--note", "conferido")
    with within(bank) as session:
        debt = session.scalars(select(Debt).where(Debt.debtor_id == person)).one()
        assert debt.state == state
        offer = current_offer(session, person, today(bank.time_zone))
        assert (offer is not None) == (outcome == "rejected")
        kinds = session.scalars(select(Event.kind).where(Event.debtor_id == person)).all()
        assert "dispute.resolved" in kinds
        actions = [entry.action for entry in session.scalars(select(AuditEntry))]
        assert actions == ["hold.answered"]
    assert flask("holds", "list", bank.slug) == "Nenhuma suspensão está aberta.\n"
    flask("holds", "resolve", bank.slug, hold, outcome, refused=True)


def test_a_hold_is_opened_for_a_person_and_audited(flask, bank, person):
    flask("holds", "open", bank.slug, person, "deceased", "--note", "aviso da família")
    with within(bank) as session:
        assert session.scalars(select(Hold)).one().kind == "deceased"
        assert session.scalars(select(AuditEntry)).one().action == "hold.opened"
    unknown = "0" * 8 + "-0000-7000-8000-" + "0" * 12
    flask("holds", "open", bank.slug, unknown, "deceased", refused=True)
    flask("holds", "open", bank.slug, person, "dispute", "--contract", "none", refused=True)


MEANINGLESS = {
    "BR": {"breathing_space"},
    "US": {"breathing_space"},
    "UK": set(),
    "EU": {"breathing_space"},
}


@pytest.mark.parametrize("jurisdiction", MEANINGLESS)
def test_every_hold_stops_contact_everywhere_or_is_refused_by_name(flask, bank, jurisdiction):
    with platform() as session:
        session.execute(
            update(Tenant).where(Tenant.id == bank.id).values(jurisdiction=jurisdiction)
        )
    written, planned = {}, {}
    for kind in HoldKind:
        with within(bank) as session:
            written[kind], planned[kind] = add_person(session), add_person(session)
            remind(session, bank, written[kind], cause=f"before:{kind}")
        for people in (written, planned):
            opening = ("holds", "open", bank.slug, people[kind], kind)
            if kind not in MEANINGLESS[jurisdiction]:
                flask(*opening)
                continue
            told = flask(*opening, refused=True)
            assert f"Uma suspensão {kind} não tem efeito aqui" in told
            assert "dispute" in told
            del people[kind]
    plan(bank)
    deliver_due(bank)
    with within(bank) as session:
        policy = policy_in_force(session)
        assert set(session.scalars(select(Hold.kind))) == set(written)
        for kind in written:
            rules = {rule.id for rule in policy.asking("holds") if kind in rule.parameters["holds"]}
            at_last = stored(session, written[kind])
            assert rules, kind
            assert rules <= at_last, f"{kind} at the last moment"
            assert rules <= stored(session, planned[kind]), f"{kind} when the journey plans"
    for kind, debtor_id in planned.items():
        told = flask("policy", "ask", bank.slug, debtor_id)
        assert "E-mail: não pode ser contatada" in told, kind


def stored(session, debtor_id):
    """The rules by which nothing was planned, or what was written did not leave."""
    kept = session.scalars(select(Message).where(Message.debtor_id == debtor_id)).all()
    assert all(message.state == "withheld" for message in kept)
    events = session.scalars(
        select(Event).where(Event.debtor_id == debtor_id, Event.kind == "contact.withheld")
    )
    said = {rule for event in events for rule in event.data["rules"]}
    return said | {reason["rule"] for message in kept for reason in message.reasons}


def test_a_creditor_that_lets_a_hold_stop_contact_may_open_it(flask, bank, person):
    flask("policy", "tighten", bank.slug, "TR-02", "holds", '["breathing_space"]')
    flask("holds", "open", bank.slug, person, "breathing_space")
    told = flask("policy", "ask", bank.slug, person)
    assert "E-mail: não pode ser contatada" in told


def test_another_creditor_neither_sees_nor_answers_it(flask, cast, bank, person, hold):
    assert flask("holds", "list", cast.shop.slug) == "Nenhuma suspensão está aberta.\n"
    flask("holds", "resolve", cast.shop.slug, hold, "rejected", refused=True)
    flask("holds", "open", cast.shop.slug, person, "deceased", refused=True)
    flask("policy", "ask", cast.shop.slug, person, refused=True)
    with within(bank) as session:
        assert session.scalars(select(Hold)).one().resolved_at is None


def test_the_policy_tells_what_is_so_now_and_what_was_stored(flask, bank, person, hold):
    plan(bank)
    told = flask("policy", "ask", bank.slug, person)
    assert "\nE-mail: não pode ser contatada\n" in told
    assert re.search(r"^  Contestação em aberto: .* \(BR-11\)$", told, re.MULTILINE)
    assert "Em aberto desde 10/03/2026 às 10:00: contestação." in told
    assert "A responder até 17/03/2026 às 23:59." in told
    assert told.count("Contestação em aberto: ") == 1, "once, for every channel"
    assert "nenhuma mensagem foi planejada" in told
    english = flask("policy", "ask", bank.slug, person, "--locale", "en")
    assert "no message was planned" in english


def test_a_message_that_was_withheld_is_told_with_its_reason(flask, bank, person):
    plan(bank)
    with within(bank) as session:
        message = session.scalars(select(Message)).one()
        message.state, message.reasons = "withheld", [{"rule": "BR-07", "effect": "BLOCK"}]
    told = flask("policy", "ask", bank.slug, person)
    assert "uma mensagem foi retida (E-mail, primeira mensagem)" in told
    assert "  Pedido para não receber mensagens (BR-07)\n" in told


def test_every_rule_is_listed_with_its_source(flask):
    listed = flask("policy", "list")
    assert "BR-31" in listed
    assert "LGPD" in listed


def test_calls_and_whatsapp_are_answered_too_though_none_is_made(flask, bank, person):
    told = flask("policy", "ask", bank.slug, person)
    assert "E-mail: pode ser contatada agora" in told
    assert "SMS: pode ser contatada agora" in told
    assert "Ligação: não pode ser contatada" in told
    assert "WhatsApp: não pode ser contatada" in told
    assert "Sem aprovação escrita do provedor" in told


def test_a_creditor_is_asked_by_the_rules_of_its_jurisdiction(flask, bank, person):
    for _ in range(2):  # the same again changes nothing
        flask("tenant", "jurisdiction", bank.slug, "US")
    told = flask("policy", "ask", bank.slug, person, "--locale", "en")
    assert "US-06" in told
    assert "BR-03" not in told
    told = flask("tenant", "jurisdiction", bank.slug, "XX", "--locale", "en", refused=True)
    assert "No contact policy is written for “XX”. There is one for: AT, BE," in told
    with within(bank) as session:
        changed = AuditEntry.action == "tenant.jurisdiction"
        [entry] = session.scalars(select(AuditEntry).where(changed))
        assert entry.data == {"before": "BR", "after": "US"}


@pytest.mark.parametrize(("jurisdiction", "rule"), [("US", "US-04"), ("EU", "L21"), ("UK", None)])
def test_what_no_message_can_meet_yet_is_said_with_the_answer(
    flask, bank, person, jurisdiction, rule
):
    flask("tenant", "jurisdiction", bank.slug, jurisdiction)
    said = flask("policy", "ask", bank.slug, person, "--locale", "en")
    assert ("No message can meet this yet" in said) == (rule is not None)
    assert rule is None or f"({rule})" in said


def test_what_waits_when_the_jurisdiction_changes_leaves_by_the_new_rules(flask, bank, person):
    """In the USA nothing leaves before a validation notice: not what was planned before either."""
    plan(bank)
    flask("tenant", "jurisdiction", bank.slug, "US")
    assert deliver(resolve.by_id(bank.id)) == {"withheld": 1}


@pytest.mark.parametrize("code", ["BR", "US", "EU", "PT"])
def test_a_creditor_is_made_in_a_jurisdiction(flask, code):
    slug = f"made-{secrets.token_hex(4)}"
    flask("tenant", "create", slug, "Novo", "--jurisdiction", code)
    assert resolve.by_slug(slug).jurisdiction == code
    flask("tenant", "create", f"{slug}-x", "Novo", "--jurisdiction", "br", refused=True)
    with pytest.raises(LookupError):
        resolve.by_slug(f"{slug}-x")


def test_a_creditor_tightens_a_rule_and_never_loosens_it(flask, bank, person):
    flask("policy", "tighten", bank.slug, "BR-03", "monday_to_friday", "14:00-18:00")
    assert "E-mail: pode ser contatada a partir de" in flask("policy", "ask", bank.slug, person)
    flask("policy", "tighten", bank.slug, "BR-03", "monday_to_friday", "08:00-20:00", refused=True)
    flask("policy", "tighten", bank.slug, "BR-08", "per_day", "3", refused=True)
    flask("policy", "tighten", bank.slug, "BR-08", "per_day", "0")
    with within(bank) as session:
        kept = {row.rule: row.parameters for row in session.scalars(select(PolicyOverride))}
        assert kept == {"BR-03": {"monday_to_friday": "14:00-18:00"}, "BR-08": {"per_day": 0}}


def test_a_bureau_is_told_of_nothing_that_is_unannounced_or_disputed(flask, bank, person):
    with within(bank) as session:
        contract = session.scalars(select(Debt.contract).where(Debt.debtor_id == person)).one()
    assert flask("policy", "bureau", bank.slug, contract, "--notice", "2026-02-01") == "Pode.\n"
    unannounced = flask("policy", "bureau", bank.slug, contract, refused=True)
    assert "BR-21" in unannounced
    assert "Nenhum aviso foi entregue" in unannounced
    assert "CDC art. 43" in unannounced
    early = flask("policy", "bureau", bank.slug, contract, "--notice", "2026-03-05", refused=True)
    assert "Até 15/03/2026" in early or "Até 15 de março de 2026" in early
    for notice, said in (
        ("2025-08-31", "O aviso foi entregue antes de a dívida vencer"),
        ("2026-03-11", "A data do aviso ainda não chegou"),
    ):
        told = flask("policy", "bureau", bank.slug, contract, "--notice", notice, refused=True)
        assert said in told
        assert "Até" not in told
    with within(bank) as session:
        open_hold(session, debtor_id=person, kind="dispute")
    disputed = flask(
        "policy", "bureau", bank.slug, contract, "--notice", "2026-02-01", refused=True
    )
    assert "contestada" in disputed
    flask("policy", "bureau", bank.slug, "none", refused=True)


def test_an_audience_is_asked_of_the_policy(flask, bank):
    assert flask("policy", "audience", bank.slug, "--people", 5000) == "Pode.\n"
    told = flask("policy", "audience", bank.slug, "--people", 10, "--by-debt", refused=True)
    assert "É feita de quem deve; Tem pessoas de menos" in told
    assert "Google Ads" in told


@pytest.mark.parametrize("whose", ["workplace", "shared"])
def test_the_journey_writes_to_an_address_of_ones_own_or_to_none(bank, person, whose):
    with within(bank) as session:
        session.execute(
            update(ContactPoint).where(ContactPoint.kind == "email").values(whose=whose)
        )
    plan(bank)
    with within(bank) as session:
        [message] = session.scalars(select(Message)).all()
        assert (message.channel, message.state) == ("sms", "queued")


def test_who_can_only_be_reached_where_others_read_is_not_written_to(bank, person):
    with within(bank) as session:
        session.execute(update(ContactPoint).values(whose="shared"))
    plan(bank)
    with within(bank) as session:
        [message] = session.scalars(select(Message)).all()
        assert message.state == "withheld"
        assert [reason["rule"] for reason in message.reasons] == ["BR-09"]


def test_the_latest_message_to_a_person_is_explained_by_their_document(flask, bank):
    written, silent = make_person(bank), make_person(bank, CPFS[1])
    plan(bank)
    with within(bank) as session:
        session.execute(delete(Message).where(Message.debtor_id == silent.id))
        message = session.scalars(select(Message.id).where(Message.debtor_id == written.id)).one()
    told = flask("decisions", "explain", bank.slug, written.document)
    assert told == flask("decisions", "explain", bank.slug, message)
    assert told == flask("decisions", "explain", bank.slug, written.id)
    refused = flask("decisions", "explain", bank.slug, silent.id, refused=True)
    assert "Ninguém escreveu a esta pessoa ainda." in refused
    refused = flask("decisions", "explain", bank.slug, silent.document, refused=True)
    assert "Ninguém escreveu a esta pessoa ainda." in refused
    assert "Ninguém aqui tem" in flask("decisions", "explain", bank.slug, "123", refused=True)


def test_every_message_and_channel_has_a_word():
    assert set(answers.MESSAGES) == set(INTENTS)
    assert set(answers.CHANNELS) >= {
        channel for kind in answers.CHANNELS_OF.values() for channel in kind
    }
