"""What is due leaves once: claimed, composed, handed over, marked."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from app.compliance.actions import opt_out
from app.debts.models import ContactPoint
from app.history.models import Event
from app.outreach.channels import Done, Handed, Receipt, Transports
from app.outreach.channels.outbox import Outbox
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.outreach.people import NIGHT, WORKING_HOUR, add_person
from tests.outreach.test_writing import remind


class Kept:
    """A transport that keeps what it is given and answers as told."""

    def __init__(self, handed=Handed.SENT, detail=""):
        self.parcels = []
        self.handed = handed
        self.detail = detail

    def begin(self, parcels):
        self.parcels += parcels
        return Done(
            [Receipt(p.message_id, self.handed, "provider-1", self.detail) for p in parcels]
        )


@pytest.fixture
def kept():
    return Kept()


def through(settings, transport):
    return Transports(settings, {"email": transport, "sms": transport})


def only(session):
    return session.scalars(select(Message)).one()


def test_an_email_lands_in_the_outbox_in_the_brands_dress(bank, person, settings, tmp_path):
    with within(bank) as session:
        message = remind(session, bank, person, channel="email")
    counts = deliver_due(bank, through=through(settings, Outbox(tmp_path)))
    assert counts == {"sent": 1}
    path = tmp_path / bank.slug / f"{message.id}.eml"
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"].endswith("@exemplo.com.br")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert "Maria" in text
    for body in (html, text):
        assert f"http://{bank.slug}.localhost" in body
        assert message.verification_code in body.replace("-", "")
    with within(bank) as session:
        sent = only(session)
        assert (sent.state, sent.sent_at) == ("sent", WORKING_HOUR)
        body = json.loads(vault(session).text(sent.body, "body"))
        assert body["subject"] == mail["Subject"]
        assert session.scalar(select(Event.kind).where(Event.kind == "message.sent"))


def test_a_mail_about_figures_shows_them_as_rows(bank, person, settings, tmp_path):
    paid = {"amount_cents": 123_456, "paid_on": "2026-03-09", "agreement_number": 17}
    with within(bank) as session:
        message = remind(
            session, bank, person, intent="receipt", message_class="requested",
            facts=paid, channel="email",
        )  # fmt: skip
    assert deliver_due(bank, through=through(settings, Outbox(tmp_path))) == {"sent": 1}
    path = tmp_path / bank.slug / f"{message.id}.eml"
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    for body in (mail.get_body(("html",)), mail.get_body(("plain",))):
        said = " ".join(re.sub(r"<[^>]*>|&nbsp;|:", " ", body.get_content()).split())
        for row in ("Valor pago R$ 1.234,56", "Pago em 09/03/2026", "Acordo 17"):
            assert row in said


def test_an_sms_is_plain_short_and_carries_the_link(bank, person, settings, kept):
    with within(bank) as session:
        remind(session, bank, person, channel="sms")
    assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1}
    [parcel] = kept.parcels
    text = parcel.content.decode("ascii")
    assert len(text) <= 160
    assert f"http://{bank.slug}.localhost/a/" in text
    assert parcel.recipient.startswith("+55119")


def test_nothing_leaves_twice(bank, person, settings, kept):
    with within(bank) as session:
        remind(session, bank, person)
    for _ in range(3):
        deliver_due(bank, through=through(settings, kept))
    assert len(kept.parcels) == 1


def test_the_policy_is_asked_again_at_the_last_moment(bank, person, settings, kept):
    with within(bank) as session:
        message = remind(session, bank, person, channel="sms")
        other = remind(session, bank, add_person(session), "day:x", channel="sms")
        opt_out(session, debtor_id=person, channel="sms", origin="portal")
    assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1, "withheld": 1}
    assert [parcel.message_id for parcel in kept.parcels] == [other.id]
    with within(bank) as session:
        withheld = session.scalar(select(Message).where(Message.id == message.id))
        assert withheld.reasons == [{"rule": "BR-07", "effect": "BLOCK"}]
        assert session.scalar(select(Event.subject_id).where(Event.kind == "message.withheld"))


def test_what_is_due_at_night_waits_for_the_morning(bank, person, settings, kept):
    with within(bank) as session:
        message = remind(session, bank, person)
    with stopped_at(NIGHT):
        assert deliver_due(bank, through=through(settings, kept)) == {"queued": 1}
    with within(bank) as session:
        waiting = only(session)
        assert waiting.id == message.id
        assert waiting.send_after == NIGHT.replace(hour=11)
        assert waiting.reasons[0]["rule"] == "BR-03"
    with stopped_at(waiting.send_after):
        assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1}


def test_two_messages_of_one_batch_count_for_each_other(bank, person, settings, kept):
    with within(bank) as session:
        for number in range(3):
            remind(session, bank, person, f"day:{number}", channel="sms")
    assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1, "queued": 2}


def test_what_was_asked_for_goes_before_a_days_plan(bank, person, settings, kept):
    with within(bank) as session:
        for number in range(4):
            remind(session, bank, add_person(session), f"day:{number}", channel="sms")
        remind(
            session,
            bank,
            person,
            "code:1",
            intent="one_time_code",
            message_class="requested",
            facts={"code": "482913"},
            channel="sms",
        )
    deliver_due(bank, through=through(settings, kept), batch_size=2)
    assert b"482913" in kept.parcels[0].content
    assert len(kept.parcels) == 5


@pytest.mark.parametrize(
    ("handed", "state"),
    [(Handed.REFUSED, "failed"), (Handed.UNCERTAIN, "uncertain"), (Handed.LATER, "queued")],
)
def test_the_providers_answer_decides(bank, person, settings, handed, state):
    with within(bank) as session:
        remind(session, bank, person)
    deliver_due(bank, through=through(settings, Kept(handed, "smtp_550")))
    with within(bank) as session:
        message = only(session)
        assert message.state == state
        assert (message.sent_at is not None) == (state == "uncertain")
        points = session.scalars(select(ContactPoint.state)).all()
        assert ("bounced" in points) == (handed is Handed.REFUSED)


def test_what_was_refused_for_the_moment_is_offered_again_later(bank, person, settings, kept):
    with within(bank) as session:
        remind(session, bank, person)
    later = Kept(Handed.LATER)
    at = WORKING_HOUR
    for _ in range(7):
        with stopped_at(at):
            deliver_due(bank, through=through(settings, later))
        at += timedelta(minutes=11)
    assert len(later.parcels) == 5
    with within(bank) as session:
        assert only(session).state == "failed"


@pytest.mark.parametrize("facts", [{}, {"valid_until": "never"}, {"valid_until": {"day": 1}}])
def test_a_message_that_cannot_be_composed_fails_alone(bank, person, settings, kept, facts):
    with within(bank) as session:
        remind(session, bank, person, facts=facts)
        remind(session, bank, add_person(session), "day:2")
    assert deliver_due(bank, through=through(settings, kept)) == {"failed": 1, "sent": 1}


def test_what_a_provider_refused_is_kept_as_the_reason(bank, person, settings):
    refusing = Kept(Handed.REFUSED, "smtp_554")
    with within(bank) as session:
        remind(session, bank, person)
    assert deliver_due(bank, through=through(settings, refusing)) == {"failed": 1}
    with within(bank) as session:
        assert only(session).reasons[-1] == {"effect": "FAILED", "detail": "smtp_554"}
