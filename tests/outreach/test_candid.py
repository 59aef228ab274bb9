"""What a mail says besides its words where the law asks for it, and what does not leave without."""

import secrets
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from app.compliance.actions import tighten
from app.outreach.delivery import deliver_due
from app.outreach.models import Message
from tenants.scope import within
from tests.conftest import make_tenant
from tests.outreach.people import add_person, dress, prove_domain
from tests.outreach.test_delivery import kept, through  # noqa: F401 - a fixture
from tests.outreach.test_writing import remind


@pytest.fixture
def abroad(settings):
    """`abroad(jurisdiction, locale)`: a dressed creditor there, and a person in London who owes it."""

    def made(jurisdiction, locale):
        tenant = make_tenant(f"abroad-{secrets.token_hex(4)}", "Aurora", jurisdiction=jurisdiction)
        dress(tenant)
        prove_domain(tenant)
        with within(tenant) as session:
            return tenant, add_person(session, time_zone="Europe/London", uf=None, locale=locale)

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
