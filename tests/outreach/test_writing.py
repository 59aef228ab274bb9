"""Messages are written with their cause, their link and the policy's reasons."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.compliance.actions import open_hold, opt_out, resolve_hold
from app.debts.models import ContactPoint, Debtor
from app.outreach import links
from app.outreach.actions import unsubscribe, write_message
from app.outreach.models import AccessLink, Message
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.outreach.people import NIGHT, WORKING_HOUR, add_person

REMINDER = {"valid_until": date(2026, 3, 20)}


def remind(session, tenant, debtor_id, cause="day:1", **changes):
    arguments = {"intent": "reminder", "message_class": "outbound", "facts": REMINDER} | changes
    return write_message(session, tenant, debtor_id=debtor_id, cause=cause, **arguments)


def test_the_same_cause_writes_one_message_and_one_link(bank, person):
    with within(bank) as session:
        first = remind(session, bank, person)
        again = remind(session, bank, person)
        assert first.id == again.id
        assert session.scalar(select(func.count(Message.id))) == 1
        assert session.scalar(select(func.count(AccessLink.id))) == 1


def test_a_message_rolls_back_with_its_cause(bank, person):
    with pytest.raises(ZeroDivisionError), within(bank) as session:
        remind(session, bank, person)
        raise ZeroDivisionError
    with within(bank) as session:
        assert session.scalar(select(func.count(Message.id))) == 0


def test_the_link_of_a_message_is_found_by_a_token_that_is_stored_nowhere(bank, person, cast):
    with within(bank) as session:
        message = remind(session, bank, person)
        token = links.token_of(vault(session), message.id)
        assert len(token) == 16
        assert links.find(session, token).debtor_id == person
        assert token.encode() not in session.scalar(select(AccessLink.token_hash))
        assert links.find(session, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    with within(cast.shop) as session:
        assert links.find(session, token) is None


def test_a_link_ends_when_it_expires_or_is_revoked(bank, person):
    with within(bank) as session:
        short = links.create(session, person, days=1)
        kept = links.create(session, person, days=10)
    with stopped_at(WORKING_HOUR + timedelta(days=2)), within(bank) as session:
        assert links.find(session, short) is None
        assert links.find(session, kept) is not None
        links.revoke(session, person)
        assert links.find(session, kept) is None


def test_outbound_waits_for_the_morning_and_what_was_asked_for_does_not(bank, person):
    with stopped_at(NIGHT), within(bank) as session:
        outbound = remind(session, bank, person)
        asked = write_message(
            session,
            bank,
            debtor_id=person,
            intent="one_time_code",
            cause=f"code:{uuid.uuid4()}",
            message_class="requested",
            channel="sms",
            facts={"code": "482913"},
        )
    assert outbound.send_after == NIGHT.replace(hour=11)
    assert [reason["rule"] for reason in outbound.reasons] == ["BR-03"]
    assert asked.send_after == NIGHT
    assert asked.reasons[0]["effect"] == "ALLOW"


def test_a_refused_message_is_kept_with_its_reason(bank, person):
    with within(bank) as session:
        hold = open_hold(session, debtor_id=person, kind="dispute", note="não reconheço")
        assert open_hold(session, debtor_id=person, kind="dispute").id == hold.id
        withheld = remind(session, bank, person)
        assert withheld.state == "withheld"
        assert withheld.reasons == [{"rule": "BR-11", "effect": "BLOCK", "detail": "hold"}]
        resolve_hold(session, hold, resolution="confirmed")
        assert remind(session, bank, person, cause="day:2").state == "queued"


@pytest.mark.parametrize(
    ("preferred", "acquired", "expected"),
    [
        ("sms", "email", "sms"),
        (None, "phone", "sms"),
        (None, "store", "email"),
        (None, None, "email"),
    ],
)
def test_the_channel_is_preferred_else_acquired_else_email(
    bank, person, preferred, acquired, expected
):
    with within(bank) as session:
        debtor = session.scalar(select(Debtor).where(Debtor.id == person))
        debtor.preferred_channel = preferred
        from app.debts.models import Debt

        session.scalar(select(Debt)).acquisition_channel = acquired
        session.flush()
        assert remind(session, bank, person).channel == expected


def test_nothing_is_written_to_a_person_without_an_address_that_works(bank, person):
    with within(bank) as session:
        for point in session.scalars(select(ContactPoint)):
            point.state = "bounced"
        session.flush()
        assert remind(session, bank, person) is None


def test_one_click_unsubscribes_once_and_only_here(bank, person, cast):
    with within(bank) as session:
        message = remind(session, bank, person, channel="email")
        token = links.unsubscribe_token(vault(session), message.id)
        assert unsubscribe(session, bank, token)
        assert unsubscribe(session, bank, token)
        intents = session.scalars(select(Message.intent)).all()
        assert sorted(intents) == ["opt_out_confirmed", "reminder"]
        assert remind(session, bank, person, "day:2", channel="email").state == "withheld"
        assert remind(session, bank, person, "day:3", channel="sms").state == "queued"
        for forged in ("", "x", "=" * 38, token[:-2] + "AA", "é" * 38):
            assert not unsubscribe(session, bank, forged)
    with within(cast.shop) as session:
        assert not unsubscribe(session, cast.shop, token)


def test_an_opt_out_of_everything_stops_every_channel(bank, person):
    with within(bank) as session:
        assert opt_out(session, debtor_id=person, channel="*", origin="portal")
        assert not opt_out(session, debtor_id=person, channel="*", origin="portal")
        for channel in ("email", "sms"):
            message = remind(session, bank, person, f"day:{channel}", channel=channel)
            assert message.reasons[0]["rule"] == "BR-07"


def test_each_person_has_a_message_of_their_own(bank):
    with within(bank) as session:
        people = [add_person(session) for _ in range(3)]
        codes = {remind(session, bank, p, f"day:{p}").verification_code for p in people}
    assert len(codes) == 3
    assert all(len(code) == 8 for code in codes)
