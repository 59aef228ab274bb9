"""A sheet of paper in the brand's dress."""

import pytest

from themes.dress import sample_brand
from themes.paper import Contract

DEVICE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36"
ROWS = [("Aceito em", "21/11/2026"), ("Dispositivo", DEVICE), ("Impressão do conteúdo", "7f" * 32)]


@pytest.mark.parametrize("lines_above", range(18, 26))
def test_rows_at_the_foot_of_a_page_go_on_together_on_the_next(lines_above):
    sheet = Contract(sample_brand("salao"), locale="pt_BR", title="Acordo")
    sheet.rows(("Linha", str(number)) for number in range(lines_above))
    before = sheet.page_no()
    sheet.rows(ROWS * 2)
    after, foot = sheet.page_no(), sheet.get_y()
    assert sheet.to_bytes().startswith(b"%PDF")
    assert after - before <= 1
    assert foot < sheet.page_break_trigger + 4


@pytest.mark.parametrize("rows_above", range(22, 27))
def test_a_clause_is_not_torn_by_the_end_of_a_page(rows_above):
    clause = "O que foi pago é abatido do que havia. " * 6
    sheet = Contract(sample_brand("salao"), locale="pt_BR", title="Acordo")
    sheet.rows(("Linha", str(number)) for number in range(rows_above))
    before = sheet.page_no()
    sheet.paragraph(clause)
    after, foot = sheet.page_no(), sheet.get_y()
    sheet.add_page()
    sheet.paragraph(clause)
    assert after == before or foot == sheet.get_y(), "it stands on the next page as a whole"
    assert sheet.to_bytes().startswith(b"%PDF")
