"""A naive referee for Brazil, written from the text of the rules and from nothing of the product.

It asks each rule in plain words of one person at one moment, and finds the end of a delay by trying
one moment after another. Slow, and therefore easy to believe.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from app.compliance.facts import ContactFacts, DebtFacts, PersonFacts

ZONE_OF = {
    "AC": "Rio_Branco", "AL": "Maceio", "AM": "Manaus", "AP": "Belem", "BA": "Bahia",
    "CE": "Fortaleza", "DF": "Sao_Paulo", "ES": "Sao_Paulo", "GO": "Sao_Paulo", "MA": "Fortaleza",
    "MG": "Sao_Paulo", "MS": "Campo_Grande", "MT": "Cuiaba", "PA": "Belem", "PB": "Fortaleza",
    "PE": "Recife", "PI": "Fortaleza", "PR": "Sao_Paulo", "RJ": "Sao_Paulo", "RN": "Fortaleza",
    "RO": "Porto_Velho", "RR": "Boa_Vista", "RS": "Sao_Paulo", "SC": "Sao_Paulo", "SE": "Maceio",
    "SP": "Sao_Paulo", "TO": "Araguaina",
}  # fmt: skip
DDD_OF = {
    "AC": [68], "AL": [82], "AM": [92, 97], "AP": [96], "BA": [71, 73, 74, 75, 77], "CE": [85, 88],
    "DF": [61], "ES": [27, 28], "GO": [62, 64], "MA": [98, 99], "MG": [31, 32, 33, 34, 35, 37, 38],
    "MS": [67], "MT": [65, 66], "PA": [91, 93, 94], "PB": [83], "PE": [81, 87], "PI": [86, 89],
    "PR": [41, 42, 43, 44, 45, 46], "RJ": [21, 22, 24], "RN": [84], "RO": [69], "RR": [95],
    "RS": [51, 53, 54, 55], "SC": [47, 48, 49], "SE": [79], "SP": [11, 12, 13, 14, 15, 16, 17, 18, 19],
    "TO": [63],
}  # fmt: skip
FIXED = {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25)}
"""Lei 662/1949 with Lei 10.607/2002 and Lei 6.802/1980."""
WEEKDAY_HOURS = {"RJ": (9, 19), "ES": (8, 19), "AM": (8, 18), "PA": (8, 18), "PR": (8, 18)}
SATURDAY_HOURS = {"RJ": None, "ES": None, "AM": None, "PA": None, "PR": (8, 13)}
YEARS = {"documented": 5, "rent": 3, "promissory_note": 3, "residual": 10}
MESSAGES = ("email", "sms", "whatsapp")
NEVER_WRITTEN = {"wrong_person", "replaced"}
DAY = timedelta(days=1)
MUST_SAY = {"caller_named", "right_party_first", "recording_notice"}


def judge(
    person: PersonFacts, contact: ContactFacts, at: datetime
) -> tuple[str, datetime | None, set[str]]:
    """ALLOW, REQUIRE, DELAY (until when), REVIEW or BLOCK, and the rules that matched."""
    # A clock that is ahead of ours wrote what is still to come: it has left already.
    person = replace(person, sent=tuple(s._replace(at=min(s.at, at)) for s in person.sent))
    stops = set(_stopping(person, contact, at))
    wants = {"BR-27"} if _wants_template(contact) else set()
    if contact.channel == "voice" and MUST_SAY - set(contact.marks):
        wants.add("L17")
    late, until = _delayed(person, contact, at)
    if contact.message_class != "outbound":
        late, until = set(), None
    rules = stops | wants | late
    if stops:
        return "BLOCK", None, rules
    if late and until is None:
        return "REVIEW", None, rules
    if late:
        return "DELAY", until, rules
    return ("REQUIRE" if wants else "ALLOW"), None, rules


def _stopping(person: PersonFacts, contact: ContactFacts, at: datetime) -> Iterator[str]:
    today = at.astimezone(ZoneInfo(person.time_zone)).date()
    asked_for = contact.message_class == "requested"
    if contact.channel == "whatsapp" and {"own_account", "opt_in", "provider_approval"} - set(
        contact.marks
    ):
        yield "BR-26"
    if contact.channel == "voice" and {"recorded", "recording_notice"} - set(contact.marks):
        yield "BR-16"
    if contact.state in NEVER_WRITTEN or (contact.whose != "own" and not asked_for):
        yield "BR-09"
    if contact.state == "bounced":
        yield "TR-03"
    is_child = person.adult_on is not None and person.adult_on > today
    if is_child or person.holds & {"minor", "deceased", "incapacity"}:
        yield "BR-10"
    if not asked_for:
        yield from _stopping_outbound(person, contact, today)


def _stopping_outbound(person: PersonFacts, contact: ContactFacts, today: date) -> Iterator[str]:
    if person.debts and all(_is_prescribed(debt, today) for debt in person.debts):
        yield "BR-01"
    if contact.channel in ("voice", "sms", "whatsapp") and "authorised" not in contact.marks:
        yield from _do_not_call(person, contact, today)
    if "*" in person.opted_out or contact.channel in person.opted_out:
        yield "BR-07"
    if person.holds & {"dispute", "fraud", "paid_claim"}:
        yield "BR-11"
    if "overindebtedness" in person.holds:
        yield "BR-12"
    unproven = "many_calls" in contact.marks and "call_authenticated" not in contact.marks
    if contact.channel == "voice" and unproven:
        yield "BR-25"
    if contact.sender_paused:
        yield "BR-29"
    if not person.debts:
        yield "TR-01"
    if person.holds & {"deletion", "attorney", "cease", "mental_health_crisis", "statute_barred"}:
        yield "TR-02"


def _do_not_call(person: PersonFacts, contact: ContactFacts, today: date) -> Iterator[str]:
    for listing in person.listed:
        is_here = listing.line is None or contact.line is None or listing.line == contact.line
        waited = (today - listing.since).days if listing.since else 10_000
        if is_here and listing.registry in ("SP", "PA") and waited >= 30:
            yield "BR-05"
        if is_here and listing.registry == "own" and waited >= 0:
            yield "TR-05"


def _wants_template(contact: ContactFacts) -> bool:
    wrote = "wrote_lately" in contact.marks
    return contact.channel == "whatsapp" and not wrote and "approved_template" not in contact.marks


def _is_prescribed(debt: DebtFacts, today: date) -> bool:
    if debt.acknowledged:
        return False
    starts = [debt.due_on] + ([debt.interruption_on] if debt.interruption_on else [])
    start, years = max(starts), YEARS[debt.instrument]
    leap_day = (start.month, start.day) == (2, 29) and years % 4
    return today >= date(start.year + years, start.month, 28 if leap_day else start.day)


def _delayed(
    person: PersonFacts, contact: ContactFacts, at: datetime
) -> tuple[set[str], datetime | None]:
    """The rules that delay at this moment, and the first moment at which none does."""
    rules = set()
    if _is_over(person, contact, at):
        rules.add("BR-08")
    if _is_closed(person, contact, at):
        rules.add("hours")
    if not rules:
        return rules, None
    for moment in _later(person, at):
        if not _is_over(person, contact, moment) and not _is_closed(person, contact, moment):
            if not rules & {"hours"} and _is_closed_on_the_way(person, contact, at, moment):
                rules.add("hours")
            return rules, moment
    return rules | {"hours"}, None


def _is_closed_on_the_way(
    person: PersonFacts, contact: ContactFacts, at: datetime, end: datetime
) -> bool:
    """The numbers were free before the hours were."""
    free = next(m for m in _later(person, at) if not _is_over(person, contact, m))
    return free < end


def _later(person: PersonFacts, at: datetime) -> Iterator[datetime]:
    """Every moment at which something can end: whole hours, and weeks after what was sent."""
    weeks = {sent.at + 7 * DAY for sent in person.sent if sent.at + 7 * DAY > at}
    first = at.replace(minute=0, second=0, microsecond=0)
    hours = {first + timedelta(hours=n) for n in range(1, 24 * 24)}
    yield from sorted(weeks | hours)


def _is_over(person: PersonFacts, contact: ContactFacts, at: datetime) -> bool:
    zone = ZoneInfo(person.time_zone)
    today = at.astimezone(zone).date()

    def on_day(moments: list[datetime]) -> list[datetime]:
        return [m for m in moments if m.astimezone(zone).date() == today]

    def in_week(moments: list[datetime]) -> list[datetime]:
        return [m for m in moments if at - m < 7 * DAY]

    if contact.channel == "voice":
        calls = [s.at for s in person.sent if s.channel == "voice" and s.at <= at]
        talks = [s.at for s in person.sent if s.channel == "voice" and s.at <= at and s.talked]
        shift = [m for m in on_day(calls) if _shift(m, zone) == _shift(at, zone)]
        return bool(shift or on_day(talks)) or len(on_day(calls)) >= 2 or len(in_week(calls)) >= 5
    sent = [s.at for s in person.sent if s.channel in MESSAGES and s.at <= at]
    same = [s.at for s in person.sent if s.channel == contact.channel and s.at <= at]
    return bool(on_day(same)) or len(on_day(sent)) >= 2 or len(in_week(sent)) >= 6


def _shift(at: datetime, zone: ZoneInfo) -> int:
    hour = at.astimezone(zone).hour
    return 0 if hour < 12 else 1 if hour < 18 else 2


def _is_closed(person: PersonFacts, contact: ContactFacts, at: datetime) -> bool:
    return any(
        _is_closed_at(at.astimezone(ZoneInfo(zone)), state)
        for zone, state in _whereabouts(person, contact)
    )


def _whereabouts(person: PersonFacts, contact: ContactFacts) -> set[tuple[str, str | None]]:
    """Where they live and where their phone is from; nothing known: anywhere in Brazil."""
    ddd = contact.area_code or ""
    states = {s for s, codes in DDD_OF.items() if ddd.isdigit() and int(ddd) in codes}
    if person.uf:
        states.add(person.uf)
    if not states:
        states = set(ZONE_OF)
    found: set[tuple[str, str | None]] = {(person.time_zone, person.uf)}
    return found | {(f"America/{ZONE_OF[state]}", state) for state in states}


def _is_closed_at(local: datetime, state: str | None) -> bool:
    if local.date() in _days_off(state, local.year) or local.weekday() == 6:
        return True
    if local.weekday() == 5:
        hours = SATURDAY_HOURS.get(state or "", (8, 14))
    else:
        hours = WEEKDAY_HOURS.get(state or "", (8, 20))
    if hours is None:
        return True
    return not time(hours[0]) <= local.time() or local.time() >= time(hours[1])


@cache
def _days_off(state: str | None, year: int) -> frozenset[date]:
    """National ones from the laws; a state's own from the list that counsel would buy."""
    days = {date(year, month, day) for month, day in FIXED}
    if year >= 2024:
        days.add(date(year, 11, 20))  # Lei 14.759/2023
    days.add(_easter(year) - 2 * DAY)
    return frozenset(days | set(holidays.country_holidays("BR", subdiv=state, years=year)))


def _easter(year: int) -> date:
    """Gauss's rule, as corrected by Butcher (Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, g = b // 4, b % 4, (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
