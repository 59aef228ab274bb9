"""Findings in words: where, how much, against what. None of them says why."""

from collections.abc import Iterator

from app.insights.findings import Finding, Kind, Where
from app.insights.mining import BANDS, MORE, UNKNOWN, Mined
from app.insights.telling import Teller, _

TITLE = _("What stands out, up to %(day)s")
NOTHING_FOUND = _(
    "Nothing stands out beyond luck: %(count)s things were looked at, among %(people)s people."
)
TOO_LITTLE = _(
    "There is too little to look at yet: %(people)s people, of whom too few are like each other or"
    " did anything."
)
LOOKED_AT = _(
    "%(count)s things were looked at, among %(people)s people; of what is said here at most one in"
    " twenty is luck. It says what is so, not why."
)
CHANGES_FROM = _(
    "Changes of a week need five weeks of figures: they can be looked for from %(day)s on."
)
SEGMENTS = _("Groups of people")
CHANGES = _("What changed this week")
ANOMALIES = _("What was odd on the last day")
EVERYWHERE = _("overall")
HEADS = {Kind.SEGMENT: SEGMENTS, Kind.CHANGE: CHANGES, Kind.ANOMALY: ANOMALIES}
OF_GROUP = {
    "agreed": _(
        "%(where)s: %(value)s agreed in the last 90 days (between %(low)s and %(high)s;"
        " %(count)s people), of everybody else %(usual)s."
    ),
    "paid": _(
        "%(where)s: %(value)s paid in the last 90 days (between %(low)s and %(high)s;"
        " %(count)s people), of everybody else %(usual)s."
    ),
    "answered": _(
        "%(where)s: of those written to, %(value)s opened the link of a message in the last 90 days"
        " (between %(low)s and %(high)s; %(count)s people), of everybody else %(usual)s."
    ),
    "stopped": _(
        "%(where)s: of those written to, %(value)s complained or stopped messages in the last 90"
        " days (between %(low)s and %(high)s; %(count)s people), of everybody else %(usual)s."
    ),
}
OF_WEEK = {
    "answered": _(
        "%(where)s: %(value)s of the messages were answered this week, %(usual)s in the four weeks"
        " before."
    ),
    "bounced": _(
        "%(where)s: %(value)s of the messages bounced this week, %(usual)s in the four weeks"
        " before."
    ),
    "complaints": _(
        "%(where)s: %(value)s of the messages were complained about this week, %(usual)s in the"
        " four weeks before."
    ),
    "opt_outs": _(
        "%(where)s: %(value)s of the messages were followed by an opt-out this week, %(usual)s in"
        " the four weeks before."
    ),
    "sent": _("%(where)s: %(value)s messages a day this week, %(usual)s in the four weeks before."),
    "visits": _("%(where)s: %(value)s visits a day this week, %(usual)s in the four weeks before."),
    "agreements": _(
        "%(where)s: %(value)s agreements a day this week, %(usual)s in the four weeks before."
    ),
    "payments": _(
        "%(where)s: %(value)s payments a day this week, %(usual)s in the four weeks before."
    ),
}
OF_DAY = {
    "answered": _("%(where)s: %(value)s of the messages were answered, usually %(usual)s."),
    "bounced": _("%(where)s: %(value)s of the messages bounced, usually %(usual)s."),
    "complaints": _(
        "%(where)s: %(value)s of the messages were complained about, usually %(usual)s."
    ),
    "opt_outs": _(
        "%(where)s: %(value)s of the messages were followed by an opt-out, usually %(usual)s."
    ),
    "sent": _("%(where)s: %(value)s messages, on that weekday usually %(usual)s."),
    "visits": _("%(where)s: %(value)s visits, on that weekday usually %(usual)s."),
    "agreements": _("%(where)s: %(value)s agreements, on that weekday usually %(usual)s."),
    "payments": _("%(where)s: %(value)s payments, on that weekday usually %(usual)s."),
}
SENTENCES = {Kind.SEGMENT: OF_GROUP, Kind.CHANGE: OF_WEEK, Kind.ANOMALY: OF_DAY}
VALUES = {
    "product": _("product %(value)s"),
    "state": _("state %(value)s"),
    "acquired": _("credit acquired through %(value)s"),
}
KNOWN = {
    ("state", UNKNOWN): _("state unknown"),
    ("acquired", UNKNOWN): _("unknown how the credit was acquired"),
    ("acquired", "store"): _("credit acquired in a store"),
    ("acquired", "web"): _("credit acquired on the web"),
    ("acquired", "app"): _("credit acquired in the app"),
    ("acquired", "phone"): _("credit acquired by phone"),
    ("debts", "1"): _("one debt"),
    ("debts", "2"): _("two debts"),
    ("debts", MORE): _("three debts or more"),
    ("reach", "both"): _("with e-mail and phone"),
    ("reach", "email"): _("with e-mail alone"),
    ("reach", "phone"): _("with a phone alone"),
    ("reach", "none"): _("without an address"),
}
FIRST_BAND = {
    "lateness": _("up to %(end)s days late"),
    "balance": _("owing up to %(end)s"),
}
INNER_BAND = {
    "lateness": _("%(start)s to %(end)s days late"),
    "balance": _("owing %(start)s to %(end)s"),
}
LAST_BAND = {
    "lateness": _("more than %(start)s days late"),
    "balance": _("owing more than %(start)s"),
}
NO_FIGURES = _(
    "There is nothing to say yet: no day is rolled up. The first one is, the night after something"
    " happened (flask day run)."
)


