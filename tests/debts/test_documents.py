"""CPF and CNPJ as columns say what validate-docbr says one by one."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from validate_docbr import CNPJ, CPF

from app.debts.portfolio.columns.documents import cnpj_valid, cpf_valid, documents

CALM = settings(max_examples=60)

DIGITS = st.text("0123456789", min_size=11, max_size=11)
ALPHANUMERIC = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12)


@given(st.lists(DIGITS, min_size=1, max_size=50))
@CALM
def test_any_eleven_digits_are_judged_like_the_library(texts):
    assert cpf_valid(texts).tolist() == [CPF().validate(text) for text in texts]


@given(st.lists(st.text("0123456789", min_size=9, max_size=9), min_size=1, max_size=20))
@CALM
def test_a_made_cpf_is_valid_and_a_changed_digit_is_not(stems):
    whole = [stem + "".join(_cpf_digits(stem)) for stem in stems if len(set(stem)) > 1]
    assert all(cpf_valid(whole))
    broken = [text[:10] + str((int(text[10]) + 1) % 10) for text in whole]
    assert not any(cpf_valid(broken))


@given(st.lists(ALPHANUMERIC, min_size=1, max_size=30), st.integers(0, 99))
@CALM
def test_alphanumeric_cnpj_is_judged_like_the_library(stems, digits):
    texts = [f"{stem}{digits:02}" for stem in stems]
    assert cnpj_valid(texts).tolist() == [CNPJ().validate(text) for text in texts]


def test_generated_documents_of_the_library_are_valid():
    assert all(cpf_valid(CPF().generate_list(200)))
    assert all(cnpj_valid(CNPJ().generate_list(200)))
    assert cnpj_valid(["12ABC34501DE35"]).tolist() == [True]


def test_shapes_that_come_in_files():
    column = documents(
        pl.Series(
            [
                "529.982.247-25",
                " 52998224725 ".strip(),
                "1112223396",
                "11.222.333/0001-81",
                "11222333000181",
                "12.ABC.345/01DE-35",
                "12.abc.345/01de-35",
                "111.111.111-11",
                "529.982.247-26",
                "1.2345678901E+10",
                "passport X1",
                "",
            ]
        )
    )
    assert column.values[:2] == ["52998224725"] * 2
    assert column.values[3:5] == ["11222333000181"] * 2
    assert column.values[5:7] == ["12ABC34501DE35"] * 2
    assert {at: code for at, code in column.problems.items() if at > 6} == {
        7: "document_digits",
        8: "document_digits",
        9: "document",
        10: "document",
    }


def test_zeros_that_a_spreadsheet_lost_come_back():
    lost = next(c for c in CPF().generate_list(4000) if c.startswith("0"))
    assert documents(pl.Series([str(int(lost))])).values == [lost]


def _cpf_digits(stem):
    digits = [int(character) for character in stem]
    for length in (10, 11):
        total = sum(d * w for d, w in zip(digits, range(length, 1, -1), strict=True))
        digits.append(total * 10 % 11 % 10)
    return [str(digit) for digit in digits[9:]]
