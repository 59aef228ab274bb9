"""What was planned for a day leaves on that day or not at all; what answers somebody always does."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.history.models import Event
from app.outreach.delivery import deliver_due
from app.outreach.models import Delivery, Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.outreach.people import NIGHT, WORKING_HOUR
from tests.outreach.test_delivery import Kept, only, through
from tests.outreach.test_writing import remind

DAY_OVER = {"rule": "replanned", "because": "day_over"}
PLANNED = ("offer:%s:0", "offer:%s:20260310", "instalment:%s:20260310:due")


@pytest.fixture
def kept():
    return Kept()


@pytest.mark.parametrize("cause", PLANNED)
def test_yesterdays_message_does_not_leave_today(bank, person, settings, kept, cause):
    with within(bank) as session:
        message = remind(session, bank, person, cause % uuid.uuid4())
    with stopped_at(WORKING_HOUR + timedelta(days=1)):
        assert deliver_due(bank, through=through(settings, kept)) == {"withheld": 1}
    assert not kept.parcels
    with within(bank) as session:
        assert only(session).state == "withheld"
        assert only(session).reasons == [DAY_OVER]
        assert session.scalar(select(Delivery.id)) is None
        told = select(Event.subject_id, Event.data).where(Event.kind == "message.withheld")
        assert session.execute(told).all() == [(message.id, {"rules": ["replanned"]})]


@pytest.mark.parametrize("cause", PLANNED)
def test_it_leaves_late_on_its_own_day(bank, person, settings, kept, cause):
    with within(bank) as session:
        remind(session, bank, person, cause % uuid.uuid4())
    with stopped_at(WORKING_HOUR + timedelta(hours=8)):
        assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1}


def test_one_that_may_not_leave_any_more_today_does_not_wait_for_tomorrow(
    bank, person, settings, kept
):
    with within(bank) as session:
        remind(session, bank, person, PLANNED[1] % uuid.uuid4())
    with stopped_at(NIGHT):
        assert deliver_due(bank, through=through(settings, kept)) == {"withheld": 1}
    with within(bank) as session:
        stopped, lapsed = only(session).reasons
        assert (stopped["rule"], lapsed) == ("BR-03", DAY_OVER)


def test_the_day_is_that_of_the_person(bank, settings, kept):
    """Nine in the evening in Acre is the next day in São Paulo."""
    with within(bank) as session:
        person = far_west(session)
        with stopped_at(NIGHT.replace(hour=13)):
            remind(session, bank, person, PLANNED[1] % uuid.uuid4())
        at = session.scalars(select(Message.send_after)).one()
    with stopped_at(at + timedelta(hours=6)):
        assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1}


def far_west(session):
    from tests.outreach.people import add_person

    return add_person(session, phone="+5568912345678", time_zone="America/Rio_Branco", uf="AC")


@pytest.mark.parametrize(
    ("cause", "message_class"),
    [
        ("receipt:%s", "requested"),
        ("offer:%s:20260310", "requested"),
        ("payment_returned:%s", "outbound"),
        ("broken_agreement:%s", "outbound"),
    ],
)
def test_answers_and_notices_never_lapse(bank, person, settings, kept, cause, message_class):
    with within(bank) as session:
        remind(session, bank, person, cause % uuid.uuid4(), message_class=message_class)
    with stopped_at(WORKING_HOUR + timedelta(days=2)):
        assert deliver_due(bank, through=through(settings, kept)) == {"sent": 1}


def test_tomorrows_plan_leaves_alone(bank, person, settings, kept):
    """Both wait when a worker comes back: only today's leaves, though the day before's came first."""
    with within(bank) as session:
        old = remind(session, bank, person, PLANNED[1] % uuid.uuid4())
    tomorrow = WORKING_HOUR + timedelta(days=1)
    with stopped_at(tomorrow):
        with within(bank) as session:
            new = remind(session, bank, person, f"offer:{uuid.uuid4()}:20260311")
        assert deliver_due(bank, through=through(settings, kept)) == {"withheld": 1, "sent": 1}
    assert [parcel.message_id for parcel in kept.parcels] == [new.id]
    with within(bank) as session:
        assert session.get(Message, (bank.id, old.id)).state == "withheld"
