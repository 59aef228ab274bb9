"""While a message is being handed over: it counts, nobody claims it or takes it back, and what became
of it is written once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.history.models import Event
from app.outreach import claiming, leasing, queries
from app.outreach.delivery import deliver_due
from app.outreach.models import Delivery, Lease, Message
from app.outreach.withdrawing import withdraw
from tenants.clock import now, stopped_at
from tenants.scope import within
from tests.outreach.people import WORKING_HOUR, add_person
from tests.outreach.test_delivery import Kept, only, through
from tests.outreach.test_writing import remind

REASONS = [{"effect": "ALLOW"}]


def lease(tenant, limit=10, sent_from="somebody"):
    """As a worker does before it hands over, and dies."""
    with within(tenant) as session:
        rows = claiming.claim(session, limit)
        return leasing.lease(
            session, [leasing.Leaving(row, REASONS, b"kept", sent_from) for row in rows]
        )


def settle(tenant, leases, state="sent", **more):
    """As the worker does when it is known what became of all of them."""
    with within(tenant) as session:
        outcomes = [
            leasing.Outcome(one.row.id, state, **more) for each in leases for one in each.leaving
        ]
        return [(done.row.id, done.state) for done in leasing.settle(session, leases, outcomes)]


def sweep(tenant):
    with within(tenant) as session:
        return leasing.leave_uncertain(session, timedelta(0))


def count(tenant, kind):
    with within(tenant) as session:
        return session.scalar(select(func.count()).select_from(kind))


@pytest.fixture
def message(bank, person):
    with within(bank) as session:
        return remind(session, bank, person, channel="sms")


def test_what_is_left_in_the_hand_over_is_uncertain_with_all_that_is_known_of_it(
    bank, message, settings
):
    lease(bank)
    assert deliver_due(bank, through=through(settings, Kept())) == {}
    with within(bank) as session:
        assert leasing.leave_uncertain(session) == 0, "its worker may still live"
    assert (sweep(bank), sweep(bank)) == (1, 0)
    with within(bank) as session:
        left = only(session)
        assert (left.id, left.state, left.sent_at) == (message.id, "uncertain", WORKING_HOUR)
        assert (left.body, left.sent_from, left.reasons) == (b"kept", "somebody", REASONS)
        assert session.scalar(select(Event.kind)) == "message.uncertain"
    assert (count(bank, Lease), count(bank, Delivery)) == (0, 0)
    assert deliver_due(bank, through=through(settings, Kept())) == {}


@pytest.mark.parametrize("is_swept", [False, True])
def test_it_counts_against_the_numbers_of_contact(bank, person, message, settings, is_swept):
    lease(bank)
    if is_swept:
        sweep(bank)
    with within(bank) as session:
        [sent] = queries.recently_sent(session, [person], now())[person]
        assert (sent.channel, sent.at) == ("sms", WORKING_HOUR)
        second = remind(session, bank, person, "day:2", channel="sms")
        assert "BR-08" in [reason["rule"] for reason in second.reasons]
        assert second.send_after > message.send_after
    assert deliver_due(bank, through=through(settings, Kept())) == {}


def test_it_counts_for_whoever_is_decided_about_meanwhile(bank, person, message, settings):
    with within(bank) as session:
        remind(session, bank, person, "day:2", channel="sms")
    lease(bank, limit=1)
    assert deliver_due(bank, through=through(settings, Kept())) == {"queued": 1}


def test_nobody_takes_it_back(bank, message):
    lease(bank)
    with within(bank) as session:
        assert not withdraw(session, {message.id: "another_fits_better"})


def test_a_late_answer_is_better_than_none(bank, message):
    leases = lease(bank)
    assert sweep(bank) == 1
    assert settle(bank, leases) == [(message.id, "sent")]
    assert settle(bank, leases) == [], "it was settled"


def test_what_a_provider_says_nothing_of_stays_leased(bank, message):
    with within(bank) as session:
        other = remind(session, bank, add_person(session), "day:2", channel="sms")
    leases = lease(bank)
    with within(bank) as session:
        sent = [leasing.Outcome(other.id, "sent")]
        assert len(leasing.settle(session, leases, sent)) == 1
        assert session.scalars(select(Lease.message_ids)).all() == [[message.id]]
    assert sweep(bank) == 1


def test_outcomes_of_one_batch_may_differ(bank, message):
    with within(bank) as session:
        people = [add_person(session) for _ in range(3)]
        others = [remind(session, bank, one, f"day:{one}", channel="sms").id for one in people]
    leases = lease(bank)
    at = now() + timedelta(minutes=10)
    said = [
        leasing.Outcome(message.id, "sent", "provider-1"),
        leasing.Outcome(others[0], "failed", detail="smtp_554"),
        leasing.Outcome(others[1], "queued", retry_at=at),
        leasing.Outcome(others[2], "uncertain"),
    ]
    with within(bank) as session:
        leasing.settle(session, leases, said)
    with within(bank) as session:
        rows = {row.id: row for row in session.scalars(select(Message))}
        assert [rows[one.message_id].state for one in said] == [one.state for one in said]
        assert rows[message.id].provider_message_id == "provider-1"
        assert rows[others[0]].reasons == [*REASONS, {"effect": "FAILED", "detail": "smtp_554"}]
        assert [rows[one].sent_at is None for one in others] == [True, True, False]
        [waits] = session.scalars(select(Delivery))
        assert (waits.id, waits.send_after) == (others[1], at)
    assert count(bank, Lease) == 0


def test_it_is_known_when_it_left(bank, message):
    with within(bank) as session:
        assert queries.left_at(session, only(session)) is None
    lease(bank)
    with stopped_at(WORKING_HOUR + timedelta(seconds=9)), within(bank) as session:
        assert queries.left_at(session, only(session)) == WORKING_HOUR
