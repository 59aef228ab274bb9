"""What can be wrong with a file or a cell, as codes and as sentences in the file's language.

The sentences are message ids of the catalogue "portfolio".
"""

from typing import Final

from themes.translations import catalogue

SENTENCES: Final[dict[str, str]] = {
    # a row or a cell
    "empty": "This column is required and the cell is empty.",
    "cells": "The row does not have as many cells as the header.",
    "too_long": "The text is too long.",
    "rounded": "A spreadsheet has rounded this number: format the column as text there.",
    "control": "The text holds control characters.",
    "name": "This does not look like a name.",
    "document": "This is neither a CPF nor a CNPJ.",
    "document_digits": "The check digits of the CPF or CNPJ are wrong.",
    "amount": "This is not an amount in the format of this column.",
    "amount_decimals": "An amount has at most two decimal places.",
    "amount_unclear": "The column mixes number formats and this amount can be read in two ways.",
    "amount_not_positive": "The amount owed must be greater than zero.",
    "amount_too_large": "The amount is implausibly large.",
    "date": "This is not a date in the format of this column.",
    "date_unclear": "The column mixes date formats and this date can be read in two ways.",
    "date_range": "The date is implausibly far in the past or in the future.",
    "birth_date": "The date of birth is in the future or implausibly long ago.",
    "phone": "This is not a valid phone number.",
    "email": "This is not a valid e-mail address.",
    "uf": "This is not a Brazilian state.",
    "choice": "This value is not one of those expected in this column.",
    "hour": "This is not an hour of the day.",
    "day_of_month": "This is not a day of the month.",
    "count": "This is not a number of times.",
    "contract_repeated": "The contract appears more than once in this file; the first row counts.",
    "name_differs": "Another row has a different name for this CPF or CNPJ; the first name counts.",
    "cut_off": "There are further problems that are not listed here.",
    # a whole file
    "file_empty": "The file is empty.",
    "file_no_rows": "The file has a header and no rows.",
    "file_not_text": "The file is neither a CSV nor an XLSX spreadsheet.",
    "file_too_large": "The spreadsheet is too large to be read safely; send it as CSV.",
    "file_damaged": "The spreadsheet is damaged and cannot be read.",
    "file_quote": "A quotation mark is opened and never closed; the file cannot be read.",
    "file_changed": "The file changed while it was being read.",
    "columns_missing": "The file lacks required columns: %(columns)s.",
    "mapping_column": "The mapping names a column that the file does not have: %(columns)s.",
    "mapping_key": "The mapping has an unknown key: %(columns)s.",
    "mapping_value": "The mapping has a wrong value: %(columns)s.",
    "no_import": "There is no import with this id.",
    "no_difference": "There is no open difference with this id.",
    "import_running": "Another import of this portfolio is running.",
    "not_waiting": "This import is not waiting for a confirmation.",
    "undo_state": "Only an import that was applied can be undone.",
    "undo_order": "Only the latest import can be undone: undo the later ones first.",
    "undo_agreed": "Since this import, %(count)s of its contracts have been agreed or paid here.",
}


class PortfolioProblem(Exception):
    """A file, a mapping or a request as a whole cannot be used; `code` is a key of SENTENCES."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return sentence(self.code, "en", **self.facts)


class FileRefused(PortfolioProblem):
    """The file or its mapping cannot be used at all."""


class ImportRunning(PortfolioProblem):
    """One import of a portfolio at a time."""

    def __init__(self) -> None:
        super().__init__("import_running")


class UndoRefused(PortfolioProblem):
    """The import cannot be taken back; the code says why."""


class NotWaiting(PortfolioProblem):
    """There is nothing to confirm."""

    def __init__(self) -> None:
        super().__init__("not_waiting")


class NotThere(PortfolioProblem, LookupError):
    """What an id should name is not there, or is over."""


def sentence(code: str, locale: str, **facts: object) -> str:
    """The sentence of a code in a locale."""
    text: str = catalogue(locale, "portfolio").gettext(SENTENCES[code])
    return text % facts if facts else text
