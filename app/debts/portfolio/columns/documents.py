"""CPF and CNPJ as columns.

Check digits: Receita Federal's modulo 11. Alphanumeric CNPJ (Instrução Normativa RFB 2.229/2024):
letters count as their ASCII code less 48, the two check digits stay digits.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.debts.portfolio.columns import Column

CPF_LENGTH, CNPJ_LENGTH = 11, 14
_FIRST = np.array([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int32)
_SECOND = np.array([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int32)


def documents(cells: pl.Series) -> Column:
    """Normalised documents: 11 digits, or 14 characters of a CNPJ. Lost leading zeros come back
    (a spreadsheet turned 01234567890 into a number); seven digits are the least."""
    text = clean(cells)
    values = np.array(text.fill_null("").to_list(), dtype=object)
    lengths = text.str.len_chars().fill_null(0).to_numpy()
    is_cpf = (text.str.contains(r"^\d{11}$").fill_null(False)).to_numpy()
    is_cnpj = (text.str.contains(r"^[0-9A-Z]{12}\d{2}$").fill_null(False)).to_numpy()
    valid = np.zeros(len(values), dtype=bool)
    valid[is_cpf] = cpf_valid(values[is_cpf].tolist())
    valid[is_cnpj] = cnpj_valid(values[is_cnpj].tolist())
    values[~valid] = None
    column = Column(values.tolist())
    for position in np.flatnonzero(~valid & (lengths > 0)):
        shaped = is_cpf[position] or is_cnpj[position]
        column.problems[int(position)] = "document_digits" if shaped else "document"
    return column


def clean(cells: pl.Series) -> pl.Series:
    """Without punctuation, in upper case, padded to 11 or 14; not checked."""
    text = cells.str.to_uppercase().str.replace_all(r"[\s.\-/]", "")
    frame = pl.DataFrame({"text": text})
    short = pl.col("text").str.contains(r"^\d{7,10}$")
    middling = pl.col("text").str.contains(r"^\d{12,13}$")
    return frame.select(
        pl.when(short)
        .then(pl.col("text").str.zfill(CPF_LENGTH))
        .when(middling)
        .then(pl.col("text").str.zfill(CNPJ_LENGTH))
        .otherwise(pl.col("text"))
    ).to_series()


def cpf_valid(texts: list[str]) -> NDArray[np.bool_]:
    """Which of the 11-digit texts are CPFs; eleven equal digits are none."""
    digits = _matrix(texts, CPF_LENGTH)
    first = digits[:, :9] @ np.arange(10, 1, -1, dtype=np.int32) * 10 % 11 % 10
    second = digits[:, :10] @ np.arange(11, 1, -1, dtype=np.int32) * 10 % 11 % 10
    varied = (digits != digits[:, :1]).any(axis=1)
    result: NDArray[np.bool_] = (first == digits[:, 9]) & (second == digits[:, 10]) & varied
    return result


def cnpj_valid(texts: list[str]) -> NDArray[np.bool_]:
    """Which of the 14-character texts ([0-9A-Z]{12}[0-9]{2}) are CNPJs; equal digits are none."""
    digits = _matrix(texts, CNPJ_LENGTH)
    first = _check_digit(digits[:, :12] @ _FIRST)
    second = _check_digit(digits[:, :13] @ _SECOND)
    varied = (digits != digits[:, :1]).any(axis=1)
    result: NDArray[np.bool_] = (first == digits[:, 12]) & (second == digits[:, 13]) & varied
    return result


def _check_digit(sums: NDArray[np.int32]) -> NDArray[np.int32]:
    rest = sums % 11
    return np.where(rest < 2, 0, 11 - rest).astype(np.int32)


def _matrix(texts: list[str], width: int) -> NDArray[np.int32]:
    flat = np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8)
    return flat.reshape(-1, width).astype(np.int32) - 48
