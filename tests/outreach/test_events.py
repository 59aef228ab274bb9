"""What providers report is verified, stored once and applied once."""

import json
import uuid

import pytest
from sqlalchemy import select

from app.compliance.models import OptOut, SenderPause
from app.debts.models import ContactPoint
from app.history.models import Event
from app.outreach.models import DeliveryEvent, Message
from tenants.keys import vault
from tenants.scope import within
from tests.outreach.notices import CERTIFICATE_URL, apply_all, count, sent, ses
from tests.outreach.people import add_person
from tests.outreach.test_writing import remind


def test_an_event_is_stored_once_and_applied_once(bank, settings, notify):
    message = sent(bank, settings, channel="email")
    assert notify(ses(bank, message)) == 204
    assert notify.client.post("/webhooks/sns", data=json.dumps(notify.last)).status_code == 204
    assert count(bank, DeliveryEvent) == 1
    assert apply_all(bank) == 1
    assert apply_all(bank) == 0
    assert count(bank, Event, Event.kind == "message.delivered") == 1
    assert notify.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize(
    "changes",
    [
        {"Message": "{}"},
        {"MessageId": "other"},
        {"SignatureVersion": "1"},
        {"TopicArn": "arn:aws:sns:sa-east-1:999999999999:events"},
        {"SigningCertURL": "https://sns.sa-east-1.amazonaws.com.evil.example/x.pem"},
        {"SigningCertURL": "http://sns.sa-east-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://evil.example/sns.sa-east-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://a@sns.sa-east-1.amazonaws.com/x.pem"},
        {"SigningCertURL": "https://[broken"},
        {"Signature": "AAAA"},
        {"Signature": "not base64"},
        {"Type": "Other"},
        {"Message": 7},
    ],
)
def test_what_is_forged_is_refused(bank, settings, notify, changes):
    message = sent(bank, settings, channel="email")
    assert notify(ses(bank, message, "Complaint"), **changes) == 403
    assert count(bank, DeliveryEvent) == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"Type": {}}', b"[" * 100_000])
def test_a_body_that_is_no_notification_is_refused(notify, body):
    assert notify.client.post("/webhooks/sns", data=body).status_code == 403


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"mail": {}},
        {"mail": {"tags": {"tenant": [], "message": []}}, "eventType": "Bounce"},
        {"mail": {"tags": {"tenant": ["x"], "message": ["y"]}}, "eventType": "Bounce"},
        {"mail": None, "eventType": 3},
        {
            "context": {"tenant": str(uuid.uuid4()), "message": str(uuid.uuid4())},
            "eventType": "TEXT_INVALID",
        },
        [],
    ],
)
def test_an_event_about_nobody_is_dropped(notify, message):
    assert notify(message) == 204


def test_a_subscription_is_confirmed_only_at_amazon(notify):
    url = "https://sns.sa-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=x"
    extra = {"Token": "x", "SubscribeURL": url}
    assert notify({}, type="SubscriptionConfirmation", sign=extra) == 204
    assert notify.fetched == [CERTIFICATE_URL, url]
    extra["SubscribeURL"] = "https://evil.example/"
    assert notify({}, type="SubscriptionConfirmation", sign=extra) == 403


def test_a_hard_bounce_ends_an_address_and_a_soft_one_does_not(bank, settings, notify):
    soft = sent(bank, settings, channel="email")
    hard = sent(bank, settings, channel="email")
    notify(ses(bank, soft, "Bounce", bounce={"bounceType": "Transient"}))
    notify(ses(bank, hard, "Bounce", bounce={"bounceType": "Permanent"}))
    apply_all(bank)
    with within(bank) as session:
        states = dict(
            session.execute(
                select(ContactPoint.id, ContactPoint.state).where(ContactPoint.kind == "email")
            ).all()
        )
    assert states[soft.contact_point_id] == "active"
    assert states[hard.contact_point_id] == "bounced"


def test_a_complaint_is_an_opt_out(bank, settings, notify):
    message = sent(bank, settings, channel="email")
    notify(ses(bank, message, "Complaint"))
    apply_all(bank)
    assert count(bank, OptOut, OptOut.origin == "complaint", OptOut.channel == "email") == 1


def test_a_click_is_kept_without_the_link(bank, settings, notify):
    message = sent(bank, settings, channel="email")
    notify(ses(bank, message, "Click", click={"link": "http://x/a/token", "timestamp": "t"}))
    with within(bank) as session:
        payload = vault(session).text(session.scalar(select(DeliveryEvent.payload)), "delivery")
    assert "token" not in payload
    apply_all(bank)
    assert count(bank, Event, Event.kind == "message.clicked") == 1


def test_an_event_of_one_tenant_finds_no_message_of_another(bank, cast, settings, notify):
    message = sent(bank, settings, channel="email")
    assert notify(ses(cast.shop, message, "Complaint")) == 204
    assert count(cast.shop, DeliveryEvent) == 0


def test_an_event_settles_what_was_uncertain(bank, settings, notify):
    message = sent(bank, settings, channel="sms")
    with within(bank) as session:
        session.scalar(select(Message)).state = "uncertain"
    context = {"tenant": str(bank.id), "message": str(message.id)}
    notify({"eventType": "TEXT_DELIVERED", "context": context})
    apply_all(bank)
    with within(bank) as session:
        assert session.scalar(select(Message.state)) == "sent"


def test_too_many_complaints_pause_the_creditors_email(bank, settings, notify):
    message = sent(bank, settings, channel="email")
    with within(bank) as session:
        from app.compliance.actions import tighten

        tighten(session, "BR-29", "least_sent", 1)
    notify(ses(bank, message, "Complaint"))
    apply_all(bank)
    assert count(bank, SenderPause, SenderPause.channel == "email") == 1
    with within(bank) as session:
        withheld = remind(session, bank, add_person(session), "day:9", channel="email")
        assert withheld.reasons[0]["rule"] == "BR-29"
