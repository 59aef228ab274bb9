"""After everything a person does, the rest of their day is planned anew: by the real worker's job."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import delete, select, text, update

from app.compliance.actions import open_hold, opt_out
from app.history.actions import Happening, record, record_many
from app.jobs import load_tasks
from app.journeys.models import Decision, Night, ReplanDue, ReplanInputs
from app.journeys.queries import known
from app.journeys.rules import first
from app.nights import answering, choosing, packing
from app.nights.alone import planning_anew
from app.nights.explaining import explain
from app.nights.replanning import Became, replan
from app.nights.replaying import replay
from app.nights.standing import CONTEXT
from app.outreach.models import Delivery, Message
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.nights.town import Town
from tests.portal.conftest import post
from tests.work import drain, forget_waiting

SOON = Town.morning(0) + timedelta(minutes=30)


@pytest.fixture
def planned(bank, database):
    """A town whose night is written and nothing of it delivered, and no other job."""
    load_tasks()
    bank.plan(0)
    forget_waiting(database.conninfo)
    return bank


def all_waiting(town):
    """The engine's people whose message leaves later on: (person, message id, channel)."""
    with within(town.tenant) as session:
        rows = session.execute(
            select(Message.debtor_id, Message.id, Message.channel)
            .join(Decision, Decision.subject_id == Message.id)
            .where(Message.send_after > SOON)
            .order_by(Message.id)
        ).all()
    assert rows
    return rows


def waiting(town):
    """One of them: (person, message id)."""
    return all_waiting(town)[0][:2]


def stop_one_channel_each(town, rows):
    """Each the one on which their message waits."""
    for person, _, channel in rows:
        happens(
            town,
            lambda session, person=person, channel=channel: opt_out(
                session, debtor_id=person, channel=channel, origin="portal"
            ),
        )


def happens(town, act):
    """Do something at half past ten."""
    with stopped_at(SOON), within(town.tenant) as session:
        act(session)


def jobs(database, town):
    """How many wait."""
    with psycopg.connect(database.conninfo) as connection:
        found = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'journeys.replan'"
            " AND status = 'todo' AND args->>'tenant_id' = %s",
            [str(town.tenant.id)],
        ).fetchone()
    return found[0]


def due(town):
    """Who waits to be planned anew."""
    with within(town.tenant) as session:
        return set(session.scalars(select(ReplanDue.debtor_id)))


def anew(town, people):
    """What becomes of people planned anew in the hour that it is."""
    with within(town.tenant) as session:
        return replan(session, town.tenant, people)


def work(database):
    with stopped_at(SOON):
        drain(database.conninfo, queues=("journeys",))


def row(town, kind, key):
    with within(town.tenant) as session:
        return session.get(kind, (town.tenant.id, key))


def replans(town, person):
    with within(town.tenant) as session:
        found = select(Decision).where(Decision.debtor_id == person, Decision.kind == "replan")
        return session.scalars(found.order_by(Decision.round)).all()


def test_who_stops_every_channel_has_the_waiting_message_taken_back(planned, database):
    person, message = waiting(planned)
    happens(planned, lambda session: opt_out(session, debtor_id=person, origin="portal"))
    assert jobs(database, planned) == 1
    work(database)
    taken = row(planned, Message, message)
    assert taken.state == "withheld"
    assert taken.reasons[-1] == {"rule": "replanned", "because": "stopped_meanwhile"}
    assert row(planned, Delivery, message) is None
    [decided] = replans(planned, person)
    assert decided.reasons == ["stopped_meanwhile"]
    assert decided.terms == {"withdrew": [str(message)]}
    with within(planned.tenant) as session:
        said = explain(session, message, "en", "BRL")
    assert any("Taken back before it left" in line for line in said)


def test_on_a_day_that_another_make_planned_everything_stays_as_it_is(
    planned, database, monkeypatch
):
    person, message = waiting(planned)
    monkeypatch.setattr(packing, "VERSION", packing.VERSION + 1)
    stop_one_channel_each(planned, all_waiting(planned)[:1])
    with stopped_at(SOON):
        assert set(anew(planned, [person]).values()) == {Became.NOTHING}
    assert row(planned, Message, message)


def test_who_stops_one_channel_is_written_to_on_another_the_same_day(planned, database):
    """All but those for whom a later day is better now."""
    rows = all_waiting(planned)
    stop_one_channel_each(planned, rows)
    work(database)
    written = 0
    for person, message, before in rows:
        assert row(planned, Message, message).state == "withheld"
        [decided] = replans(planned, person)
        assert 0 < decided.propensity <= 1
        if decided.subject_id is None:
            assert decided.reasons == ["waiting_is_better"]
            continue
        following, written = row(planned, Message, decided.subject_id), written + 1
        assert {following.channel, before} == {"sms", "email"}
        assert following.state == "queued"
        assert following.send_after.date() == SOON.date()
        with within(planned.tenant) as session:
            [one] = known(session, [person], SOON, first())
            assert list(one.written.values()) == [SOON.date()]
    assert written


