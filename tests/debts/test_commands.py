"""`flask portfolio …` as somebody at a terminal meets it."""

import random
import re

import pytest

from app.cli.portfolio import group
from app.debts.models import Debt
from tests.debts.files import HEADER, bring, count, line, many, set_debt

CHARGES = b'creditor_type = "retail"\nfine = "0.02"\ninterest_per_month = "0.01"\n'


@pytest.fixture
def flask(app):
    runner = app.test_cli_runner()

    def call(*arguments):
        answer = runner.invoke(group, [str(argument) for argument in arguments])
        return answer.exit_code, answer.output

    return call


@pytest.fixture
def portfolio(tmp_path):
    path = tmp_path / "portfolio.csv"
    rows = line("A1") + line("A2", amount="x") + line("A3", phone="12")
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def test_import_says_what_happened_and_writes_the_error_file(cast, flask, portfolio):
    code, output = flask("import", cast.bank.slug, portfolio)
    assert code == 0
    assert "Criadas: 2;" in output
    assert "recusadas: 1;" in output
    errors = portfolio.with_name("portfolio.csv.errors.csv").read_text("utf-8-sig")
    assert [row.split(";")[0] for row in errors.splitlines()] == ["Linha", "3", "4"]
    made = re.search(r"flask portfolio undo \S+ (\S+)", output)[1]
    assert flask("undo", cast.bank.slug, made) == (
        0,
        f"{made} foi desfeita; endereços como eram antes: 0.\n",
    )
    assert count(cast.bank, Debt) == 0
    assert "desfeita" in flask("imports", cast.bank.slug)[1]


def test_preview_and_dry_run_keep_nothing(cast, flask, portfolio):
    code, output = flask("preview", cast.bank.slug, portfolio)
    assert code == 0
    assert "Linhas: 3, boas: 2, recusadas: 1." in output
    assert "Ana" not in output
    assert re.search(r"principal=R\$\s\d", output), "money as it is written, not in cents"
    code, output = flask("import", cast.bank.slug, portfolio, "--dry-run")
    assert "Foi um ensaio: nada foi gravado." in output
    assert count(cast.bank, Debt) == 0


def test_a_waiting_import_names_the_command_that_goes_on(cast, flask, tmp_path):
    rows = many(random.Random(1), 10)
    bring(cast.bank, "".join(rows))
    path = tmp_path / "less.csv"
    path.write_text(HEADER + "".join(rows[4:]), encoding="utf-8")
    code, output = flask("import", cast.bank.slug, path)
    assert code == 0
    assert "4 de 10 contratos" in output
    waiting = re.search(r"flask portfolio confirm \S+ (\S+)", output)[1]
    code, output = flask("confirm", cast.bank.slug, waiting)
    assert (code, "Contratos retirados: 4;" in output) == (0, True)
    assert "endereços fora de uso" in output
    assert flask("confirm", cast.bank.slug, waiting)[0] == 1


def test_a_difference_is_listed_and_settled(cast, flask):
    rows = many(random.Random(2), 20)
    bring(cast.bank, "".join(rows))
    set_debt(cast.bank, "C0", state="agreed")
    bring(cast.bank, "".join(rows).replace("100,00", "200,00", 1))
    listed = flask("differences", cast.bank.slug)[1]
    assert (
        "principal: o arquivo diz R$\xa0200,00, aqui consta R$\xa0100,00 (negociado aqui)" in listed
    )
    difference = listed.split()[0]
    assert flask("resolve", cast.bank.slug, difference) == (
        0,
        f"{difference} está resolvida: fica o que está aqui.\n",
    )
    assert flask("differences", cast.bank.slug) == (0, "Nada diverge.\n")
    code, output = flask("resolve", cast.bank.slug, difference)
    assert (code, "Não há divergência aberta" in output) == (1, True)


def test_refusals_are_sentences_and_not_tracebacks(cast, flask, tmp_path, portfolio):
    empty, mapping = tmp_path / "empty.csv", tmp_path / "mapping.toml"
    empty.write_bytes(b"")
    mapping.write_bytes(b"[surprise]\n")
    for arguments, words in (
        (("import", cast.bank.slug, empty), "O arquivo está vazio."),
        (("import", "nobody", portfolio), "Não existe o credor “nobody”."),
        (
            ("import", cast.bank.slug, portfolio, "--mapping", mapping),
            "uma chave desconhecida: surprise",
        ),
        (("undo", cast.bank.slug, "01a2004b-fb3e-7242-9456-6e3d148ba593"), "Não há importação"),
    ):
        code, output = flask(*arguments)
        assert code == 1
        assert words in output


def test_terms_are_set_from_a_file_or_refused_by_name(cast, flask, tmp_path):
    path = tmp_path / "charges.toml"
    path.write_bytes(CHARGES)
    assert flask("terms", cast.shop.slug, path) == (0, f"{cast.shop.slug}: encargos, versão 1.\n")
    path.write_bytes(CHARGES.replace(b"0.02", b"0.05") + b'boleto_fee = "3.00"\n')
    code, output = flask("terms", cast.shop.slug, path)
    assert code == 1
    assert "fine: De 0 a 0.02 (BR-17; CDC 52)." in output
    assert "boleto_fee: Não se pode cobrar tarifa" in output
    assert "From 0 to 0.02" in flask("terms", cast.shop.slug, path, "--locale", "en")[1]
