"""What providers report of messages, as they would, and what became of it."""

from sqlalchemy import func, select

from app.outreach import events
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import DeliveryEvent
from tenants.scope import within
from tests.outreach.people import add_person
from tests.outreach.test_delivery import Kept
from tests.outreach.test_writing import remind

TOPIC = "arn:aws:sns:sa-east-1:123456789012:events"
CERTIFICATE_URL = "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-1.pem"


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