def test_what_was_planned_anew_is_replayed_with_its_night(planned, database, owner_connection):
    day, rows = SOON.date(), all_waiting(planned)
    quiet = replay(planned.tenant, day)
    stop_one_channel_each(planned, rows)
    work(database)
    for person, _, _ in rows:
        happens(planned, lambda session, p=person: opt_out(session, debtor_id=p, origin="portal"))
    work(database)
    twice = [one for one, _, _ in rows if [r.round for r in replans(planned, one)] == [1, 2]]
    found = replay(planned.tenant, day)
    assert found.decisions >= quiet.decisions + len(rows) + len(twice)
    assert found.differences == quiet.differences == 0
    silent = next(
        last for one, _, _ in rows if (last := replans(planned, one)[-1]).subject_id is None
    )
    reworded = "UPDATE decisions SET reasons = '[\"agreed_meanwhile\"]' WHERE id = :id"
    owner_connection.execute(text(reworded), {"id": silent.id})
    owner_connection.commit()
    assert replay(planned.tenant, day).differences == 1

    with within(planned.tenant) as session:
        first, second = session.scalars(select(ReplanInputs).order_by(ReplanInputs.id)).all()
        key = vault(session)
        told, then = [choosing.unpacked(key.unseal(one.known, CONTEXT)) for one in (first, second)]
        first.known = key.seal(choosing.packed(told[0], then[1]), CONTEXT)
        second.known = key.seal(choosing.packed(then[0], told[1]), CONTEXT)
    assert replay(planned.tenant, day).differences >= 2, "each follows from its own"
    with within(planned.tenant) as session:
        session.execute(delete(ReplanInputs))
    assert replay(planned.tenant, day).differences >= len(rows) + len(twice), "none unseen"


def test_a_form_of_the_portal_has_the_day_planned_anew_by_the_worker(planned, database, browse):
    person, message = waiting(planned)
    channel, at = row(planned, Message, message).channel, int(SOON.timestamp())
    client, here = browse(planned.tenant.host), f"http://{planned.tenant.host}"
    with client.session_transaction(base_url=here) as cookie:
        cookie.update(device="d", tenant=planned.tenant.id.hex, person=person.hex, epoch=0)
        cookie.update(since=at, seen=at)
    with stopped_at(SOON):
        answer = post(client, "/preferencias", channel="", hour="", **{f"no_{channel}": "y"})
    assert answer.status_code == 303
    assert row(planned, Message, message).state == "queued", "nobody waits for it in the portal"
    assert jobs(database, planned) == 1
    work(database)
    assert row(planned, Message, message).state == "withheld"
    [decided] = replans(planned, person)
    assert decided.terms == {"withdrew": [str(message)]}
    assert jobs(database, planned) == 0


def test_a_dispute_takes_the_message_back(planned, database):
    person, message = waiting(planned)
    happens(planned, lambda session: open_hold(session, debtor_id=person, kind="dispute"))
    work(database)
    taken = row(planned, Message, message)
    assert (taken.state, taken.reasons[-1]["because"]) == ("withheld", "offer_gone")
    assert replans(planned, person) == [], "there is nothing left to plan"


def replans_in(session, people):
    """What was decided for each anew, without the message it became."""
    told = ("channel", "hour", "intent", "wording", "propensity", "eligible", "worth", "reasons")
    rows = session.scalars(
        select(Decision).where(Decision.debtor_id.in_(people), Decision.kind == "replan")
    )
    return {row.debtor_id: [getattr(row, name) for name in told] for row in rows}


def test_a_visit_that_changes_nothing_leaves_the_message_as_it_is(planned, database):
    person, message = waiting(planned)

    def visits(session):
        for kind in ("link.opened", "identity.proved", "portal.left"):
            record(session, debtor_id=person, kind=kind)

    happens(planned, visits)
    work(database)
    left = row(planned, Message, message)
    decided = replans(planned, person)
    assert len(decided) <= 1, "one answer to all that happened"
    assert left.state == ("withheld" if decided else "queued")
    with within(planned.tenant) as session:
        queued = select(Message).where(Message.debtor_id == person, Message.state == "queued")
        assert len(session.scalars(queued).all()) <= 1


def test_many_events_at_once_are_answered_each_person_once(planned, database):
    person, _ = waiting(planned)
    twice = [Happening(person, "portal.left"), Happening(person, "message.replied")]
    happens(planned, lambda session: record_many(session, twice))
    assert jobs(database, planned) == 1


def test_a_crowd_is_planned_as_each_alone_would_be(planned):
    rows = all_waiting(planned)
    stop_one_channel_each(planned, rows)
    people = [person for person, _, _ in rows]
    assert due(planned) == set(people)
    alone = {}
    with stopped_at(SOON):
        for person in people:
            with pytest.raises(ZeroDivisionError), within(planned.tenant) as session:
                replan(session, planned.tenant, [person])
                alone[person] = replans_in(session, [person])[person]
                raise ZeroDivisionError
        anew(planned, people)
    with within(planned.tenant) as session:
        assert replans_in(session, people) == alone


