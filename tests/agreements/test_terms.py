import json

import pytest

from app.agreements import fairness, terms
from app.offers import rules as offers
from app.offers.queries import StoredOffer
from tenants import bulk
from tenants.database import new_id
from tests.offers.cases import AT, TODAY, data, one_debt
from themes.dress import sample_brand


@pytest.fixture
def tenant(cast):
    return cast.bank


def offer_of(**band):
    made = offers.make_offer(offers.parse(data(**band)), one_debt(), AT)
    return StoredOffer(
        new_id(),
        new_id(),
        1,
        [],
        made.limits.owed_cents,
        [option.to_data() for option in made.options],
        json.loads(bulk.jsonb(made.limits)[1:]),
        [],
        TODAY,
        "open",
        None,
    )


def said(tenant, locale="pt_BR", wish=None, **band):
    offer = offer_of(**band)
    option = offers.simulate(offer.typed_limits, AT, **(wish or {"instalments": 5}))
    return terms.paragraphs(sample_brand(locale=locale), tenant, offer, option, locale)


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
@pytest.mark.parametrize("wish", [{"instalments": 1}, {"instalments": 5}])
@pytest.mark.parametrize("band", [{}, {"monthly_rate": "0.0199", "min_down_payment": "0.1"}])
def test_terms_are_fair_and_whole_in_every_language(tenant, locale, wish, band):
    paragraphs = said(tenant, locale, wish, **band)
    text = "\n".join(paragraphs)
    assert "%(" not in text
    assert len(paragraphs) >= 8
    fairness.refuse_unfair(paragraphs)


def test_the_terms_speak_in_the_creditors_name_and_of_its_product(tenant):
    text = "\n".join(said(tenant))
    assert "Casa Exemplo Comércio S.A., CNPJ 11.222.333/0001-81" in text
    assert "cartão Exemplo" in text


def test_interest_brings_the_rate_and_the_total_cost(tenant):
    with_interest = "\n".join(said(tenant, monthly_rate="0.0199"))
    assert "1,99% ao mês" in with_interest.replace("\xa0", " ")
    assert "custo efetivo total (CET)" in with_interest
    assert "CET" not in "\n".join(said(tenant))


def test_what_happens_when_it_breaks_stands_out(tenant):
    offer = offer_of()
    option = offers.simulate(offer.typed_limits, AT, instalments=3)
    written = terms.clauses(sample_brand(), tenant, offer, option, "pt_BR")
    assert [clause.heading for clause in written if clause.stands_out] == [
        "Se um pagamento não for feito"
    ]
    assert "10 dias" in next(clause.text for clause in written if clause.stands_out)


def test_a_dispute_rests_the_agreement_and_the_person_is_told_so(tenant):
    assert any("Se você contestar uma dívida" in text for text in said(tenant))
    assert any("nada vence e nada conta como atraso" in text for text in said(tenant))


@pytest.mark.parametrize(
    "text",
    [
        "O cliente renuncia a qualquer discussão.",
        "A renúncia é irrevogável.",
        "Você abre mão de revisar o contrato.",
        "Este acordo constitui novação da dívida.",
        "This agreement is a novation.",
        "You waive the right to question an amount.",
    ],
)
def test_a_waiver_or_a_hidden_novation_is_refused(text):
    with pytest.raises(fairness.TermsUnfair):
        fairness.refuse_unfair(["Texto calmo.", text])


@pytest.mark.parametrize("text", ["Este acordo não constitui novação.", "It is no novation."])
def test_a_novation_that_is_denied_is_fine(text):
    fairness.refuse_unfair([text])
