"""The promotion gate in words: may it take the place of what is done now, and what is missing."""

from collections.abc import Iterator

from app.insights.offpolicy import ENOUGH, Value
from app.insights.promotion import CandidateInvalid, Judged
from app.insights.report import Report
from app.insights.telling import Teller, _
from app.insights.telling_report import UNCOMPARED

ENGINE_TITLE = _("May the engine take the place of your own rules? %(since)s to %(until)s")
ENGINE_PASSED = _(
    "Yes: it brings more money per person, between %(low)s and %(high)s, and after messages,"
    " complaints and opt-outs still between %(net_low)s and %(net_high)s."
)
ENGINE_NOT = _("Not yet.")
ENGINE_EARLY = _("Too few people have paid in the smaller group.")
ENGINE_CASH = _("The gain per person is between %(low)s and %(high)s: it may be nothing.")
ENGINE_NET = _(
    "After messages, complaints and opt-outs it is between %(low)s and %(high)s: it may be nothing."
)
KEEP_GROUPS = _("Keep the comparison group all the same: what brings more today may not next year.")
TITLE = _("May this candidate take the place of the engine's choices? %(since)s to %(until)s")
RESTS_ON = _(
    "Decisions it rests on: %(decisions)s; people: %(people)s. For this candidate they are worth"
    " %(effective)s; %(kept)s of them it leaves as they were."
)
LEFT_OUT = _(
    "Decisions left out: %(count)s. A channel with few places was among their choices, and what"
    " else could have been drawn is not known."
)
INCUMBENT = _("A message brings %(mean)s now (money of two weeks less its cost and harm).")
WEIGHTED = _("By weighting (SNIPW): %(estimate)s, the gain is between %(low)s and %(high)s.")
ROBUST = _("Doubly robust: %(estimate)s, the gain is between %(low)s and %(high)s.")
UNBOUNDED = _("The gain cannot be bounded yet.")
PASSED = _("Promote: both lower bounds are above what is done now.")
REFUSED = _("Do not promote:")
AGAINST = {
    "too_few": _("fewer than %(enough)s effective decisions;"),
    "weighted": _("by weighting the gain may be nothing;"),
    "robust": _("by the doubly robust estimate the gain may be nothing;"),
}
ONLY_HOW = _(
    "This judges how people are written to. Whom, and how often, no log can tell: that is what the"
    " random groups are for."
)
FIELDS = {
    "not_toml": _("%(field)s: this is no TOML."),
    "empty": _("%(field)s: it names neither channels nor hours nor wordings."),
    "unknown": _("%(field)s: there is no such field; there are channels, hours and wordings."),
    "not_a_list": _(
        "%(field)s: a list with at least one value, of texts (hours: of whole numbers)."
    ),
    "no_hour": _("%(field)s: an hour is from 0 to 23, not %(values)s."),
    "never_drawn": _("%(field)s: never among the choices: %(values)s."),
}


def of_engine(report: Report, tell: Teller) -> Iterator[str]:
    """The engine against the creditor's rules, by the random groups."""
    yield tell(ENGINE_TITLE, since=report.window.since, until=report.window.until)
    cash, net = report.cash, report.net
    bounds = {"low": tell.gain(cash.low), "high": tell.gain(cash.high)} if cash.is_told else {}
    below = {"low": tell.gain(net.low), "high": tell.gain(net.high)} if net.is_told else {}
    if engine_passes(report):
        yield tell(ENGINE_PASSED, **bounds, net_low=below["low"], net_high=below["high"])
        yield tell(KEEP_GROUPS)
        return
    yield tell(ENGINE_NOT)
    if not report.is_compared:
        yield tell(UNCOMPARED)
    elif not bounds or not below:
        yield tell(ENGINE_EARLY)
    else:
        if cash.low <= 0:
            yield tell(ENGINE_CASH, **bounds)
        if net.low <= 0:
            yield tell(ENGINE_NET, **below)


def engine_passes(report: Report) -> bool:
    """Whether the engine surely brings more, in money and after what it costs."""
    return report.cash.low > 0 and report.net.low > 0


def of_candidate(judged: Judged, tell: Teller) -> Iterator[str]:
    """A candidate against the engine's own choices, by the logged draws."""
    gate = judged.gate
    yield tell(TITLE, since=judged.window.since, until=judged.window.until)
    yield tell(
        RESTS_ON,
        decisions=gate.decisions,
        people=gate.people,
        effective=round(gate.effective),
        kept=tell.percent(judged.kept, 0),
    )
    if judged.left_out:
        yield tell(LEFT_OUT, count=judged.left_out)
    yield tell(INCUMBENT, mean=tell.gain(gate.incumbent))
    for text, value in ((WEIGHTED, gate.weighted), (ROBUST, gate.robust)):
        yield _value(text, value, tell)
    if gate.passed:
        yield tell(PASSED)
    else:
        reasons = (tell(AGAINST[code], enough=int(ENOUGH)) for code in gate.against)
        yield " ".join([tell(REFUSED), *reasons]).rstrip(";") + "."
    yield tell(ONLY_HOW)


def _value(text: str, value: Value, tell: Teller) -> str:
    if value.high == float("inf"):
        return tell(UNBOUNDED)
    return tell(
        text,
        estimate=tell.gain(value.estimate),
        low=tell.gain(value.low),
        high=tell.gain(value.high),
    )


def wrong(found: CandidateInvalid, tell: Teller) -> Iterator[str]:
    """What is wrong with a candidate's file."""
    for field, code in found.errors.items():
        yield tell(FIELDS[code], field=field, values=found.values.get(field, ""))
