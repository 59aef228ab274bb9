"""A day of operation: offers made, messages planned with reasons, delivered, nothing twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import config
from app.compliance.actions import open_hold, opt_out, resolve_hold
from app.compliance.models import Hold
from app.debts.models import Debtor
from app.journeys.actions import beginning_of, deliver, last_business_day, plan, run_day
from app.journeys.models import JourneySettings
from app.offers.models import Offer
from app.outreach.channels import Transports
from app.outreach.models import AccessLink, Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.offers.people import set_up
from tests.outreach.people import NIGHT, WORKING_HOUR, add_person, dress
from tests.outreach.test_delivery import Kept


@pytest.fixture
def bank(cast):
    dress(cast.bank)
    with within(cast.bank) as session:
        set_up(session)
    return cast.bank


@pytest.fixture(autouse=True)
def _working_hour():
    with stopped_at(WORKING_HOUR):
        yield


@pytest.fixture
def kept():
    return Kept()


def run(bank, settings, kept, **clock):
    with stopped_at(WORKING_HOUR + timedelta(**clock)):
        return run_day(bank, through=Transports(settings, {"email": kept, "sms": kept}))


def messages(bank):
    with within(bank) as session:
        return session.scalars(select(Message).order_by(Message.created_at, Message.id)).all()


def add(bank, **columns):
    with within(bank) as session:
        return add_person(session, **columns)


def test_a_day_writes_to_everybody_once(bank, settings, kept):
    for _ in range(3):
        add(bank)
    assert run(bank, settings, kept)["sent"] == 3
    assert run(bank, settings, kept)["sent"] == 0
    assert {message.intent for message in messages(bank)} == {"first_contact"}
    with within(bank) as session:
        assert session.scalar(select(func.count(AccessLink.id))) == 3


def test_reminders_follow_in_their_time(bank, settings, kept):
    add(bank)
    for day in range(12):
        run(bank, settings, kept, days=day)
    assert [message.intent for message in messages(bank)] == [
        "first_contact",
        "reminder",
        "reminder",
    ]


def test_everybody_hears_on_their_channel(bank, settings, kept):
    preferring = add(bank, preferred_channel="sms")
    other = add(bank)
    run(bank, settings, kept)
    channels = {message.debtor_id: message.channel for message in messages(bank)}
    assert channels == {preferring: "sms", other: "email"}


def test_the_address_of_the_newest_file_is_written_to_and_the_code_goes_there_too(bank):
    from app.debts import actions as debts
    from app.debts.models import ContactPoint
    from app.debts.queries import addresses
    from tests.debts.files import HEADER, line

    def bring(email):
        content = (HEADER + line("A1", email=email)).encode()
        debts.import_portfolio(bank, content, file_name="a.csv")

    bring("antiga@exemplo.com.br")
    with stopped_at(WORKING_HOUR + timedelta(days=1)):
        bring("nova@exemplo.com.br")
    with stopped_at(WORKING_HOUR + timedelta(days=2)):
        plan(bank)
    with within(bank) as session:
        newest = session.scalar(
            select(ContactPoint.id)
            .where(ContactPoint.kind == "email")
            .order_by(ContactPoint.created_at.desc())
            .limit(1)
        )
        debtor = session.scalar(select(Debtor.id))
        mails = [point for point in addresses(session, debtor) if point.kind == "email"]
        assert [point.id for point in mails] == [newest], "the old address is retired"
    [message] = [message for message in messages(bank) if message.channel == "email"]
    assert message.contact_point_id == newest


def test_a_channel_that_was_stopped_is_left_out_while_another_remains(bank, settings, kept):
    person = add(bank)
    with within(bank) as session:
        opt_out(session, debtor_id=person, channel="email", origin="portal")
    run(bank, settings, kept)
    assert [message.channel for message in messages(bank)] == ["sms"]


def test_a_hold_withholds_with_its_reason_and_lets_go_when_resolved(bank, settings, kept):
    person = add(bank)
    plan(bank)
    with within(bank) as session:
        open_hold(session, debtor_id=person, kind="dispute")
    told = []
    with stopped_at(WORKING_HOUR):
        left = deliver(bank, progress=lambda what, count: told.append((what, count)))
    assert left["withheld"] == 1
    assert told == [("delivered", 0)], "what was withheld did not leave"
    assert messages(bank)[0].reasons[0]["rule"] == "BR-11"
    assert run(bank, settings, kept)["withheld"] == 0
    with within(bank) as session:
        resolve_hold(session, session.scalar(select(Hold)), resolution="confirmed")
    assert run(bank, settings, kept, days=1)["sent"] == 1


def test_the_preferred_hour_and_the_night_are_waited_for(bank, settings, kept):
    evening = add(bank, preferred_hour=18)
    late = add(bank, preferred_hour=23)
    assert run(bank, settings, kept)["queued"] == 2
    due = {message.debtor_id: message.send_after for message in messages(bank)}
    assert due[evening] == WORKING_HOUR.replace(hour=21)
    assert due[late] == (WORKING_HOUR + timedelta(days=1)).replace(hour=11)
    assert run(bank, settings, kept, hours=8)["sent"] == 1


def test_a_day_planned_at_night_sends_nothing(bank, settings, kept):
    add(bank)
    with stopped_at(NIGHT):
        plan(bank)
        assert run_day(bank)["sent"] == 0
    assert messages(bank)[0].send_after == NIGHT.replace(hour=11)


def test_many_people_are_planned_in_chunks(bank, settings, kept):
    for _ in range(7):
        add(bank)
    totals = plan(bank, chunk=3)
    assert totals["queued"] == 7
    assert totals["offers"] == 7


def test_the_demo_stands_on_a_business_day():
    assert last_business_day(WORKING_HOUR.date()) == WORKING_HOUR.date()
    sunday = WORKING_HOUR.date() - timedelta(days=2)
    assert last_business_day(sunday) == sunday - timedelta(days=2)
    assert beginning_of(WORKING_HOUR.date(), "America/Sao_Paulo") == WORKING_HOUR


def test_one_creditors_day_touches_nobody_elses(bank, cast, settings, kept):
    add(bank)
    with within(cast.shop) as session:
        add_person(session)
    run(bank, settings, kept)
    with within(cast.shop) as session:
        assert session.scalar(select(func.count(Message.id))) == 0
        assert session.scalar(select(func.count(Debtor.id))) == 1


def test_a_creditor_that_is_not_ready_keeps_no_other_one_waiting(app, cast, bank):
    add(cast.shop)
    add(bank)
    ran = app.test_cli_runner().invoke(
        args=["day", "run", "--plan-only", "--tenant", cast.shop.slug, "--tenant", bank.slug]
    )
    assert f"{cast.shop.slug}: Não há regras de oferta definidas." in ran.stderr
    assert f"{bank.slug}: propostas feitas: 1; mensagens escritas: 1" in ran.stdout
    assert ran.exit_code == 1
    assert [message.intent for message in messages(bank)] == ["first_contact"]


def test_a_creditor_whose_day_breaks_off_keeps_no_other_one_waiting(app, cast, bank):
    dress(cast.shop)
    with within(cast.shop) as session:
        set_up(session)
        session.add(JourneySettings(version=1, data={"hours": "never"}))
    add(cast.shop)
    add(bank)
    ran = app.test_cli_runner().invoke(
        args=["day", "run", "--plan-only", "--tenant", cast.shop.slug, "--tenant", bank.slug]
    )
    assert f"{cast.shop.slug}: O dia foi interrompido (FileInvalid)" in ran.stderr
    assert f"{bank.slug}: propostas feitas: 1; mensagens escritas: 1" in ran.stdout
    assert ran.exit_code == 1
    assert messages(cast.shop) == []


def test_a_day_that_is_run_for_a_date_delivers_each_message_at_its_hour(app, bank):
    add(bank, preferred_hour=10)
    add(bank, preferred_hour=18)
    ran = app.test_cli_runner().invoke(
        args=["day", "run", "--date", "2026-03-11", "--tenant", bank.slug, "--locale", "en"]
    )
    assert ran.exit_code == 0, ran.output
    assert "messages sent: 2" in ran.stdout
    assert sorted(one.sent_at.hour - 3 for one in messages(bank)) == [10, 18]


def test_in_production_another_day_than_today_is_only_planned(app, bank, settings):
    """What it delivered would leave now, at whatever hour this is."""
    add(bank)
    words = ["day", "run", "--date", "2026-03-11", "--tenant", bank.slug]
    config.use(replace(settings, environment="production"))
    try:
        refused = app.test_cli_runner().invoke(args=words)
        assert refused.exit_code == 1
        assert "só se planeja (--plan-only)" in refused.stderr
        assert messages(bank) == []
        assert app.test_cli_runner().invoke(args=[*words, "--plan-only"]).exit_code == 0
    finally:
        config.use(settings)
    assert [one.state for one in messages(bank)] == ["queued"]


def test_todays_later_messages_wait_for_the_worker(app, bank):
    add(bank, preferred_hour=18)
    ran = app.test_cli_runner().invoke(
        args=["day", "run", "--date", "2026-03-10", "--tenant", bank.slug, "--locale", "en"]
    )
    assert "messages sent" not in ran.stdout
    assert [one.state for one in messages(bank)] == ["queued"]


@pytest.mark.parametrize(
    ("lived", "asked", "refused"),
    [
        ((0, 1), 1, None),
        ((0, 1), 0, "has come to 2026-03-11 already"),
        ((0, 1), 8, None),
        ((0, 1), 9, "more than a week after 2026-03-11"),
        ((), -1, "has come to 2026-03-10 already"),
        ((), 7, None),
        ((), 8, "more than a week after 2026-03-10"),
    ],
)
@pytest.mark.parametrize("words", [("day", "run", "--plan-only", "--tenant"), ("offers", "make")])
def test_a_mistyped_day_is_refused_before_anybody_is_touched(
    app, cast, bank, words, lived, asked, refused
):
    """The shop, named first, has lived through no day: it is not touched either."""
    dress(cast.shop)
    for tenant in (cast.shop, bank):
        with within(tenant) as session:
            if tenant is cast.shop:
                set_up(session)
            add_person(session)
    runner = app.test_cli_runner()
    for day in lived:
        with stopped_at(WORKING_HOUR + timedelta(days=day)):
            runner.invoke(args=["day", "run", "--plan-only", "--tenant", bank.slug])
    before = [len(messages(bank)), offers_of(bank)]
    others = ["--tenant", cast.shop.slug] if words[0] == "day" and asked < 1 else []
    day = (WORKING_HOUR + timedelta(days=asked)).date()
    ran = runner.invoke(
        args=[*words[:2], "--locale", "en", f"--date={day}", *others, *words[2:], bank.slug]
    )
    if refused is None:
        assert ran.exit_code == 0, ran.output
        return
    assert ran.exit_code == 1
    assert refused in ran.stderr
    assert [len(messages(bank)), offers_of(bank)] == before
    assert offers_of(cast.shop) == []


def offers_of(tenant):
    with within(tenant) as session:
        return session.execute(select(Offer.id, Offer.state).order_by(Offer.id)).all()
