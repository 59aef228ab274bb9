"""Do-not-call lists: loaded as a whole, kept as blind indexes, asked at planning and at the last
moment (BR-05, TR-05)."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select, text, update

from app.compliance import do_not_call
from app.compliance.models import AuditEntry, DoNotCallEntry, DoNotCallList
from app.compliance.queries import policy_in_force
from app.debts.models import ContactPoint, Debtor
from app.journeys.actions import plan
from app.outreach.channels import Transports
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from app.outreach.queries import person_facts
from tenants import resolve
from tenants.keys import vault
from tenants.scope import current_tenant_id, within
from tests.outreach.people import WORKING_HOUR, add_person
from tests.outreach.test_writing import remind
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("working_hour")
DAY = timedelta(days=1)
LISTED, FREE = "+5511987654321", "+5511912345678"
TODAY = WORKING_HOUR.date()


@pytest.fixture
def person(bank):
    with within(bank) as session:
        return add_person(session, phone=LISTED)


@pytest.fixture
def load(flask, bank, tmp_path):
    """`flask policy do-not-call load` of a file with this content."""

    def run(content, *options, name="lista.csv", refused=False):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return flask("policy", "do-not-call", "load", bank.slug, file, *options, refused=refused)

    return run


def rules_against(session, person, channel):
    """The rules that stop a message to this person now."""
    message = write(session, person, channel)
    return {reason["rule"] for reason in message.reasons if "rule" in reason}


def write(session, person, channel):
    tenant = resolve.by_id(current_tenant_id())
    return remind(session, tenant, person, f"test:{uuid.uuid4()}", channel=channel)


def test_a_listed_line_is_not_written_to_and_another_one_is(load, bank, person):
    load(f"telefone;data de inclusão\n(11) 98765-4321;{TODAY - 30 * DAY:%d/%m/%Y}\n",
         "--registry", "SP")  # fmt: skip
    with within(bank) as session:
        free = add_person(session, phone=FREE)
        assert rules_against(session, person, "sms") == {"BR-05"}
        assert rules_against(session, person, "email") == set()
        assert rules_against(session, free, "sms") == set()


@pytest.mark.parametrize(("days", "rules"), [(29, set()), (30, {"BR-05"})])
def test_a_states_list_counts_after_its_days(load, bank, person, days, rules):
    load(f"fone,desde\n{LISTED},{TODAY - days * DAY}\n", "--registry", "SP")
    with within(bank) as session:
        assert rules_against(session, person, "sms") == rules


def test_a_list_that_tells_no_days_counts_at_once(load, bank, person):
    load("11987654321\n11987650000\n", "--registry", "SP")
    with within(bank) as session:
        assert rules_against(session, person, "sms") == {"BR-05"}


def test_a_list_of_people_stops_every_line_of_theirs(load, bank, person):
    with within(bank) as session:
        keys = vault(session)
        index = keys.index("52998224725", "document")
        session.execute(update(Debtor).where(Debtor.id == person).values(document_index=index))
    load("CPF\n529.982.247-25\n", "--registry", "PA")
    with within(bank) as session:
        assert rules_against(session, person, "sms") == {"BR-05"}
        assert rules_against(session, person, "email") == set()


def test_a_creditors_own_list_counts_from_the_first_day(load, bank, person):
    load(f"phone,listed on\n+55 11 98765-4321,{TODAY}\n")
    with within(bank) as session:
        assert rules_against(session, person, "sms") == {"TR-05"}


def test_only_the_line_that_is_listed_is_stopped(load, bank, person):
    load("11987654321\n")
    with within(bank) as session:
        facts = person_facts(session, [person])[person]
        [listed] = session.scalars(
            select(ContactPoint.id).where(ContactPoint.debtor_id == person,
                                          ContactPoint.kind == "phone")
        )  # fmt: skip
        assert [one.registry for one in facts.listed_at(listed)] == ["own"]
        assert facts.listed_at(uuid.uuid4()) == ()
        assert facts.listed_at(None), "a line that is not told may be the listed one"


def test_the_day_is_planned_around_a_list(load, bank, person):
    with within(bank) as session:
        session.execute(update(Debtor).where(Debtor.id == person).values(preferred_channel="sms"))
    load("11987654321\n")
    plan(bank)
    with within(bank) as session:
        [message] = session.scalars(select(Message).where(Message.debtor_id == person))
        assert (message.channel, message.state) == ("email", "queued")


def test_a_list_is_asked_again_at_the_last_moment(load, bank, person, settings):
    with within(bank) as session:
        free = add_person(session, phone=FREE)
        held, sent = write(session, person, "sms").id, write(session, free, "sms").id
    load("11987654321\n", "--registry", "SP")
    deliver_due(bank, through=Transports(settings))
    with within(bank) as session:
        states = dict(session.execute(select(Message.id, Message.state)).all())
        assert (states[held], states[sent]) == ("withheld", "sent")
        reasons = session.scalar(select(Message.reasons).where(Message.id == held))
        assert reasons == [{"rule": "BR-05", "effect": "BLOCK"}]


def test_a_file_replaces_the_list_as_a_whole(load, flask, bank, person):
    load("11987654321\n11987650000\n", "--source", "Procon-SP", "--as-of", "2026-03-01")
    load(f"{FREE}\n", refused=True)
    with within(bank) as session:
        assert rules_against(session, person, "sms") == {"TR-05"}, (
            "what was refused changed nothing"
        )
    assert "own: itens: 1, de linhas: 1, recusadas: 0." in load(f"{FREE}\n", "--shorter")
    with within(bank) as session:
        assert rules_against(session, person, "sms") == set()
        assert session.scalar(select(func.count(DoNotCallEntry.id))) == 1
        [kept] = session.scalars(select(DoNotCallList))
        assert (kept.source, kept.as_of, kept.entries) == ("lista.csv", TODAY, 1)
        actions = [entry.action for entry in session.scalars(select(AuditEntry))]
        assert actions == ["do_not_call.loaded", "do_not_call.loaded"]


@pytest.mark.parametrize("before", ["", "11987654321\n"])
def test_two_who_load_one_list_at_a_time_take_turns(load, bank, before):
    if before:
        load(before)
    with ThreadPoolExecutor(1) as other:
        with within(bank) as session:
            loaded_by(session, b"11987654321\n", source="first")
            second = other.submit(lambda: load(f"{FREE}\n", "--source", "second", "--shorter"))
            until(lambda: somebody_waits(session) or second.done())
        assert second.result() == "own: itens: 1, de linhas: 1, recusadas: 0.\n"
    with within(bank) as session:
        [kept] = session.scalars(select(DoNotCallList))
        assert (kept.source, kept.entries) == ("second", 1)
        index = vault(session).index(FREE, "phone")
        assert session.scalars(select(DoNotCallEntry.entry_index)).all() == [index]


def loaded_by(session, content, source):
    """A creditor's own list from this content, within the caller's transaction."""
    return do_not_call.load(
        session, registry="own", content=content, source=source, as_of=TODAY,
        policy=policy_in_force(session), actor="test", may_shrink=True,
    )  # fmt: skip


def somebody_waits(session):
    """Whether another transaction of this database waits for this one."""
    return session.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
    )


def test_bad_rows_are_told_by_line_and_the_others_taken(load, bank):
    told = load("nome,telefone,data\nA,11987654321,2026-01-01\nB,123,2026-01-01\nC,,\n"
                "D,11987650000,2026-02-30\nE,11987654321,2026-01-01\n")  # fmt: skip
    assert "linha 3\tphone\tEste não é um telefone válido." in told
    assert "linha 4\tphone" in told
    assert "linha 5\tsince" in told
    assert "own: itens: 2, de linhas: 5, recusadas: 2." in told
    assert "123" not in told.replace("+55", ""), "what stood in a row is not repeated"


def test_a_spreadsheet_is_a_list_too(load):
    book = openpyxl.Workbook()
    for row in (["Lista de bloqueio"], ["DDD", "Número"], [11, 987654321], [21, 987650000]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    assert "itens: 2, de linhas: 2," in load(content.getvalue(), name="lista.xlsx")


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("", []),
        ("telefone\n", []),
        ("nome;valor\nAna;10\n", []),
        ("telefone\n123\n", []),
        ("52998224725\n11144477735\n11987654321\n", []),
        ("11987654321\n", ["--registry", "XX"]),
        ("11987654321\n", ["--as-of", "2026-03-11"]),
    ],
)
def test_what_is_no_list_changes_nothing(load, bank, content, options):
    load(content, *options, refused=True)
    with within(bank) as session:
        assert session.scalar(select(func.count(DoNotCallList.id))) == 0


def test_no_number_is_kept(load, bank):
    load("CPF,telefone\n529.982.247-25,11987654321\n")
    with within(bank) as session:
        kept = {bytes(index) for index in session.scalars(select(DoNotCallEntry.entry_index))}
        keys = vault(session)
        assert kept == {keys.index(LISTED, "phone"), keys.index("52998224725", "document")}


def test_a_creditors_lists_are_its_own(load, flask, cast, bank):
    load("11987654321\n", "--source", "CRM", "--as-of", "2026-03-08")
    assert "own\t1\t2026-03-08\tdias de idade: 2\tCRM" in flask(
        "policy", "do-not-call", "list", bank.slug
    )
    listed = flask("policy", "do-not-call", "list", cast.shop.slug)
    assert listed == "não carregadas: PA, SP, nao_me_perturbe, own\n"
    with within(cast.shop) as session:
        person = add_person(session, phone=LISTED)
        assert person_facts(session, [person])[person].listed == ()
    refused = flask("policy", "do-not-call", "forget", cast.shop.slug, refused=True)
    assert refused == "Não há a lista own.\n"
    assert flask("policy", "do-not-call", "forget", bank.slug) == "own: itens descartados: 1.\n"
