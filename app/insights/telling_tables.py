"""The report's tables: what was done where, and what of it can be compared."""

from collections.abc import Iterator, Sequence

from app.insights.choices import ANSWERED
from app.insights.contrasts import Contrast
from app.insights.effects import Effect
from app.insights.report import Report, Row, Table, rate
from app.insights.telling import Teller, _, table
from app.offers.gaming import RIPE

PLACE_HEAD = (
    _("Messages"), _("Delivered"), _("Answered"), _("Agreements"), _("Received after"),
    _("Cost over received"), _("Complaints"), _("Opt-outs"),
)  # fmt: skip
TITLES = {
    "channel": _("By channel"),
    "wording": _("By wording"),
    "hour": _("By hour of sending, where the person is"),
}
FIGURES_ONLY = _(
    "The tables below count what happened in these days, answers to earlier messages too."
    " The engine chooses channel, words and hour for each person, so their rows are about different"
    " people. What is said under a table is a comparison for the same people, weighted by the"
    " chance of each choice."
)
BETTER = _(
    "%(name)s: answered more often than the other choices for the same people, %(mean)s against"
    " %(others)s (difference between %(low)s and %(high)s; %(count)s messages)."
)
WORSE = _(
    "%(name)s: answered less often than the other choices for the same people, %(mean)s against"
    " %(others)s (difference between %(low)s and %(high)s; %(count)s messages)."
)
NONE_BETTER = {
    "channel": _("No channel is answered more or less than the other beyond luck."),
    "wording": _("No wording is answered more or less than the others beyond luck."),
    "hour": _("No hour is answered more or less than the others beyond luck."),
}
TOO_NEW = _("There is no comparison yet: a message has %(days)s days to be answered.")
NOT_BY_CHANCE = _(
    "There is no comparison: chance does not decide alone where a channel has few places a day, or"
    " where nothing is left to try."
)
ONE_CANNOT = _("There is no comparison: nothing else could be chosen for the same people.")
STEPS = _("By step of the ladder")
STEP_HEAD = (_("Step"), _("Visits"), _("Agreements"), _("Agreed per visit"), _("Conceded"))
STEP_NOTE = _(
    "People reach a step because they came back without agreeing: the rows are about different"
    " people. What steps bring is told by those who were drawn to get none:"
)
STEPS_PAY = _(
    "With steps %(gain)s of what is owed is agreed per first visitor against without (between"
    " %(low)s and %(high)s; %(with)s visitors with, %(without)s without)."
)
STEPS_UNKNOWN = _(
    "Whether steps pay cannot be told yet (%(with)s visitors with, %(without)s without; a first"
    " visit counts after %(days)s days)."
)
MIXED = _("mixed")
NONE = _("none")


def cost_per_unit(cost: float, cash: float, tell: Teller) -> str:
    """What a unit of the currency cost; a part of a cent is not lost in rounding."""
    if cash <= 0:
        return tell(NONE)
    return tell.percent(cost / cash, 2)


def place_lines(tables: Sequence[Table], tell: Teller) -> Iterator[str]:
    """The dimensions in which messages were sent; without messages nothing."""
    shown = [one for one in tables if any(row.sums["sent"] for row in one.rows)]
    if shown:
        yield ""
        yield tell(FIGURES_ONLY)
    for one in shown:
        yield ""
        yield tell(TITLES[one.dimension])
        rows = [row for row in one.rows if row.sums["sent"]]
        head = ["", *(tell(text) for text in PLACE_HEAD)]
        yield from table(head, [_row(one.dimension, row, tell) for row in rows])
        yield from _compared(one, tell)


def _compared(one: Table, tell: Teller) -> Iterator[str]:
    clear = [(name, contrast) for name, contrast in one.compared if contrast.clear]
    for name, contrast in clear:
        yield _contrast(_name(one.dimension, name, tell), contrast, tell)
    if clear:
        return
    if any(contrast.compared for _name, contrast in one.compared):
        yield tell(NONE_BETTER[one.dimension])
    elif not one.answered:
        yield tell(TOO_NEW, days=ANSWERED.days)
    else:
        yield tell(ONE_CANNOT if one.decisions else NOT_BY_CHANCE)


def _contrast(name: str, contrast: Contrast, tell: Teller) -> str:
    return tell(
        BETTER if contrast.low > 0 else WORSE,
        name=name,
        mean=tell.percent(contrast.mean),
        others=tell.percent(contrast.others),
        low=tell.points(contrast.low),
        high=tell.points(contrast.high),
        count=contrast.decisions,
    )


def _row(dimension: str, row: Row, tell: Teller) -> list[str]:
    sums = row.sums
    counts = [sums[name] for name in ("sent", "delivered", "answered", "agreements")]
    return [
        _name(dimension, row.name, tell),
        *(tell.count(n) for n in counts),
        tell.money(sums["cash_cents"]),
        cost_per_unit(sums["cost_thousandths"] / 1000, sums["cash_cents"], tell),
        *(tell.count(sums[name]) for name in ("complaints", "opt_outs")),
    ]


def _name(dimension: str, name: str, tell: Teller) -> str:
    if dimension == "channel":
        return tell.channel(name)
    if dimension == "hour":
        return f"{int(name):02d}:00"
    return name or tell(MIXED)


def step_lines(report: Report, tell: Teller) -> Iterator[str]:
    """The ladder."""
    rows = [row for row in report.steps if row.sums["visits"]]
    if not rows:
        return
    yield ""
    yield tell(STEPS)
    yield from table([tell(text) for text in STEP_HEAD], [_step(row, tell) for row in rows])
    yield tell(STEP_NOTE)
    yield _ladder(report.ladder, tell)


def _step(row: Row, tell: Teller) -> list[str]:
    found = rate(row, "agreements", "visits")
    agreed, conceded = row.sums["agreed_cents"], row.sums["conceded_cents"]
    return [
        row.name,
        *(tell.count(row.sums[name]) for name in ("visits", "agreements")),
        tell.percent(found[0]) if found else tell(NONE),
        tell.percent(conceded / (agreed + conceded)) if agreed else tell(NONE),
    ]


def _ladder(effect: Effect, tell: Teller) -> str:
    visitors = {"with": effect.treated, "without": effect.control}
    if not effect.clear:
        return tell(STEPS_UNKNOWN, days=RIPE, **visitors)
    bounds = {"low": tell.points(effect.low), "high": tell.points(effect.high)}
    return tell(STEPS_PAY, gain=tell.points(effect.estimate), **bounds, **visitors)
