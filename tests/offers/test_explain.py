import pytest

from app.offers import explain, rules
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
    "instalment_cents": 1_000,
    "down_payment_cents": 2_000,
    "total_cents": 3_000,
    "cents": 4_000,
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
