"""A creditor's file with a mistake in it: what the command says of it, in both languages."""

import re

import pytest

from app.journeys import settings
from app.journeys.settings import CHANNELS
from themes import tomlfile

BAND = """
[[bands]]
name = "{name}"
days_past_due = [1]
principal_discount = "0.3"
charges_discount = "0.8"
longest = 12
"""
OFFERS = "due_days = [5]\nvalidity_days = 5\n" + BAND.format(name="antiga")
CHARGES = 'creditor_type = "retail"\nfine = "0.02"\n'
COMMANDS = {"offers": "rules", "journeys": "set", "portfolio": "terms"}
BANDS = "name, days_past_due, amount_cents, products"

CASES = [
    # command, file, line in Portuguese, line in English
    ("offers", "", "due_days: Este campo é obrigatório.", "due_days: This field is required."),
    ("offers", OFFERS.replace("12", "61"),
     "bands[0].longest (“antiga”): Um número inteiro de 1 a 60.",
     "bands[0].longest (“antiga”): A whole number from 1 to 60."),
    ("offers", OFFERS.replace("12", '"doze"'),
     "bands[0].longest (“antiga”): Um número inteiro de 1 a 60.",
     "bands[0].longest (“antiga”): A whole number from 1 to 60."),
    ("offers", OFFERS.replace("longest = 12", ""),
     "bands[0].longest (“antiga”): Este campo é obrigatório. Um número inteiro de 1 a 60.",
     "bands[0].longest (“antiga”): This field is required. A whole number from 1 to 60."),
    ("offers", OFFERS + BAND.format(name="nova").replace("0.3", "30"),
     "bands[1].principal_discount (“nova”): Uma fração de 0 a 1, com no máximo seis casas"
     " decimais, como 0.05.",
     "bands[1].principal_discount (“nova”): A fraction from 0 to 1, with at most six decimals,"
     " such as 0.05."),
    ("offers", OFFERS.replace("[1]", "[90, 1]"),
     "bands[0].days_past_due (“antiga”): Dois números inteiros em ordem, de 0 a 36_500, como"
     " [1, 60]; [61] sozinho não tem fim.",
     "bands[0].days_past_due (“antiga”): Two whole numbers in order, from 0 to 36_500, such as"
     " [1, 60]; [61] alone has no end."),
    ("offers", OFFERS + "fee = 1\n",
     f"bands[0].fee (“antiga”): Não existe um campo com este nome. Existem: {BANDS}, ",
     f"bands[0].fee (“antiga”): There is no such field. There are: {BANDS}, "),
    ("offers", OFFERS.replace('name = "antiga"', "name = 7"),
     "bands[0].name: Isto não é um texto.", "bands[0].name: This is not a text."),
    ("offers", OFFERS.replace("antiga", ""),
     "bands[0].name: De 1 a 60 caracteres.", "bands[0].name: Between 1 and 60 characters."),
    ("offers", OFFERS + BAND.format(name="antiga"),
     "bands: Várias faixas se chamam “antiga”: cada uma tem um nome só seu.",
     "bands: Several bands are called “antiga”: each has a name of its own."),
    ("offers", OFFERS.replace("[5]", "[5, 31]"),
     "due_days[1]: Um número inteiro de 1 a 28.", "due_days[1]: A whole number from 1 to 28."),
    ("offers", OFFERS.replace("[5]", "5"),
     "due_days: Isto não é uma lista, como [1, 2].", "due_days: This is not a list, such as [1, 2]."),
    ("offers", OFFERS.replace("[5]", "[]"),
     "due_days: De 1 a 28 itens.", "due_days: From 1 to 28 entries."),
    ("offers", "due_days = [5]\nvalidity_days = 5\nbands = [1]\n",
     "bands[0]: Isto não é uma tabela de campos.", "bands[0]: This is not a table of fields."),
    ("offers", 'due_days = [5]\nbands = [\n',
     "Não dá para ler a linha 2: “bands = [”. Um valor é um número",
     "Line 2 cannot be read: “bands = [”. A value is a number"),
    ("offers", OFFERS.replace('"0.3"', "0,3"),
     "Não dá para ler a linha 7: “principal_discount = 0,3”. Depois do valor, a linha termina."
     " Decimais se escrevem com ponto: 0.25.",
     "Line 7 cannot be read: “principal_discount = 0,3”. After its value a line ends."
     " Decimals are written with a point: 0.25."),
    ("offers", OFFERS.replace('"0.3"', "0.3\nprincipal_discount = 0.4"),
     "Não dá para ler a linha 8: “principal_discount = 0.4”. O mesmo nome aparece duas vezes.",
     "Line 8 cannot be read: “principal_discount = 0.4”. The same name is given twice."),
    ("offers", OFFERS.replace('"0.3"', "sim"),
     "Um valor é um número, um texto entre aspas, uma lista entre [ ], true ou false.",
     "A value is a number, a text in quotation marks, a list in [ ], true or false."),
    ("offers", OFFERS.replace('"antiga"', '"antiga'),
     "Não dá para ler a linha 5: “name = \"antiga”. Um texto entre aspas não termina.",
     "Line 5 cannot be read: “name = \"antiga”. A text in quotation marks does not end."),
    ("offers", "name = '''antiga\n",
     "Um texto entre aspas não termina.", "A text in quotation marks does not end."),
    ("offers", "[[bands]\n", "Um colchete ou uma chave se abre", "A bracket is opened"),
    ("offers", "due_days = [5, 10\nvalidity_days = 5\n",
     "Uma lista entre [ ] não se fecha", "A list in [ ] is not closed"),
    ("offers", "due_days\n", "Uma linha é um nome (letras", "A line is a name (letters"),
    ("offers", "validade_mês = 5\n", "Uma linha é um nome (letras", "A line is a name (letters"),
    ("offers", "since = 2026-02-30\n", "Esta data não existe.", "This date does not exist."),
    ("offers", 'a = "C:\\pasta"\n', "Num texto entre aspas, \\ se", "In a text in quotation marks, \\"),
    ("offers", b"# ok\nname = \"\xe7\"\n",
     "A linha 2 não está em UTF-8: salve o arquivo assim.",
     "Line 2 is not in UTF-8: save the file in it."),
    ("offers", "# " + "a" * 300_000, "O arquivo tem mais de 256 kB.",
     "The file is larger than 256 kB."),
    ("journeys", "horas = [9, 19]\n",
     "horas: Não existe um campo com este nome. Existem: channels, hours, ",
     "horas: There is no such field. There are: channels, hours, "),
    ("journeys", 'channels = ["email", "pombo"]\n',
     f"channels[1]: Escolha uma destas opções: {', '.join(CHANNELS)}.",
     f"channels[1]: Choose one of: {', '.join(CHANNELS)}."),
    ("journeys", 'channels = ["email", "email"]\n',
     "channels: Cada item aparece aqui uma só vez.", "channels: Each of them stands here once."),
    ("journeys", "hours = [19, 9]\n",
     "hours: De uma hora a outra mais tarde, como [9, 19].",
     "hours: From an hour to a later one, such as [9, 19]."),
    ("journeys", "hours = [3, 5]\n",
     "hours: A política de contato não permite nada a essas horas, só: 08:00-20:00, 08:00-14:00.",
     "hours: The contact policy allows nothing at these hours, only: 08:00-20:00, 08:00-14:00."),
    ("journeys", "hours = [20, 23]\n", "só: 08:00-20:00", "only: 08:00-20:00"),
    ("journeys", "# hours = [9, 19]\n", "O arquivo não define nada.", "The file sets nothing."),
    ("journeys", "hours = [9]\n", "hours: Exatamente 2 itens.", "hours: Exactly 2 entries."),
    ("journeys", "holdout = 10\n",
     "holdout: Um número de 0 a 0.5, como 0.05.", "holdout: A number from 0 to 0.5, such as 0.05."),
    ("journeys", "holdout = nan\n",
     "holdout: Um número de 0 a 0.5, como 0.05.", "holdout: A number from 0 to 0.5, such as 0.05."),
    ("journeys", "[capacity]\nsms = -1\n",
     "capacity.sms: Um número inteiro de 0 a 1_000_000_000.",
     "capacity.sms: A whole number from 0 to 1_000_000_000."),
    ("journeys", "[capacity]\npombo = 1\n",
     f"capacity.pombo: Escolha uma destas opções: {', '.join(CHANNELS)}.",
     f"capacity.pombo: Choose one of: {', '.join(CHANNELS)}."),
    ("journeys", "capacity = 7\n",
     "capacity: Isto não é uma tabela de campos.", "capacity: This is not a table of fields."),
    ("journeys", '[[processing]]\ncolumn = "purchases"\nlegal_basis = "contract"\n',
     "processing[0].purpose: Este campo é obrigatório.",
     "processing[0].purpose: This field is required."),
    ("portfolio", 'fine = "0.02"\n',
     "creditor_type: Escolha uma destas opções: bank, retail, utility, services.",
     "creditor_type: Choose one of: bank, retail, utility, services."),
    ("portfolio", CHARGES.replace("0.02", "0.05"),
     "fine: De 0 a 0.02 (BR-17; CDC 52).", "fine: From 0 to 0.02 (BR-17; CDC 52)."),
    ("portfolio", CHARGES.replace('"0.02"', "0.02"),
     'fine: Uma taxa é um texto como "0.02", com no máximo oito casas decimais.',
     'fine: A rate is a text such as "0.02", with at most eight decimals.'),
    ("portfolio", CHARGES + 'contract_rate_per_month = "0.01"\n',
     "contract_rate_per_month: Só um banco pode cobrar isto (BR-17; CDC 52).",
     "contract_rate_per_month: Only a bank may charge this (BR-17; CDC 52)."),
    ("portfolio", CHARGES + 'boleto_fee = "3.00"\n',
     "boleto_fee: Não se pode cobrar tarifa por boleto nem por contato (BR-17).",
     "boleto_fee: No fee may be charged for a boleto or a contact (BR-17)."),
    ("portfolio", CHARGES + 'multa = "0.02"\n',
     "multa: Não existe um campo com este nome. Existem: creditor_type, fine, ",
     "multa: There is no such field. There are: creditor_type, fine, "),
    ("portfolio", CHARGES + 'index = "IPCA"\n',
     "index: Faltam as taxas de IPCA em [indices].",
     "index: The rates of IPCA are missing under [indices]."),
    ("portfolio", CHARGES + '[products."Cartão"]\ncard = "sim"\n',
     "products.Cartão.card: Isto é true ou false, sem aspas.",
     "products.Cartão.card: This is true or false, without quotation marks."),
    ("portfolio", CHARGES + '[indices.IPCA]\n"2026-13" = "0"\n',
     'indices.IPCA.2026-13: Um mês se escreve "2026-03", de 1990 a 2100.',
     'indices.IPCA.2026-13: A month is written "2026-03", from 1990 to 2100.'),
    ("portfolio", "fine = \n", "Não dá para ler a linha 1: “fine =”.", "Line 1 cannot be read: “fine =”."),
]  # fmt: skip
ENGLISH = re.compile(
    r"\b(the|this|that|is|are|not|of|from|to|with|must|field|missing|invalid|valid|unknown|between"
    r"|and|or|error|expected|least|most|at|line|file|list|table|number|whole|shorter|greater"
    r"|required|cannot|was|each|one)\b",
    re.IGNORECASE,
)


