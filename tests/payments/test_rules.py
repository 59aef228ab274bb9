"""What events say and what follows, without a database."""

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compliance.terms import PaymentFacts, check_payment
from app.payments import boleto, brcode, rules
from app.payments.facts import Fact, read_event
from app.payments.models import Method, PaymentState

STATES = st.sampled_from(list(PaymentState))


@given(said=st.lists(STATES | st.none(), max_size=6), start=STATES)
def test_the_order_of_facts_does_not_matter(said: list[PaymentState | None], start: str) -> None:
    def end(order) -> PaymentState:
        state = start
        for one in order:
            state = rules.after(state, one)
        return state

    ends = {end(order) for order in itertools.islice(itertools.permutations(said), 24)}
    assert len(ends) == 1


@given(state=STATES, said=STATES | st.none())
def test_what_is_paid_never_becomes_unpaid(state: PaymentState, said: PaymentState | None) -> None:
    if state in (PaymentState.PAID, PaymentState.REFUNDED):
        assert rules.after(state, said) in (PaymentState.PAID, PaymentState.REFUNDED)


def event(kind: str, thing: dict) -> dict:
    return {"type": kind, "created": 1_700_000_000, "data": {"object": thing}}


PAYMENT_ID = uuid.uuid4()
KINDS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.succeeded",
    "charge.refunded",
    "checkout.session.completed",
)
INTENT = {
    "object": "payment_intent",
    "id": "pi_1",
    "currency": "brl",
    "metadata": {"payment_id": str(PAYMENT_ID)},
    "payment_method_types": ["pix"],
}
CHARGE = {
    "object": "charge",
    "id": "ch_1",
    "payment_intent": "pi_1",
    "currency": "brl",
    "metadata": {"payment_id": str(PAYMENT_ID)},
    "paid": True,
    "captured": True,
    "status": "succeeded",
    "amount_captured": 900,
    "amount_refunded": 0,
}
EXPIRED = {"code": "payment_intent_payment_attempt_expired"}


@pytest.mark.parametrize(
    ("kind", "thing", "state"),
    [
        ("payment_intent.requires_action", INTENT, PaymentState.PENDING),
        ("payment_intent.processing", INTENT, PaymentState.PENDING),
        ("payment_intent.canceled", INTENT, PaymentState.EXPIRED),
        (
            "payment_intent.payment_failed",
            INTENT | {"last_payment_error": EXPIRED},
            PaymentState.EXPIRED,
        ),
        (
            "payment_intent.payment_failed",
            INTENT | {"last_payment_error": {"code": "other"}},
            PaymentState.FAILED,
        ),
        (
            "payment_intent.payment_failed",
            INTENT
            | {
                "payment_method_types": ["card"],
                "last_payment_error": {"code": "card_declined"},
            },
            None,
        ),
        (
            "payment_intent.succeeded",
            INTENT | {"latest_charge": "ch_1", "amount_received": 900},
            PaymentState.PAID,
        ),
        ("charge.succeeded", CHARGE, PaymentState.PAID),
        ("charge.refunded", CHARGE | {"amount_refunded": 900}, PaymentState.REFUNDED),
        ("charge.refunded", CHARGE | {"amount_refunded": 100}, PaymentState.PAID),
        ("checkout.session.expired", INTENT | {"status": "expired"}, PaymentState.EXPIRED),
        ("checkout.session.async_payment_failed", INTENT, PaymentState.FAILED),
    ],
)
def test_an_event_says_a_state(kind: str, thing: dict, state: PaymentState | None) -> None:
    fact = read_event(event(kind, thing))
    assert fact is not None
    assert fact.state == state
    assert fact.payment_id == PAYMENT_ID


def test_money_is_named_by_its_charge_whichever_event_brings_it() -> None:
    facts = [
        read_event(event("charge.succeeded", CHARGE)),
        read_event(
            event(
                "payment_intent.succeeded",
                INTENT | {"latest_charge": "ch_1", "amount_received": 900},
            )
        ),
    ]
    assert {(fact.charge_id, fact.received_cents) for fact in facts if fact} == {("ch_1", 900)}


def test_a_paid_page_without_its_charge_asks_for_a_look() -> None:
    fact = read_event(event("checkout.session.completed", INTENT | {"payment_status": "paid"}))
    assert fact == Fact(
        state=PaymentState.PENDING,
        payment_id=PAYMENT_ID,
        provider_id="pi_1",
        at=datetime.fromtimestamp(1_700_000_000, UTC),
        needs_look=True,
    )


@pytest.mark.parametrize("kind", ["customer.created", "invoice.paid", "", "charge.pending"])
def test_what_is_not_about_a_payment_says_nothing(kind: str) -> None:
    assert read_event(event(kind, INTENT)) is None


@given(
    thing=st.dictionaries(
        st.sampled_from(["id", "status", "metadata", "currency", "paid", "last_payment_error"]),
        st.none() | st.text(max_size=5) | st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
    )
)
def test_an_odd_payload_names_no_money(thing: dict) -> None:
    for kind in KINDS:
        fact = read_event(event(kind, thing))
        assert fact is None or fact.received_cents == 0


@given(amount=st.integers(0, 10**9), points=st.integers(0, 10_000))
def test_the_fee_stays_within_the_amount(amount: int, points: int) -> None:
    assert 0 <= rules.fee(amount, points) <= amount


@given(at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_boleto_ends_with_the_third_day_in_sao_paulo(at: datetime) -> None:
    ends = rules.ends_at(Method.BOLETO, at)
    assert rules.boleto_days(at, ends) == 3
    assert ends - at < timedelta(days=4)


def why_not(facts: PaymentFacts) -> set[str]:
    return {reason.detail for reason in check_payment(facts)}


def test_a_pix_is_shown_only_dynamic_exact_and_to_the_creditor() -> None:
    code = brcode.compose(
        url="pix.example/1",
        amount_cents=500,
        merchant_name="Banco Aurora",
        merchant_city="São Paulo",
    )
    static = (
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
        "5913Fulano de Tal6008BRASILIA62070503***63041D3D"
    )

    def judged(code: str, cents: int = 500, name: str = "Banco Aurora") -> set[str]:
        return why_not(
            rules.pix_facts(code, amount_cents=cents, names=(name,), document="99412630000130")
        )

    assert judged(code) == set()
    assert judged(code, cents=501) == {"changed"}
    assert judged(code, name="Outro") == {"beneficiary"}
    assert judged(static) == {"static_pix", "beneficiary"}
    assert judged(code[:-1]) == {"static_pix", "beneficiary", "changed"}


def test_a_boleto_is_shown_only_for_its_amount() -> None:
    line = boleto.compose(
        bank="999", due_on=date(2026, 12, 1), amount_cents=500, free_field="1" * 25
    )

    def judged(line: str, cents: int = 500) -> set[str]:
        on = date(2026, 11, 20)
        return why_not(rules.boleto_facts(line, amount_cents=cents, on=on, document="1"))

    assert judged(line) == set()
    assert judged(line, cents=501) == {"changed"}
    assert judged("1" * 47) == {"unregistered", "changed"}
