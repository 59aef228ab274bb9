"""Commands typed in a hurry: what they say of it, in the reader's language and never in code."""

import re
import secrets
from datetime import timedelta

import pytest

from tenants.clock import now
from tests.cli.test_wrong_files import ENGLISH
from tests.debts.files import HEADER, line

NOBODY = "01a2004b-fb3e-7242-9456-6e3d148ba593"
CONCEDE = ("offers", "concede", "{slug}", "{person}", "--actor", "agent:7", "--reason", "x")
NOTHING_LIKE_IT = (
    "Não há arquivo com este nome que possa ser lido.",
    "There is no file of this name",
)
NO_ID = ("Um identificador tem 36 caracteres", "An id has 36 characters")
NO_DATE = ("Uma data se escreve 2026-11-23, de 2000", "A date is written 2026-11-23, from 2000")
NO_SHARE = ("--share: Uma fração de 0 a 1, com", "--share: A fraction from 0 to 1, with")
UNKNOWN = ("Não existe o credor “ninguem”.", "There is no creditor “ninguem”.")

SLIPS = [
    # what is typed, what is said in Portuguese and in English
    (("portfolio", "imprt", "{slug}"), "Não existe o comando imprt. Existem: confirm, differences",
     "There is no command imprt. There are: confirm, differences"),
    (("portfolio", "import"), "SLUG: Falta preencher isto.", "SLUG: This is missing."),
    (("portfolio", "import", "ninguem", "{file}"), *UNKNOWN),
    (("portfolio", "import", "{slug}", "/nowhere.csv"), *NOTHING_LIKE_IT),
    (("portfolio", "import", "{slug}", "/"), *NOTHING_LIKE_IT),
    (("portfolio", "import", "{slug}", "{file}"), "O arquivo está vazio.", "The file is empty."),
    (("portfolio", "preview", "{slug}", "{file}"), "O arquivo está vazio.", "The file is empty."),
    (("portfolio", "import", "{slug}", "{file}", "--mapping", "{broken}"),
     "Não dá para ler a linha 1: “decimal = , x”.", "Line 1 cannot be read: “decimal = , x”."),
    (("portfolio", "import", "{slug}", "{file}", "--mapping"), "--mapping: Falta preencher isto.",
     "--mapping: This is missing."),
    (("portfolio", "import", "{slug}", "{file}", "--dry-run=1"),
     "--dry-run: Ela vai sozinha, sem valor.", "--dry-run: It stands alone, without a value."),
    (("portfolio", "import", "{slug}", "{file}", "--dryrun"),
     "--dryrun: Não existe esta opção. Existem: --mapping, --partial",
     "--dryrun: There is no such option. There are: --mapping, --partial"),
    (("portfolio", "import", "{slug}", "{file}", "carteira.csv"), "Há palavras a mais.",
     "That is a word too many."),
    (("portfolio", "confirm", "{slug}", "abc"), *NO_ID),
    (("portfolio", "confirm", "{slug}", NOBODY), "Esta importação não está esperando confirmação.",
     "This import is not waiting for a confirmation."),
    (("portfolio", "undo", "{slug}", "7"), *NO_ID),
    (("portfolio", "undo", "{slug}", NOBODY), "Não há importação com este identificador.",
     "There is no import with this id."),
    (("portfolio", "resolve", "{slug}", NOBODY), "Não há divergência aberta",
     "There is no open difference"),
    (("journeys", "night", "{slug}"), "Não há ajustes da jornada definidos.",
     "No journey settings were set."),
    (("journeys", "night", "{slug}", "--date", "24/11/2026"), *NO_DATE),
    (("journeys", "night", "ninguem"), *UNKNOWN),
    (("day", "run", "--tenant", "ninguem"), *UNKNOWN),
    (("day", "run", "--date", "amanhã"), *NO_DATE),
    (("day", "run", "--date", "9999-12-31"), *NO_DATE),
    (("journeys", "night", "{slug}", "--date", "0001-01-01"), *NO_DATE),
    (("policy", "bureau", "{slug}", "CT-1", "--notice", "9999-12-31"), *NO_DATE),
    (("day", "run", "{slug}"), "[--tenant]", "[--tenant]"),
    (("payments", "reverse", "{slug}", NOBODY), "Não há tarefa assim sobre dinheiro que voltou.",
     "There is no such task about money that went back."),
    (("payments", "give-back", "{slug}", NOBODY), "Não há crédito aberto assim.",
     "There is no such open credit."),
    (("payments", "connect", "{slug}"), "Publique antes uma marca", "Publish a brand first"),
    (("tasks", "done", "{slug}", NOBODY), "Não há tarefa aberta assim.",
     "There is no such open task."),
    (("holds", "resolve", "{slug}", NOBODY, "upheld"), "Não há suspensão assim.",
     "There is no such hold."),
    (("holds", "resolve", "{slug}", NOBODY, "sim"), "OUTCOME: Escolha uma destas opções: upheld,",
     "OUTCOME: Choose one of: upheld, rejected."),
    (("policy", "bureau", "{slug}", "CT-0"), "Não há contrato CT-0 aqui.",
     "There is no contract CT-0 here."),
    (("policy", "do-not-call", "forget", "{slug}"), "--locale: Não existe esta opção.",
     "--locale: There is no such option."),
    (("insights", "roll-up", "{slug}", "--since", "{tomorrow}"), "Este dia não terminou.",
     "This day is not over."),
    (("brand", "publish", "{slug}"), "NUMBER: Falta preencher isto.", "NUMBER: This is missing."),
    (("brand", "publish", "{slug}", "dois"), "NUMBER: Um número inteiro de 1 a 2_147_483_647.",
     "NUMBER: A whole number from 1 to 2_147_483_647."),
    (("brand", "publish", "{slug}", "-1"), "-1: Não existe esta opção.",
     "-1: There is no such option."),
    (("brand", "publish", "{slug}", "99"), "A marca não tem a versão 99.",
     "The brand has no version 99."),
    (("brand", "roll-back", "{slug}"), "Nenhuma versão anterior da marca esteve em uso.",
     "No earlier version of the brand was ever worn."),
    (("brand", "versions", "ninguem"), *UNKNOWN),
    (("tenant", "create", "Dois", "A"), "Um nome curto tem até 63", "A short name is up to 63"),
    (("tenant", "create", "ok", " "), "Um credor tem um nome.", "A creditor has a name."),
    (("tenant", "create", "{slug}", "A"), "já é de um credor.", "is a creditor's already."),
    (("tenant", "create", "ok", "A", "--fee", "-1"), "--fee: Um número inteiro de 0 a 10_000.",
     "--fee: A whole number from 0 to 10_000."),
    (("tenant", "state", "ninguem", "live"), *UNKNOWN),
    (("tenant", "add-domain", "{slug}", "a b.example"), "“a b.example” não é um nome de host.",
     "“a b.example” is not a host name."),
    (("tenant", "add-domain", "{slug}", "intranet"), "“intranet” não é um nome de host completo.",
     "“intranet” is not a full host name."),
    (("tenant", "add-domain", "{slug}", "{host}"), "já está em uso.", "is taken."),
    (("tenant", "add-domain", "{slug}", "traje.localhost"), "é da própria plataforma.",
     "is the platform's own."),
    (("tenant", "verify-domain", "nunca.example.com"), "nunca foi acrescentado.",
     "was never added."),
    (("tenant", "shred", "ninguem"), *UNKNOWN),
    (("outreach", "number", "ninguem", "27182"), *UNKNOWN),
    (("outreach", "resume", "{slug}", "voz"), "CHANNEL: Escolha uma destas opções: email, sms.",
     "CHANNEL: Choose one of: email, sms."),
    (CONCEDE[:4], "--actor: Falta preencher isto.", "--actor: This is missing."),
    (CONCEDE, "Diga o que se concede: --share, --instalments ou os dois.",
     "Say what is conceded: --share, --instalments or both."),
    ((*CONCEDE, "--share", "0,9"), *NO_SHARE),
    ((*CONCEDE, "--share", "-0.5"), *NO_SHARE),
    ((*CONCEDE, "--share", "90"), *NO_SHARE),
    ((*CONCEDE, "--share", "nan"), *NO_SHARE),
    ((*CONCEDE, "--share", "1e999999"), *NO_SHARE),
    ((*CONCEDE, "--instalments", "-3"), "--instalments: Um número inteiro de 0 a 60.",
     "--instalments: A whole number from 0 to 60."),
    ((*CONCEDE, "--instalments", "doze"), "--instalments: Um número inteiro de 0 a 60.",
     "--instalments: A whole number from 0 to 60."),
    ((*CONCEDE, "--share", "0.1"), "Ninguém aqui tem o identificador, CPF ou CNPJ “39053344705”.",
     "Nobody here has the id, CPF or CNPJ “39053344705”."),
]  # fmt: skip


