"""Files as creditors send them, and as nobody should: each has a defined outcome."""

import contextlib
import csv
import io
import random
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.debts.portfolio import xlsx_file
from app.debts.portfolio.columns.amounts import Decimal
from app.debts.portfolio.errors import harmless, masked
from app.debts.portfolio.mapping import Mapping, from_toml, guess, understand
from app.debts.portfolio.previewing import preview
from app.debts.portfolio.problems import SENTENCES, FileRefused, sentence
from app.debts.portfolio.source import open_source
from app.debts.portfolio.xlsx_file import as_text
from app.workbench.files import write_portfolios
from tests.debts.files import ANA, BRUNO, HEADER, bring, line

TODAY = date(2026, 11, 21)
TWO = HEADER + line("A1", name="João Conceição") + line("A2", BRUNO, "Bruno Souza")


def seen(content, mapping=None):
    return preview(content, mapping or Mapping(), TODAY)


def refused(content, mapping=None):
    with pytest.raises(FileRefused) as refusal:
        seen(content, mapping)
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16",
                                      "utf-16-le", "utf-16-be", "cp850", "mac_roman"])  # fmt: skip
def test_encodings(encoding):
    content = (HEADER + "".join(
        line(f"A{n}", name="João Conceição Araújo Brandão", product="Crediário à prazo")
        for n in range(30)
    )).encode(encoding)  # fmt: skip
    source = open_source(content, Mapping())
    names = {row[2] for batch in source.batches() for row in batch.rows}
    assert names == {"João Conceição Araújo Brandão"}


def test_one_accent_at_the_very_end_of_a_long_file():
    rows = "".join(line(f"A{n}", name="Joao") for n in range(8_000))
    content = (HEADER + rows + line("Z", name="João")).encode("cp1252")
    assert [b.rows[-1][2] for b in open_source(content, Mapping()).batches()] == ["João"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, ending):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerows(row.split(";") for row in TWO.splitlines())
    found = seen(text.getvalue().encode())
    assert (found.delimiter, found.good) == (delimiter, 2)


def test_quoted_newlines_keep_the_line_numbers_right():
    content = HEADER + line("A1", name='"Ana\nda Silva"') + line("A2", amount="zero")
    found = seen(content.encode())
    assert [row["line"] for row in found.first] == [2]
    assert found.problems == {"amount": 1}
    outcome_lines = [b.lines for b in open_source(content.encode(), Mapping()).batches()]
    assert outcome_lines == [[2, 4]]


def test_titles_above_the_header_and_blank_lines():
    found = seen(("Carteira de novembro\n\n" + TWO.replace("\nA2", "\n;;;;;;;;;\n\nA2")).encode())
    assert (found.header_line, found.rows, found.good) == (3, 2, 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (random.Random(1).randbytes(5_000), "file_not_text"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "file_not_text"),
        (b"%PDF-1.7\n" + random.Random(2).randbytes(3_000), "file_not_text"),
        (b"PK\x03\x04" + b"x" * 100, "file_damaged"),
        (b"hello", "columns_missing"),
        (b"a;b;c\n1;2;3\n", "columns_missing"),
        (HEADER.encode() + b'A1;"' + b"x" * 2_100_000, "file_quote"),
    ],
)
def test_what_is_no_portfolio_is_refused(content, code):
    assert refused(content) == code


def test_a_header_without_rows_is_refused_and_recalls_nothing(cast):
    bring(cast.bank, line("A1"))
    with pytest.raises(FileRefused, match="no rows"):
        bring(cast.bank, "")
    assert bring(cast.bank, line("A1")).tally.unchanged == 1


def test_nul_bytes_and_endless_cells_spoil_their_row_only():
    content = HEADER + line("A1", name="Ana\x00Silva") + line("A2", name="x" * 1_000_000)
    content += line("A3") + line("A4", phone="9" * 500_000)
    found = seen(content.encode())
    assert (found.good, found.refused) == (2, 2)
    assert found.problems == {"too_long": 2, "control": 1}


def test_undecodable_bytes_spoil_their_cell_only():
    found = seen(
        (TWO + line("A3", name="Ana")).encode() + b"A4;\xff\xfe;x\n", Mapping(encoding="utf-8")
    )
    assert found.good == 3


def test_dates_ahead_are_taken_for_a_year_and_refused_beyond():
    content = HEADER + line("A1", due="20/10/2027") + line("A2", due="20/12/2027")
    content += line("A3", due="31/12/1979") + line("A4", born="01/01/2027")
    found = seen(content.encode())
    assert found.problems == {"date_range": 2, "birth_date": 1}
    assert found.good == 2


def test_a_spreadsheet_of_typed_cells():
    book = Workbook()
    sheet = book.active
    sheet.append(["Contrato", "CPF", "Nome", "Valor", "Vencimento", "Produto", "Celular"])
    sheet.append([1001, 52998224725, "Ana", 1234.56, date(2024, 4, 3), "X", 11987654321])
    sheet.append([1002, "111.444.777-35", "Bruno", 0.1 + 0.2, datetime(2024, 4, 3, 10), "X", None])
    sheet.append([1003, "11144477735", "Bruno", 1.234, 45000, "X", None])
    sheet.append([1004, 52998224725.0, "Ana", 1000, "03/04/2024", "X", True])
    held = io.BytesIO()
    book.save(held)
    found = seen(held.getvalue())
    assert [row["principal"] for row in found.first] == [123456, 30, 100000]
    assert [str(row["due_on"]) for row in found.first] == ["2024-04-03"] * 3
    assert found.first[0]["contract"] == "1001"
    assert found.problems == {"amount_decimals": 1, "phone": 1}


