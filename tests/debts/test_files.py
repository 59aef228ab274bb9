"""Files as creditors send them, and as nobody should: each has a defined outcome."""

import contextlib
import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.debts.portfolio.errors import harmless, masked
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.problems import SENTENCES, FileRefused, sentence
from app.debts.portfolio.source import open_source
from app.workbench.files import write_portfolios
from tests.debts.files import HEADER, TWO, bring, line, refused, seen


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


@given(st.binary(max_size=400))
@settings(max_examples=60)
def test_no_bytes_upset_the_reader(content):
    for start in (b"", HEADER.encode(), b"PK\x03\x04"):
        with contextlib.suppress(FileRefused):
            seen(start + content)


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