@pytest.fixture
def typed(app, cast, tmp_path):
    """`typed(words, locale)` → what the command says of words that it must refuse."""
    empty, broken = tmp_path / "vazio.csv", tmp_path / "mapa.toml"
    empty.write_bytes(b"")
    broken.write_bytes(b"decimal = , x\n")
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    named = {
        "slug": cast.shop.slug,
        "host": cast.bank.primary_host,
        "person": "39053344705",
        "file": empty,
        "broken": broken,
        "tomorrow": tomorrow,
    }

    def run(words, locale):
        args = [word.format(**named) for word in words]
        answer = app.test_cli_runner().invoke(args=[*args[:2], f"--locale={locale}", *args[2:]])
        assert isinstance(answer.exception, SystemExit), answer.exception
        assert answer.exit_code in (1, 2)
        return answer.output

    return run


@pytest.mark.parametrize(
    ("words", "portuguese", "english"), SLIPS, ids=[" ".join(slip[0])[:60] for slip in SLIPS]
)
def test_a_slip_is_said_in_the_readers_language(typed, words, portuguese, english):
    told = typed(words, "pt_BR")
    assert portuguese in told
    prose = re.sub(r"Existem: .*|Escreve-se assim: .*|\b[A-Z_]{2,}\b|\w+[._/-]\w+", "", told)
    assert not ENGLISH.findall(prose), told
    assert english in typed(words, "en")


