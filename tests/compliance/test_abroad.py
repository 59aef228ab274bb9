"""The rules of the USA, the United Kingdom and the EU: one case each allows, one refuses."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.compliance.content import ContentFacts, check
from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent
from app.compliance.places import Place, places_of, zones_of_area_code
from app.compliance.policy import Effect, standard
from app.compliance.rules import decide
from app.compliance.terms import AudienceFacts, check_audience
from app.compliance.windows import parse_window

AT = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)
"""A Wednesday: noon in New York (daylight saving), 5 pm in London, 6 pm in Berlin."""
DAY = timedelta(days=1)
OWES = (DebtFacts(date(2025, 9, 1), "documented"),)
YORK = PersonFacts(uuid.UUID(int=1), "America/New_York", "NY", debts=OWES)
LONDON = PersonFacts(uuid.UUID(int=2), "Europe/London", debts=OWES)
BERLIN = PersonFacts(uuid.UUID(int=3), "Europe/Berlin", debts=OWES)
EMAIL = ContactFacts("email", "outbound")
CALL = ContactFacts("voice", "outbound")
SMS = ContactFacts("sms", "outbound", marks=frozenset({"consent"}))


def calls(*ago, talked=False):
    return tuple(Sent("voice", AT - age, talked) for age in ago)


def holding(who, *kinds, **since):
    held = tuple((kind, at) for kind, at in since.items())
    return replace(who, holds=frozenset(kinds), held_since=held)


def listed(who, registry):
    return replace(who, listed=(Listing(registry, AT.date()),))


CASES = [
    # rule, jurisdiction, who, where, when: refused how, or None
    ("US-01", "US", replace(YORK, sent=calls(*(DAY * n for n in range(1, 7)))), CALL, AT, None),
    ("US-01", "US", replace(YORK, sent=calls(*[DAY * 2] * 7)), CALL, AT, Effect.BLOCK),
    ("US-01", "US", replace(YORK, sent=calls(DAY * 6, talked=True)), CALL, AT, Effect.BLOCK),
    ("US-01", "US", replace(YORK, sent=calls(DAY * 7, talked=True)), CALL, AT, None),
    ("US-01", "US", replace(YORK, sent=calls(*[DAY * 2] * 7)), EMAIL, AT, None),
    ("US-02", "US", YORK, EMAIL, AT, None),
    ("US-02", "US", YORK, EMAIL, AT.replace(hour=11, minute=59), Effect.DELAY),
    ("US-02", "US", YORK, EMAIL, AT.replace(hour=12), None),
    ("US-02", "US", YORK, EMAIL, AT + timedelta(hours=8), Effect.DELAY),
    ("US-02", "US", YORK, replace(EMAIL, area_code="415"), AT.replace(hour=14), Effect.DELAY),
    ("US-02", "US", replace(YORK, uf="TX"), EMAIL, AT.replace(hour=13), Effect.DELAY),
    ("US-02", "US", YORK, replace(EMAIL, whose="workplace"), AT, Effect.BLOCK),
    ("US-02", "US", replace(YORK, convenient=parse_window("17:00-21:00")), EMAIL, AT, Effect.DELAY),
    ("US-06", "US", YORK, SMS, AT, None),
    ("US-06", "US", YORK, replace(SMS, marks=frozenset()), AT, Effect.BLOCK),
    ("US-07", "US", YORK, SMS, AT, None),
    ("US-07", "US", YORK, replace(SMS, marks=SMS.marks | {"third_party"}), AT, Effect.BLOCK),
    ("US-08", "US", YORK, EMAIL, AT, None),
    ("US-08", "US", holding(YORK, "attorney"), EMAIL, AT, Effect.BLOCK),
    ("US-08", "US", holding(YORK, "cease"), EMAIL, AT, Effect.BLOCK),
    ("US-08", "US", holding(YORK, "dispute"), EMAIL, AT, Effect.BLOCK),
    ("UK-01", "UK", LONDON, EMAIL, AT, None),
    ("UK-01", "UK", LONDON, EMAIL, AT.replace(hour=7, minute=59), Effect.DELAY),
    ("UK-01", "UK", LONDON, EMAIL, AT.replace(hour=20), Effect.DELAY),
    ("UK-01", "UK", LONDON, EMAIL, datetime(2026, 3, 15, 12, tzinfo=UTC), Effect.DELAY),
    ("UK-01", "UK", LONDON, replace(EMAIL, whose="shared"), AT, Effect.BLOCK),
    ("UK-02", "UK", LONDON, EMAIL, AT, None),
    ("UK-02", "UK", holding(LONDON, "breathing_space", breathing_space=AT - 59 * DAY), EMAIL, AT,
     Effect.BLOCK),
    ("UK-02", "UK", holding(LONDON, "breathing_space", breathing_space=AT - 60 * DAY), EMAIL, AT,
     None),
    ("UK-02", "UK", holding(LONDON, "mental_health_crisis"), EMAIL, AT, Effect.BLOCK),
    ("UK-03", "UK", LONDON, EMAIL, AT, None),
    ("UK-03", "UK", holding(LONDON, "statute_barred"), EMAIL, AT, Effect.BLOCK),
    ("EU-01", "DE", BERLIN, EMAIL, AT, None),
    ("EU-01", "DE", BERLIN, replace(EMAIL, marks=frozenset({"transferred"})), AT, Effect.BLOCK),
    ("EU-01", "DE", BERLIN,
     replace(EMAIL, marks=frozenset({"transferred", "transfer_notice"})), AT, None),
    ("TR-05", "US", listed(YORK, "own"), SMS, AT, Effect.BLOCK),
    ("TR-05", "US", listed(YORK, "own"), EMAIL, AT, None),
    ("TR-05", "UK", listed(LONDON, "own"), SMS, AT, Effect.BLOCK),
    ("TR-05", "UK", listed(LONDON, "SP"), SMS, AT, None),
    ("TR-04", "DE", BERLIN, EMAIL, AT, None),
    ("TR-04", "DE", BERLIN, EMAIL, AT + timedelta(hours=2), Effect.DELAY),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "jurisdiction", "who", "where", "at", "effect"), CASES)
def test_contact(rule, jurisdiction, who, where, at, effect):
    policy = standard(jurisdiction)
    verdict = decide(who, where, at, policy)
    matched = {reason.rule: reason.effect for reason in verdict.reasons}
    assert matched.get(rule) == effect
    if effect is Effect.DELAY and verdict.until:
        assert decide(who, where, verdict.until, policy).allows


def test_a_block_that_ends_says_when():
    who = holding(LONDON, "breathing_space", breathing_space=AT - 59 * DAY)
    [reason] = decide(who, EMAIL, AT, standard("UK")).reasons
    assert (reason.rule, reason.until) == ("UK-02", AT + DAY)
    called = replace(YORK, sent=calls(DAY * 6, talked=True))
    found = {r.rule: r for r in decide(called, CALL, AT, standard("US")).reasons}
    midnight = datetime(2026, 3, 12, tzinfo=ZoneInfo("America/New_York"))
    assert found["US-01"].until == midnight


def test_every_time_zone_somebody_may_be_in_counts():
    assert {place.time_zone for place in places_of("America/Chicago", "TX", None, None, "US")} == {
        "America/Chicago",
        "America/Denver",
    }
    everywhere = {
        place.time_zone for place in places_of("America/New_York", None, "800", None, "US")
    }
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} <= everywhere
    assert places_of("Europe/London", None, None, None, "UK") == (Place("Europe/London", None),)
    assert zones_of_area_code("415") == ("America/Los_Angeles",)
    assert zones_of_area_code("800") == ()


MAIL = ContentFacts(
    channel="email",
    text="Hello",
    hosts=frozenset({"portal.aurora.example"}),
    creditor={"name": "Aurora", "address": "1 Street", "document": "11222333000181"},
    says_how_to_opt_out=True,
    has_validation_notice=True,
    shows=frozenset({"collector_named"}),
)


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("US-03", MAIL, replace(MAIL, says_how_to_opt_out=False)),
        ("US-04", MAIL, replace(MAIL, has_validation_notice=False)),
        ("L20", MAIL, replace(MAIL, shows=frozenset())),
        (
            "US-05",
            replace(MAIL, channel="voicemail", is_limited_content=True),
            replace(MAIL, channel="voicemail"),
        ),
    ],
)
def test_content(rule, allowed, refused):
    assert check(allowed, standard("US")) == ()
    assert [reason.rule for reason in check(refused, standard("US"))] == [rule]
    asked_for = replace(refused, message_class="requested")
    assert check(asked_for, standard("US")) == ()


ADVISED = replace(MAIL, signposts=frozenset({"moneyhelper.org.uk"}))
LETTER = replace(MAIL, message_class="requested", is_settlement=True, says_what_remains=True)


@pytest.mark.parametrize(
    ("content", "refused_for"),
    [
        (ADVISED, []),
        (MAIL, ["debt_advice"]),
        (replace(ADVISED, channel="sms", sender_registered=True), []),
        (replace(MAIL, channel="sms"), ["debt_advice"]),
        (replace(MAIL, message_class="requested"), []),
        (LETTER, []),
        (replace(LETTER, says_what_remains=False), ["what_remains"]),
    ],
)
def test_whoever_is_asked_to_pay_is_told_of_advice_and_of_what_remains(content, refused_for):
    told = [reason for reason in check(content, standard("UK")) if reason.rule == "L21"]
    assert [reason.detail for reason in told] == refused_for
    assert all(reason.effect is Effect.BLOCK for reason in told)


def test_a_country_whose_service_nobody_named_hears_nothing():
    germany = standard("DE")
    assert [reason.rule for reason in check(ADVISED, germany)] == ["L21"]
    named = germany.with_overrides({"L21": {"signposts": ["beratung.example"]}}, refuse_looser=True)
    assert check(replace(MAIL, signposts=frozenset({"beratung.example"})), named) == ()
    assert [reason.rule for reason in check(MAIL, named)] == ["L21"]


def test_no_audience_by_debt_and_none_without_consent():
    everybody = AudienceFacts(by_debt=False, people=1_000)
    assert check_audience(everybody, standard("BR")) == ()
    assert check_audience(replace(everybody, by_debt=True), standard("BR"))
    assert check_audience(replace(everybody, people=999), standard("BR"))
    assert {reason.rule for reason in check_audience(everybody, standard("EU"))} == {"EU-02"}
    signals = frozenset({"ad_user_data", "ad_personalization"})
    assert check_audience(replace(everybody, consent=signals), standard("UK")) == ()
