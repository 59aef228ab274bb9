"""People, addresses and moments: of each contact rule of Brazil, what it allows and refuses."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from app.compliance.facts import ContactFacts, DebtFacts, Listing, PersonFacts, Sent
from app.compliance.policy import Effect, standard

AT = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in São Paulo."""
OWES = (DebtFacts(date(2025, 9, 1), "documented"),)
PERSON = PersonFacts(uuid.UUID(int=1), "America/Sao_Paulo", "SP", debts=OWES)
SMS = ContactFacts("sms", "outbound", "11")
EMAIL = ContactFacts("email", "outbound")
LINE = uuid.UUID(int=7)
POLICY = standard()


def person(**changes):
    return replace(PERSON, **changes)


def contact(**changes):
    return replace(SMS, **changes)


def debts(**changes):
    return (replace(OWES[0], **changes),)


def sent(*before, channel="sms"):
    return tuple(Sent(channel, AT - age) for age in before)


def listed(registry, days, line=None):
    since = None if days is None else AT.date() - timedelta(days=days)
    return person(listed=(Listing(registry, since, line),))


DAY = timedelta(days=1)
CALL = ContactFacts("voice", "outbound", marks=frozenset({"recorded", "recording_notice"}))
SAID = frozenset({"caller_named", "right_party_first"})
WHATSAPP = ContactFacts(
    "whatsapp",
    "outbound",
    marks=frozenset({"own_account", "opt_in", "provider_approval", "approved_template"}),
)

