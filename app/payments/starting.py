"""Starting a payment: our row first, then the provider under a key made from the row.

The row is committed before the provider is asked, so a lost connection, a double submit or a second
tab finds it and asks again under the same key: the provider answers the same.
"""

import secrets
import uuid
from dataclasses import replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.actions import payoff_quote
from app.agreements.models import Agreement, AgreementState, Instalment, InstalmentState
from app.compliance.actions import audit
from app.compliance.terms import check_payment
from app.config import settings
from app.history.actions import record
from app.payments import gateway, queries, rules
from app.payments.errors import KeySpent, MethodUnavailable, NothingDue, PayerIncomplete
from app.payments.models import Method, Payment, PaymentState
from app.payments.payer import Payer
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within
from themes.translations import catalogue

log = structlog.get_logger()

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
BORDERS = {"square": "rectangular", "soft": "rounded", "round": "pill"}


def start(
    session: Session,
    tenant: Resolved,
    *,
    agreement_id: uuid.UUID,
    instalment_id: uuid.UUID | None,
    method: Method | str,
    locale: str,
    return_url: str,
    payer: Payer | None = None,
) -> Payment:
    """A payment of an instalment (None: of all that is open) that the person can make now.

    Safe to repeat: the same open payment comes back. Our row is committed in a transaction of its
    own, which locks the agreement: `session` must only have read so far. "{payment_id}" in
    `return_url` becomes the payment's id. `payer` completes what is known, for a boleto.
    Raises NothingDue, PayerIncomplete, MethodUnavailable, Unavailable, Refused, LookupError.
    """
    method = Method(method)
    if tenant.stripe_account is None:
        raise MethodUnavailable("this creditor has no connected account")
    with within(tenant) as own:
        made = _row(own, tenant, agreement_id, instalment_id, method, payer or Payer())
    if made.state == PaymentState.CREATED:
        _ask(session, tenant, made, locale=locale, return_url=return_url)
    return queries.payment(session, made.id, refresh=True)


def _row(
    session: Session,
    tenant: Resolved,
    agreement_id: uuid.UUID,
    instalment_id: uuid.UUID | None,
    method: Method,
    payer: Payer,
) -> Payment:
    """The open payment for this, or a new row; one at a time per agreement."""
    agreement = session.scalar(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    )
    if agreement is None:
        raise LookupError("no such agreement")
    amount = _due(session, agreement, instalment_id)
    low, high = rules.LIMITS[method]
    if not low <= amount <= high:
        raise MethodUnavailable(f"{method} takes {low} to {high} cents")
    existing = _reusable(session, agreement, instalment_id, method, amount)
    if existing is not None:
        return existing
    known = _payer(session, agreement.debtor_id, payer) if method is Method.BOLETO else None
    at = now()
    made = Payment(
        id=new_id(),
        debtor_id=agreement.debtor_id,
        agreement_id=agreement.id,
        instalment_id=instalment_id,
        method=method,
        amount_cents=amount,
        currency=agreement.currency,
        fee_cents=rules.fee(amount, tenant.fee_basis_points),
        payer=vault(session).seal(known.to_json(), "payer") if known else None,
        is_simulated=settings().payments_are_simulated,
        verification_code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        expires_at=rules.ends_at(method, at),
        created_at=at,
    )
    session.add(made)
    session.flush()
    record(
        session,
        debtor_id=agreement.debtor_id,
        kind="payment.started",
        subject_id=made.id,
        method=str(method),
        amount_cents=amount,
    )
    return made


def _due(session: Session, agreement: Agreement, instalment_id: uuid.UUID | None) -> int:
    """What is to be paid now, in cents. Raises NothingDue, LookupError."""
    if agreement.state != AgreementState.OPEN:
        raise NothingDue(f"the agreement is {agreement.state}")
    if instalment_id is None:
        here = queries.local_day(session, agreement.debtor_id, now())
        due = payoff_quote(session, agreement, here).total_cents
    else:
        instalment = session.scalar(
            select(Instalment).where(
                Instalment.id == instalment_id, Instalment.agreement_id == agreement.id
            )
        )
        if instalment is None:
            raise LookupError("no such instalment")
        if instalment.state != InstalmentState.OPEN:
            raise NothingDue(f"the instalment is {instalment.state}")
        due = instalment.amount_cents - instalment.paid_cents
    if due <= 0:
        raise NothingDue("nothing is left to pay")
    return due


def _reusable(
    session: Session,
    agreement: Agreement,
    instalment_id: uuid.UUID | None,
    method: Method,
    amount: int,
) -> Payment | None:
    at = now()
    for payment in session.scalars(
        select(Payment)
        .where(
            Payment.agreement_id == agreement.id,
            Payment.instalment_id.is_not_distinct_from(instalment_id),
            Payment.method == method,
            Payment.amount_cents == amount,
            Payment.state.in_((PaymentState.CREATED, PaymentState.PENDING)),
            Payment.expires_at > at + rules.NEARLY_OVER,
        )
        .order_by(Payment.created_at.desc())
    ):
        forgotten = payment.created_at < at - rules.FORGOTTEN_AFTER
        if payment.state == PaymentState.PENDING or not forgotten:
            return payment
    return None


