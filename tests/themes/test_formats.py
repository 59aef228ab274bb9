"""Values as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themes import formats


@pytest.mark.parametrize(
    ("cents", "locale", "written"),
    [
        (123456, "pt_BR", "R$\xa01.234,56"),
        (0, "pt_BR", "R$\xa00,00"),
        (-5, "pt_BR", "-R$\xa00,05"),
        (100_000_000_00, "pt_BR", "R$\xa0100.000.000,00"),
        (123456, "en", "R$1,234.56"),
    ],
)
def test_money_is_written_as_the_locale_does(cents, locale, written):
    assert formats.money(cents, locale=locale) == written


def test_money_knows_currencies_without_cents():
    assert formats.money(1234, "JPY", "en") == "¥1,234"


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_money_reads_back_to_the_same_cents(cents):
    digits = "".join(c for c in formats.money(cents) if c.isdigit() or c == "-")
    assert int(digits) == cents


def test_a_measure_keeps_its_digits():
    assert formats.decimal(0.7, "pt_BR", 3) == "0,700"
    assert formats.decimal(0.0125, "en", 3) == "0.013"
    assert formats.decimal(1234.5, "pt_BR") == "1.234,50"


def test_dates_are_written_short_long_and_said():
    value = date(2026, 1, 5)
    assert formats.day(value, "pt_BR") == "05/01/2026"
    assert formats.day(value, "en") == "Jan 5, 2026"
    assert formats.long_day(value, "pt_BR") == "5 de janeiro de 2026"
    assert formats.long_day(value, "en") == "January 5, 2026"
    assert formats.weekday(value, "pt_BR") == "segunda-feira, 5 de janeiro"


def test_a_moment_is_told_where_the_person_is():
    moment = datetime(2026, 1, 5, 2, 30, tzinfo=UTC)
    assert formats.moment(moment, "America/Sao_Paulo", "pt_BR") == "04/01/2026 às 23:30"
    assert formats.moment(moment, "America/Rio_Branco", "en") == "Jan 4, 2026 at 9:30\xa0PM"
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(datetime(2026, 1, 5), "America/Sao_Paulo", "pt_BR")


@pytest.mark.parametrize(
    ("fraction", "digits", "written"),
    [(0.125, 0, "13%"), (0.125, 1, "12,5%"), (Decimal("0.005"), 0, "1%"), (12, 0, "1.200%")],
)
def test_percentages_round_half_up(fraction, digits, written):
    assert formats.percent(fraction, "pt_BR", digits) == written


@pytest.mark.parametrize(
    ("given_name", "written"),
    [
        ("MARIA DAS DORES SILVA", "Maria das Dores Silva"),
        ("ana d'ávila", "Ana D'Ávila"),
        ("JOÃO-PEDRO DE SOUZA E SILVA", "João-Pedro de Souza e Silva"),
        ("JOSÉ ALVES II", "José Alves II"),
        ("DA SILVA", "Da Silva"),
        ("Lucas McDonald", "Lucas McDonald"),
        ("  maria   clara ", "Maria Clara"),
        ("VIVI", "Vivi"),
        ("", ""),
    ],
)
def test_names_are_in_their_right_case(given_name, written):
    assert formats.full_name(given_name) == written
    assert formats.first_name(given_name) == (written.split() or [""])[0]


def test_documents_are_masked_and_written():
    assert formats.document_masked("12345678909") == "***.456.789-**"
    assert formats.document_masked("12345678000195") == "**.345.678/****-**"
    assert formats.cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert formats.cpf("12345678909") == "123.456.789-09"
    assert formats.phone("+551140028922") == "(11) 4002-8922"
    assert formats.phone("0800 123 4567") == "0800 123 4567"


@given(st.text())
def test_ascii_is_ascii(text):
    assert formats.ascii(text).isascii()


def test_ascii_keeps_what_a_reader_needs():
    assert formats.ascii("Olá, João – são R$\xa010,00…") == "Ola, Joao - sao R$ 10,00..."
