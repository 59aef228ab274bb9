"""What a mail says besides its words where the law asks for it, and what does not leave without."""

import secrets
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from app.compliance.actions import tighten
from app.compliance.policy import standard
from app.outreach.candid import candid, shown_in
from app.outreach.claiming import Due
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants.clock import stopped_at
from tenants.scope import within
from tests.conftest import make_tenant
from tests.outreach.people import add_person, dress, prove_domain
from tests.outreach.test_delivery import kept, through  # noqa: F401 - a fixture
from tests.outreach.test_writing import remind
from themes.voice import Words

WORDS = Words(closing="Aurora")
MAIL = Due(
    *(uuid.UUID(int=1),) * 3,
    "email", "reminder", "outbound", "day:1", "en", "a", uuid.UUID(int=2), b"", None,
    datetime(2026, 3, 10, 13, tzinfo=UTC), None,
)  # fmt: skip


@pytest.fixture
def abroad(settings):
    """`abroad(jurisdiction, locale)`: a dressed creditor there, and a person who owes it, in London
    unless it says where else."""

    def made(jurisdiction, locale, time_zone="Europe/London", uf=None):
        tenant = make_tenant(f"abroad-{secrets.token_hex(4)}", "Aurora", jurisdiction=jurisdiction)
        dress(tenant)
        prove_domain(tenant)
        with within(tenant) as session:
            return tenant, add_person(session, time_zone=time_zone, uf=uf, locale=locale)

    return made


def said(tenant, kept, settings):  # noqa: F811 - the fixture
    """The text of the one mail that left, or why it did not."""
    deliver_due(tenant, through=through(settings, kept))
    if kept.parcels:
        mail = message_from_bytes(kept.parcels[-1].content, policy=policy.default)
        return mail.get_body(("plain",)).get_content()
    with within(tenant) as session:
        return session.scalars(select(Message)).one().reasons


def test_a_mail_in_the_united_kingdom_names_free_debt_advice(abroad, kept, settings):  # noqa: F811
    tenant, person = abroad("UK", "en")
    with within(tenant) as session:
        remind(session, tenant, person, channel="email")
    text = said(tenant, kept, settings)
    assert "Free and independent advice about debts: moneyhelper.org.uk" in text


def test_in_the_eu_nothing_leaves_until_the_creditor_names_a_service(abroad, kept, settings):  # noqa: F811
    tenant, person = abroad("DE", "pt_BR")
    with within(tenant) as session:
        remind(session, tenant, person, channel="email")
    assert [reason["rule"] for reason in said(tenant, kept, settings)] == ["L21"]
    with within(tenant) as session:
        tighten(session, "L21", "signposts", ["beratung.example"])
        remind(session, tenant, person, "day:2", channel="email")
    assert "sobre dívidas: beratung.example" in said(tenant, kept, settings)


def test_a_mail_in_the_usa_says_that_it_collects_a_debt(abroad, kept, settings):  # noqa: F811
    """It waits for the validation notice alone (US-04)."""
    with stopped_at(datetime(2026, 3, 11, 17, tzinfo=UTC)):
        tenant, person = abroad("US", "en", "America/New_York", "NY")
        with within(tenant) as session:
            remind(session, tenant, person, channel="email")
        assert [reason["rule"] for reason in said(tenant, kept, settings)] == ["US-04"]
        with within(tenant) as session:
            remind(session, tenant, person, "asked", message_class="requested", channel="email")
        assert "attempt to collect a debt" not in said(tenant, kept, settings)


@pytest.mark.parametrize("locale", ["en", "pt_BR"])
def test_what_collects_a_debt_in_the_usa_says_so_in_its_own_language(locale):
    usa, mail = standard("US"), MAIL._replace(locale=locale)
    closing = candid(WORDS, mail, usa).closing
    assert closing.startswith(f"{WORDS.closing}\n")
    assert shown_in(closing, locale, usa) == {"collector_named"}
    assert shown_in(WORDS.closing, locale, usa) == frozenset()
    assert candid(WORDS, mail, standard("BR")) == WORDS
    assert candid(WORDS, mail._replace(channel="sms"), usa) == WORDS


def test_a_letter_of_settlement_says_what_remains(abroad, kept, settings):  # noqa: F811
    tenant, person = abroad("UK", "en")
    told = {"amount_cents": 5_000, "paid_on": "2026-03-09", "agreement_number": "A-2026-000001"}
    with within(tenant) as session:
        remind(session, tenant, person, intent="quitacao", message_class="requested",
               channel="email", facts=told)  # fmt: skip
    text = said(tenant, kept, settings)
    assert "Nothing of this agreement and its accounts remains to be paid." in text
    assert "moneyhelper" not in text


def test_at_home_nothing_is_added(bank, person, kept, settings):  # noqa: F811
    with within(bank) as session:
        remind(session, bank, person, channel="email")
    assert "sobre dívidas" not in said(bank, kept, settings)
