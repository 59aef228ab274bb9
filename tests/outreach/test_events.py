"""What providers report is verified, stored once and applied once."""

import base64
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select

from app import config
from app.compliance.models import OptOut, SenderPause, Task
from app.debts.models import ContactPoint
from app.history.models import Event
from app.outreach import claiming, events, inbound, leasing, sns
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import DeliveryEvent, Message
from tenants.clock import now, stopped_at
from tenants.keys import vault
from tenants.models import SenderNumber
from tenants.scope import platform, within
from tests.outreach.people import WORKING_HOUR, add_person, dress
from tests.outreach.test_delivery import Kept
from tests.outreach.test_writing import remind

TOPIC = "arn:aws:sns:sa-east-1:123456789012:events"
CERTIFICATE_URL = "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-1.pem"


@pytest.fixture(scope="module")
def signer():
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def notify(app, browse, signer, settings):
    """Posts a message as SNS would; `changes` are made after signing."""
    key, pem = signer
    fetched = []

    def get(url):
        fetched.append(url)
        return pem

    app.config["SNS_FETCH"] = get
    sns._certificates.clear()
    config.use(replace(settings, sns_topic_arns=(TOPIC,)))
    client = browse(settings.platform_host)

    def post(message, *, type="Notification", sign=None, **changes):
        envelope = {
            "Type": type,
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Message": json.dumps(message),
            "Timestamp": "2026-03-10T13:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": CERTIFICATE_URL,
        }
        envelope |= sign or {}
        text = sns.canonical(envelope)
        signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        envelope["Signature"] = base64.b64encode(signature).decode()
        envelope |= changes
        post.last = envelope
        return client.post("/webhooks/sns", data=json.dumps(envelope)).status_code

    post.client = client
    post.fetched = fetched
    yield post
    config.use(settings)


def ses(bank, message, kind="Delivery", **more):
    return {
        "eventType": kind,
        "mail": {"tags": {"tenant": [str(bank.id)], "message": [str(message.id)]}},
    } | more


def sent(bank, settings, session_of=None, **changes):
    with within(bank) as session:
        person = add_person(session)
        message = remind(session, bank, person, f"day:{person}", **changes)
    deliver_due(bank, through=Transports(settings, {"email": Kept(), "sms": Kept()}))
    return message


def apply_all(tenant):
    with within(tenant) as session:
        ids = session.scalars(select(DeliveryEvent.id).order_by(DeliveryEvent.id)).all()
    applied = 0
    for event_id in ids:
        with within(tenant) as session:
            applied += events.apply(session, tenant, event_id)
    return applied


def count(tenant, model, *conditions):
    with within(tenant) as session:
        return session.scalar(select(func.count(model.id)).where(*conditions))


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

        tighten(session, rule="BR-29", least_sent=1)
    notify(ses(bank, message, "Complaint"))
    apply_all(bank)
    assert count(bank, SenderPause, SenderPause.channel == "email") == 1
    with within(bank) as session:
        withheld = remind(session, bank, add_person(session), "day:9", channel="email")
        assert withheld.reasons[0]["rule"] == "BR-29"


# Replies to a number that creditors share


@pytest.fixture
def shop(cast):
    dress(cast.shop)
    return cast.shop


def share(number, *tenants):
    with platform() as session:
        for tenant in tenants:
            session.add(SenderNumber(tenant_id=tenant.id, number=number))


def text_to(tenant, settings, phone, at, email=None):
    with stopped_at(at):
        with within(tenant) as session:
            person = add_person(session, phone=phone, email=email)
            remind(session, tenant, person, f"day:{person}", channel="sms")
        assert deliver_due(tenant, through=Transports(settings, {"sms": Kept()})) == {"sent": 1}
    return person


def reply(notify, number, phone, words, inbound_id=None):
    return notify(
        {
            "originationNumber": phone,
            "destinationNumber": number,
            "messageBody": words,
            "inboundMessageId": inbound_id or str(uuid.uuid4()),
        }
    )


def opted_out(tenant):
    apply_all(tenant)
    return count(tenant, OptOut, OptOut.channel == "sms")


