"""What is composed: allowed as it should be, refused where something is missing or wrong."""

from dataclasses import replace

import pytest

from app.compliance.content import ContentFacts, check, reputation
from tests.compliance.cases import POLICY

CONTENT = ContentFacts(
    channel="email",
    text="Olá",
    hosts=frozenset({"portal.aurora.example"}),
    creditor={"name": "Banco Aurora S.A.", "address": "Av. Um, 1", "document": "11222333000181"},
)
TEXT = ContentFacts(
    channel="sms",
    text="Aurora: veja https://portal.aurora.example/a/x SAIR p/ cancelar",
    hosts=frozenset({"portal.aurora.example"}),
)


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("BR-14", CONTENT, replace(CONTENT, creditor={"name": "Banco Aurora S.A."})),
        (
            "BR-15",
            replace(CONTENT, shows_total=True, itemisation_link=True),
            replace(CONTENT, shows_total=True, itemised=frozenset({"principal"})),
        ),
        ("BR-28", TEXT, replace(TEXT, sender_registered=False)),
        ("BR-28", TEXT, replace(TEXT, text="Olá, é a Aurora")),
        ("BR-28", replace(TEXT, text="x" * 160), replace(TEXT, text="x" * 161)),
        ("BR-28", TEXT, replace(TEXT, text="veja https://encurta.example/x")),
        ("BR-29", CONTENT, replace(CONTENT, one_click=False)),
        ("BR-29", CONTENT, replace(CONTENT, authenticated=False)),
    ],
)
def test_content(rule, allowed, refused):
    assert check(allowed, POLICY) == ()
    assert {reason.rule for reason in check(refused, POLICY)} == {rule}


@pytest.mark.parametrize(
    ("sent_count", "bounces", "complaints", "level"),
    [
        (1000, 19, 0, "ok"),
        (1000, 20, 0, "warn"),
        (1000, 50, 0, "stop"),
        (10_000, 0, 4, "ok"),
        (10_000, 0, 5, "warn"),
        (10_000, 0, 10, "stop"),
        (100, 100, 100, "ok"),
    ],
)
def test_reputation(sent_count, bounces, complaints, level):
    assert reputation(sent_count, bounces, complaints, POLICY)[0] == level
