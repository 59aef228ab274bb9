"""Which column is what: guessed from its header, or told."""

import pytest

from app.debts.portfolio.columns.amounts import Decimal
from app.debts.portfolio.mapping import Mapping, from_toml, guess, understand
from app.debts.portfolio.problems import FileRefused
from tests.debts.files import ANA, TWO, refused, seen
from themes.tomlfile import FileInvalid


def test_headers_in_two_languages_are_known():
    for header, field in (
        ("Nº do Contrato", "contract"),
        ("CPF/CNPJ", "document"),
        ("Data de Nascimento", "birth_date"),
        ("VLR. PRINCIPAL", "principal"),
        ("Valor Original (R$)", "principal"),
        ("Vencimento [dd/mm/aaaa]", "due_on"),
        ("Valor R$", "principal"),
        ("Saldo devedor em reais", "principal"),
        ("Telefone (recado)", "phone_3"),
        ("Telefone (trabalho)", None),
        ("due_date", "due_on"),
        ("Tax ID", "document"),
        ("e-mail", "email_1"),
        ("Observação", None),
    ):
        assert guess(header) == field


def test_a_missing_column_is_named_by_its_usual_header():
    with pytest.raises(FileRefused, match="principal \\(“valor”\\)"):
        seen(b"Contrato;CPF;Nome;Vencimento;Produto\n1;2;3;4;5\n")


def test_a_mapping_overrides_the_guesses():
    mapping = from_toml(
        b'[columns]\ncontract = "Ref"\nname = "Quem"\n[defaults]\nproduct = "Carne"\n'
        b'[formats]\ndecimal = "dot"\ndates = "month_first"\n[file]\ndelimiter = ","\n'
    )
    content = f"Ref,Quem,CPF,Valor,Vencimento,Contrato\nA1,Ana,{ANA},1.234,03/04/2024,x\n"
    found = seen(content.replace("1.234", "1.23").encode(), mapping)
    assert found.first[0]["contract"] == "A1"
    assert found.first[0]["product"] == "Carne"
    assert (found.first[0]["principal"], str(found.first[0]["due_on"])) == (123, "2024-03-04")
    assert mapping.decimal is Decimal.DOT


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        (b"[surprise]\n", "mapping_key"),
        (b'[columns]\nshoe_size = "x"\n', "mapping_key"),
        (b"[columns]\ncontract = 3\n", "mapping_value"),
        (b'[formats]\ndecimal = "point"\n', "mapping_value"),
        (b'[file]\nencoding = "klingon"\n', "mapping_value"),
        (b'[file]\ndelimiter = "ab"\n', "mapping_value"),
        (b'[defaults]\ncontract = "1"\n', "mapping_key"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(toml, code):
    with pytest.raises(FileRefused) as refusal:
        from_toml(toml)
    assert refusal.value.code == code


@pytest.mark.parametrize("toml", [b"[columns", b"\xff\xfe"])
def test_a_mapping_that_is_no_toml_is_refused_by_line(toml):
    with pytest.raises(FileInvalid, match=r"^Line 1 "):
        from_toml(toml)


def test_a_mapping_of_a_header_that_is_not_there_is_refused():
    assert refused(TWO.encode(), Mapping(columns={"contract": "Nada"})) == "mapping_column"


def test_two_headers_for_one_field_are_reported():
    understood = understand(
        ["Contrato", "CPF", "Nome", "Saldo", "Valor", "Vencimento", "Produto"], Mapping()
    )
    assert understood.contested == {"principal": ("Saldo", "Valor")}
    assert understood.positions["principal"] == 3
