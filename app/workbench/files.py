"""Portfolio files of the demo's invented creditors: the same bytes every time they are made.

Nobody in them exists, and a few rows are wrong on purpose.
"""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from app.workbench.invented import TODAY, Person, person

_SAVED_AT = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
MADE_AT = datetime(2026, 11, 20, 6, 0)  # noqa: DTZ001 - a spreadsheet's own time has no zone


@dataclass(frozen=True)
class Product:
    """What a creditor sells, and how its debts look: amounts in cents, ages in days."""

    name: str
    share: int
    amounts: tuple[int, int]
    ages: tuple[int, int]
    contracted_before: tuple[int, int]
    origins: tuple[str, ...]
    channels: tuple[str, ...]


AURORA = (
    Product("Cartão Aurora", 6, (18_000, 1_450_000), (12, 1_500), (120, 2_000),
            ("Cartão final 4471", "Cartão final 9020", "Cartão final 3316"),
            ("app", "web", "store")),
    Product("Empréstimo pessoal", 3, (90_000, 3_800_000), (15, 1_300), (60, 900),
            ("Empréstimo pessoal",), ("app", "phone", "store")),
    Product("Cheque especial", 1, (5_000, 380_000), (10, 700), (400, 3_000),
            ("Conta corrente",), ("store",)),
)  # fmt: skip
LUME = (
    Product("Crediário Lume", 7, (4_990, 420_000), (8, 1_100), (30, 360),
            ("Loja Centro", "Loja Norte Shopping", "Loja Praia Grande", "Loja online"),
            ("store", "web")),
    Product("Cartão Lume", 3, (6_000, 610_000), (10, 1_200), (90, 1_500),
            ("Cartão final 7702", "Cartão final 1185"), ("store", "app")),
)  # fmt: skip
VIVAZ = (
    Product("Plano móvel", 5, (3_990, 48_000), (6, 1_000), (60, 1_800),
            ("Linha final 4410", "Linha final 0937"), ("store", "phone", "web")),
    Product("Internet e TV", 4, (8_990, 126_000), (6, 1_200), (60, 1_500),
            ("Fibra 500", "Fibra 300 + TV"), ("phone", "web")),
    Product("Multa de aparelho", 1, (25_000, 190_000), (20, 900), (60, 400),
            ("Aparelho em comodato",), ("store",)),
)  # fmt: skip


@dataclass(frozen=True)
class Debt:
    """One contract of somebody."""

    contract: str
    person: Person
    product: Product
    amount: int
    due: date
    contracted: date
    origin: str
    channel: str


