"""Spreadsheets: typed cells, and archives that mean harm."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from app.debts.portfolio import xlsx_file
from app.debts.portfolio.xlsx_file import as_text
from tests.debts.files import HEADER, line, refused, seen


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


def test_a_contract_that_a_spreadsheet_rounded_is_refused():
    content = HEADER + line("1,23457E+15") + line("1.2E+05") + line("12E+05") + line("1,2")
    found = seen(content.encode())
    assert (found.good, found.problems) == (2, {"rounded": 2})
