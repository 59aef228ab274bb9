import pytest

from app.offers import explain, rules
from app.offers.fitting import Unfitted
from app.offers.terms import because
from tests.offers.cases import AT, RULES, one_debt

PARAMS = {
    "debt": "d",
    "band": "b",
    "days": 40,
    "more_cents": 1234,
    "before": 4,
    "saved_cents": 12_345,
    "comfortable_cents": 15_000,
    "month_cents": 9_000,
    "instalment_cents": 1_000,
    "down_payment_cents": 2_000,
    "total_cents": 3_000,
    "cents": 4_000,
    "budget_cents": 500,
    "last_cents": 1_003,
    "count": 6,
    "day": 10,
}


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
@pytest.mark.parametrize("code", explain.SENTENCES)
def test_every_reason_is_a_sentence_in_every_language(code, locale):
    text = explain.sentence(because(code, **PARAMS), locale)
    assert text.endswith(".")
    assert "%(" not in text
    assert (text == explain.SENTENCES[code] % PARAMS) or locale == "pt_BR" or "R$" in text


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
def test_a_plan_never_splits_over_two_lines(locale):
    assert "6\u00a0×\u00a0R$\u00a010" in explain.sentence(
        because("smallest_instalment", **PARAMS), locale
    ).replace("R$10", "R$\u00a010")


def test_an_offer_explains_itself_in_portuguese():
    made = rules.make_offer(RULES, one_debt(), AT)
    assert explain.sentences(made.reasons, "pt_BR") == [
        "400 dias em atraso: valem as condições “old”.",
        "Esta proposta foi calculada automaticamente. Você pode pedir que uma pessoa a revise.",
    ]


@pytest.mark.parametrize("proposal", [1, 50_000, 5_000_000])
def test_every_answer_can_be_told(proposal):
    made = rules.make_offer(RULES, one_debt(), AT)
    answer = rules.counter(made.limits, AT, instalments=3, instalment_cents=proposal)
    assert all(explain.sentences(answer.reasons, "pt_BR"))


ALONE = Unfitted(debts=1, all_debts=5, cents=7_000, largest_cents=7_000, by_amount=0, oldest_days=1)
TOLD = {
    "pt_BR": [
        "Atenção: das dívidas abertas em atraso (5), 1 não entra em nenhuma faixa"
        " (R$\xa070,00 de principal); nada é oferecido por ela.",
        "Até 1 dia de atraso.",
    ],
    "en": [
        "Warning: of the open debts in arrears (5), 1 falls in no band"
        " (R$70.00 of principal); nothing is offered for it.",
        "Up to 1 day late.",
    ],
}


@pytest.mark.parametrize("locale", TOLD)
def test_one_debt_in_no_band_is_told_as_one_and_not_of_amounts_where_none_is_to_blame(locale):
    said = explain.left_out(ALONE, locale, "BRL")
    assert said[:2] == TOLD[locale]
    assert len(said) == 3


def test_amounts_are_told_of_where_they_are_to_blame():
    found = Unfitted(
        debts=3, all_debts=3, cents=900_000, largest_cents=700_000, by_amount=1, oldest_days=40
    )
    said = explain.left_out(found, "en", "BRL")
    assert "3 fall in no band" in said[0]
    assert said[1] == "Because of the amount: 1; the highest is R$7,000.00."
    assert said[2] == "Up to 40 days late."