def _payer(session: Session, debtor_id: uuid.UUID, told: Payer) -> Payer:
    """Who a boleto names. Raises PayerIncomplete with the names of what nobody knows."""
    complete = told.over(queries.known_payer(session, debtor_id))
    missing = complete.missing_for_boleto()
    if missing:
        raise PayerIncomplete(missing)
    return complete


def _ask(
    session: Session, tenant: Resolved, made: Payment, *, locale: str, return_url: str
) -> None:
    """Ask the provider and keep its answer, once more with a new key where the old one is spent."""
    for _ in range(2):
        try:
            started = _request(session, tenant, made, locale, return_url)
            break
        except KeySpent:
            made = _next_attempt(tenant, made.id)
    else:
        raise MethodUnavailable("the provider refuses this payment's keys")
    why = _refused_by_us(session, tenant, made, started)
    _keep(session, made.id, started, why)
    if why:
        log.warning("payment.not_shown", payment_id=str(made.id), rule="BR-24", reason=why)
        assert tenant.stripe_account is not None
        gateway.withdraw(tenant.stripe_account, started.provider_id)
        raise MethodUnavailable(f"BR-24: {why}")


def _request(
    session: Session, tenant: Resolved, made: Payment, locale: str, return_url: str
) -> gateway.Started:
    assert tenant.stripe_account is not None
    assert made.expires_at is not None
    asked = gateway.Asked(
        payment_id=made.id,
        attempt=made.attempt,
        account=tenant.stripe_account,
        amount_cents=made.amount_cents,
        currency=made.currency,
        fee_cents=made.fee_cents,
        description=_description(session, made, locale),
        expires_at=made.expires_at,
    )
    if made.method == Method.PIX:
        return gateway.start_pix(asked)
    if made.method == Method.BOLETO:
        assert made.payer is not None
        payer = Payer.from_json(vault(session).text(made.payer, "payer"))
        days = rules.boleto_days(made.created_at, made.expires_at)
        return gateway.start_boleto(asked, payer, days=days)
    return gateway.start_card(
        asked,
        _dress(session, tenant),
        locale=locale,
        return_url=return_url.replace("{payment_id}", str(made.id)),
    )


def _next_attempt(tenant: Resolved, payment_id: uuid.UUID) -> Payment:
    with within(tenant) as own:
        payment = queries.payment(own, payment_id, lock=True)
        payment.attempt += 1
        return payment


def _keep(
    session: Session, payment_id: uuid.UUID, started: gateway.Started, why: str | None
) -> None:
    """Fill the row, unless an event was faster. What may not be shown is not kept either."""
    payment = queries.payment(session, payment_id, lock=True)
    payment.provider_id = started.provider_id
    payment.expires_at = started.expires_at
    if why:
        payment.state = rules.after(payment.state, PaymentState.FAILED)
        audit(
            session, actor="system", action="payment.not_shown", subject_id=payment_id, reason=why
        )
    else:
        payment.pix_code, payment.boleto_line = started.pix_code, started.boleto_line
        payment.hosted_url = started.hosted_url
        payment.state = rules.after(payment.state, PaymentState.PENDING)
    session.flush()


def _refused_by_us(
    session: Session, tenant: Resolved, made: Payment, started: gateway.Started
) -> str | None:
    """Why this code may not be shown, or None (BR-24)."""
    if made.method == Method.CARD:
        return None if started.hosted_url else "no page"
    creditor = queries.beneficiary(session, tenant)
    if made.method == Method.PIX:
        facts = rules.pix_facts(
            started.pix_code or "",
            amount_cents=made.amount_cents,
            names=(tenant.name, *creditor.names),
            document=creditor.cnpj,
        )
    else:
        facts = rules.boleto_facts(
            started.boleto_line or "",
            amount_cents=made.amount_cents,
            on=made.created_at.date(),
            document=creditor.cnpj,
        )
    return ", ".join(reason.detail for reason in check_payment(facts)) or None


def _description(session: Session, made: Payment, locale: str) -> str:
    """What the provider shows: the agreement's number, nothing about the person."""
    number = session.scalar(select(Agreement.number).where(Agreement.id == made.agreement_id))
    text: str = catalogue(locale, "payments").gettext("Agreement %(number)s") % {"number": number}
    return text


def _dress(session: Session, tenant: Resolved) -> gateway.Dress:
    """The hosted page's dress. A logo is sent only where the provider can fetch it (https)."""
    brand = queries.brand(session)
    if brand is None:
        return gateway.Dress(tenant.name)
    dress = gateway.Dress(
        brand.name,
        button_color=brand.tokens.primary,
        border_style=BORDERS.get(brand.tokens.corner or ""),  # type: ignore[arg-type]  # one of the three
    )
    logo = brand.assets.get("logo_light")
    if logo and settings().public_scheme == "https":
        dress = replace(dress, logo_url=settings().portal_url(tenant, logo.url))
    return dress
