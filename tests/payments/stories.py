"""Creditors, payments of theirs, and what becomes of the money: a story told step by step."""

from sqlalchemy import func, select

from app.agreements.models import Agreement, AgreementDebt, Instalment
from app.compliance.models import Task
from app.debts.models import Debt
from app.history.models import Event
from app.payments import queries, reversing
from app.payments.models import Reversal, Settlement
from app.workbench.stripe_twin import disputes, machines
from tenants.scope import within
from tests.payments.acts import deliver, events, pay, start


class Story:
    """A deal at the bank and what payers, the provider and people do about it."""

    def __init__(self, cast, twin):
        self.cast, self.twin, self.bank = cast, twin, cast.bank
        self.seen = 0

    def arrive(self):
        """What the provider has to tell since the last time arrives."""
        news = events(self.cast, self.twin, self.seen)
        self.seen += len(news)
        for event in news:
            deliver(self.cast, event)

    def paid(self, deal, number=0, method="card", amount=None):
        """A payment of an instalment, by its place (None: of all that is open)."""
        payment = start(self.cast, deal, method, number) if number is not None else self.whole(deal)
        pay(self.cast, self.twin, payment, amount)
        self.arrive()
        return payment

    def whole(self, deal):
        return start(self.cast, PaidOff(deal), "card")

    def intent(self, payment):
        if not payment.provider_id.startswith("cs_"):
            return payment.provider_id
        account = self.bank.stripe_account
        return self.twin.store.get("checkout.session", payment.provider_id, account)[
            "payment_intent"
        ]

    def params(self, payment, amount):
        return {"payment_intent": self.intent(payment)} | ({"amount": amount} if amount else {})

    def refund(self, payment, amount=None):
        params = self.params(payment, amount)
        made = machines.refund(self.twin.store, self.bank.stripe_account, params)
        self.arrive()
        return made

    def dispute(self, payment, amount=None):
        params = self.params(payment, amount)
        made = disputes.dispute(self.twin.store, self.bank.stripe_account, params)
        self.arrive()
        return made

    def close(self, made, status):
        disputes.close(self.twin.store, self.bank.stripe_account, made, status)
        self.arrive()

    def task(self, kind="payment_refund_review"):
        with within(self.bank) as session:
            return session.scalars(
                select(Task.id).where(Task.kind == kind, Task.done_at.is_(None))
            ).one()

    def reverse(self, kind="payment_refund_review"):
        task = self.task(kind)
        with within(self.bank) as session:
            return reversing.reverse(session, self.bank, task, actor="test")

    def keep(self, kind="payment_refund_review"):
        task = self.task(kind)
        with within(self.bank) as session:
            return reversing.keep(session, task, actor="test")

    def rows(self, deal):
        """(state, paid cents, due date) of each instalment."""
        with within(self.bank) as session:
            found = session.scalars(
                select(Instalment)
                .where(Instalment.agreement_id == deal.id)
                .order_by(Instalment.number)
            )
            return [(row.state, row.paid_cents, row.due_on) for row in found]

    def standing(self, deal):
        """State of the agreement, of its debt, and whether it holds it."""
        with within(self.bank) as session:
            return session.execute(
                select(Agreement.state, Debt.state, AgreementDebt.is_open)
                .join(AgreementDebt, AgreementDebt.agreement_id == Agreement.id)
                .join(Debt, Debt.id == AgreementDebt.debt_id)
                .where(Agreement.id == deal.id)
            ).one()

    def of(self, model, *where):
        with within(self.bank) as session:
            return session.scalars(select(model).where(*where)).all()

    def events(self, kind):
        return [one.data for one in self.of(Event, Event.kind == kind)]

    def check(self, deal):
        """What instalments say was paid is what was applied less what was reversed."""
        with within(self.bank) as session:
            assert sums(session, deal) == (0, [])


class PaidOff:
    """A deal as `start` asks of it, all that is open at once."""

    def __init__(self, deal):
        self.id, self.instalments = deal.id, (None,)


def sums(session, deal):
    """The difference, and the instalments whose state does not fit what is paid of them."""
    rows = session.scalars(select(Instalment).where(Instalment.agreement_id == deal.id)).all()
    money = session.scalars(
        select(Settlement)
        .join(queries.Payment, queries.Payment.id == Settlement.payment_id)
        .where(queries.Payment.agreement_id == deal.id)
    ).all()
    back = session.scalar(
        select(func.coalesce(func.sum(Reversal.reversed_cents), 0)).where(
            Reversal.settlement_id.in_([one.id for one in money])
        )
    )
    wrong = [
        row.number
        for row in rows
        if not 0 <= row.paid_cents <= row.amount_cents
        or (row.state == "paid") != (row.paid_cents == row.amount_cents)
    ]
    paid = sum(row.paid_cents for row in rows)
    return paid - sum(one.applied_cents for one in money) + int(back), wrong