def test_numbers_of_a_spreadsheet_read_only_one_way():
    assert as_text(1234.5600000000001) == "1234.56"
    assert as_text(1234.5) == "1234.50"
    assert as_text(52998224725.0) == "52998224725"
    assert as_text(1.234) == "1.234000"
    assert as_text(float("inf")) == "inf"


def _xlsx(sheet: bytes, **more: bytes) -> bytes:
    """A spreadsheet with a sheet of one's own making."""
    held = io.BytesIO()
    Workbook().save(held)
    out = io.BytesIO()
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, sheet if is_sheet else old.read(part))
        for name, content in more.items():
            new.writestr(f"xl/{name}.xml", content)
    return out.getvalue()


SHEET = (
    b'<?xml version="1.0"?><worksheet '
    b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s'
    b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c><v>1</v></c><c r="XFD1"><v>1</v></c></row><row r="1048576"/>',
        b'<row spans="1:2" r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row><row r="1"/>',
        b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row/>" * 400,
    ],
)
def test_a_sheet_that_would_unpack_to_a_huge_grid_is_refused_before_it_is_loaded(cells):
    assert refused(_xlsx(SHEET % cells)) == "file_too_large"


def test_a_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(xlsx_file, "LARGEST_UNPACKED", 4 * 1024 * 1024)
    assert refused(_xlsx(SHEET % b"", bomb=b"0" * (5 * 1024 * 1024))) == "file_too_large"


def test_an_archive_that_lies_about_its_sizes_is_refused_while_unpacking(monkeypatch):
    monkeypatch.setattr(xlsx_file, "LARGEST_PART", 1024 * 1024)
    assert refused(_xlsx(SHEET % b"", bomb=b"0" * (2 * 1024 * 1024))) == "file_too_large"


def test_a_zip_that_is_no_spreadsheet_is_refused():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("hello.txt", "hello")
    assert refused(held.getvalue()) == "file_not_text"


@given(st.binary(max_size=400))
@settings(max_examples=60)
def test_no_bytes_upset_the_reader(content):
    for start in (b"", HEADER.encode(), b"PK\x03\x04"):
        with contextlib.suppress(FileRefused):
            seen(start + content)


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


def test_a_contract_that_a_spreadsheet_rounded_is_refused():
    content = HEADER + line("1,23457E+15") + line("1.2E+05") + line("12E+05") + line("1,2")
    found = seen(content.encode())
    assert (found.good, found.problems) == (2, {"rounded": 2})


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
        (b"[columns", "mapping_value"),
        (b"[surprise]\n", "mapping_key"),
        (b'[columns]\nshoe_size = "x"\n', "mapping_key"),
        (b"[columns]\ncontract = 3\n", "mapping_value"),
        (b'[formats]\ndecimal = "point"\n', "mapping_value"),
        (b'[file]\nencoding = "klingon"\n', "mapping_value"),
        (b'[file]\ndelimiter = "ab"\n', "mapping_value"),
        (b'[defaults]\ncontract = "1"\n', "mapping_key"),
        (b"\xff\xfe", "mapping_value"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(toml, code):
    with pytest.raises(FileRefused) as refusal:
        from_toml(toml)
    assert refusal.value.code == code


def test_a_mapping_of_a_header_that_is_not_there_is_refused():
    assert refused(TWO.encode(), Mapping(columns={"contract": "Nada"})) == "mapping_column"


def test_two_headers_for_one_field_are_reported():
    understood = understand(
        ["Contrato", "CPF", "Nome", "Saldo", "Valor", "Vencimento", "Produto"], Mapping()
    )
    assert understood.contested == {"principal": ("Saldo", "Valor")}
    assert understood.positions["principal"] == 3


def test_a_preview_shows_decisions_and_hides_people():
    found = seen((HEADER + line("A1", amount="1.234", due="03/04/2024")).encode())
    assert "Ana" not in str(found.first)
    assert "529" not in str(found.first)
    undecided = {chosen.field: chosen.undecided for chosen in found.formats}
    assert undecided == {"principal": True, "due_on": False, "birth_date": False}
    alone = seen((HEADER + line("A1", due="03/04/2024", born="")).encode())
    assert {chosen.field for chosen in alone.formats if chosen.undecided} == {"due_on"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "|", "%"])
def test_no_cell_of_an_error_file_is_a_formula(start):
    assert harmless(start + "1+1").startswith("'")
    assert harmless("Ana") == "Ana"
    assert "\t" not in masked(None, "\tx")


def test_a_hostile_file_gives_a_harmless_error_file(cast):
    outcome = bring(cast.bank, line("=cmd|' /C calc'!A0", amount="=1+1") + line("A2"))
    rows = list(csv.reader(io.StringIO(outcome.error_file.decode("utf-8-sig")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["'=1+1"]


def test_every_problem_has_a_sentence_in_both_languages():
    for code in SENTENCES:
        facts = {"columns": "x", "count": 1} if "%(" in SENTENCES[code] else {}
        assert sentence(code, "pt_BR", **facts) != sentence(code, "en", **facts)


def test_the_demo_files_are_understood_and_always_the_same(tmp_path):
    first = write_portfolios(tmp_path / "1", people=600)
    again = write_portfolios(tmp_path / "2", people=600)
    for slug, path in first.items():
        assert path.read_bytes() == again[slug].read_bytes()


def test_the_demo_files_hold_people_and_a_few_bad_rows(tmp_path):
    for path in write_portfolios(tmp_path).values():
        found = seen(path)
        assert found.good > 3_000
        assert 1 <= found.refused <= 10
        assert not found.ignored
        assert not found.contested
