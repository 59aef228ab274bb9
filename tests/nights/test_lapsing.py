"""Days whose messages leave late or not at all: no message of one day stands beside the next's."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from app.journeys.actions import deliver, deliver_the_day
from app.nights.explaining import explain
from app.outreach.channels import Handed
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.test_night import decisions
from tests.nights.town import Town


def deliver_at(town, moment):
    with stopped_at(moment):
        return deliver(town.tenant, through=town.through)


def test_a_worker_that_comes_back_a_day_late_lets_nothing_of_the_day_leave(bank):
    bank.plan(0)
    waiting = {one.id for one in bank.messages() if one.state == "queued"}
    assert deliver_at(bank, Town.morning(1)) == {"withheld": len(waiting)}
    subject = next(one.subject_id for one in decisions(bank) if one.subject_id in waiting)
    with within(bank.tenant) as session:
        said = explain(session, subject, "en", "BRL")
    assert any("day was over before it left" in line for line in said)
    assert not any("Taken back before it left" in line for line in said)
    kept = [one for one in decisions(bank) if one.subject_id == subject]
    assert [one.arm in ("engine", "explore") for one in kept] == [True], "the decision stays"


def test_days_that_deliver_at_noon_alone_keep_to_a_week_and_repeat_no_text(bank):
    for day in range(12):
        bank.plan(day)
        deliver_at(bank, Town.morning(day) + timedelta(hours=4))
    ours = {one.subject_id for one in decisions(bank) if one.kind == "contact"}
    left = defaultdict(list)
    for one in bank.messages():
        if one.state == "sent" and one.id in ours:
            left[one.debtor_id].append(one)
            assert one.sent_at.date() == one.send_after.date()
    assert any(len(messages) > 1 for messages in left.values())
    for messages in left.values():
        messages.sort(key=lambda one: one.sent_at)
        for before, after in pairwise(messages):
            assert before.variant != after.variant
        for first, third in zip(messages, messages[2:], strict=False):
            assert third.sent_at - first.sent_at >= timedelta(days=6)


def test_a_day_to_come_is_not_planned_while_todays_messages_wait(bank, app):
    """Planning it says that today is over, and takes back what today has not sent yet."""
    bank.plan(0)
    waiting = {one.id for one in bank.messages() if one.state == "queued"}
    planned = waiting & {one.subject_id for one in decisions(bank)}
    tomorrow = Town.morning(1).date()

    def plan_tomorrow():
        with stopped_at(Town.morning(0) + timedelta(hours=2)):
            words = ["journeys", "night", bank.tenant.slug, "--locale=en", f"--date={tomorrow}"]
            return app.test_cli_runner().invoke(args=words)

    told = plan_tomorrow()
    assert told.exit_code == 1
    assert f"Messages of days before {tomorrow} still wait ({len(planned)})" in told.output
    assert {one.id for one in bank.messages() if one.state == "queued"} == waiting
    with stopped_at(Town.morning(0)):
        deliver_the_day(bank.tenant, through=bank.through)
    assert plan_tomorrow().exit_code == 0


def test_what_waits_after_a_day_that_was_lived_through_is_counted_once(bank):
    bank.plan(0)
    bank.kept.handed = Handed.LATER
    with stopped_at(Town.morning(0)):
        counted = deliver_the_day(bank.tenant, through=bank.through)
    assert counted == Counter(one.state for one in bank.messages())


def test_no_night_is_planned_before_the_last_one(bank, app):
    for day in (0, 1):
        bank.plan(day)
    kept = bank.messages()

    def plan(day):
        words = ["journeys", "night", bank.tenant.slug, f"--date={Town.morning(day).date()}"]
        with stopped_at(Town.morning(1) + timedelta(hours=2)):
            return app.test_cli_runner().invoke(args=words)

    refused = plan(0)
    assert refused.exit_code == 1
    assert f"já chegou a {Town.morning(1).date()}" in refused.stderr
    assert [one.state for one in bank.messages()] == [one.state for one in kept]
    assert plan(1).exit_code == 0