@pytest.fixture
def load(app, cast, tmp_path):
    """`load(command, file, locale)` → what the command says of a file that it must refuse."""

    def run(command, file, locale):
        path = tmp_path / "arquivo.toml"
        path.write_bytes(file if isinstance(file, bytes) else file.encode())
        words = [command, COMMANDS[command], cast.shop.slug, str(path), "--locale", locale]
        answer = app.test_cli_runner().invoke(args=words)
        assert answer.exit_code == 1, answer.output
        return answer.output

    return run


@pytest.mark.parametrize(
    ("command", "file", "portuguese", "english"),
    CASES,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_mistake_is_said_in_the_readers_language(load, command, file, portuguese, english):
    told = load(command, file, "pt_BR")
    assert portuguese in told
    assert told.endswith("arquivo.toml não foi aceito; nada mudou.\n")
    assert not ENGLISH.findall(re.sub(r"\w+[._]\w+|of_\w+", "", told)), told
    told = load(command, file, "en")
    assert english in told
    assert told.endswith("arquivo.toml was not taken; nothing changed.\n")


def test_what_is_shown_of_journeys_is_a_file_that_sets_the_same(app, cast, tmp_path):
    runner, file = app.test_cli_runner(), tmp_path / "journeys.toml"
    nothing = runner.invoke(args=["journeys", "show", cast.shop.slug])
    assert nothing.exit_code == 1
    assert nothing.output == "Nada foi definido: todos recebem a primeira jornada.\n"
    file.write_text(
        'hours = [9, 19]\n[capacity]\nsms = 1_000\n[[processing]]\ncolumn = "purchases"\n'
        'purpose = "Saber quem é cliente"\nlegal_basis = "legitimate_interest"\n'
    )
    done = runner.invoke(args=["journeys", "set", cast.shop.slug, str(file)])
    assert done.output == f"{cast.shop.slug}: ajustes da jornada, versão 1.\n"
    shown = runner.invoke(args=["journeys", "show", cast.shop.slug]).output
    assert re.search(r"^contacts_per_week = 3 +# mensagens por semana", shown, re.MULTILINE)
    assert settings.parse(tomlfile.parse(shown.encode())) == settings.parse(
        tomlfile.parse(file.read_bytes())
    )
    english = runner.invoke(args=["journeys", "show", cast.shop.slug, "--locale", "en"]).output
    assert "# messages a week to one person, at most" in english
