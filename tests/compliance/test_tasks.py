"""`flask tasks …`: an operator sees what is due, ticks off what was done, and reports an incident."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.compliance.actions import open_hold
from app.compliance.models import AuditEntry, Task
from app.compliance.tasks import add_task
from tenants.clock import now
from tenants.scope import within
from tests.outreach.people import add_person

pytestmark = pytest.mark.usefixtures("working_hour")


@pytest.fixture
def person(cast):
    with within(cast.bank) as session:
        return add_person(session)


def make(session, person, kind, days):
    add_task(session, debtor_id=person, kind=kind, rule="BR-22", cause=f"{kind}:1",
             due_at=now() + timedelta(days=days))  # fmt: skip
    return session.scalars(select(Task.id).where(Task.kind == kind)).one()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tasks", "list"), "Nenhuma tarefa está aberta."),
        (("tasks", "list", "--late"), "Nenhuma tarefa está atrasada."),
        (("portfolio", "imports"), "Nada foi importado ainda."),
        (("portfolio", "differences"), "Nada diverge."),
        (("payments", "credits"), "Nenhum crédito espera devolução."),
    ],
)
def test_an_empty_list_says_so(flask, cast, words, said):
    assert flask(*words[:2], cast.shop.slug, *words[2:]) == f"{said}\n"


def test_tasks_are_listed_by_their_deadline_and_ticked_off_once(flask, cast, person):
    with within(cast.bank) as session:
        later = make(session, person, "answer_reply", 3)
        late = make(session, person, "bureau_removal", -1)
    first, second = flask("tasks", "list", cast.bank.slug).splitlines()
    assert first.split("\t")[:4] == [str(late), "2026-03-09T10:00:00-03:00", "late",
                                     "bureau_removal"]  # fmt: skip
    assert second.split("\t")[2:6] == ["open", "answer_reply", "BR-22", str(person)]
    assert str(later) not in flask("tasks", "list", cast.bank.slug, "--late")
    assert flask("tasks", "done", cast.bank.slug, late) == "bureau_removal\n"
    assert str(late) not in flask("tasks", "list", cast.bank.slug)
    flask("tasks", "done", cast.bank.slug, late, refused=True)
    with within(cast.bank) as session:
        [entry] = session.scalars(select(AuditEntry)).all()
        assert (entry.action, entry.subject_id) == ("task.done", late)


def test_what_something_else_ticks_off_is_not_done_by_hand(flask, cast, person):
    with within(cast.bank) as session:
        open_hold(session, debtor_id=person, kind="dispute")
        task = session.scalars(select(Task.id)).one()
    assert "flask holds resolve" in flask("tasks", "done", cast.bank.slug, task, refused=True)


def test_another_creditor_neither_sees_nor_ticks_it_off(flask, cast, person):
    with within(cast.bank) as session:
        task = make(session, person, "answer_reply", 3)
    assert flask("tasks", "list", cast.shop.slug) == "Nenhuma tarefa está aberta.\n"
    flask("tasks", "done", cast.shop.slug, task, refused=True)


def test_an_incident_is_told_to_the_authority_and_to_the_people_in_three_business_days(flask, cast):
    told = flask("tasks", "incident", cast.bank.slug, "confidentiality", "--people", "12")
    incident, due = told.strip().split("\t")
    friday = datetime(2026, 3, 14, tzinfo=ZoneInfo("America/Sao_Paulo"))
    assert datetime.fromisoformat(due) == friday
    listed = flask("tasks", "list", cast.bank.slug)
    for kind in ("report_incident", "tell_people_of_incident"):
        assert f"{kind}\tBR-32\t-\t{kind}:{incident}" in listed
    with within(cast.bank) as session:
        [entry] = session.scalars(select(AuditEntry)).all()
        assert entry.data == {"nature": "confidentiality", "people": 12}
        assert {task.data["people"] for task in session.scalars(select(Task))} == {12}
    flask("tasks", "incident", cast.bank.slug, "gossip", refused=True)
    flask("tasks", "incident", cast.bank.slug, "integrity", "--people", "-1", refused=True)
