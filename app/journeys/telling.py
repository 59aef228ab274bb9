"""What is in force of a creditor's intent and limits, as a file that says what each line means."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from app.journeys.settings import Settings
from themes.checks import written
from themes.tomlfile import say

MEANINGS: Mapping[str, str] = {
    "channels": "where people are written to",
    "hours": "from which hour to before which, where the person is",
    "contacts_per_week": "messages a week to one person, at most",
    "ladder_steps": "better offers, one after the other, for who came and left; some, at first"
    " half, get none, to learn what they bring",
    "opening": "first offers: learned, where the engine expects most; kept, as the offer rules say",
    "budget_cents": "what a month's messages may cost, reminders and the comparison's included;"
    " each day may use as much as each day after it",
    "discount_budget": "what conceded discounts are held to on average, over weeks, as a share of"
    " the balances",
    "goal": "balanced; soonest, money within 90 days counts; goodwill, a complaint and an opt-out"
    " weigh threefold; the next three lines say it in figures",
    "complaint_cents": "what a complaint costs the creditor",
    "opt_out_cents": "what losing a channel to an opt-out costs the creditor",
    "horizon_days": "days after a commitment in which money counts",
    "holdout": "share of people who stay on the creditor's own rules, for the comparison",
    "untouched": "share of people who are not written to, for the comparison",
    "explore": "share of choices drawn at random, to learn; beside it those near the best vary,"
    " more while little is known",
    "capacity": "messages a day, at most; a channel that is not named has no limit; beside a"
    " limited one channels are not compared",
    "cost_cents": "what a message costs",
    "processing": "what else of the portfolio is looked at, for what and on which ground",
}
"""Field → msgid of the catalogue "files"."""
UNMEASURED: Mapping[str, str] = {
    "holdout": "holdout is 0: nobody stays on the creditor's own rules, and what the engine brings "
    "cannot be told.",
    "untouched": "untouched is 0: what comes in without any message cannot be told.",
    "explore": "explore is 0: hardly anything is tried beside what seems best, and little is "
    "learned.",
}
"""Share → msgid of the same catalogue: what it means that there is none."""
WIDTH = 34


def lines(settings: Settings, locale: str) -> Iterator[str]:
    """Every field with its value; without the remarks it is a file that sets the same."""
    data = asdict(settings)
    entries, tables = data.pop("processing"), {}
    for field, meaning in MEANINGS.items():
        remark = f"# {say(locale, (meaning, {}))}"
        if isinstance(data.get(field), Mapping):
            tables[f"[{field}]".ljust(WIDTH) + remark] = data[field]
        elif data.get(field) is not None:
            yield f"{field} = {_value(data[field])}".ljust(WIDTH) + remark
        elif field in data:
            yield f"# {field}".ljust(WIDTH) + remark
    if not entries:
        yield "# processing".ljust(WIDTH) + f"# {say(locale, (MEANINGS['processing'], {}))}"
    yield from _tables(tables, entries, locale)


def unmeasured(settings: Settings, locale: str) -> Iterator[str]:
    """What cannot be learned or told with these settings."""
    for field, message in UNMEASURED.items():
        if not getattr(settings, field):
            yield say(locale, (message, {}))


def _tables(
    tables: Mapping[str, Mapping[str, Any]], entries: list[dict[str, Any]], locale: str
) -> Iterator[str]:
    for head, values in tables.items():
        yield from ("", head)
        yield from (f"{name} = {_value(value)}" for name, value in values.items())
    for entry in entries:
        remark = f"# {say(locale, (MEANINGS['processing'], {}))}"
        yield from ("", "[[processing]]".ljust(WIDTH) + remark)
        yield from (f"{name} = {_value(value)}" for name, value in entry.items())


def _value(value: Any) -> str:
    if isinstance(value, float | int):
        return written(value)
    return json.dumps(value, ensure_ascii=False)