@pytest.fixture
def line():
    return f"28{uuid.uuid4().int % 10**6:06}"


@pytest.fixture
def phone():
    return f"+55119{uuid.uuid4().int % 10**8:08}"


def test_an_opt_out_word_is_for_whom_wrote_last(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(days=1))
    assert reply(notify, line, phone, "Parar!", "in-1") == 204
    assert reply(notify, line, phone, "Parar!", "in-1") == 204
    assert (opted_out(bank), opted_out(shop)) == (0, 1)
    with within(shop) as session:
        intents = session.scalars(select(Message.intent)).all()
    assert sorted(intents) == ["opt_out_confirmed", "reminder"]


def test_it_is_for_whom_is_just_writing(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    with within(shop) as session:
        person = add_person(session, phone=phone)
        remind(session, shop, person, f"day:{person}", channel="sms")
        leaving = [leasing.Leaving(row, [], b"", line) for row in claiming.claim(session, 1)]
        leasing.lease(session, leaving)
    reply(notify, line, phone, "Parar!")
    assert opted_out(shop) == 1


def test_in_doubt_it_is_for_all_of_that_number(bank, shop, settings, notify, line, phone):
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(hours=2))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(hours=1))
    reply(notify, line, phone, "SAIR")
    assert (opted_out(bank), opted_out(shop)) == (1, 1)


@pytest.mark.parametrize(
    ("last_is_certain", "days_between", "wants_out", "concerned"),
    [
        (True, 3, True, ["last"]),
        (True, 0.5, True, ["first", "last", "silent"]),
        (False, 3, True, ["first", "last", "silent"]),
        (False, 3, False, ["last"]),
    ],
)
def test_doubt_is_two_within_a_day_or_an_uncertain_last_message(
    last_is_certain, days_between, wants_out, concerned
):
    at = WORKING_HOUR
    words = [
        inbound.LastWord("first", None, at - timedelta(days=days_between), is_certain=True),
        inbound.LastWord("last", None, at, is_certain=last_is_certain),
        inbound.LastWord("silent", None, None, is_certain=False),
    ]
    assert [word.tenant for word in inbound.addressed(words, wants_out=wants_out)] == concerned


def test_when_nobody_wrote_it_is_for_all_who_know_the_address(
    bank, shop, settings, notify, line, phone
):
    share(line, bank, shop)
    with within(shop) as session:
        add_person(session, phone=phone)
    reply(notify, line, phone, "stop")
    assert (opted_out(bank), opted_out(shop)) == (0, 1)


def test_another_number_is_another_matter(bank, settings, notify, line, phone):
    share(line, bank)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(hours=2))
    reply(notify, "28999999", phone, "SAIR")
    assert opted_out(bank) == 0


def test_what_left_from_another_number_does_not_count(bank, shop, settings, notify, line, phone):
    share(f"{line}9", shop)
    share(line, bank, shop)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=5))
    text_to(shop, settings, phone, WORKING_HOUR - timedelta(days=1))
    reply(notify, line, phone, "Parar!")
    assert (opted_out(bank), opted_out(shop)) == (1, 0)


def test_any_other_reply_is_a_task(bank, settings, notify, line, phone):
    share(line, bank)
    text_to(bank, settings, phone, WORKING_HOUR - timedelta(days=1))
    reply(notify, line, phone, "Quero pagar semana que vem, pode ser?")
    assert opted_out(bank) == 0
    assert count(bank, Task, Task.kind == "answer_reply", Task.due_at > now()) == 1


@pytest.mark.parametrize(
    ("words", "means_out"),
    [
        ("SAIR", True),
        ("sair.", True),
        ("Saír", True),
        ("pare por favor", True),
        ("PARAR", True),
        ("STOP!!!", True),
        ("quero cancelar", True),
        ("não quero sair", False),
        ("", False),
        ("comparei os valores", False),
        ("posso sair do trabalho às 18h e pagar depois?", False),
    ],
)
def test_opt_out_words(words, means_out):
    from app.compliance.policy import standard

    assert inbound.is_opt_out(words, standard()) == means_out