def write_portfolios(folder: Path, people: int = 2_200) -> dict[str, Path]:
    """Write the three files; where each creditor's is. `people` persons in each."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for slug, (make, name) in _MAKERS.items():
        written[slug] = folder / name
        written[slug].write_bytes(make(people))
    return written


def aurora(people: int) -> bytes:
    """A bank: semicolons, Windows encoding, 1.234,56 and dd/mm/yyyy."""
    draw = random.Random("aurora")
    headers = ("Nº do Contrato", "CPF/CNPJ", "Nome do Cliente", "Data de Nascimento", "UF",
               "Celular", "Telefone 2", "Tipo Telefone 2", "E-mail", "Produto", "Descrição",
               "Canal", "Data de Contratação", "Vencimento", "Saldo Devedor")  # fmt: skip
    rows = [
        [
            debt.contract, _punctuated(debt.person.document), debt.person.name,
            f"{debt.person.born:%d/%m/%Y}", debt.person.uf, _brazilian(debt.person.phone),
            *_other_phone(debt.person),
            debt.person.email, debt.product.name, debt.origin, _CHANNELS[debt.channel],
            f"{debt.contracted:%d/%m/%Y}", f"{debt.due:%d/%m/%Y}", _reais(debt.amount),
        ]
        for debt in portfolio(draw, "AUR", AURORA, people)
    ]  # fmt: skip
    rows[41][1] = "123.456.789-00"
    rows[97][14] = "0,00"
    rows[153][13] = "31/02/2025"
    rows[208][8] = "sem e-mail"
    rows[320][5] = "(11) 99999-9999"
    rows[511] = rows[510][:]
    return _csv([headers, *rows], ";").encode("cp1252")


def lume(people: int) -> bytes:
    """A shop: a spreadsheet with typed dates and numbers."""
    draw = random.Random("lume")
    book = Workbook()
    book.properties.created = MADE_AT
    sheet = book.active
    assert sheet is not None
    sheet.title = "Carteira"
    sheet.append(["Casa Lume: carteira em atraso"])
    sheet.append([])
    sheet.append(["Contrato", "CPF do cliente", "Cliente", "Nascimento", "Estado", "DDD",
                  "Telefone", "Email", "Modalidade", "Loja", "Canal de venda", "Data da compra",
                  "Data Vencimento", "Valor em aberto"])  # fmt: skip
    for number, debt in enumerate(portfolio(draw, "LM", LUME, people)):
        person = debt.person
        sheet.append([
            debt.contract, int(person.document) if number % 3 else person.document, person.name,
            person.born, person.uf, int(person.phone[:2]), person.phone[2:], person.email,
            debt.product.name, debt.origin, _CHANNELS[debt.channel], debt.contracted, debt.due,
            debt.amount / 100 if number != 77 else -12.5,
        ])  # fmt: skip
    sheet.cell(60, 2).value = 12345678900
    sheet.cell(90, 13).value = "a combinar"
    sheet.cell(130, 8).value = "cliente@"
    made = io.BytesIO()
    book.save(made)
    return _without_time(made)


def _without_time(made: io.BytesIO) -> bytes:
    """The same spreadsheet without the moment it was saved at."""
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as saved, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for part in saved.infolist():
            content = saved.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(_SAVED_AT, rb"\g<1>2026-11-20T06:00:00Z", content)
            book.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def vivaz(people: int) -> bytes:
    """A telecom: an English export, commas, UTF-8, ISO dates, 1,234.56."""
    draw = random.Random("vivaz")
    headers = ("account_number", "customer_name", "tax_id", "date_of_birth", "state", "phone_1",
               "phone_2", "email", "product", "description", "acquisition_channel",
               "contract_date", "due_date", "outstanding_amount", "preferred_hour")  # fmt: skip
    rows = [
        [
            debt.contract, debt.person.name, debt.person.document, debt.person.born.isoformat(),
            debt.person.uf, f"+55{debt.person.phone}",
            _landline(draw, debt.person),
            debt.person.email, debt.product.name, debt.origin, debt.channel,
            debt.contracted.isoformat(), debt.due.isoformat(), f"{debt.amount / 100:,.2f}",
            draw.choice(("", "", "", "9", "12", "18", "19")),
        ]
        for debt in portfolio(draw, "VZ", VIVAZ, people)
    ]  # fmt: skip
    rows[12][2] = "00000000000"
    rows[300][13] = "n/a"
    rows[301][1] = ""
    rows[666][5] = "555-0100"
    rows.append(rows[5][:3])
    return _csv([headers, *rows], ",").encode("utf-8")


_MAKERS: dict[str, tuple[Callable[[int], bytes], str]] = {
    "aurora": (aurora, "aurora-carteira.csv"),
    "lume": (lume, "lume-carteira.xlsx"),
    "vivaz": (vivaz, "vivaz-portfolio.csv"),
}
_CHANNELS = {"app": "Aplicativo", "web": "Site", "store": "Loja", "phone": "Televendas"}


def portfolio(
    draw: random.Random, prefix: str, products: Sequence[Product], people: int
) -> list[Debt]:
    """Debts of `people` persons, one to four contracts each, in mixed order."""
    seen: set[str] = set()
    debts: list[Debt] = []
    shares = [product.share for product in products]
    for _ in range(people):
        owner = person(draw, seen)
        for _ in range(draw.choices((1, 2, 3, 4), (62, 25, 9, 4))[0]):
            product = draw.choices(products, shares)[0]
            number = f"{prefix}-{draw.randrange(10**7, 10**8)}-{len(debts):05}"
            debts.append(debt(draw, number, owner, product))
    draw.shuffle(debts)
    return debts


def debt(draw: random.Random, contract: str, owner: Person, product: Product) -> Debt:
    """A contract in arrears: most are young, a few are years old."""
    youngest, oldest = product.ages
    age = youngest + int((oldest - youngest) * draw.betavariate(1.1, 3.2))
    due = TODAY - timedelta(days=age)
    low, high = product.amounts
    amount = int(low * (high / low) ** draw.betavariate(1.6, 2.4))
    contracted = due - timedelta(days=draw.randint(*product.contracted_before))
    return Debt(contract, owner, product, amount, due, contracted, draw.choice(product.origins),
                draw.choice(product.channels))  # fmt: skip


def _landline(draw: random.Random, owner: Person) -> str:
    return f"{owner.phone[:2]} 3{draw.randrange(10**6, 10**7)}" if draw.random() < 0.3 else ""


def _other_phone(owner: Person) -> tuple[str, str]:
    """Every fifth person has a second number, where others answer too; and whose it is."""
    turn = int(owner.document[:9]) % 10
    if turn > 1:
        return "", ""
    number = f"({owner.phone[:2]}) 3{owner.phone[-7:-4]}-{owner.phone[-4:]}"
    return number, ("Comercial", "Recado")[turn]


def _punctuated(document: str) -> str:
    return f"{document[:3]}.{document[3:6]}.{document[6:9]}-{document[9:]}"


def _brazilian(phone: str) -> str:
    return f"({phone[:2]}) {phone[2:7]}-{phone[7:]}"


def _reais(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def _csv(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()