def failing_for(person, error):
    """Planning people anew, with a fault planted after the work: nothing we know of causes one."""

    def planned_then_failed(session, tenant, people):
        became = replan(session, tenant, people)
        if person in people:
            raise error
        return became

    return planned_then_failed


def test_whoever_cannot_be_planned_keeps_nobody_else_waiting(planned, monkeypatch):
    rows = all_waiting(planned)
    stop_one_channel_each(planned, rows)
    people = [person for person, _, _ in rows]
    monkeypatch.setattr(answering, "replan", failing_for(people[0], ValueError("planted")))
    with stopped_at(SOON), pytest.raises(ExceptionGroup) as told:
        answering.answer_all(planned.tenant)
    assert [str(one) for one in told.value.exceptions] == ["planted"]
    assert not due(planned)
    assert not replans(planned, people[0])
    assert all(replans(planned, person) for person in people[1:])


def test_who_finds_another_worker_at_it_leaves_it_to_that_one(planned):
    person, _ = waiting(planned)
    happens(planned, lambda session: opt_out(session, debtor_id=person, origin="portal"))
    with stopped_at(SOON):
        with within(planned.tenant) as session:
            assert planning_anew(session, planned.tenant)
            with ThreadPoolExecutor(1) as another:
                left = another.submit(answering.answer_all, planned.tenant)
                assert not left.result(timeout=20)
        assert due(planned) == {person}
        answering.answer_all(planned.tenant)
    assert not due(planned)
    assert len(replans(planned, person)) == 1


def test_a_worker_that_dies_leaves_them_waiting(planned, database, monkeypatch):
    person, _ = waiting(planned)
    happens(planned, lambda session: opt_out(session, debtor_id=person, origin="portal"))
    with monkeypatch.context() as planted, stopped_at(SOON), pytest.raises(KeyboardInterrupt):
        planted.setattr(answering, "replan", failing_for(person, KeyboardInterrupt))
        answering.answer_all(planned.tenant)
    assert due(planned) == {person}
    assert not replans(planned, person)
    work(database)
    assert not due(planned)
    assert len(replans(planned, person)) == 1


def test_what_happens_while_a_job_begins_is_answered_too(planned, database):
    person, _ = waiting(planned)
    happens(planned, lambda session: record(session, debtor_id=person, kind="portal.left"))
    with stopped_at(SOON), within(planned.tenant) as session:
        opt_out(session, debtor_id=person, origin="portal")
        session.flush()
        work(database)  # begins with what is committed
    assert due(planned) == {person}
    work(database)
    assert not due(planned)
    assert [one.reasons for one in replans(planned, person)][-1] == ["stopped_meanwhile"]


def test_a_rollback_takes_the_job_with_it(planned, database):
    person, _ = waiting(planned)
    with pytest.raises(ZeroDivisionError), within(planned.tenant) as session:
        record(session, debtor_id=person, kind="portal.left")
        raise ZeroDivisionError
    assert jobs(database, planned) == 0
    assert not due(planned)


def test_a_message_on_its_way_is_not_taken_back(planned, database):
    person, message = waiting(planned)
    with within(planned.tenant) as session:
        session.execute(delete(Delivery).where(Delivery.id == message))  # as a claim does
    happens(planned, lambda session: opt_out(session, debtor_id=person, origin="portal"))
    work(database)
    assert row(planned, Message, message).state == "queued"
    assert not replans(planned, person)


def test_while_the_night_is_being_written_the_person_waits_a_minute(planned, database):
    person, message = waiting(planned)
    with within(planned.tenant) as session:
        session.execute(update(Night).values(state="planned"))
    happens(planned, lambda session: opt_out(session, debtor_id=person, origin="portal"))
    work(database)
    assert row(planned, Message, message).state == "queued"
    assert jobs(database, planned) == 1


def test_people_of_the_comparison_and_days_without_a_night_stay_as_they_are(planned, database):
    with within(planned.tenant) as session:
        ours = select(Decision.debtor_id).where(Decision.kind == "offer", Decision.arm == "rules")
        compared = session.scalars(ours).first()
    with stopped_at(SOON):
        assert anew(planned, [compared]) == {compared: Became.NOTHING}
    with stopped_at(SOON + timedelta(days=1)):
        person, _ = waiting(planned)
        assert anew(planned, [person]) == {person: Became.NOTHING}


def test_creditors_without_an_engine_have_no_such_jobs(bank, database):
    load_tasks()
    person = bank.people[0]
    happens(bank, lambda session: record(session, debtor_id=person, kind="portal.left"))
    assert jobs(database, bank) == 0
    assert not due(bank)


def test_planned_alone_a_person_is_scored_as_the_night_scored_them(planned):
    """Nothing happened: whoever is looked at again keeps what the night gave them."""
    with stopped_at(Town.morning(0)):
        for person in planned.people:
            assert anew(planned, [person]) == {person: Became.NOTHING}
        assert anew(planned, planned.people) == dict.fromkeys(planned.people, Became.NOTHING)
