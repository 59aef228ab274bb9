"""Figures as rows, and every intent of the voice as a whole mail that passes its lint."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from emails.compose import compose
from emails.figures import figures
from tests.emails.test_compose import LINKS, Sent, Tenant
from themes import voice
from themes.dress import sample_brand
from themes.lint import lint_email
from themes.tokens import SKINS

FACTS = {
    "agreement_number": "2026-000123",
    "total_cents": 123456,
    "instalment_amount_cents": 10288,
    "instalments_count": 12,
    "instalment_number": 2,
    "due_on": "2026-12-10",
}


@pytest.mark.parametrize(
    ("intent", "locale", "rows"),
    [
        (
            "agreement_copy",
            "pt_BR",
            [
                ("Acordo", "2026-000123"),
                ("Total", "R$\xa01.234,56"),
                ("Parcelas", "12"),
                ("Primeiro vencimento", "10/12/2026"),
            ],
        ),
        (
            "instalment_due",
            "en",
            [("Instalment", "2 of 12"), ("Amount", "R$102.88"), ("Due date", "Dec 10, 2026")],
        ),
        ("first_contact", "pt_BR", []),
    ],
)
def test_figures_are_rows_in_the_readers_language(intent, locale, rows):
    assert figures(intent, FACTS, locale=locale) == rows


def test_the_down_payment_is_called_by_its_name():
    facts = {**FACTS, "instalment_number": 0, "due_on": date(2026, 12, 10)}
    assert figures("instalment_before", facts, locale="pt_BR")[0] == ("Parcela", "Entrada")


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
@pytest.mark.parametrize("intent", list(voice.INTENTS))
def test_every_intent_makes_a_mail_that_has_all_it_must(intent, locale):
    for skin, tone in zip((*SKINS, "salao"), voice.TONES, strict=True):
        brand = sample_brand(skin, tone)
        brand = replace(brand, version_id=uuid.uuid5(uuid.NAMESPACE_DNS, skin))
        email = compose(
            brand,
            voice.compose(
                brand,
                intent=intent,
                channel="email",
                locale=locale,
                variant="a",
                facts=voice.SAMPLE_FACTS,
            ),
            tenant=Tenant(),
            message=Sent(),
            links=LINKS,
            locale=locale,
            details=figures(intent, voice.SAMPLE_FACTS, locale=locale),
            code=voice.SAMPLE_FACTS["code"] if intent == "one_time_code" else None,
        )
        findings = lint_email(
            email,
            brand=brand,
            message_class=voice.message_class(intent),
            locale=locale,
            links=LINKS,
            verification_code=Sent.verification_code,
        )
        assert findings == []
