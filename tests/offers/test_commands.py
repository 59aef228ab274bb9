from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.debts.models import Debtor
from app.offers import actions, explain, fitting, schema
from app.offers.models import Offer
from app.offers.price import MILLION
from tenants.clock import stopped_at
from tenants.keys import vault
from tenants.scope import within
from tests.conftest import CREDITORS
from tests.offers.cases import TODAY, data
from tests.offers.people import person, set_up
from themes import tomlfile


@pytest.fixture
def flask(app):
    def call(*arguments):
        return app.test_cli_runner().invoke(args=["offers", *arguments])

    return call


@pytest.fixture
def bank(cast):
    with stopped_at(datetime(2026, 11, 20, 15, tzinfo=UTC)):
        with within(cast.bank) as session:
            set_up(session)
            person(session, [(100_000, 400)])
        yield cast.bank


@pytest.mark.parametrize("creditor", ["aurora", "lume", "vivaz"])
def test_the_demos_rules_are_rules(flask, bank, creditor):
    done = flask("rules", bank.slug, str(CREDITORS / creditor / "offers.toml"))
    assert done.exit_code == 0
    assert done.output == f"{bank.slug}: regras de oferta, versão 2.\n"


@pytest.mark.parametrize("creditor", ["aurora", "lume", "vivaz"])
def test_the_demos_rules_leave_room_for_whoever_returns(creditor):
    made = schema.parse(tomlfile.parse((CREDITORS / creditor / "offers.toml").read_bytes()))
    for band in made.bands:
        assert band.opening < MILLION
        assert band.opening_longest < band.longest


def test_wrong_rules_are_named_by_their_field_and_change_nothing(flask, bank, tmp_path):
    file = tmp_path / "offers.toml"
    file.write_text("due_days = [40]\nvalidity_days = 5\nbands = []\n")
    done = flask("rules", bank.slug, str(file))
    assert done.exit_code == 1
    assert "due_days" in done.output
    assert "bands" in done.output


def test_offers_are_made_and_explained(flask, bank):
    made = flask("make", bank.slug, "--date", "2026-11-20")
    assert made.output == f"{bank.slug}: propostas feitas: 1.\n"
    with within(bank) as session:
        offer_id = session.scalars(select(Offer.id)).one()
        assert session.scalars(select(Debtor.id)).one()
    told = flask("explain", bank.slug, str(offer_id))
    assert told.exit_code == 0
    assert "dias em atraso" in told.output
    assert "days past due" in flask("explain", bank.slug, str(offer_id), "--locale", "en").output
    unknown = flask("explain", bank.slug, str(offer_id), "--locale", "xx")
    assert "--locale: Escolha uma destas opções: pt_BR, en." in unknown.output
    assert "À vista: " in told.output


def test_a_sum_names_the_last_instalment_where_it_differs(flask, bank):
    with within(bank) as session:
        actions.put_rules(session, data(charges_discount="0.3"))
        actions.make_offers(session, bank, [session.scalars(select(Debtor.id)).one()], TODAY)
        offer_id = session.scalars(select(Offer.id).where(Offer.state == "open")).one()
    told = flask("explain", bank.slug, str(offer_id)).output.replace("\u00a0", " ")
    assert "R$ 0,00 + 11 × R$ 67,27 + R$ 67,37 = R$ 807,34." in told


def test_an_unknown_offer_is_said_to_be_unknown(flask, bank):
    told = flask("explain", bank.slug, "00000000-0000-7000-8000-000000000000")
    assert told.exit_code == 1


def test_a_person_concedes_within_their_authority_by_command(flask, bank):
    with within(bank) as session:
        rules = {**data(opening="0.4"), "agent_authority": "0.8"}
        actions.put_rules(session, rules)
        debtor = session.scalars(select(Debtor.id)).one()
        actions.make_offers(session, bank, [debtor], TODAY)
    with stopped_at(datetime(2026, 11, 20, 15, tzinfo=UTC)):
        words = [bank.slug, str(debtor), "--actor", "agent:7", "--reason", "lost the job"]
        typed = flask("concede", *words, "--share", "0,8")
        assert "--share: Uma fração de 0 a 1" in typed.output
        nobody = flask("concede", bank.slug, "39053344705", *words[2:], "--share", "0.8")
        assert "Ninguém aqui tem" in nobody.output
        by_nobody = flask("concede", *words, "--share", "0.8", "--actor", " ")
        assert "--actor: De 1 a 200 caracteres." in by_nobody.output
        beyond = flask("concede", *words, "--share", "0.81")
        assert beyond.exit_code == 1
        assert "no máximo 0.8 do maior desconto" in beyond.output
        done = flask("concede", *words, "--share", "0.8")
        assert done.exit_code == 0, done.output
        again = flask("concede", *words, "--share", "0.8")
        assert "não há proposta aberta que isto melhoraria" in again.output
        told = flask("explain", bank.slug, done.output.split(":")[0])
    assert "Uma pessoa da nossa equipe melhorou" in told.output


NARROW = """
due_days = [5]
validity_days = 5
[[bands]]
name = "narrow"
days_past_due = [30, 500]
amount_cents = [10_000, 200_000]
principal_discount = "0.3"
charges_discount = "0.8"
longest = 12
"""


def test_rules_say_what_of_the_portfolio_they_leave_out(flask, bank, tmp_path):
    """100,000 cents that are 400 days late fit; these four beside do not, two for their amount."""
    owed = [(90_000_000, 400), (5_000, 400), (100_000, 10), (100_000, 501)]
    with within(bank) as session:
        person(session, owed)
    file = tmp_path / "offers.toml"
    file.write_text(NARROW)
    with stopped_at(datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC)):
        said = flask("rules", bank.slug, str(file), "--check")
        wide = flask("rules", bank.slug, str(CREDITORS / "aurora" / "offers.toml"), "--check")
    text = said.output.replace("\xa0", " ")
    assert "em atraso (5), 4 não entram em nenhuma faixa (R$ 902.050,00 de principal)" in text
    assert "Por causa do valor: 2; o mais alto é de R$ 900.000,00." in text
    assert "501 dias de atraso" in said.output
    assert wide.exit_code == 0


def test_rules_that_fit_every_debt_warn_of_none(bank):
    everything = schema.parse(data())
    with within(bank) as session:
        found = fitting.unfitted(session, everything, TODAY)
    assert (found.debts, found.all_debts) == (0, 1)
    assert explain.left_out(found, "pt_BR", "BRL") == []


def test_the_latest_offer_of_a_person_is_explained_by_their_cpf(flask, bank):
    cpf = "390.533.447-05"
    with within(bank) as session:
        debtor = session.scalars(select(Debtor)).one()
        debtor.document_index = vault(session).index(
            cpf.translate(str.maketrans("", "", ".-")), "document"
        )
        debtor_id = debtor.id
    assert "não tem essa proposta" in flask("explain", bank.slug, str(debtor_id)).output
    nothing = flask("explain", bank.slug, cpf)
    assert (nothing.exit_code, nothing.output) == (1, f"{bank.slug} não tem essa proposta.\n")
    for rules in (data(opening="0.4"), data(opening="0.8")):
        with within(bank) as session:
            actions.put_rules(session, rules)
            actions.make_offers(session, bank, [debtor_id], TODAY)
    told = flask("explain", bank.slug, cpf)
    assert told.output.startswith("Aberta, vale até ")
    assert told.output == flask("explain", bank.slug, str(debtor_id)).output
    assert "versão 3 das regras" in told.output
    unknown = flask("explain", bank.slug, "529.982.247-25")
    assert "Ninguém aqui tem" in unknown.output
