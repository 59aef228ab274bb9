"""Scores trained at night on a creditor's own mornings: judged out of time, used, and let go of."""

import random
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.debts.models import Debt
from app.history.actions import Happening, record, record_many
from app.journeys import settings as intents
from app.journeys.models import Decision, Night
from app.journeys.queries import CHUNK
from app.nights import fixing, telling_card, training
from app.nights.replanning import Became, replan
from app.nights.replaying import replay
from app.scoring.models import ScoreModel
from tenants.clock import stopped_at
from tenants.scope import within
from tests.bench.bench_day import populate
from tests.nights.town import SETTINGS, Town, silent
from tests.outreach.people import add_person

PEOPLE, MORNINGS, LATER = 2_000, 5, 14


def models(town, kind="commit_7"):
    with within(town.tenant) as session:
        found = select(ScoreModel).where(ScoreModel.kind == kind).order_by(ScoreModel.version)
        return session.scalars(found).all()


def night_of(town, day):
    with within(town.tenant) as session:
        return session.scalars(select(Night).where(Night.day == Town.morning(day).date())).one()


def agree(town, chance, day):
    """Those who owe much agree often, the others hardly."""
    with stopped_at(Town.morning(day) + timedelta(hours=5)), within(town.tenant) as session:
        owed = session.execute(
            select(Debt.debtor_id, Debt.principal_cents).order_by(Debt.principal_cents, Debt.id)
        ).all()
        told = {"option": "cash", "total_cents": 60_000, "saved_cents": 40_000, "instalments": 1}
        record_many(
            session,
            [
                Happening(one.debtor_id, "agreement.accepted", None, told)
                for place, one in enumerate(owed)
                if chance.random() < (0.12 if place > len(owed) / 2 else 0.02)
            ],
        )


@pytest.fixture
def flask_cli(app):
    def run(*words):
        found = app.test_cli_runner().invoke(args=words)
        assert found.exit_code == 0, found.output
        return found.output

    return run


@pytest.fixture
def lived(cast):
    """A creditor with some mornings, and what came of them a week later. What those mornings knew is
    fixed; their messages are nobody's concern here and not written."""
    with stopped_at(Town.morning(0)):
        populate(cast.bank, PEOPLE)
        with within(cast.bank) as session:
            intents.put(session, SETTINGS)
    town, chance = Town(cast.bank, [], None, None), random.Random(5)
    for day in range(LATER):
        if day < MORNINGS:
            with stopped_at(Town.morning(day)):
                fixing.fix(cast.bank, Town.morning(day).date(), silent, CHUNK)
        agree(town, chance, day)
    return town


def test_a_score_is_trained_judged_later_used_and_let_go_of(lived, flask_cli):
    lived.plan(LATER)
    [model] = models(lived)
    assert (model.version, model.state) == (1, "active")
    assert model.card["used"] == "logistic"
    assert model.card["auc"] > 0.6
    assert model.card["ece"] <= 0.05
    days = model.card["days"]
    assert days["train"][1] < days["calibrate"][0] <= days["calibrate"][1] < days["judge"][0]
    assert model.card["fairness"]["region"]
    assert all(0 <= one["ece"] <= 1 for one in model.card["fairness"]["age_band"].values())
    night = night_of(lived, LATER)
    assert night.versions["score"] == 1
    assert not replay(lived.tenant, night.day).differences
    with within(lived.tenant) as session:
        tonight = Decision.night_id == night.id
        written = select(Decision.debtor_id).where(tonight, Decision.kind == "contact")
        people = session.scalars(written.limit(20)).all()
    with stopped_at(Town.morning(LATER)), within(lived.tenant) as session:
        became = replan(session, lived.tenant, people)
    assert became == dict.fromkeys(people, Became.NOTHING)

    said = flask_cli("scoring", "card", lived.tenant.slug, "--locale", "en")
    assert "(commit_7): version 1, in force." in said
    assert "Trained by logistic regression" in said
    assert "(kept_30): not trained yet" in said
    said = flask_cli("scoring", "card", lived.tenant.slug)
    assert "(commit_7): versão 1, em vigor." in said
    assert "regressão logística" in said
    assert "Estado SP" in said
    assert "(kept_30): modelo ainda não treinado" in said

    with within(lived.tenant) as session:
        session.execute(update(Debt).values(principal_cents=Debt.principal_cents * 200))
    lived.plan(LATER + 1)
    assert night_of(lived, LATER + 1).versions["score"] is None
    [model] = models(lived)
    assert model.state == "fallback"
    assert model.card["fallback"]["because"] == "drift"
    assert "PSI" in flask_cli("scoring", "card", lived.tenant.slug)

    with within(lived.tenant) as session:
        kept = session.scalars(select(ScoreModel)).one()
        kept.state, kept.card = "active", {**kept.card, "library": "another version"}
    lived.plan(LATER + 2)
    assert night_of(lived, LATER + 2).versions["score"] is None
    assert models(lived)[0].card["fallback"]["because"] == "library"
    said = flask_cli("scoring", "card", lived.tenant.slug)
    assert "fora de uso" in said
    assert "outra versão da biblioteca" in said


