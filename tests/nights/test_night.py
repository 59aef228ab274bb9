"""The night in the database: contacts written once, with their decisions, within the policy."""

from sqlalchemy import select

from app.compliance.actions import opt_out
from app.journeys.models import Decision, Night
from tenants.scope import within
from tenants.clock import stopped_at


def decisions(town):
    with within(town.tenant) as session:
        return session.scalars(select(Decision).order_by(Decision.id)).all()


def test_a_night_writes_messages_with_their_decisions(bank):
    counts = bank.plan(0)
    assert counts["queued"] > 6
    found = decisions(bank)
    messages = {message.id: message for message in bank.messages()}
    assert found
    for decision in found:
        message = messages[decision.subject_id]
        assert (message.debtor_id, message.channel) == (decision.debtor_id, decision.channel)
        assert message.variant == decision.wording
        assert 0 < decision.propensity <= 1
        assert decision.reasons
    with within(bank.tenant) as session:
        night = session.scalars(select(Night)).one()
    assert night.state == "complete"
    assert sum(night.counts["people"].values()) == 12


def test_a_second_run_of_the_day_writes_nothing_twice(bank):
    bank.plan(0)
    before = [message.id for message in bank.messages()]
    again = bank.plan(0)
    assert again["queued"] == 0
    assert [message.id for message in bank.messages()] == before
