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


CHAT = replace(
    CONTENT,
    channel="chat",
    shows=frozenset({"machine_named", "way_to_person", "no_legal_advice"}),
)
WHATSAPP = replace(
    CONTENT,
    channel="whatsapp",
    text="x" * 1024,
    shows=frozenset({"creditor_named", "opt_out_button"}),
    parts={"header": ["x" * 60], "footer": ["x" * 60], "button": ["x" * 25, "Sair"]},
)


@pytest.mark.parametrize(
    ("allowed", "changes", "reason"),
    [
        (CHAT, {"shows": CHAT.shows - {"machine_named"}}, ("L13", "machine_named")),
        (CHAT, {"shows": CHAT.shows - {"way_to_person"}}, ("L13", "way_to_person")),
        (CHAT, {"shows": CHAT.shows - {"no_legal_advice"}}, ("L13", "no_legal_advice")),
        (WHATSAPP, {"shows": frozenset({"opt_out_button"})}, ("L15", "creditor_named")),
        (WHATSAPP, {"shows": frozenset({"creditor_named"})}, ("L15", "opt_out_button")),
        (WHATSAPP, {"text": "x" * 1025}, ("L15", "body_too_long")),
        (WHATSAPP, {"parts": {"header": ["x" * 61]}}, ("L15", "header_too_long")),
        (WHATSAPP, {"parts": {"footer": ["x" * 61]}}, ("L15", "footer_too_long")),
        (WHATSAPP, {"parts": {"button": ["Ok", "x" * 26]}}, ("L15", "button_too_long")),
    ],
)
def test_a_channel_that_is_not_used_yet_has_its_rules(allowed, changes, reason):
    assert check(allowed, POLICY) == ()
    assert [(one.rule, one.detail) for one in check(replace(allowed, **changes), POLICY)] == [
        reason
    ]