CONTACT_CASES = [
    # rule, who, to where, when: allowed; then the same, refused, and how
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 11))), SMS, AT, None),
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 10))), SMS, AT, Effect.BLOCK),
    ("BR-01", person(debts=debts(due_on=date(2021, 3, 10), instrument="residual")), SMS, AT, None),
    (
        "BR-01",
        person(debts=debts(due_on=date(2023, 3, 10), instrument="rent")),
        SMS,
        AT,
        Effect.BLOCK,
    ),
    (
        "BR-01",
        person(debts=debts(due_on=date(2019, 1, 1), interruption_on=date(2022, 1, 1))),
        SMS,
        AT,
        None,
    ),
    ("BR-01", person(debts=debts(due_on=date(2010, 1, 1), acknowledged=True)), SMS, AT, None),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=11), None),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=10, minute=59), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, AT.replace(hour=23), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 14, 16, 59, tzinfo=UTC), None),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 14, 17, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 3, 15, 13, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-03", PERSON, EMAIL, datetime(2026, 4, 21, 13, 0, tzinfo=UTC), Effect.DELAY),
    ("BR-04", person(uf="RJ"), EMAIL, AT.replace(hour=12), None),
    ("BR-04", person(uf="RJ"), EMAIL, AT.replace(hour=11, minute=30), Effect.DELAY),
    ("BR-04", PERSON, contact(area_code="21"), AT.replace(hour=11, minute=30), Effect.DELAY),
    ("BR-04", PERSON, contact(area_code="43"), AT.replace(hour=21), Effect.DELAY),
    ("BR-07", person(opted_out=frozenset({"email"})), SMS, AT, None),
    ("BR-07", person(opted_out=frozenset({"sms"})), SMS, AT, Effect.BLOCK),
    ("BR-07", person(opted_out=frozenset({"*"})), EMAIL, AT, Effect.BLOCK),
    ("BR-07", person(opted_out=frozenset({"*"})), contact(message_class="requested"), AT, None),
    ("BR-08", person(sent=sent(DAY)), SMS, AT, None),
    ("BR-08", person(sent=sent(timedelta(hours=1))), SMS, AT, Effect.DELAY),
    ("BR-08", person(sent=sent(timedelta(hours=1))), EMAIL, AT, None),
    ("BR-08", person(sent=sent(*(DAY * n for n in range(1, 6)))), SMS, AT, None),
    ("BR-08", person(sent=sent(*(DAY * n for n in range(1, 7)))), SMS, AT, Effect.DELAY),
    ("BR-09", PERSON, SMS, AT, None),
    ("BR-09", PERSON, contact(state="wrong_person"), AT, Effect.BLOCK),
    (
        "BR-09",
        PERSON,
        contact(state="wrong_person", message_class="requested"),
        AT,
        Effect.BLOCK,
    ),
    ("BR-10", person(adult_on=date(2026, 3, 10)), SMS, AT, None),
    ("BR-10", person(adult_on=date(2026, 3, 11)), SMS, AT, Effect.BLOCK),
    ("BR-10", person(holds=frozenset({"deceased"})), SMS, AT, Effect.BLOCK),
    ("BR-11", PERSON, SMS, AT, None),
    ("BR-11", person(holds=frozenset({"dispute"})), SMS, AT, Effect.BLOCK),
    ("BR-11", person(holds=frozenset({"fraud"})), SMS, AT, Effect.BLOCK),
    (
        "BR-11",
        person(holds=frozenset({"dispute"})),
        contact(message_class="requested"),
        AT,
        None,
    ),
    ("BR-12", PERSON, SMS, AT, None),
    ("BR-12", person(holds=frozenset({"overindebtedness"})), SMS, AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="workplace"), AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="shared"), AT, Effect.BLOCK),
    ("BR-09", PERSON, contact(whose="shared", message_class="requested"), AT, None),
    ("BR-05", PERSON, SMS, AT, None),
    ("BR-05", listed("SP", 29), SMS, AT, None),
    ("BR-05", listed("SP", 30), SMS, AT, Effect.BLOCK),
    ("BR-05", listed("PA", None), SMS, AT, Effect.BLOCK),
    ("BR-05", listed("SP", 30), EMAIL, AT, None),
    ("BR-05", listed("SP", 30, LINE), contact(line=LINE), AT, Effect.BLOCK),
    ("BR-05", listed("SP", 30, LINE), contact(line=uuid.UUID(int=8)), AT, None),
    ("BR-05", listed("SP", 30), contact(marks=frozenset({"authorised"})), AT, None),
    ("BR-06", listed("nao_me_perturbe", 90), SMS, AT, None),
    (
        "BR-06",
        listed("nao_me_perturbe", 90),
        contact(message_class="credit_offer"),
        AT,
        Effect.BLOCK,
    ),
    ("BR-08", person(sent=sent(timedelta(hours=2), channel="email")), CALL, AT, None),
    ("BR-08", person(sent=sent(timedelta(minutes=90), channel="voice")), CALL, AT, Effect.DELAY),
    (
        "BR-08",
        person(sent=sent(timedelta(hours=3), channel="voice")),
        CALL,
        AT.replace(hour=15),
        None,
    ),
    (
        "BR-08",
        person(sent=(Sent("voice", AT, talked=True),)),
        CALL,
        AT.replace(hour=16),
        Effect.DELAY,
    ),
    (
        "BR-08",
        person(sent=sent(*(DAY * n for n in range(1, 6)), channel="voice")),
        CALL,
        AT,
        Effect.DELAY,
    ),
    ("BR-16", PERSON, CALL, AT, None),
    ("BR-16", PERSON, ContactFacts("voice", "outbound"), AT, Effect.BLOCK),
    ("L17", PERSON, replace(CALL, marks=CALL.marks | SAID), AT, None),
    ("L17", PERSON, CALL, AT, Effect.REQUIRE),
    ("BR-25", PERSON, CALL, AT, None),
    ("BR-25", PERSON, replace(CALL, marks=CALL.marks | {"many_calls"}), AT, Effect.BLOCK),
    ("BR-26", PERSON, WHATSAPP, AT, None),
    ("BR-26", PERSON, ContactFacts("whatsapp", "outbound"), AT, Effect.BLOCK),
    ("BR-27", PERSON, WHATSAPP, AT, None),
    (
        "BR-27",
        PERSON,
        replace(WHATSAPP, marks=WHATSAPP.marks - {"approved_template"}),
        AT,
        Effect.REQUIRE,
    ),
    (
        "BR-27",
        PERSON,
        replace(WHATSAPP, marks=WHATSAPP.marks - {"approved_template"} | {"wrote_lately"}),
        AT,
        None,
    ),
    ("BR-29", PERSON, EMAIL, AT, None),
    ("BR-29", PERSON, replace(EMAIL, sender_paused="reputation"), AT, Effect.BLOCK),
    ("TR-01", PERSON, SMS, AT, None),
    ("TR-01", person(debts=()), SMS, AT, Effect.BLOCK),
    ("TR-02", PERSON, SMS, AT, None),
    ("TR-02", person(holds=frozenset({"deletion"})), SMS, AT, Effect.BLOCK),
    ("TR-02", person(holds=frozenset({"cease"})), SMS, AT, Effect.BLOCK),
    ("TR-03", PERSON, SMS, AT, None),
    ("TR-03", PERSON, contact(state="bounced"), AT, Effect.BLOCK),
    ("TR-05", PERSON, SMS, AT, None),
    ("TR-05", listed("own", 0), SMS, AT, Effect.BLOCK),
    ("TR-05", listed("own", 0), EMAIL, AT, None),
    ("TR-05", listed("own", 0), contact(message_class="requested"), AT, None),
]