def test_with_little_history_a_score_falls_back_and_the_night_goes_on(bank, flask_cli):
    for day in range(5):
        bank.live(day)
    bank.plan(14)
    [model] = models(bank)
    assert (model.state, model.artefact) == ("fallback", None)
    assert model.card["fallback"]["because"] == "calibration"
    said = flask_cli("scoring", "card", bank.tenant.slug)
    assert "Modelo: só a média, treinado em" in said
    assert "não se sustentou em dias que nunca viu" in said
    assert night_of(bank, 14).versions["score"] is None
    assert not training.train_due(bank.tenant, Town.morning(15).date()), "once a week"
    assert "commit_7" in training.train_due(bank.tenant, Town.morning(21).date())
    assert [one.version for one in models(bank)] == [1, 2]


@pytest.mark.parametrize(
    ("applied", "returned", "is_kept"),
    [
        (10_000, [], True),
        (10_000, [4_000], True),
        (10_000, [4_000, 6_000], False),
        (10_000, [10_000, -10_000], True),
        (0, [], False),
    ],
    ids=["paid", "a part went back", "all went back", "and came back", "only a credit"],
)
def test_a_payment_that_went_back_teaches_no_kept_cash(cast, applied, returned, is_kept):
    payment = uuid.uuid4()
    with stopped_at(Town.morning(1)), within(cast.bank) as session:
        person = add_person(session)
        record(session, debtor_id=person, kind="payment.received", subject_id=payment,
               applied_cents=applied)  # fmt: skip
        for cents in returned:
            record(session, debtor_id=person, kind="payment.returned", subject_id=payment,
                   returned_cents=cents)  # fmt: skip
        session.flush()
        night = Night(day=Town.morning(0).date())
        score = training.SCORES["kept_30"]
        people, _ = training._happened(session, cast.bank, score, [night])
    assert (len(people) == 1) == is_kept


def test_a_card_names_people_of_whom_little_is_known_and_what_could_not_be_measured():
    one = {"rows": 1_200, "foretold": 0.031, "happened": 0.03, "auc": None, "ece": 0.001}
    card = {
        "used": "boosting", "rows": 4_714, "rate": 0.03, "auc": None, "ece": 0.0125,
        "days": {"judge": ["2026-01-08", "2026-01-09"]},
        "fairness": {
            "region": {"": one, "SP": {**one, "auc": 0.7}},
            "age_band": {"30 to 44": one, "unknown": one},
        },
    }  # fmt: skip
    model = ScoreModel(
        kind="commit_7", version=2, state="retired", card=card,
        trained_from=date(2026, 1, 1), trained_to=date(2026, 1, 9),
    )  # fmt: skip
    assert list(telling_card.lines("commit_7", model, "pt_BR")) == [
        "Acordo em 7 dias (commit_7): versão 2, desativada.",
        "  Modelo: gradient boosting, treinado em 4.714 observações (uma pessoa, uma manhã),"
        " de 01/01/2026 a 09/01/2026; aconteceu em 3,0% delas.",
        "  Avaliado em dias posteriores, de 08/01/2026 a 09/01/2026: ordenação (AUC) —, em que 0,5"
        " é acaso; erro médio das chances (ECE) 0,013.",
        "  Estado desconhecido: 1.200; previsto 3,1%, aconteceu 3,0%, AUC —.",
        "  Estado SP: 1.200; previsto 3,1%, aconteceu 3,0%, AUC 0,700.",
        "  Idade 30 a 44: 1.200; previsto 3,1%, aconteceu 3,0%, AUC —.",
        "  Idade desconhecida: 1.200; previsto 3,1%, aconteceu 3,0%, AUC —.",
    ]
    said = list(telling_card.lines("commit_7", model, "en"))
    assert "State unknown: 1,200" in said[3]
    assert "Age unknown: 1,200" in said[6]