def test_nothing_yet_is_said_aside(app, cast):
    runner = app.test_cli_runner()
    listed = runner.invoke(args=["brand", "versions", cast.shop.slug])
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert listed.stderr == "Nenhuma marca foi aplicada ainda.\n"


def test_an_error_file_that_cannot_be_written_does_not_hide_what_the_import_did(
    app, cast, tmp_path
):
    file = tmp_path / "carteira.csv"
    file.write_text(HEADER + line("A1", amount="x"), encoding="utf-8")
    words = ["portfolio", "import", cast.shop.slug, str(file), "--dry-run", "--errors", "/"]
    tried = app.test_cli_runner().invoke(args=words)
    assert tried.exit_code == 0, tried.output
    assert tried.stderr == "Não dá para gravar /: o que estava errado se perdeu.\n"
    assert "recusadas: 1;" in tried.stdout


def test_what_a_platform_command_did_is_said_in_the_readers_language(app, cast):
    told = [
        (("outreach", "number", "27182"), "saem de 27182.", "leave from 27182."),
        (("outreach", "deliver"), "nada a fazer", "nothing to do"),
        (("outreach", "resume", "sms"), "sms pode voltar a sair.", "sms may leave again."),
        (
            ("tenant", "add-domain", "a{mark}.example.com"),
            "Um destes registros",
            "One of these DNS",
        ),
        (("tenant", "shred", "--yes"), "nenhum dado pessoal pode mais", "no personal data can be"),
    ]
    for locale, place in (("pt_BR", 1), ("en", 2)):
        for row in told:
            group, name, *rest = (word.format(mark=secrets.token_hex(4)) for word in row[0])
            words = [group, name, f"--locale={locale}", cast.bank.slug, *rest]
            answer = app.test_cli_runner().invoke(args=words)
            assert answer.exit_code == 0, answer.output
            assert row[place] in answer.output
