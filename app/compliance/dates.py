"""Questions about days: prescription, the age of a debt, the age of a person. One by one and many.

Days are those where the person is; columns hold datetime64[D].
"""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.compliance.facts import DebtFacts, PersonFacts
from app.compliance.policy import Policy, Rule

FAR = np.datetime64("9999-01-01", "D")
LONG_AGO = np.datetime64("0001-01-01", "D")

Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]


def one(rule: Rule, person: PersonFacts, today: date) -> Iterator[str]:
    """The details of a rule's questions about days that match."""
    if (
        "prescription" in rule.asks
        and person.debts
        and all(_is_prescribed(debt, today, rule) for debt in person.debts)
    ):
        yield ""
    if "age_of_debt" in rule.asks and rule.parameters["applies"] and person.debts:
        newest = max(debt.due_on for debt in person.debts)
        if (today - newest).days > rule.parameters["days"]:
            yield ""
    if "minor" in rule.asks and person.adult_on is not None and today < person.adult_on:
        yield "minor"


def many(
    rule: Rule, enforceable_until: Days, newest_due: Days, adult_on: Days, today: Days
) -> Iterator[tuple[str, str, Flags]]:
    """`one` on columns: (question, detail, rows). Without a debt, `newest_due` is NaT."""
    owes = ~np.isnat(newest_due)
    if "prescription" in rule.asks:
        yield "prescription", "", owes & (today >= enforceable_until)
    if "age_of_debt" in rule.asks and rule.parameters["applies"]:
        age = (today - newest_due).astype(np.int64)
        yield "age_of_debt", "", owes & (age > rule.parameters["days"])
    if "minor" in rule.asks:
        yield "minor", "minor", ~np.isnat(adult_on) & (today < adult_on)


def _is_prescribed(debt: DebtFacts, today: date, rule: Rule) -> bool:
    """Whether the period of its instrument is over; an interruption starts it anew (CC 202)."""
    if debt.acknowledged:
        return False
    years = _years(rule, debt.instrument)
    return today >= years_later(max(debt.due_on, debt.interruption_on or debt.due_on), years)


def _years(rule: Rule, instrument: str) -> int:
    known = rule.parameters.get(f"{instrument}_years")
    if known is None:
        raise ValueError(f"instrument: {instrument!r} has no period of prescription")
    return int(known)


def years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th, a day before the law's own
    reading (Código Civil, art. 132 § 3: the 1st of March)."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def years_later_columns(start: Days, years: NDArray[np.int64]) -> Days:
    """`years_later` on columns."""
    month = start.astype("datetime64[M]")
    later = month + (years * 12).astype("timedelta64[M]")
    day = start.astype("datetime64[D]") - month.astype("datetime64[D]")
    last = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    result: Days = np.minimum(later.astype("datetime64[D]") + day, last)
    return result


def prescribed(debts: Sequence[DebtFacts], today: date, policy: Policy) -> Flags:
    """Which of these debts nobody may be asked for any more on that day (BR-01)."""
    due = np.array([debt.due_on for debt in debts], dtype="datetime64[D]")
    past: Flags = np.datetime64(today, "D") >= _enforceable_until(debts, policy, due)
    return past


def of_debts(people: Sequence[PersonFacts], policy: Policy) -> tuple[Days, Days]:
    """Per person: the day from which every debt is prescribed, and the newest due date.

    Where the policy knows no prescription, no day is ever reached.
    """
    rows, debts = [], []
    for row, person in enumerate(people):
        for debt in person.debts:
            rows.append(row)
            debts.append(debt)
    until = np.full(len(people), LONG_AGO)
    newest = np.full(len(people), LONG_AGO)
    if debts:
        at = np.array(rows, dtype=np.int64)
        due = np.array([debt.due_on for debt in debts], dtype="datetime64[D]")
        np.maximum.at(newest, at, due)
        np.maximum.at(until, at, _enforceable_until(debts, policy, due))
    newest[newest == LONG_AGO] = np.datetime64("NaT", "D")
    return until, newest


def _enforceable_until(debts: Sequence[DebtFacts], policy: Policy, due: Days) -> Days:
    rules = policy.asking("prescription")
    if not rules:
        return np.full(len(debts), FAR)
    start = np.array([d.interruption_on or d.due_on for d in debts], dtype="datetime64[D]")
    years_of = {one: _years(rules[0], one) for one in {d.instrument for d in debts}}
    years = np.array([years_of[d.instrument] for d in debts], dtype=np.int64)
    until = years_later_columns(np.maximum(start, due), years)
    result: Days = np.where([d.acknowledged for d in debts], FAR, until)
    return result
