"""The error file: what was refused or left out, line by line, in the language of the file."""

import csv
import io
from collections.abc import Iterable

from app.debts.portfolio import fields
from app.debts.portfolio.problems import sentence
from app.debts.portfolio.reading import Problem
from app.debts.portfolio.source import Source
from themes.translations import catalogue

MOST_PROBLEMS = 100_000
"""Listed; a file with more is the wrong file."""
SHOWN = 60
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
HEADERS = ("Line", "Column", "Value", "Outcome", "Reason")
REFUSED, LEFT_OUT = "row refused", "taken without this cell"


class Errors:
    """Collects problems, at most MOST_PROBLEMS of them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.left_out = 0
        self._is_cut = False

    def add(self, problems: Iterable[Problem]) -> None:
        """Take some more."""
        for problem in problems:
            self.left_out += not problem.refused
            if len(self.problems) < MOST_PROBLEMS:
                self.problems.append(problem)
            else:
                self._is_cut = True

    def as_csv(self, source: Source) -> bytes | None:
        """UTF-8 with its mark, semicolons in Portuguese (what a spreadsheet there opens at once);
        None when nothing was wrong."""
        if not self.problems:
            return None
        locale = source.understood.locale
        say = catalogue(locale, "portfolio").gettext
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";" if locale == "pt_BR" else ",")
        writer.writerow([say(header) for header in HEADERS])
        sentences = {p.code: sentence(p.code, locale) for p in self.problems}
        outcomes = {True: say(REFUSED), False: say(LEFT_OUT)}
        for problem in sorted(self.problems, key=lambda problem: problem.line):
            header = header_of(source, problem.field)
            shown = masked(problem.field, problem.cell)
            row = [header, shown, outcomes[problem.refused], sentences[problem.code]]
            writer.writerow([problem.line, *map(harmless, row)])
        if self._is_cut:
            writer.writerow(["", "", "", "", sentence("cut_off", locale)])
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def header_of(source: Source, name: str | None) -> str:
    """The file's own header of a field."""
    position = source.understood.positions.get(name or "")
    return (name or "") if position is None else source.headers[position]


def masked(name: str | None, cell: str) -> str:
    """Enough of a value to find the cell, not enough to know the person."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in cell[:SHOWN])
    if name is None or not fields.FIELDS[name].is_personal:
        return text
    return text[:2] + "*" * max(0, min(len(text), 14) - 2)


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not run: an apostrophe before what could start a formula."""
    return "'" + text if text.startswith(DANGEROUS) else text