def lines(mined: Mined, tell: Teller) -> Iterator[str]:
    """Findings by kind; with none of them, what was looked at all the same."""
    if mined.day is None:
        yield tell(NO_FIGURES)
        return
    yield tell(TITLE, day=mined.day)
    for kind in Kind:
        said = [one for one in mined.findings if one.kind is kind]
        if said:
            yield ""
            yield tell(HEADS[kind])
            yield from (f"  {sentence(one, tell)}" for one in said)
    yield ""
    counts = {"count": mined.looked_at, "people": mined.people}
    nothing = NOTHING_FOUND if mined.looked_at else TOO_LITTLE
    yield tell(LOOKED_AT if mined.findings else nothing, **counts)
    if mined.changes_from is not None:
        yield tell(CHANGES_FROM, day=mined.changes_from)


def sentence(one: Finding, tell: Teller) -> str:
    """One finding."""

    def figure(value: float | None) -> str:
        if value is None:
            return ""
        return tell.percent(value) if one.is_rate else tell.decimal(value).lstrip("+")

    where = _where(one.where, tell)
    return tell(
        SENTENCES[one.kind][one.metric],
        where=where[:1].upper() + where[1:],
        value=figure(one.value),
        usual=figure(one.usual),
        low=figure(one.low),
        high=figure(one.high),
        count=one.count,
    )


def _where(where: Where, tell: Teller) -> str:
    return ", ".join(_part(name, value, tell) for name, value in where) or tell(EVERYWHERE)


def _part(name: str, value: str, tell: Teller) -> str:
    if name == "channel":
        return tell.channel(value)
    if (name, value) in KNOWN:
        return tell(KNOWN[name, value])
    if name in BANDS:
        return _band(name, value, tell)
    return tell(VALUES[name], value=value)


def _band(name: str, value: str, tell: Teller) -> str:
    ends = BANDS[name]

    def shown(end: int) -> str:
        return tell.money(end) if name == "balance" else tell.count(end)

    if value == MORE:
        return tell(LAST_BAND[name], start=shown(ends[-1]))
    at = ends.index(int(value))
    if not at:
        return tell(FIRST_BAND[name], end=shown(ends[0]))
    first = ends[at - 1] + (1 if name == "lateness" else 0)
    return tell(INNER_BAND[name], start=shown(first), end=shown(ends[at]))
