"""The report as a creditor reads it. Nothing that may be luck is called better or worse."""

from collections.abc import Iterator

from app.insights.report import Group, Report
from app.insights.telling import ARMS, Teller, _, table
from app.insights.telling_tables import cost_per_unit, place_lines, step_lines
from app.journeys.arms import ARM_NAMES, Arm

GROUPS = _(
    "Of %(people)s people, %(engine)s are the engine's, %(rules)s stay on your own rules for the"
    " comparison and %(untouched)s get no messages about offers. Chance decided that once for each"
    " person; nobody changes group, and everybody counts in theirs whatever became of them."
)
TWO_GROUPS = _(
    "Of %(people)s people, %(engine)s are the engine's and %(rules)s stay on your own rules for the"
    " comparison. Chance decided that once for each person; nobody changes group, and everybody"
    " counts in theirs whatever became of them."
)
RESTARTED = _(
    "The shares of the groups were changed: this comparison began on %(day)s, and older days are"
    " not in it."
)
MEANS = _("Payments received per person: %(engine)s with the engine, %(rules)s on your own rules.")
TO_COME = _(
    "Agreed in these days and still to be paid: %(engine)s per person with the engine, %(rules)s on"
    " your own rules. Part of it may break, and none of it is counted here."
)
GAINED = _(
    "The engine brought %(gain)s per person: %(relative)s. The true difference lies between"
    " %(low)s and %(high)s (95%%, and it may be looked at every day)."
)
LOST = _(
    "With the engine people paid %(gain)s each: %(relative)s. The true difference lies between"
    " %(low)s and %(high)s (95%%, and it may be looked at every day). Your own rules do better."
)
UNCLEAR = _(
    "Whether the engine brings more than your own rules cannot be told yet: the true difference"
    " lies between %(low)s and %(high)s per person (95%%, and it may be looked at every day)."
)
TOO_EARLY = _(
    "Whether the engine brings more than your own rules cannot be told yet: too few people have"
    " paid in the smaller group."
)
UNCOMPARED = _(
    "Nobody stays on your own rules for the comparison: what the engine brings cannot be told."
)
NET = _("After messages, complaints and opt-outs: between %(low)s and %(high)s per person.")
POWER = _("With %(people)s people an effect under %(relative)s cannot be seen yet.")
FORESEEN = _(
    "So many people will show effects from about %(relative)s on, once payments have come in."
)
SEEN_FROM = _("An effect of 20%% can be seen from about %(day)s on, if money comes in as it did.")
SAID_FROM = _("Something can be said from about %(day)s on, if money comes in as it did.")
NOBODY_PAID = _("When, can be said once somebody in each group has paid.")
EACH_MORE = _("Each further %(unit)s cost %(cost)s in messages.")
COMPLAINTS = _("Complaints")
OPT_OUTS = _("Opt-outs")
HARM = _("%(what)s per 1,000 people: between %(low)s and %(high)s more with the engine.")
HARM_UNKNOWN = _("%(what)s: too few in a group to compare; the figures are in the table.")
GROUP_HEAD = (
    _("Group"), _("People"), _("Messages"), _("Cost"), _("Received"), _("Received per person"),
    _("Cost over received"), _("Agreements"), _("Broken"), _("Complaints"), _("Opt-outs"),
)  # fmt: skip
NOT_SAID = _(
    "Not in here: what people owe elsewhere, what comes in later than the last day, and payments"
    " that you receive outside. Money that went back (refund, dispute) is taken off."
)


def lines(report: Report, tell: Teller) -> Iterator[str]:
    """The report, line by line; empty lines between its parts."""
    window = report.window
    yield tell.ngettext(
        "What the engine brought, %(since)s to %(until)s (%(days)s day)",
        "What the engine brought, %(since)s to %(until)s (%(days)s days)",
        window.days,
        since=window.since,
        until=window.until,
        days=window.days,
    )
    yield ""
    counts = {group.arm: group.people for group in report.groups}
    said = GROUPS if counts[ARM_NAMES[Arm.UNTOUCHED]] else TWO_GROUPS
    yield tell(said, people=sum(counts.values()), **counts)
    if not report.running.is_first:
        yield tell(RESTARTED, day=report.running.began)
    yield ""
    yield from _result(report, tell)
    if report.is_compared:
        yield ""
        yield from _harm(report, tell)
    yield ""
    head = [tell(text) for text in GROUP_HEAD]
    yield from table(head, [_group(group, tell) for group in report.groups if group.people])
    yield from place_lines(report.tables, tell)
    yield from step_lines(report, tell)
    yield ""
    yield tell(NOT_SAID)


def _result(report: Report, tell: Teller) -> Iterator[str]:
    groups = {group.arm: group for group in report.groups}
    cash = report.cash
    if not report.is_compared:
        yield tell(UNCOMPARED)
        return
    both = (groups["engine"], groups["rules"])
    yield tell(MEANS, **{one.arm: tell.money(_each(one.cash, one)) for one in both})
    if any(one.to_come for one in both):
        yield tell(TO_COME, **{one.arm: tell.money(_each(one.to_come, one)) for one in both})
    if not cash.is_told:
        yield tell(TOO_EARLY)
        yield tell(SAID_FROM, day=report.when) if report.when else tell(NOBODY_PAID)
        if report.expected is not None:
            yield tell(FORESEEN, relative=tell.percent(report.expected, 0))
        return
    bounds = {"low": tell.gain(cash.low), "high": tell.gain(cash.high)}
    if cash.clear:
        relative = cash.estimate / report.control_mean if report.control_mean else 0.0
        said = GAINED if cash.estimate > 0 else LOST
        yield tell(said, gain=tell.gain(cash.estimate), relative=tell.points(relative), **bounds)
        yield from _each_more(report, tell)
    else:
        yield tell(UNCLEAR, **bounds)
    yield tell(NET, low=tell.gain(report.net.low), high=tell.gain(report.net.high))
    power = report.power
    if power.relative is not None and not cash.clear:
        yield tell(POWER, people=power.people, relative=tell.percent(power.relative, 0))
    if report.when is not None:
        yield tell(SEEN_FROM, day=report.when)


def _each_more(report: Report, tell: Teller) -> Iterator[str]:
    """Only where something more came in: else there is nothing to divide by."""
    groups = {group.arm: group for group in report.groups}
    mine, theirs = groups["engine"], groups["rules"]
    if report.cash.estimate <= 0 or not mine.people or not theirs.people:
        return
    more = mine.cost / mine.people - theirs.cost / theirs.people
    yield tell(EACH_MORE, unit=tell.money(100), cost=tell.money(100 * more / report.cash.estimate))


def _harm(report: Report, tell: Teller) -> Iterator[str]:
    for what, effect in ((COMPLAINTS, report.complaints), (OPT_OUTS, report.opt_outs)):
        if effect.is_told:
            low, high = tell.decimal(1000 * effect.low), tell.decimal(1000 * effect.high)
            yield tell(HARM, what=tell(what), low=low, high=high)
        else:
            yield tell(HARM_UNKNOWN, what=tell(what))


def _each(cents: float, group: Group) -> float:
    return cents / group.people if group.people else 0.0


def _group(group: Group, tell: Teller) -> list[str]:
    return [
        tell(ARMS[group.arm]),
        *(tell.count(n) for n in (group.people, group.contacts)),
        tell.money(group.cost),
        tell.money(group.cash),
        tell.money(_each(group.cash, group)),
        cost_per_unit(group.cost, group.cash, tell),
        *(
            tell.count(n)
            for n in (group.agreements, group.breaks, group.complaints, group.opt_outs)
        ),
    ]
