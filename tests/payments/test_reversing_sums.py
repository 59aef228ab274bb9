"""Whatever is paid, sent back, decided and paid again: what instalments say is what is left."""

import uuid
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.agreements.models import Agreement, Instalment
from app.agreements.receiving import payoff_quote
from app.compliance.models import Task
from app.payments import reversing
from app.payments.facts import Fact
from app.payments.models import Method, Payment, PaymentState, Settlement
from app.payments.settling import take
from tenants.clock import now, today
from tenants.database import new_id
from tenants.scope import within
from tests.payments.people import make_deal
from tests.payments.stories import sums

AMOUNTS = (10_000, 7_001, 12_345)
PARTS = st.sampled_from([1, 1, 2, 3, 7])
"""What a payment, a refund or a dispute is of the whole: one over this."""
STEP = st.one_of(
    st.tuples(st.sampled_from(["pay"]), st.integers(0, 3), PARTS),
    st.tuples(st.sampled_from(["refund", "refund", "lose", "win"]), st.integers(0, 5), PARTS),
    st.tuples(st.sampled_from(["reverse", "reverse", "keep"]), st.integers(0, 3), PARTS),
)
ROUND = st.tuples(
    st.tuples(st.just("pay"), st.integers(0, 3), PARTS),
    st.tuples(st.sampled_from(["refund", "lose"]), st.integers(0, 5), PARTS),
    st.tuples(st.just("reverse"), st.integers(0, 3), PARTS),
    STEP,
)
STEPS = st.lists(ROUND, min_size=1, max_size=5).map(
    lambda rounds: [step for one in rounds for step in one]
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, rate=st.sampled_from([None, "0.03"]))
def test_what_is_paid_is_what_was_applied_less_what_was_reversed(cast, steps, rate) -> None:
    deal = make_deal(cast.bank, AMOUNTS, first_due=now().date() - timedelta(days=3))
    with within(cast.bank) as session:
        life = Life(session, cast.bank, deal)
        life.bears(rate)
        for verb, which, share in steps:
            getattr(life, verb)(which, share)
            session.flush()
            assert sums(session, deal) == (0, [])
            assert life.owed() + life.paid() == life.agreement().total_cents
            is_settled = life.agreement().state == "settled"
            assert is_settled == (life.owed() == 0)
        session.rollback()


class Life:
    """What may happen to an agreement, told by facts as the provider tells them."""

    def __init__(self, session, bank, deal) -> None:
        self.session, self.bank, self.deal = session, bank, deal
        self.minutes = 0
        self.disputed: set[str] = set()

    def bears(self, rate) -> None:
        agreement = self.agreement()
        if rate:
            agreement.monthly_rate, agreement.interest_cents = rate, 3_000
            for row in self.rows():
                row.principal_cents, row.interest_cents = row.amount_cents - 1_000, 1_000

    def agreement(self) -> Agreement:
        found = select(Agreement).where(Agreement.id == self.deal.id)
        return self.session.scalars(found).one()

    def rows(self) -> list[Instalment]:
        found = select(Instalment).where(Instalment.agreement_id == self.deal.id)
        return self.session.scalars(found.order_by(Instalment.number)).all()

    def owed(self) -> int:
        return sum(row.amount_cents - row.paid_cents for row in self.rows())

    def paid(self) -> int:
        return sum(row.paid_cents for row in self.rows())

    def told(self, **fact) -> None:
        self.minutes += 1
        take(
            self.session, self.bank, Fact(None, at=now() + timedelta(minutes=self.minutes), **fact)
        )

    def pay(self, which: int, share: int) -> None:
        """An instalment or, as the fourth, all that is open; a part of it, all, or a little more."""
        row = self.rows()[which] if which < len(AMOUNTS) else None
        whole = row.amount_cents - row.paid_cents if row else self.quote()
        cents = max(whole // share, 1) + (50 if share == 7 else 0)
        payment = Payment(
            id=new_id(), debtor_id=self.deal.debtor_id, agreement_id=self.deal.id,
            instalment_id=row.id if row else None, method=Method.CARD, amount_cents=cents,
            state=PaymentState.PENDING, provider_id=f"pi_{uuid.uuid4().hex}",
        )  # fmt: skip
        self.session.add(payment)
        self.session.flush()
        self.told(payment_id=payment.id, charge_id=f"ch_{uuid.uuid4().hex}", received_cents=cents)

    def quote(self) -> int:
        if self.agreement().state != "open":
            return 500
        return payoff_quote(self.session, self.agreement(), today("America/Sao_Paulo")).total_cents

    def one(self, which: int) -> Settlement | None:
        found = self.session.scalars(
            select(Settlement)
            .join(Payment, Payment.id == Settlement.payment_id)
            .where(Payment.agreement_id == self.deal.id)
            .order_by(Settlement.id)
        ).all()
        return found[which % len(found)] if found else None

    def refund(self, which: int, share: int) -> None:
        if (one := self.one(which)) is not None:
            self.told(
                charge_id=one.provider_charge_id, refunded_cents=max(one.received_cents // share, 1)
            )

    def lose(self, which: int, share: int) -> None:
        self._dispute(which, share, lost_dispute="du_1")

    def win(self, which: int, share: int) -> None:
        self._dispute(which, share, won_dispute="du_1")

    def _dispute(self, which: int, share: int, **end) -> None:
        """Withheld, then decided; a charge is disputed once."""
        one = self.one(which)
        if one is None or one.provider_charge_id in self.disputed:
            return
        self.disputed.add(one.provider_charge_id)
        cents = max(one.received_cents // share, 1)
        self.told(charge_id=one.provider_charge_id, disputed_cents=cents)
        gone = cents if "lost_dispute" in end else 0
        self.told(charge_id=one.provider_charge_id, disputed_cents=gone, **end)

    def reverse(self, which: int, share: int) -> None:
        if (task := self.task(which)) is not None:
            try:
                reversing.reverse(self.session, self.bank, task, actor="test")
            except reversing.NotReversible:
                reversing.keep(self.session, task, actor="test")

    def keep(self, which: int, share: int) -> None:
        if (task := self.task(which)) is not None:
            reversing.keep(self.session, task, actor="test")

    def task(self, which: int) -> uuid.UUID | None:
        found = self.session.scalars(
            select(Task.id)
            .where(
                Task.debtor_id == self.deal.debtor_id,
                Task.kind.in_(reversing.CAUSE_OF),
                Task.done_at.is_(None),
            )
            .order_by(Task.id)
        ).all()
        return found[which % len(found)] if found else None
